"""A document with doubtful numbers: which are open, which are read, and what is known beside them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Context, Decimal

from dteplanows.document import values
from dteplanows.document.elements import BOLETAS
from dteplanows.document.model import Group
from dteplanows.parser.habits.thousands.choices import Choice, Key, key_of
from dteplanows.parser.reading import Doubt, Reading

OF_LINE = ("QtyItem", "PrcItem", "DescuentoMonto", "RecargoMonto", "MontoItem")
"""Numbers of a line that its arithmetic settles."""

FIGURES = ("MntNeto", "MntExe", "IVA", "MntTotal")
"""Numbers of the totals that are reckoned here."""

ONE, NONE, HUNDRED = Decimal(1), Decimal(0), Decimal(100)
EXACT = Context(prec=60)
"""What a quantity and a price of any length are multiplied in."""


class Case:
    """A document with doubtful numbers."""

    def __init__(self, reading: Reading, doubts: list[Doubt]) -> None:
        self.reading = reading
        self.document = reading.document
        self.doubts = doubts
        self.open: dict[Key, Doubt] = {key_of(one): one for one in doubts if one.readings.decimals is not None}
        """Numbers of two readings that nothing has settled yet."""
        self.read: Choice = {key_of(one): one.readings.thousands for one in doubts if one.readings.decimals is None}
        self.doubted = {key_of(one): one for one in doubts}
        self.decimal_commas = {one.place for one in reading.unusual if "," in one.text}
        """Where the file has a comma that can only separate decimals."""
        self.impossible: set[Key] = set()
        """Numbers of which neither reading agrees."""
        self.lines: dict[int, list[Choice]] = {}
        """Choices with which a line agrees, where there are several."""
        self.quantities: dict[Key, Doubt] = {}
        self.styles: dict[tuple[str, str], bool | None] = {}
        figures = self.document.unread.isdisjoint(("MontoItem", "PrcItem", "QtyItem", "ValorDR"))
        self.reckonable = figures and bool(self.document.detalles)
        self.room = 2 + len(self.document.detalles) // 2
        """Pesos that the totals of a program may differ from what is reckoned here: it rounds in its own order."""
        self.changes = tuple(_header_changes(reading))

    def value(self, group: Group, name: str, choice: Choice) -> Decimal | None:
        """The number *name* of *group* as *choice* reads it, else as it is settled or written."""
        key = id(group), name
        found = choice.get(key)
        if found is None:
            found = self.read.get(key)
        return group.number(name) if found is None else found

    def quantity_of(self, line: Group, choice: Choice) -> Decimal:
        """The quantity of *line*; 1 where it has none."""
        found = self.value(line, "QtyItem", choice)
        return ONE if found is None else found

    def repeats_price(self, line: Group, choice: Choice) -> bool:
        """A program repeats in boletas the price of one unit as the amount of all."""
        price = self.value(line, "PrcItem", choice)
        return self.document.tipo in BOLETAS and price is not None and price == self.value(line, "MontoItem", choice)


def _header_changes(reading: Reading) -> Iterator[Decimal]:
    """What the discount and surcharge columns of a TXT's totals may change: nothing, or their amounts."""
    yield NONE
    row = reading.row("Totales")
    for column, sign in (("ValorDesctoTot", -1), ("ValorRecgoTot", 1)) if row is not None else ():
        text = row.text(column) if row is not None else ""
        readings = values.dotted(text)
        if readings is not None:
            yield from (sign * one for one in readings if one is not None)
        elif text.isdecimal() and len(text) < 20 and text.strip("0"):
            yield sign * Decimal(text)
