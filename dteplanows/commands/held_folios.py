"""``folio``: folios that nobody gets until a person has seen that they were not issued."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from itertools import groupby
from typing import Any, TypeVar

import click
from rich.table import Column, Table

from dteplanows.commands.cafs import count_of, span_of
from dteplanows.commands.opening import company_of, company_options, open_ledger
from dteplanows.commands.shown import console
from dteplanows.commands.spanish import Command, Group, Option
from dteplanows.document.company import Ambiente
from dteplanows.document.writer import MAXIMUM_FOLIO
from dteplanows.folios import held_back
from dteplanows.ledger.cafs import ranges
from dteplanows.ledger.rows import Series, Span, StoredHold
from dteplanows.validator.report import money

Function = TypeVar("Function", bound=Callable[..., Any])


@click.group("folio", cls=Group)
def folio() -> None:
    """Los folios retenidos: los que pueden haberse emitido antes de que se restaurara la base."""


def _held_span(ctx: click.Context, param: click.Parameter, value: str) -> Span:
    """One folio, a range of them, or ``120-``: one and all that follow, as what is held back without an end."""
    begin, mark, end = value.strip().partition("-")
    return span_of(ctx, param, f"{begin}-{MAXIMUM_FOLIO}" if mark and not end else value)


def _which(function: Function) -> Function:
    """Which folios, of which company."""
    for decorator in (
        company_options,
        click.argument("folios", metavar="FOLIOS", callback=_held_span),
        click.argument("tipo", metavar="TIPO", type=click.IntRange(1, 999)),
    ):
        function = decorator(function)
    return function


def _why(text: str) -> Callable[[Function], Function]:
    return click.option("--motivo", metavar="TEXTO", required=True, cls=Option, help=text)


@folio.command("retener", cls=Command)
@_which
@_why("Por qué no se sabe si se emitieron, por ejemplo: la base se restauró del respaldo del 3 de mayo.")
@click.pass_context
def retener(
    ctx: click.Context, *, tipo: int, folios: Span, empresa: str | None, ambiente: Ambiente | None, motivo: str
) -> None:
    """Retiene folios: uno, como 120, o un tramo, como 120-150. No se entregan hasta que alguien los libere.

    Lo emitido y lo anulado del tramo queda como estaba. Los folios pueden ser de un CAF que todavía no se carga.
    """
    with open_ledger(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        done = held_back.hold(ledger, Series(company.ambiente, company.rut, tipo), folios, motivo)
    where = f"tipo {tipo}, {company.razon_social}, ambiente {company.ambiente}"
    click.echo(f"Retenidos: {count_of(done)} ({ranges([folios])}, {where}).")
    if done < folios.size:
        click.echo(f"Los otros {money(folios.size - done)} estaban emitidos, anulados o retenidos desde antes.")


@folio.command("liberar", cls=Command)
@_which
@_why("Cómo se sabe que no se emitieron, por ejemplo: no figuran en el sitio del SII.")
@click.pass_context
def liberar(
    ctx: click.Context, *, tipo: int, folios: Span, empresa: str | None, ambiente: Ambiente | None, motivo: str
) -> None:
    """Libera folios retenidos que con seguridad no se emitieron: uno, como 120, un tramo, como 120-150, o 120-, que es
    el 120 y todos los que siguen.

    Búsquelos antes en el sitio del SII. Los que sí se emitieron se registran con «caf anular» y --otro-sistema.
    """
    with open_ledger(ctx.obj) as ledger:
        company = company_of(ledger, empresa, ambiente)
        series = Series(company.ambiente, company.rut, tipo)
        done = held_back.release(ledger, series, folios, getpass.getuser(), motivo)
        left = held_back.held(ledger, series)
    where = f"tipo {tipo}, {company.razon_social}, ambiente {company.ambiente}"
    click.echo(f"Liberados: {count_of(done)} ({ranges([folios])}, {where}).")
    if done < folios.size and folios.hasta < MAXIMUM_FOLIO:
        click.echo(f"Los otros {money(folios.size - done)} no estaban retenidos.")
    if left:
        click.echo(f"De ese tipo siguen retenidos: {ranges(one.span for one in left)}.")


_COLUMNS = ("Tipo", "Desde", "Hasta", "Folios", "Retenidos el", "Motivo")
_WIDTH_OF_ONE_TABLE = 118


def _row(one: StoredHold) -> tuple[str, ...]:
    numbers = map(str, (one.series.tipo, *one.span, one.span.size))
    return (*numbers, f"{one.momento:%d-%m-%Y %H:%M}", one.motivo)


@folio.command("retenidos", cls=Command)
@click.pass_context
def retenidos(ctx: click.Context) -> None:
    """Muestra los folios retenidos, de todas las empresas, y por qué."""
    with open_ledger(ctx.obj) as ledger:
        found = held_back.held(ledger)
    if not found:
        click.echo("No hay folios retenidos.")
        return
    terminal = console()
    if terminal.width >= _WIDTH_OF_ONE_TABLE:
        table = Table("Empresa", "Ambiente", *_COLUMNS)
        for one in found:
            table.add_row(one.series.rut, one.series.ambiente, *_row(one))
        terminal.print(table)
    else:  # a folio is never cut
        for company, holds in groupby(found, key=lambda one: one.series[:2]):
            columns = [Column(title, no_wrap=True) for title in _COLUMNS[:-1]]
            table = Table(*columns, _COLUMNS[-1], box=None, padding=(0, 1, 0, 0), pad_edge=False)
            for one in holds:
                table.add_row(*_row(one))
            terminal.print(f"Empresa {company[1]}, ambiente {company[0]}:")
            terminal.print(table)
    click.echo(
        "Busque cada uno en el sitio del SII. Si no se emitió: dteplanows folio liberar TIPO FOLIOS --motivo TEXTO. "
        "Si se emitió: dteplanows caf anular TIPO FOLIOS --motivo TEXTO --otro-sistema."
    )
