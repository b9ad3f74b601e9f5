"""``certificado``: what a company signs its documents with."""

from __future__ import annotations

from pathlib import Path

import click
from rich.table import Table

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
from dteplanows.commands.spanish import Group
from dteplanows.document.company import Ambiente
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
    with read_ledger(ctx.obj) as ledger:
        certificates = ledger.certificates()
    if not certificates:
        click.echo("No hay certificados.")
        return
    table = Table("Empresa", "Ambiente", "Titular", "RUT del titular", "Vale desde", "Vale hasta")
    for one in certificates:
        dates = (f"{moment:%d-%m-%Y}" for moment in (one.valid_from, one.valid_until))
        table.add_row(one.rut, one.ambiente, one.titular, one.rut_firmante, *dates)
    console().print(table)
