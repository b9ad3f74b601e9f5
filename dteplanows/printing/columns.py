"""How wide the columns of a document's lines may be, by what a design says and by what else amounts and codes take."""

from __future__ import annotations

from dteplanows.printing.design.model import NAMES
from dteplanows.printing.flow import LEAST_OPEN, PADDING
from dteplanows.printing.page import MILLIMETRE, width_of
from dteplanows.printing.sheet import Sheet

NUMBER = 66.0
"""Widest column of amounts, in points, which nine digits fill; longer ones are written smaller."""
_WIDEST = {"codigo": 70.0, "unidad": 30.0}
"""The same of other columns of the lines."""
_LEAST_PART = 0.6
"""Of the widest that a column may be whose width no design says, to which it shrinks where there is no room."""
_OPEN = "descripcion"


def widest(sheet: Sheet, name: str) -> float:
    """How wide the column *name* may be at most, in points; 0 for the one that takes what the others leave."""
    if name == _OPEN:
        return 0.0
    said = sheet.design.detalle_anchos_mm.get(name, 0) * MILLIMETRE
    return said or _WIDEST.get(name, NUMBER) * sheet.scale


def taken(sheet: Sheet) -> float:
    """What the columns beside the description take at least, in points: widths that are said count in full, and no
    column is narrower than a word of its title."""
    return sum(_least(sheet, name) for name in sheet.design.detalle_columnas if name != _OPEN)


def to_be_taken(sheet: Sheet) -> float:
    """What they may take, in points."""
    return sheet.room - LEAST_OPEN - 2 * PADDING * len(sheet.design.detalle_columnas)


def _least(sheet: Sheet, name: str) -> float:
    design = sheet.design
    width = widest(sheet, name) * (1 if name in design.detalle_anchos_mm else _LEAST_PART)
    title = design.detalle_titulos.get(name) or NAMES[name]
    words = (width_of(word, sheet.size, bold=True) * sheet.stretch for word in title.split())
    return max(width, *words)
