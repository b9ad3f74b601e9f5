"""The printed stamp: its barcode on a page, and the words that belong under it.

Manual de Muestras Impresas v4.0 and Instructivo de Emisión 28.10.21, A.2.5: a quiet zone of a quarter of an inch, words
of 6 points or more. How large the barcode is: :mod:`dteplanows.printing.dots`.
"""

from __future__ import annotations

from dteplanows.document.company import Dots, Paper
from dteplanows.printing.dots import Shape, shape_of
from dteplanows.printing.facts import PrintFacts
from dteplanows.printing.page import BLACK, DIM, MILLIMETRE, Box, Page, Stamp, Text
from dteplanows.printing.pdf417 import LEVEL, TooLong, level_of

QUIET_ZONE = 0.25 * 72
"""Around the barcode, in points."""
WORDS_SIZE = 7.0
"""Of the words under the barcode, in points; at least 6."""
_LEADING = 9.0
_NOT_ISSUED = ("Aquí va el timbre.", "Esta vista previa no tiene folio, timbre ni firma.")
_NO_BARCODE = ("El timbre es demasiado largo para un código de barras PDF417.",)
_EMPTY_WIDTH, _EMPTY_HEIGHT = 60 * MILLIMETRE, 30 * MILLIMETRE
"""Of the box that stands for a barcode where none can hold the stamp; the narrowest roll is wider turned."""

_INSTEAD = "Código de barras PDF417 con el timbre electrónico"
"""What is said in place of the barcode."""

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


class Barcode:
    """The barcode of a stamp for a paper and a printer, in points."""

    def __init__(self, ted: bytes, paper: Paper, dots: Dots) -> None:
        """:param ted: empty for a document that is not issued, whose stamp has an empty place."""
        self.shape: Shape | None = shape_of(ted, paper, dots) if ted else None
        self._said: tuple[str, ...] = _NO_BARCODE if ted else _NOT_ISSUED
        self._colour = BLACK if ted else DIM
        self._dot = 72 / dots
        if self.shape:
            self.width, self.height = self.shape.across * self._dot, self.shape.down * self._dot
        else:
            self.width = _EMPTY_WIDTH if paper != "58" else _EMPTY_HEIGHT
            self.height = _EMPTY_HEIGHT if paper != "58" else _EMPTY_WIDTH

    def whole(self, points: float) -> float:
        """The place or length next to *points* that is a whole number of the printer's dots."""
        return round(points / self._dot) * self._dot

    def draw(self, page: Page, x: float, y: float) -> None:
        """Put it with its upper left corner next to (*x*, *y*), on the printer's grid."""
        if self.shape:
            page.show(Stamp(self.whole(x), self.whole(y), self.width, self.height, self.shape), _INSTEAD)
            return
        page.put(Box(x, y, self.width, self.height, 0.5, self._colour))
        with page.tags.inside("P"):
            for at, line in enumerate(self._said):
                base = y + self.height / 2 + at * _LEADING
                text = Text(x + self.width / 2, base, line, WORDS_SIZE, colour=self._colour)
                page.write(text, align="centre", room=self.width - 4)


def words(facts: PrintFacts) -> list[str]:
    """The lines under the barcode."""
    year = f" de {facts.fecha_resolucion.year}" if facts.fecha_resolucion else ""
    return [
        "Timbre Electrónico SII",
        f"Res. {facts.numero_resolucion}{year}",
        "Verifique documento: www.sii.cl",
    ]


def height_of(barcode: Barcode, lines: int) -> float:
    """Height in points of *barcode* with so many lines under it."""
    return barcode.height + 2 + lines * _LEADING


def draw(page: Page, barcode: Barcode, x: float, y: float, lines: list[str]) -> None:
    """Put *barcode* with its upper left corner at (*x*, *y*), and *lines* centred under it."""
    barcode.draw(page, x, y)
    with page.tags.inside("P"):
        for at, line in enumerate(lines, 1):
            base = y + barcode.height + 1 + at * _LEADING
            page.write(Text(x + barcode.width / 2, base, line, WORDS_SIZE), align="centre")
