"""``documentos`` and ``oyentes``: what was issued, and which programs wait for documents."""

from __future__ import annotations

import json

import click
from rich.table import Table

from dteplanows.archive import Archive
from dteplanows.commands.one_document import facts_of, show_document
from dteplanows.commands.opening import company_of, company_options, open_ledger
from dteplanows.commands.shown import console
from dteplanows.commands.spanish import Command, Option
from dteplanows.document.company import Ambiente

_KEY = 2
"""Numbers that name one document: its type and its folio."""


def _datum(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[str, str] | None:
    if value is None:
        return None
    name, equals, wanted = value.partition("=")
    if not equals or not name.strip() or not wanted.strip():
        raise click.BadParameter(f"«{value}» no sirve; se escribe como A1=4711.")
    return name.strip(), wanted.strip()


@click.command("documentos", cls=Command)
@click.argument("uno", metavar="[TIPO FOLIO]", nargs=-1, type=click.IntRange(1, 9_999_999_999))
@company_options
@click.option("--tipo", metavar="TIPO", type=click.IntRange(1, 999), cls=Option, help="Solo los de ese tipo.")
@click.option(
    "--folio", metavar="FOLIO", type=click.IntRange(1, 9_999_999_999), cls=Option, help="Solo los de ese folio."
)
@click.option(
    "--dato",
    metavar="NOMBRE=VALOR",
    callback=_datum,
    cls=Option,
    help="Solo los que traen ese dato adicional, por ejemplo A1=4711: el número que les da su sistema.",
)
@click.option(
    "--ultimos",
    metavar="NÚMERO",
    type=click.IntRange(1, 10_000),
    default=50,
    show_default=True,
    cls=Option,
    help="Cuántos se muestran.",
)
@click.option("--json", "as_json", is_flag=True, cls=Option, help="De un documento, lo mismo en JSON.")
@click.pass_context
def documentos(
    ctx: click.Context,
    *,
    uno: tuple[int, ...],
    empresa: str | None,
    ambiente: Ambiente | None,
    tipo: int | None,
    folio: int | None,
    dato: tuple[str, str] | None,
    ultimos: int,
    as_json: bool,
) -> None:
    """Muestra los documentos emitidos, el último primero; de un TIPO y FOLIO, ese documento con todos sus avisos."""
    if len(uno) not in (0, _KEY):
        raise click.UsageError("Para ver un documento escriba su tipo y su folio, por ejemplo: documentos 33 1204")
    if as_json and not uno:
        raise click.UsageError("La opción --json es de un documento; escriba su tipo y su folio.")
    with open_ledger(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        if uno:
            facts = facts_of(ledger, Archive(ledger, company, "operador").find(uno[0], uno[1]))
            if as_json:
                click.echo(json.dumps(facts, ensure_ascii=False, indent=2))
            else:
                show_document(console(), facts)
            return
        found = ledger.documents(company, tipo=tipo or 0, folio=folio or 0, datum=dato, limit=ultimos)
    if not found:
        click.echo("No hay documentos.")
        return
    table = Table("Tipo", "Folio", "Fecha", "RUT del receptor", "Receptor", "Total", "Estado")
    for one in found:
        state = f"anulada el {one.anulada:%Y-%m-%d}" if one.anulada else "emitido"
        total = f"{one.monto_total:,}".replace(",", ".")
        receptor = (one.rut_receptor, one.razon_social_receptor)
        table.add_row(str(one.tipo), str(one.folio), one.fecha_emision, *receptor, total, state)
    console().print(table)


@click.command("oyentes", cls=Command)
@click.pass_context
def oyentes(ctx: click.Context) -> None:
    """Muestra los programas que esperan documentos para imprimir, registrados con RegIP."""
    with open_ledger(ctx.obj) as ledger:
        found = ledger.listeners()
    if not found:
        click.echo("No hay programas registrados.")
        return
    table = Table("Empresa", "Ambiente", "Usuario", "Dirección IP", "Puerto", "Registrado", "Vence")
    for one in found:
        times = (f"{moment:%Y-%m-%d %H:%M}" for moment in (one.momento, one.vence))
        table.add_row(one.rut, one.ambiente, one.usuario, one.ip, str(one.puerto), *times)
    console().print(table)
