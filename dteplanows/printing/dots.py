"""The stamp's barcode in whole dots of a printer: how wide its bars, how high its rows, how many columns, which way up.

A printer burns or inks whole dots, black or white. Bars that are 1.5 dots wide come out as 1 and 2, and no reader tells
them apart; so every bar and every row is a whole number of dots, and the barcode stands on the printer's own grid.

``timbre.tsv`` has, for each paper and number of dots per inch: the dots that a printer reaches across, those of the
narrowest bar (6.7 mils or more), those that a row may have, from the best to the least, and which way the barcode may
stand: upright, or turned along a roll that is too narrow. Limits are those of the Manual de Muestras Impresas v4.0:
2 by 5 cm to 4 by 9 cm. Of what fits, the first direction is taken, in it the highest rows, and then the fewest columns:
what is less wide is read at a greater tilt (docs/arquitectura/stamps.rst).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib import resources
from typing import NamedTuple, get_args

from dteplanows.document.company import Dots, Paper
from dteplanows.printing.pdf417 import (
    MAXIMUM_CODEWORDS,
    MAXIMUM_COLUMNS,
    MAXIMUM_ROWS,
    Symbol,
    TooLong,
    codewords,
    encode,
    width_of,
)

DOTS: tuple[Dots, ...] = get_args(Dots)
"""The numbers of dots per inch that there are."""

_MILLIMETRES = 25.4
"""Of an inch."""
_WIDEST, _HIGHEST = 90, 40
_LEAST_WIDE = 50
"""Millimetres of the barcode; how high it is at least follows, for its bytes need the surface."""
_TOO_WIDE = 97
"""Millimetres of one that fits in no other way: 925 codewords and more at 180 dots per inch, which no CAF of 512 bits
makes. It breaks the limit, and is read."""


class Grid(NamedTuple):
    """What a printer can do with a barcode on a paper."""

    dots: Dots
    """Per inch."""
    reach: int
    """Dots across the paper."""
    module: int
    """Dots of the narrowest bar."""
    rows: tuple[int, ...]
    """Dots that a row may have."""
    turned: tuple[bool, ...]
    """Whether the barcode may stand along the paper."""

    def of(self, millimetres: float) -> int:
        """Whole dots in so many *millimetres*."""
        return int(millimetres * self.dots / _MILLIMETRES)


class Shape(NamedTuple):
    """A barcode in whole dots."""

    symbol: Symbol
    dots: Dots
    """Per inch."""
    module: int
    """Dots of the narrowest bar."""
    row: int
    """Dots of a row's height."""
    turned: bool
    """It stands along the paper, its rows from the bottom to the top."""

    @property
    def length(self) -> int:
        """Dots along the rows."""
        return self.symbol.width * self.module

    @property
    def depth(self) -> int:
        """Dots across the rows."""
        return len(self.symbol.rows) * self.row

    @property
    def across(self) -> int:
        """Dots across the paper."""
        return self.depth if self.turned else self.length

    @property
    def down(self) -> int:
        """Dots down the paper."""
        return self.length if self.turned else self.depth


@cache
def grids() -> dict[tuple[str, int], Grid]:
    """Those of ``timbre.tsv``, by paper and dots per inch."""
    text = resources.files("dteplanows.printing").joinpath("timbre.tsv").read_text("utf-8")
    found: dict[tuple[str, int], Grid] = {}
    for row in csv.DictReader(text.splitlines(), delimiter="\t"):
        rows = tuple(map(int, row["filas"].split(",")))
        turned = tuple(one == "girado" for one in row["sentidos"].split(","))
        dots: Dots = int(row["puntos"])  # type: ignore[assignment]
        found[row["papel"], dots] = Grid(dots, int(row["alcance"]), int(row["modulo"]), rows, turned)
    return found


@lru_cache(64)
def shape_of(ted: bytes, paper: Paper, dots: Dots) -> Shape | None:
    """The barcode of *ted* on *paper* from a printer of so many *dots* per inch.

    None when the stamp is longer than any barcode can hold: names that consist of ``&`` for the most part.
    """
    return shape_on(ted, grids()[paper, dots])


def shape_on(ted: bytes, grid: Grid) -> Shape | None:
    """The same on a printer of its own kind."""
    try:
        words = codewords(ted)
    except TooLong:
        return None
    turned, row, columns = next(_choices(words, grid))
    return Shape(encode(ted, columns), grid.dots, grid.module, row, turned)


def _choices(words: int, grid: Grid) -> Iterator[tuple[bool, int, int]]:
    """(turned, dots of a row, data columns) of the shapes that fit, the best first."""
    for widest in (_WIDEST, _TOO_WIDE):
        for turned in grid.turned:
            longest = grid.of(widest) if turned else min(grid.of(widest), grid.reach)
            for row in grid.rows:
                for columns in _columns(words, grid, row, turned):
                    if grid.of(_LEAST_WIDE) <= width_of(columns) * grid.module <= longest:
                        yield turned, row, columns


def _columns(words: int, grid: Grid, row: int, turned: bool) -> Iterator[int]:
    """The numbers of data columns with which so many codewords fit in rows of that height, the fewest first."""
    deepest = min(grid.of(_HIGHEST), grid.reach) if turned else grid.of(_HIGHEST)
    for columns in range(1, MAXIMUM_COLUMNS + 1):
        rows = -(-words // columns)
        if rows <= MAXIMUM_ROWS and rows * columns <= MAXIMUM_CODEWORDS and rows * row <= deepest:
            yield columns
