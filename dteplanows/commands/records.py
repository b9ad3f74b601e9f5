"""``documentos`` and ``oyentes``: what was issued, and which programs wait for documents."""

from __future__ import annotations

import calendar
import json
from collections.abc import Callable
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.table import Table

from dteplanows.archive import Archive
from dteplanows.archive.rows import DOCUMENT_FIELDS, TOTALS_FIELDS, document_row, totals_row
from dteplanows.archive.states import state_of_listed
from dteplanows.archive.totals import sales, totals
from dteplanows.commands import listing
from dteplanows.commands.one_document import facts_of, show_document
from dteplanows.commands.opening import company_of, company_options, day, read_ledger, valid_rut
from dteplanows.commands.output import data_output
from dteplanows.commands.shown import console
from dteplanows.commands.spanish import Command, Option
from dteplanows.commands.tables import LISTED, Order, list_options, print_table, tell_shortened, write
from dteplanows.document.company import Ambiente, Company
from dteplanows.ledger.delivery_states import STATES, UNSENT
from dteplanows.ledger.finding import Wanted
from dteplanows.ledger.store import Ledger
from dteplanows.validator.report import money

_KEY = 2
"""Numbers that name one document: its type and its folio."""

Function = TypeVar("Function", bound=Callable[..., Any])


