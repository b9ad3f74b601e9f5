"""The sales of a month as the Formulario 29 of the SII asks for them: the lines that documents of these types feed.

The facts stand once, in ``f29.tsv``: the line of the form, its codes for the number of documents and for the amount,
which totals it takes of which types (``menos``: taken off), whether it adds to the IVA of the month (``signo``), and
where the SII says so. Sources: the form (www.sii.cl/formularios/imagen/F29.pdf), the instructions for it of 12-11-2024
(www.sii.cl/servicios_online/instrucciones_f29_20241112.pdf) and the SII's frequent questions
(www.sii.cl/preguntas_frecuentes/impuestos_mensuales/001_130_1680.htm, 1914, 1922, 1962 and 5774).

What only the taxpayer knows is not told apart: sales that are no business of its (lines 4, 8, 9 and 15), payments by
electronic means (11), and liquidaciones, of which a line (17) has the commission alone.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import NamedTuple

from dteplanows.archive.totals import Totals


class Row(NamedTuple):
    """One line of the form, as the table has it."""

    linea: int
    nombre: str
    codigo_cantidad: str
    codigo_monto: str
    cuenta: str
    suma: str
    mas: frozenset[int]
    menos: frozenset[int]
    signo: int
    """1 or -1 where it is IVA of the month, 0 for an amount that is only told."""
    fuente: str


class Line(NamedTuple):
    """A line with what the month has for it."""

    row: Row
    cantidad: int
    monto: int
    """Whole pesos, as the form wants them: without sign but for what is negative in itself."""


@cache
def rows() -> tuple[Row, ...]:
    """The lines of the form that are known, in order."""
    text = resources.files("dteplanows.archive").joinpath("f29.tsv").read_text("utf-8")
    return tuple(
        Row(
            int(one["linea"]), one["nombre"], one["codigo_cantidad"], one["codigo_monto"], one["cuenta"], one["suma"],
            _types(one["mas"]), _types(one["menos"]), int(one["signo"] or 0), one["fuente"],
        )
        for one in csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    )  # fmt: skip


def _types(text: str) -> frozenset[int]:
    return frozenset(map(int, text.split()))


def lines(totals: Iterable[Totals]) -> list[Line]:
    """What *totals*, which are of one month, put into each line."""
    every = list(totals)
    return [_line(row, every) for row in rows()]


def iva(found: Iterable[Line]) -> int:
    """The IVA that the lines come to: what the month's debits are as far as these documents say it."""
    return sum(one.row.signo * one.monto for one in found)


def _line(row: Row, every: Iterable[Totals]) -> Line:
    count = amount = 0
    for one in every:
        if one.tipo in row.mas | row.menos:
            count += getattr(one, row.cuenta)
            amount += (-1 if one.tipo in row.menos else 1) * getattr(one, row.suma)
    return Line(row, count, amount)
