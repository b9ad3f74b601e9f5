"""``certificado`` and ``caf``: what a company signs and numbers its documents with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from rich.table import Table

from dteplanows.commands.opening import (
    authority_of,
    company_of,
    company_options,
    files_argument,
    open_ledger,
    password,
    password_option,
    readable,
    settings_in,
)
from dteplanows.commands.shown import console, show_problems
from dteplanows.commands.spanish import Group
from dteplanows.document import clock
from dteplanows.document.company import Ambiente
from dteplanows.document.problem import Problem, Refused, errors
from dteplanows.folios import allocation
from dteplanows.folios.authority import TestAuthority
from dteplanows.folios.caf import Caf, check_for, read_caf
from dteplanows.ledger.store import Ledger
from dteplanows.signer.certificate import read_certificate


@click.group("certificado", cls=Group)
def certificado() -> None:
    """Los certificados digitales con que se firma."""


@certificado.command("cargar")
@click.argument("archivo", metavar="ARCHIVO", type=click.Path(path_type=Path), callback=readable)
@company_options
@password_option
@click.pass_context
def cargar_certificado(
    ctx: click.Context, archivo: Path, empresa: str | None, ambiente: Ambiente | None, clave_archivo: Path | None
) -> None:
    """Carga el certificado de una empresa (.pfx, .p12, o PEM con su llave)."""
    with open_ledger(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        one = read_certificate(archivo.read_bytes(), password("la clave del certificado", clave_archivo))
        ledger.save_certificate(
            company.ambiente, company.rut, one.to_trusted(), one.rut, one.titular, one.valid_from, one.valid_until
        )
    click.echo(
        f"Certificado cargado para {company.razon_social}, ambiente {company.ambiente}: "
        f"{one.titular}, RUT {one.rut}, vence el {one.valid_until:%d-%m-%Y}."
    )


@certificado.command("listar")
@click.pass_context
def listar_certificados(ctx: click.Context) -> None:
    """Muestra los certificados cargados."""
    with open_ledger(ctx.obj) as ledger:
        certificates = ledger.certificates()
    if not certificates:
        click.echo("No hay certificados.")
        return
    table = Table("Empresa", "Ambiente", "Titular", "RUT del titular", "Vale desde", "Vale hasta")
    for one in certificates:
        dates = (f"{moment:%d-%m-%Y}" for moment in (one.valid_from, one.valid_until))
        table.add_row(one.rut, one.ambiente, one.titular, one.rut_firmante, *dates)
    console().print(table)


@click.group("caf", cls=Group)
def caf() -> None:
    """Los archivos de folios (CAF) que entrega el SII."""


@caf.command("cargar")
@files_argument
@company_options
@click.pass_context
def cargar_caf(
    ctx: click.Context, archivos: tuple[Path, ...], empresa: str | None, ambiente: Ambiente | None
) -> None:
    """Carga archivos de folios. La empresa se reconoce por el RUT que trae cada uno."""
    authority = authority_of(settings_in(ctx.obj))
    good = True
    with open_ledger(ctx.obj) as ledger:
        for path in archivos:
            found = _load(ledger, authority, path, empresa, ambiente)
            if found:
                click.echo(f"{path}:")
                show_problems(console(), found)
            good = good and not errors(found)
    ctx.exit(0 if good else 1)


def _load(
    ledger: Ledger, authority: TestAuthority | None, path: Path, empresa: str | None, ambiente: Ambiente | None
) -> Sequence[Problem]:
    """Load one CAF file; what is wrong with it, or worth knowing."""
    try:
        one = read_caf(path.read_bytes(), authority.public_key if authority else None)
        return _save(ledger, one, empresa or one.rut, ambiente)
    except Refused as refused:
        return refused.problems


def _save(ledger: Ledger, one: Caf, empresa: str, ambiente: Ambiente | None) -> list[Problem]:
    """Record the CAF for its company, unless it cannot be used.

    :raises Refused: its folios are loaded already.
    """
    company = company_of(ledger, empresa, ambiente)
    found = check_for(one, company, clock.today())
    if not errors(found):
        ledger.save_caf(
            company.ambiente, company.rut, one.tipo, one.desde, one.hasta, one.fecha_autorizacion, one.to_trusted()
        )
        click.echo(
            f"CAF cargado para {company.razon_social}, ambiente {company.ambiente}: "
            f"tipo {one.tipo}, folios {one.desde} a {one.hasta}."
        )
    return found


@caf.command("listar")
@click.pass_context
def listar_cafs(ctx: click.Context) -> None:
    """Muestra los folios de cada CAF: libres, emitidos y anulados."""
    with open_ledger(ctx.obj) as ledger:
        table = Table("Empresa", "Ambiente", "Tipo", "Desde", "Hasta", "Autorizado", "Libres", "Emitidos", "Anulados")
        for company in ledger.companies():
            for tipo in sorted({one.tipo for one in ledger.cafs(company.ambiente, company.rut, None)}):
                for one in allocation.account(ledger, company, tipo):
                    table.add_row(company.rut, company.ambiente, str(tipo), *_account_row(one))
    if not table.row_count:
        click.echo("No hay CAF.")
        return
    console().print(table)


def _account_row(one: allocation.CafAccount) -> tuple[str, ...]:
    numbers = (one.libres, one.emitidos, one.anulados)
    caf = one.caf
    return str(caf.desde), str(caf.hasta), f"{caf.fecha_autorizacion:%d-%m-%Y}", *map(str, numbers)