def _datum(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[str, str] | None:
    if value is None:
        return None
    name, equals, wanted = value.partition("=")
    if not equals or not name.strip() or not wanted.strip():
        raise click.BadParameter(f"«{value}» no sirve; se escribe como A1=4711.")
    return name.strip(), wanted.strip()


def _month(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[date, date] | None:
    """First and last day of a month."""
    if value is None:
        return None
    try:
        first = datetime.strptime(value, "%Y-%m").date()
    except ValueError:
        raise click.BadParameter(f"«{value}» no es un mes; se escribe como 2026-01.") from None
    return first, first.replace(day=calendar.monthrange(first.year, first.month)[1])


def period_options(function: Function) -> Function:
    """The options that name days of issue; :func:`period` reads them."""
    options = (
        click.option(
            "--desde", metavar="FECHA", callback=day, cls=Option, help="Primer día de emisión, como 2026-01-01."
        ),
        click.option("--hasta", metavar="FECHA", callback=day, cls=Option, help="Último día de emisión, incluido."),
        click.option("--mes", metavar="MES", callback=_month, cls=Option, help="Un mes entero, como 2026-01."),
    )
    for option in reversed(options):
        function = option(function)
    return function


def period(desde: date | None, hasta: date | None, mes: tuple[date, date] | None) -> tuple[date | None, date | None]:
    """First and last day that the options name.

    :raises click.UsageError: a month and a day, or days in the wrong order.
    """
    if mes:
        if desde or hasta:
            raise click.UsageError("La opción --mes ya dice el primer y el último día; quite --desde y --hasta.")
        return mes
    if desde and hasta and desde > hasta:
        raise click.UsageError(f"El período termina antes de empezar: --desde {desde} y --hasta {hasta}.")
    return desde, hasta


@click.command("documentos", cls=Command)
@click.argument("uno", metavar="[TIPO FOLIO]", nargs=-1, type=click.IntRange(1, 9_999_999_999))
@company_options
@period_options
@click.option("--tipo", metavar="TIPO", type=click.IntRange(1, 999), cls=Option, help="Solo los de ese tipo.")
@click.option(
    "--folio", metavar="FOLIO", type=click.IntRange(1, 9_999_999_999), cls=Option, help="Solo los de ese folio."
)
@click.option("--receptor", metavar="RUT", callback=valid_rut, cls=Option, help="Solo los de ese receptor.")
@click.option("--usuario", metavar="USUARIO", cls=Option, help="Solo los que envió ese usuario.")
@click.option(
    "--estado",
    type=click.Choice([*STATES, UNSENT]),
    metavar="ESTADO",
    cls=Option,
    help=f"Solo los que están así ante el SII: {', '.join([*STATES, UNSENT])}.",
)
@click.option(
    "--dato",
    metavar="NOMBRE=VALOR",
    callback=_datum,
    cls=Option,
    help="Solo los que traen ese dato adicional, por ejemplo A1=4711: el número que les da su sistema.",
)
@click.option("--totales", "only_totals", is_flag=True, cls=Option, help="En vez de los documentos, sus totales por "
              "mes y tipo.")  # fmt: skip
@list_options
@click.pass_context
def documentos(
    ctx: click.Context,
    *,
    uno: tuple[int, ...],
    empresa: str | None,
    ambiente: Ambiente | None,
    desde: date | None,
    hasta: date | None,
    mes: tuple[date, date] | None,
    tipo: int | None,
    folio: int | None,
    receptor: str | None,
    usuario: str | None,
    estado: str | None,
    dato: tuple[str, str] | None,
    only_totals: bool,
    formato: listing.Format,
    salida: Path | None,
    ultimos: int | None,
    todos: bool,
    as_json: bool,
) -> None:
    """Muestra los documentos emitidos, el último primero; de un TIPO y FOLIO, ese documento con todos sus avisos.

    Los montos son los del documento, también en las notas de crédito; la columna signo del csv y del json dice si suma
    a las ventas (1), si se resta (-1), o si no es venta (0: guías, facturas de compra, liquidaciones).
    """
    if len(uno) not in (0, _KEY):
        raise click.UsageError("Para ver un documento escriba su tipo y su folio, por ejemplo: documentos 33 1204")
    formato = "json" if as_json else formato
    if salida and (formato == "tabla" or uno):
        raise click.UsageError("La opción --salida es de listas en csv o json: agregue --formato csv.")
    if estado and only_totals:
        raise click.UsageError("Los totales son de todo lo emitido: quite --estado o --totales.")
    first, last = period(desde, hasta, mes)
    who, about = (usuario or "").strip(), estado or ""
    wanted = Wanted(first, last, tipo or 0, receptor or "", who, folio or 0, dato, about)
    shortened = formato == "tabla" and not (todos or first or last)
    order = Order(formato, salida, ultimos or (LISTED if shortened else None))
    with read_ledger(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        if uno:
            _show_one(ledger, company, uno[0], uno[1], formato)
        elif only_totals:
            _show_totals(ledger, company, wanted, order)
        else:
            _show_list(ledger, company, wanted, order)


def _show_one(ledger: Ledger, company: Company, tipo: int, folio: int, formato: listing.Format) -> None:
    facts = facts_of(ledger, company, Archive(ledger, company, "operador").find(tipo, folio))
    if formato == "json":
        with data_output(None) as out:
            out.write(json.dumps(facts, ensure_ascii=False, indent=2) + "\n")
    else:
        show_document(console(), facts)


def _show_list(ledger: Ledger, company: Company, wanted: Wanted, order: Order) -> None:
    found = islice(ledger.finding.found(company, wanted), None if order.most is None else order.most + 1)
    rows = (document_row(one, state_of_listed(ledger, company, one)) for one in found)
    if order.formato != "tabla":
        write(order, DOCUMENT_FIELDS, islice(rows, order.most))
        return
    if not print_table(listing.DOCUMENTS, islice(rows, order.most)):
        click.echo("No hay documentos.")
    elif next(rows, None) is not None:
        tell_shortened(order, "--todos, --ultimos NÚMERO o un período")


def _show_totals(ledger: Ledger, company: Company, wanted: Wanted, order: Order) -> None:
    found = totals(ledger, company, wanted)
    rows = map(totals_row, found)
    if order.formato != "tabla":
        write(order, TOTALS_FIELDS, rows)
        return
    if not print_table(listing.TOTALS, rows):
        click.echo("No hay documentos.")
        return
    all_sales = sales(found)
    amounts = ("neto", all_sales.neto), ("exento", all_sales.exento), ("IVA", all_sales.iva), ("total", all_sales.total)
    click.echo("\nVentas, con las notas de crédito (61, 112) restadas y sin guías (52), facturas de compra (46) ni "
               "liquidaciones (43):")  # fmt: skip
    click.echo("  " + ", ".join(f"{name} {money(amount)}" for name, amount in amounts))
    if refused := sum(one.rechazados for one in found):
        click.echo(f"Sin {money(refused)} que el SII rechazó o que se descartaron.")


@click.command("oyentes", cls=Command)
@click.pass_context
def oyentes(ctx: click.Context) -> None:
    """Muestra los programas que esperan documentos para imprimir, registrados con RegIP."""
    with read_ledger(ctx.obj) as ledger:
        found = ledger.marks.listeners()
    if not found:
        click.echo("No hay programas registrados.")
        return
    table = Table("Empresa", "Ambiente", "Usuario", "Dirección IP", "Puerto", "Registrado", "Vence")
    for one in found:
        times = (f"{moment:%Y-%m-%d %H:%M}" for moment in (one.momento, one.vence))
        table.add_row(one.rut, one.ambiente, one.usuario, one.ip, str(one.puerto), *times)
    console().print(table)
