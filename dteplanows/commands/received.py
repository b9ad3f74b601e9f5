"""``recibidos``: the documents that the company received from its suppliers."""

from __future__ import annotations

from datetime import date

import click
from rich.table import Table

from dteplanows.commands.opening import company_of, company_options, day, open_ledger, read_ledger, valid_rut
from dteplanows.commands.shown import console
from dteplanows.commands.spanish import Group, Option
from dteplanows.document.company import Ambiente


@click.group("recibidos", cls=Group)
def recibidos() -> None:
    """Los documentos de compra: los muestra y elimina los que no son electrónicos."""


@recibidos.command("listar")
@company_options
@click.option("--desde", metavar="FECHA", callback=day, cls=Option, help="Primer día de emisión, como 2026-01-01.")
@click.option("--hasta", metavar="FECHA", callback=day, cls=Option, help="Último día de emisión, incluido.")
@click.pass_context
def listar_recibidos(
    ctx: click.Context, *, empresa: str | None, ambiente: Ambiente | None, desde: date | None, hasta: date | None
) -> None:
    """Muestra los documentos de compra, por fecha de emisión."""
    with read_ledger(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        found = ledger.received.of(company.ambiente, company.rut, desde, hasta)
    if not found:
        click.echo("No hay documentos de compra.")
        return
    table = Table("Tipo", "Folio", "Fecha", "RUT del proveedor", "Proveedor", "Total")
    for one in found:
        total = f"{one.monto_total:,}".replace(",", ".")
        table.add_row(
            str(one.tipo), str(one.folio), one.fecha_emision, one.rut_emisor, one.razon_social_emisor, total
        )
    console().print(table)


@recibidos.command("eliminar")
@company_options
@click.option("--tipo", metavar="TIPO", type=click.IntRange(1, 999), required=True, cls=Option, help="Tipo.")
@click.option(
    "--folio", metavar="FOLIO", type=click.IntRange(1, 9_999_999_999), required=True, cls=Option, help="Folio."
)
@click.option(
    "--proveedor", metavar="RUT", required=True, callback=valid_rut, cls=Option, help="RUT del proveedor."
)
@click.pass_context
def eliminar_recibido(
    ctx: click.Context, *, empresa: str | None, ambiente: Ambiente | None, tipo: int, folio: int, proveedor: str
) -> None:
    """Elimina un documento de compra que no es electrónico; el archivo en que vino se conserva."""
    with open_ledger(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        gone = ledger.received.delete(company.ambiente, company.rut, proveedor, tipo, folio)
    if gone is None:
        raise click.UsageError(
            f"{company.razon_social} no tiene un documento de compra de tipo {tipo} y folio {folio} de {proveedor}. "
            "Vea los que hay con «dteplanows recibidos listar»."
        )
    click.echo(f"Eliminado: tipo {tipo}, folio {folio}, de {gone.razon_social_emisor}.")
