"""``impresion``: what is to be printed and what was, and copies once more."""

from __future__ import annotations

import click
from rich.table import Column, Table
from rich.text import Text

from dteplanows.archive import Archive
from dteplanows.commands.opening import company_of, company_options, open_ledger, read_ledger
from dteplanows.commands.printers import PERSON
from dteplanows.commands.shown import console
from dteplanows.commands.spanish import Group, Option
from dteplanows.document.catalogue import problem
from dteplanows.document.company import Ambiente, Company
from dteplanows.document.problem import Refused
from dteplanows.ledger.print_tables import COPIES, CopyKind, StoredPrinter
from dteplanows.ledger.rows import StoredDocument
from dteplanows.ledger.store import Ledger
from dteplanows.printers import managing
from dteplanows.printers.managing import Again
from dteplanows.printers.shown import lines_of

_MOST = 10_000
_number = click.argument("numero", metavar="NÚMERO", type=click.IntRange(min=1))


@click.group("impresion", cls=Group)
def impresion() -> None:
    """Lo que se imprime solo: lo que espera, lo impreso, y otra copia."""


@impresion.command("listar")
@company_options
@click.option("--todas", is_flag=True, cls=Option, help="También las impresas y las canceladas.")
@click.option("--ultimas", metavar="NÚMERO", type=click.IntRange(1, _MOST), default=50, show_default=True, cls=Option,
              help="Cuántas a lo más.")  # fmt: skip
@click.pass_context
def listar_impresiones(
    ctx: click.Context, *, empresa: str | None, ambiente: Ambiente | None, todas: bool, ultimas: int
) -> None:
    """Muestra lo que espera para imprimirse y lo que no se pudo imprimir, en orden."""
    with read_ledger(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        jobs = ledger.prints.of(company, ultimas)[::-1] if todas else ledger.prints.queue(company, ultimas)
        lines = lines_of(ledger, jobs)
    if not lines:
        click.echo("No hay impresiones." if todas else "No hay nada por imprimir.")
        return
    table = Table("N°", "Documento", "Copia", "Impresora", "Estado", "Desde", Column("Qué pasó", overflow="fold"))
    for one in lines:
        what = f"{one.tipo} folio {one.folio}" if one.tipo else ""
        table.add_row(
            str(one.job.id), what, one.copy, Text(one.printer), one.state, f"{one.moment:%d-%m-%Y %H:%M}",
            Text(one.job.problema),
        )  # fmt: skip
    console().print(table)


@impresion.command("reimprimir")
@click.argument("tipo", metavar="TIPO", type=click.IntRange(1, 999))
@click.argument("folio", metavar="FOLIO", type=click.IntRange(1, 9_999_999_999))
@company_options
@click.option("--impresora", metavar="NOMBRE", cls=Option,
              help="En cuál; sin esta opción, donde se imprimió antes o la única que hay.")  # fmt: skip
@click.option("--copia", type=click.Choice(COPIES), default="original", show_default=True, cls=Option, help="Cuál.")
@click.pass_context
def reimprimir(
    ctx: click.Context, *, tipo: int, folio: int, empresa: str | None, ambiente: Ambiente | None,
    impresora: str | None, copia: CopyKind,
) -> None:  # fmt: skip
    """Imprime otra vez un documento; si ya se imprimió, el papel dice REIMPRESIÓN."""
    with open_ledger(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        document = Archive(ledger, company, PERSON).find(tipo, folio)
        printer = ledger.printers.named(company, impresora) if impresora else _usual(ledger, company, document)
        number = managing.print_again(ledger, company, Again(document, printer, copia, PERSON))
    click.echo(f"Es el trabajo {number} de la impresora «{printer.nombre}».")


def _usual(ledger: Ledger, company: Company, document: StoredDocument) -> StoredPrinter:
    """Where a document was printed last, or the only printer there is."""
    there = {one.id: one for one in ledger.printers.of(company)}
    before = [there[one.impresora_id] for one in ledger.prints.of_document(document.id) if one.impresora_id in there]
    if before:
        return before[-1]
    if len(there) == 1:
        return next(iter(there.values()))
    if not there:
        raise Refused([problem("CFG-061", value="")])
    known = ", ".join(one.nombre for one in there.values())
    raise click.UsageError(f"Diga en qué impresora con --impresora. Las que hay son: {known}.")


@impresion.command("mover")
@_number
@click.argument("impresora", metavar="IMPRESORA")
@company_options
@click.pass_context
def mover(ctx: click.Context, *, numero: int, impresora: str, empresa: str | None, ambiente: Ambiente | None) -> None:
    """Mueve un trabajo a otra impresora; si parte de él pudo salir donde estaba, el papel dice REIMPRESIÓN."""
    with open_ledger(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        printer = ledger.printers.named(company, impresora)
        managing.move(ledger, managing.job_of(ledger, company, numero), printer)
    click.echo(f"El trabajo {numero} se imprime en «{printer.nombre}».")


@impresion.command("cancelar")
@_number
@company_options
@click.pass_context
def cancelar(ctx: click.Context, *, numero: int, empresa: str | None, ambiente: Ambiente | None) -> None:
    """Cancela un trabajo que espera, que se está enviando o que falló."""
    with open_ledger(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        managing.cancel(ledger, managing.job_of(ledger, company, numero))
    click.echo(f"El trabajo {numero} está cancelado.")
