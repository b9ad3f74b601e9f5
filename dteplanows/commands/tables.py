"""How lists of documents and of envelopes are asked for and come out: as a table, row by row, as CSV or as JSON."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, get_args

import click

from dteplanows.archive.rows import Row, write_csv
from dteplanows.commands import listing
from dteplanows.commands.output import data_output
from dteplanows.commands.shown import console
from dteplanows.commands.spanish import Option

LISTED = 50
"""Rows that a table shows where nobody says how many."""
_WIDTH_OF_PIPES = 160
"""Characters of a line when the output is no terminal."""

Function = TypeVar("Function", bound=Callable[..., Any])


class Order(NamedTuple):
    """How a list is wanted."""

    formato: listing.Format
    salida: Path | None
    most: int | None
    """Rows at most; None for all."""


def list_options(function: Function) -> Function:
    """The options of a list: ``--formato``, ``--salida``, ``--ultimos``, ``--todos`` and ``--json``."""
    options = (
        click.option(
            "--formato", type=click.Choice(get_args(listing.Format)), default="tabla", show_default=True, cls=Option,
            help="Cómo se muestran: csv se abre con Excel (punto y coma, UTF-8), json es para programas.",
        ),
        click.option(
            "--salida", metavar="ARCHIVO", type=click.Path(dir_okay=False, path_type=Path), cls=Option,
            help="Archivo en que se escribe el csv o el json; lo que hubiera en él se reemplaza al terminar.",
        ),
        click.option(
            "--ultimos", metavar="NÚMERO", type=click.IntRange(min=1), cls=Option,
            help=f"Cuántos se muestran. Sin esta opción: en csv, en json o de un período, todos; si no, {LISTED}.",
        ),
        click.option("--todos", is_flag=True, cls=Option, help="Muestra todos, también en la tabla."),
        click.option("--json", "as_json", is_flag=True, cls=Option, help="Lo mismo que --formato json."),
    )  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


def write(order: Order, fields: tuple[str, ...], rows: Iterator[Row]) -> None:
    """Write *rows* as CSV or JSON, where *order* says."""
    with data_output(order.salida) as out:
        if order.formato == "csv":
            write_csv(out, fields, rows)
        else:
            listing.write_json(out, rows)
    if order.salida:
        click.echo(f"Guardado: {order.salida}")


def print_table(columns: tuple[listing.Column, ...], rows: Iterator[Row]) -> bool:
    """Print *rows* as they come; whether there was any."""
    terminal = sys.stdout.isatty()
    width = console().width if terminal else _WIDTH_OF_PIPES
    number = -1
    for number, line in enumerate(listing.table_lines(columns, rows, width)):
        click.echo(click.style(line, bold=True) if terminal and not number else line)
    return number >= 0


def tell_shortened(order: Order, ways: str = "--todos o --ultimos NÚMERO") -> None:
    """Say that there are more rows than were shown.

    :param ways: the options that show more, or fewer that are meant.
    """
    click.echo(f"Se muestran {order.most}; hay más. Agregue {ways}.", err=True)
