"""Options that name a stretch of time, and lists that come as a table, as CSV or as JSON."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any, TypeVar

import click
from rich.table import Table

from dteplanows.commands.shown import console
from dteplanows.commands.spanish import Option
from dteplanows.document import clock

Function = TypeVar("Function", bound=Callable[..., Any])

_DAYS = {"hoy": 0, "ayer": 1, "anteayer": 2}
_MOMENT = re.compile(r"(?:(\d{4}-\d\d-\d\d|[a-z]+)(?:[ T]|$))?(?:(\d\d?:\d\d)(:\d\d)?)?")

_HELP = "como 2026-01-31, «2026-01-31 15:10», ayer, «ayer 15:10» o 15:10 (de hoy)"


def moment(is_end: bool) -> Callable[[click.Context, click.Parameter, str | None], datetime | None]:
    """The callback of an option that takes a moment.

    :param is_end: what is named is wholly included: a day to its end, a minute to its last second.
    """

    def read(ctx: click.Context, param: click.Parameter, value: str | None) -> datetime | None:
        if value is None:
            return None
        try:
            found, length = _read(value.strip().lower())
        except ValueError:
            raise click.BadParameter(f"«{value}» no es un momento; se escribe {_HELP}.") from None
        return found + length if is_end else found

    return read


def _read(value: str) -> tuple[datetime, timedelta]:
    """The beginning of what *value* names, and how long it is.

    :raises ValueError: it names nothing.
    """
    found = _MOMENT.fullmatch(value)
    if not found or not value:
        raise ValueError(value)
    day, hour, second = found.groups()
    if not day:
        date = clock.today()
    elif day in _DAYS:
        date = clock.today() - timedelta(_DAYS[day])
    else:
        date = datetime.strptime(day, "%Y-%m-%d").date()
    if not hour:
        return datetime.combine(date, time()), timedelta(days=1)
    at = datetime.strptime(f"{hour}{second or ':00'}", "%H:%M:%S").time()
    return datetime.combine(date, at), timedelta(seconds=1) if second else timedelta(minutes=1)


def stretch_options(function: Function) -> Function:
    """``--desde`` and ``--hasta``."""
    function = click.option(
        "--hasta", metavar="MOMENTO", callback=moment(True), cls=Option, help="Hasta cuándo, incluido; igual."
    )(function)
    return click.option(
        "--desde", metavar="MOMENTO", callback=moment(False), cls=Option, help=f"Desde cuándo: {_HELP}."
    )(function)


def list_options(function: Function) -> Function:
    """``--ultimos`` and ``--formato``."""
    function = click.option(
        "--formato", type=click.Choice(["tabla", "csv", "json"]), default="tabla", show_default=True, cls=Option,
        help="Cómo se muestran; json da una línea por fila.",
    )(function)  # fmt: skip
    return click.option(
        "--ultimos", metavar="NÚMERO", type=click.IntRange(0, 1_000_000), cls=Option,
        help="Solo los últimos; 0 son todos. Lo usual: 50 en una tabla, todos en csv y json.",
    )(function)  # fmt: skip


_FRAME = 3
"""Characters of a column beside its text."""
_SHORT_CELL = 12


def how_many(ultimos: int | None, formato: str) -> int:
    """How many rows are shown; 0 for all."""
    return ultimos if ultimos is not None else 50 if formato == "tabla" else 0


def show_rows(
    rows: Iterable[Mapping[str, Any]],
    columns: Mapping[str, str],
    formato: str,
    nothing: str,
    whole: Collection[str] = (),
) -> None:
    """Print *rows*.

    :param columns: the title in the table of each value shown, by its name.
    :param nothing: what is said in place of an empty table.
    :param whole: the columns of the table that are never folded.
    """
    if formato == "json":
        for one in rows:
            click.echo(json.dumps(one, ensure_ascii=False, default=str))
        return
    if formato == "csv":
        # For spreadsheets in Chile, where the comma is the decimal sign.
        writer = csv.writer(sys.stdout, delimiter=";", lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_safe(_text(one.get(name))) for name in columns] for one in rows)
        return
    cells = [{title: _text(one.get(name)) for name, title in columns.items()} for one in rows]
    terminal = console()
    if not cells:
        click.echo(nothing)
    elif terminal.width < _least_width(cells):
        _show_below_each_other(cells, [columns[name] for name in columns if name in whole])
    else:
        table = Table()
        for name, title in columns.items():
            table.add_column(title, no_wrap=name in whole, overflow="fold")
        for one in cells:
            table.add_row(*one.values())
        terminal.print(table)


def _least_width(rows: Sequence[Mapping[str, str]]) -> int:
    """The width of a table of *rows* whose short cells are whole; narrower, letters stand below each other."""
    longest = (max(len(title), *(len(one[title]) for one in rows)) for title in rows[0])
    return sum(_FRAME + min(one, _SHORT_CELL) for one in longest) + 1


def _show_below_each_other(rows: Iterable[Mapping[str, str]], whole: Sequence[str]) -> None:
    """Print each row on two lines: what is never folded, and what else there is with its titles."""
    for one in rows:
        click.echo("  ".join(one[title] for title in whole))
        click.echo("  " + "; ".join(f"{title}: {text}" for title, text in one.items() if text and title not in whole))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_text(one)}" for name, one in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return " ".join(map(_text, value))
    return {True: "sí", False: "no"}[value] if isinstance(value, bool) else str(value)


def _safe(text: str) -> str:
    """*text* so that no spreadsheet takes it for a formula: a user's name is chosen by whoever calls."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text
