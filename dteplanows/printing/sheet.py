"""The sheet that a letter is printed on, and what a design makes of it: measures, sizes of letters, colours.

Page 21.5 cm wide and 11 to 33 high, margins of 0.5 cm or more (Manual de Muestras Impresas v4.0); A4 is 5 mm narrower.
"""

from __future__ import annotations

from typing import NamedTuple

from dteplanows.printing import fonts
from dteplanows.printing.design.model import Design
from dteplanows.printing.page import Page, wrap
from dteplanows.printing.tags import Tags

_SIZES = {"carta": (612.0, 792.0), "a4": (595.276, 841.89), "media-carta": (612.0, 396.0)}
"""Points of each sheet, wide and high."""
_MARGIN = 36.0
_STRETCH = {"angosta": 1.0, "normal": 1 / fonts.STRETCH}
"""How wide letters are drawn, beside the narrow ones of :mod:`dteplanows.printing.fonts`."""
_FOOT = 40.0
"""What is left below the text, for the number of the page and the word that makes a copy cedible."""
_LOW = 500.0
"""A sheet less high than this has no room for blocks one above another."""


class Sheet(NamedTuple):
    """Measures in points, from the upper left corner."""

    design: Design
    width: float
    height: float
    left: float
    right: float
    top: float
    """Where the first line and the box begin."""
    bottom: float
    """Where the lowest line of the text may stand."""
    size: float
    """Of letters."""
    small: float
    leading: float
    stretch: float
    """How wide letters are drawn."""

    @property
    def is_low(self) -> bool:
        """Whether it is half a letter."""
        return self.height < _LOW

    @property
    def scale(self) -> float:
        """How much wider letters are than narrow ones of 8 points."""
        return self.size / 8 * self.stretch

    @property
    def room(self) -> float:
        """Between the margins."""
        return self.right - self.left

    def page(self, tags: Tags) -> Page:
        """A new page of it, in a file with those *tags*."""
        return Page(self.width, self.height, tags, stretch=self.stretch)

    def wrap(self, text: str, size: float, room: float, bold: bool = False) -> list[str]:
        """*text* in lines that are not wider than *room*, with letters as wide as they are drawn here."""
        return wrap(text, size, room / self.stretch, bold)


def sheet_of(design: Design) -> Sheet:
    """The sheet that *design* asks for."""
    width, height = _SIZES[design.papel_tamano]
    size = design.letra_tamano
    small = max(6.0, size - 1)
    foot = _FOOT + len(design.pie_textos) * (small + 1.5)
    return Sheet(
        design, width, height, _MARGIN, width - _MARGIN, 30.0 if height > _LOW else 20.0, height - foot, size, small,
        size * design.letra_interlineado, _STRETCH[design.letra_ancho],
    )  # fmt: skip
