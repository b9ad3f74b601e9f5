"""The printers that are known: ``impresoras.tsv``, a row for each kind.

What a printer does not do by itself is left out or drawn: where ``pdf417`` is ``no``, the stamp goes as a picture,
which every printer takes. ``pdf417`` is ``si`` only for those whose makers say that the command takes any byte.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources
from typing import Literal, NamedTuple

from dteplanows.document.company import Dots
from dteplanows.printing.dots import Grid, grids
from dteplanows.printing.roll import Roll

Cut = Literal["parcial", "total", "no"]


class Profile(NamedTuple):
    """What a kind of printer can do."""

    name: str
    description: str
    """In Spanish: the models."""
    roll: Roll
    dots: Dots
    """Per inch."""
    reach: int
    """Dots across the paper."""
    letters: int
    """Letters of a line in its own font."""
    encoding: str
    """Python's name of the code page that its texts are sent in."""
    page: int
    """The number by which the printer knows that page (``ESC t``)."""
    pdf417: bool
    """It draws a PDF417 of any bytes by itself."""
    density: bool
    """How dark it burns can be set (``GS ( K``)."""
    cut: Cut
    drawer: bool
    """A cash drawer can hang from it."""
    status: bool
    """It says over a network whether it has paper and is done (``DLE EOT``, ``GS r``)."""

    @property
    def grid(self) -> Grid:
        """What it can do with a barcode."""
        return grids()[self.roll.millimetres, self.dots]._replace(reach=self.reach)


@cache
def profiles() -> dict[str, Profile]:
    """All of them, by name."""
    text = resources.files("dteplanows.printing.escpos").joinpath("impresoras.tsv").read_text("utf-8")
    found: dict[str, Profile] = {}
    for row in csv.DictReader(text.splitlines(), delimiter="\t"):
        dots: Dots = int(row["puntos"])  # type: ignore[assignment]
        cut: Cut = row["corte"]  # type: ignore[assignment]
        roll = next(one for one in Roll if one.millimetres == row["rollo"])
        facts = (int(row["alcance"]), int(row["letras"]), row["codigo"], int(row["pagina"]))
        able = (row["pdf417"] == "si", row["densidad"] == "si")
        found[row["nombre"]] = Profile(
            row["nombre"], row["descripcion"], roll, dots, *facts, *able, cut, row["cajon"] == "si",
            row["estado"] == "si",
        )
    return found
