"""The printed stamp: how large its barcode is, and the words that belong under it.

Manual de Muestras Impresas v4.0 and Instructivo de Emisión 28.10.21, A.2.5: 2 by 5 cm at least, 4 by 9 cm at most
(3 by 9 advised), modules of 6.7 mils or more, a quiet zone of a quarter of an inch.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from dteplanows.printing.facts import PrintFacts
from dteplanows.printing.page import BLACK, DIM, MILLIMETRE, Box, Page, Text
from dteplanows.printing.pdf417 import (
    LEVEL,
    MAXIMUM_CODEWORDS,
    MAXIMUM_COLUMNS,
    MAXIMUM_ROWS,
    ROW_HEIGHT,
    Symbol,
    TooLong,
    codewords,
    encode,
    level_of,
    width_of,
)

SMALLEST_MODULE = 0.0067 * 72
"""Width of the narrowest bar, in points."""
QUIET_ZONE = 0.25 * 72
"""Around the barcode, in points."""
WORDS_SIZE = 7.0
"""Of the words under the barcode, in points; at least 6."""
_LEADING = 9.0
_NOT_ISSUED = ("Aquí va el timbre.", "Esta vista previa no tiene folio, timbre ni firma.")
_NO_BARCODE = "El timbre es demasiado largo para un código de barras PDF417."


class Room(NamedTuple):
    """The most that a barcode may take, in points."""

    width: float
    height: float


ADVISED = Room(75 * MILLIMETRE, 30 * MILLIMETRE)
LARGEST = Room(90 * MILLIMETRE, 40 * MILLIMETRE)


class Sized(NamedTuple):
    """A barcode with its size in points."""

    symbol: Symbol | None
    """None when the stamp is longer than any barcode can hold: names that consist of ``&`` for the most part."""
    width: float
    height: float


SHORT = 1100
"""Bytes up to which any stamp has a barcode of the full level, since it is never names alone and the rest of it packs
well. Names of the worst kind begin to lower the level at some 1130."""


def correction(ted: bytes) -> int | None:
    """The error correction level that the barcode of *ted* has; None when it is longer than any barcode can hold."""
    if len(ted) <= SHORT:
        return LEVEL
    try:
        return level_of(ted)
    except TooLong:
        return None


@lru_cache(64)
def sized(ted: bytes, *rooms: Room) -> Sized:
    """The barcode of *ted* with the widest bars that the first of *rooms* allows in which they are wide enough.

    Where they are in none, the last one's.
    """
    module, columns = 0.0, 0
    try:
        for room in rooms:
            module, columns = max(_choices(ted, room))
            if module >= SMALLEST_MODULE:
                break
        symbol = encode(ted, columns)
    except TooLong:
        return Sized(None, *rooms[0])
    return Sized(symbol, module * symbol.width, module * symbol.height)


def _choices(ted: bytes, room: Room) -> list[tuple[float, int]]:
    """(width of a module, data columns) pairs of every shape that the barcode can have in *room*."""
    words = codewords(ted)
    found = []
    for columns in range(1, MAXIMUM_COLUMNS + 1):
        rows = -(-words // columns)
        if rows <= MAXIMUM_ROWS and rows * columns <= MAXIMUM_CODEWORDS:
            found.append((min(room.width / width_of(columns), room.height / (rows * ROW_HEIGHT)), columns))
    return found


def words(facts: PrintFacts) -> list[str]:
    """The lines under the barcode."""
    year = f" de {facts.fecha_resolucion.year}" if facts.fecha_resolucion else ""
    return [
        "Timbre Electrónico SII",
        f"Res. {facts.numero_resolucion}{year}",
        "Verifique documento: www.sii.cl",
    ]


def draw_place(page: Page, x: float, y: float) -> None:
    """Put the empty place of a barcode, for a document that is not issued, with its upper left corner at (*x*, *y*)."""
    page.put(Box(x, y, ADVISED.width, ADVISED.height, 0.5, DIM))
    for at, line in enumerate(_NOT_ISSUED):
        base = y + ADVISED.height / 2 + at * _LEADING
        page.write(Text(x + ADVISED.width / 2, base, line, WORDS_SIZE, colour=DIM), align="centre")


def height_of(stamp: Sized, lines: int) -> float:
    """Height in points of *stamp* with so many lines under it."""
    return stamp.height + 2 + lines * _LEADING


def draw(page: Page, stamp: Sized, x: float, y: float, lines: list[str]) -> None:
    """Put *stamp* with its upper left corner at (*x*, *y*), and *lines* centred under it."""
    if stamp.symbol:
        page.stamp(x, y, stamp.width, stamp.height, stamp.symbol)
    else:
        page.put(Box(x, y, stamp.width, stamp.height, 0.5, BLACK))
        middle = y + stamp.height / 2
        page.write(Text(x + stamp.width / 2, middle, _NO_BARCODE, WORDS_SIZE), align="centre", room=stamp.width - 4)
    for at, line in enumerate(lines, 1):
        base = y + stamp.height + 1 + at * _LEADING
        page.write(Text(x + stamp.width / 2, base, line, WORDS_SIZE), align="centre")
