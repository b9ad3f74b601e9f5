"""``certificado``: what a company signs its documents with."""

from __future__ import annotations

from pathlib import Path

import click
from rich.table import Column, Table

from dteplanows.accounts import certificates
from dteplanows.commands.opening import (
    company_of,
    company_options,
    open_ledger,
    password,
    password_option,
    read_ledger,
    readable,
)
from dteplanows.commands.shown import console
from dteplanows.commands.spanish import Group, Option
from dteplanows.document import clock
from dteplanows.document.company import Ambiente
from dteplanows.signer.certificate import read_certificate, utc_now


@click.group("certificado", cls=Group)
def certificado() -> None:
    """Los certificados digitales con que se firma."""


@certificado.command("cargar")
@click.argument("archivo", metavar="ARCHIVO", type=click.Path(path_type=Path), callback=readable)
@company_options
@password_option
@click.option(
    "--otro-firmante",
    is_flag=True,
    cls=Option,
    help="Confirma que desde ahora firma otra persona, que el SII tiene como usuario autorizado de la empresa.",
)
@click.option(
    "--aunque-venza-antes",
    is_flag=True,
    cls=Option,
    help="Confirma que se firma con este, aunque el que está valga por más tiempo.",
)
@click.pass_context
def cargar_certificado(
    ctx: click.Context,
    *,
    archivo: Path,
    empresa: str | None,
    ambiente: Ambiente | None,
    clave_archivo: Path | None,
    otro_firmante: bool,
    aunque_venza_antes: bool,
) -> None:
    """Carga un certificado de una empresa (.pfx, .p12, o PEM con su llave).

    Una empresa puede tener varios. Firma el que esté vigente, y de esos el que se cargó al final; uno que vale desde
    más adelante espera su fecha.
    """
    with open_ledger(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        one = read_certificate(archivo.read_bytes(), password("la clave del certificado", clave_archivo))
        now = utc_now()
        confirmed = certificates.Confirmed(otro_firmante, aunque_venza_antes)
        loaded = certificates.load(ledger, company, one, now, confirmed)
    where = f"{company.razon_social}, ambiente {company.ambiente}"
    if loaded.ya_estaba:
        click.echo(f"Ese certificado ya estaba cargado para {where}, con el número {loaded.id}; no cambió nada.")
        return
    end = clock.day(one.valid_until)
    click.echo(f"Certificado cargado para {where}: {one.titular}, RUT {one.rut}, vence el {end}.")
    if one.valid_from > now:
        click.echo(f"Vale desde el {clock.day(one.valid_from)}; hasta entonces espera.")
    if loaded.primera_vez:
        click.echo(
            f"Confirme en el sitio del SII que {one.titular} es usuario autorizado de la empresa para emitir: "
            "aquí no se puede saber."
        )


@certificado.command("listar")
@click.pass_context
def listar_certificados(ctx: click.Context) -> None:
    """Muestra los certificados de cada empresa y con cuál se firma."""
    tables: dict[str, Table] = {}
    with read_ledger(ctx.obj) as ledger:
        for one, estado, left in certificates.kept(ledger, utc_now()):
            table = tables.setdefault(f"Empresa {one.rut}, ambiente {one.ambiente}:", _table())
            dates = (clock.day(moment) for moment in (one.valid_from, one.valid_until))
            table.add_row(str(one.id), one.titular, one.rut_firmante, *dates, estado, str(left))
    if not tables:
        click.echo("No hay certificados.")
    for title, table in tables.items():
        console().print(title)
        console().print(table)


def _table() -> Table:
    columns = [Column(title, no_wrap=True) for title in ("RUT", "Vale desde", "Vale hasta", "Estado", "Días")]
    number, titular = Column("N°", no_wrap=True), Column("Titular", overflow="fold")
    return Table(number, titular, *columns, box=None, padding=(0, 1, 0, 0), pad_edge=False)


@certificado.command("quitar")
@click.argument("numero", metavar="NÚMERO", type=click.IntRange(min=1))
@click.option(
    "--aunque-no-quede-otro",
    is_flag=True,
    cls=Option,
    help="Confirma que se quita el único vigente: la empresa deja de poder emitir.",
)
@click.pass_context
def quitar_certificado(ctx: click.Context, numero: int, aunque_no_quede_otro: bool) -> None:
    """Quita un certificado con su llave; su NÚMERO es el que muestra certificado listar."""
    with open_ledger(ctx.obj) as ledger:
        removed = certificates.remove(ledger, numero, utc_now(), aunque_no_quede_otro=aunque_no_quede_otro)
        now_signs = ledger.certificates.find(ledger.certificates.current(removed.ambiente, removed.rut, utc_now()))
    click.echo(
        f"Certificado {numero} quitado: {removed.titular}, RUT {removed.rut_firmante}, "
        f"de la empresa {removed.rut}, ambiente {removed.ambiente}."
    )
    click.echo(
        f"Por la empresa firma ahora {now_signs.titular}, hasta el {clock.day(now_signs.valid_until)}."
        if now_signs
        else "La empresa queda sin certificado vigente y no puede emitir."
    )
