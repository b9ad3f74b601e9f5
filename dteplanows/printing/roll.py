"""A ticket as a page that is as long as it needs to be, for thermal printers.

Only documents of hundreds of lines go on to further pages: readers of PDF take no page longer than 200 inches.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from math import ceil
from typing import Literal
from urllib.parse import urlsplit

from dteplanows.document.company import Dots
from dteplanows.document.elements import BOLETAS, DOCUMENT_NAMES
from dteplanows.printing import qr, stamp, ticket
from dteplanows.printing.design.logo import INSTEAD, as_printed
from dteplanows.printing.facts import PrintFacts
from dteplanows.printing.page import BLACK, MILLIMETRE, Box, Page, Picture, Text, width_of, wrap
from dteplanows.printing.stored import Stored
from dteplanows.printing.tags import Tags
from dteplanows.printing.ticket import Row

_MARGIN = 12.0
"""Above and below, in points."""
_SHORTEST = 100 * MILLIMETRE
"""A page that is wider than high would be turned by some printers."""
_LONGEST = 14_000.0
"""Where a page ends before its next row; PDF allows 14 400 points."""
_LOGO_WIDTH, _LOGO_HEIGHT = 0.6, 18 * MILLIMETRE
"""What the logo may take: a part of what the printer reaches, and points."""


class Roll(Enum):
    """Width of the paper; what the printer reaches is less. The SII asks for 75 mm at least, kiosks use 58 mm too."""

    MM80 = ("80", 72, 42, 8.0)
    MM58 = ("58", 48, 32, 7.0)

    def __init__(self, name: Literal["80", "58"], printed: int, letters: int, size: float) -> None:
        self.millimetres: Literal["80", "58"] = name
        """Of the paper."""
        self.paper = int(name) * MILLIMETRE
        """Points."""
        self.printed = printed * MILLIMETRE
        """Points that the printer reaches."""
        self.letters = letters
        """Letters of a line in the printer's own font; printers of 80 mm have 42 or 48."""
        self.size = size
        """Of the text, in points."""


def is_for_roll(roll: Roll, tipo: int, asks: bool) -> bool:
    """Whether a document of that type has a ticket on *roll*: boletas on each, what asks for one on that of 80 mm.

    :param asks: it has ``TpoImpresion`` T.
    """
    return tipo in BOLETAS or (asks and roll is Roll.MM80)


def on_roll(stored: Stored, roll: Roll) -> Stored:
    """*stored*, which can be printed on that roll.

    :raises ValueError: it has no ticket, or the SII wants it on a wider roll.
    """
    if not ticket.is_ticket(stored):
        raise ValueError(f"{DOCUMENT_NAMES[stored.tipo]} has no ticket")
    if not is_for_roll(roll, stored.tipo, asks=True):
        raise ValueError(f"{DOCUMENT_NAMES[stored.tipo]} needs a roll of 75 mm or more")
    return stored


class _Strip:
    """A place that moves down a roll."""

    def __init__(self, roll: Roll, dots: Dots) -> None:
        self._tags = Tags()
        self.pages = [Page(roll.paper, 0, self._tags)]
        self.y = _MARGIN
        self._roll = roll
        self._dots = dots
        self._size = roll.size
        self._leading = roll.size * 1.25
        self._left = (roll.paper - roll.printed) / 2
        self._room = roll.printed
        self._middle = roll.paper / 2

    @property
    def page(self) -> Page:
        """The page being written."""
        return self.pages[-1]

    def end_page(self) -> None:
        """Give the page the height that it needs, in whole dots of the printer: they are counted from either end."""
        dots = ceil(max(self.y + _MARGIN, _SHORTEST) * self._dots / 72)
        self.page.height = dots * 72 / self._dots

    def rows(self, rows: Iterable[Row]) -> None:
        """Put *rows* below what is there."""
        for row in rows:
            if self.y > _LONGEST:
                self.end_page()
                self.pages.append(Page(self.page.width, 0, self._tags))
                self.y = _MARGIN
            match row.kind:
                case "rule":
                    self.y += 3
                    self.page.rule(self._left, self.y, self._left + self._room)
                    self.y += 2
                case "box":
                    self._box(row)
                case "pair":
                    self._pair(row)
                case "centre" | "text":
                    self._texts(row)
                case "field":
                    self._field(row)

    def stamp(self, ted: bytes) -> None:
        """The barcode, between its quiet zones; at the sides they are what the paper leaves."""
        barcode = stamp.Barcode(ted, self._roll.millimetres, self._dots)
        self.y = barcode.whole(self.y + stamp.QUIET_ZONE)
        barcode.draw(self.page, self._middle - barcode.width / 2, self.y)
        self.y += barcode.height + stamp.QUIET_ZONE / 2

    def logo(self, stored: bytes) -> None:
        """The company's logo, in the middle."""
        picture = as_printed(stored)
        scale = min(_LOGO_WIDTH * self._room / picture.width, _LOGO_HEIGHT / picture.height)
        width, height = picture.width * scale, picture.height * scale
        self.page.show(Picture(self._middle - width / 2, self.y, width, height, stored), INSTEAD)
        self.y += height + 4

    def code(self, address: str) -> None:
        """The code with the address of the document's page, and what it is for."""
        code = qr.Placed(address, self._dots)
        self.y += qr.QUIET_ZONE
        self.y += code.draw(self.page, self._middle - code.side / 2, self.y)
        self.rows([Row("centre", qr.WORDS), Row("centre", urlsplit(address).netloc)])

    def _texts(self, row: Row) -> None:
        with self._tags.inside("P"):
            for line in wrap(row.text, self._size, self._room, row.bold):
                self.y += self._leading
                if row.kind == "centre":
                    self.page.write(Text(self._middle, self.y, line, self._size, bold=row.bold), align="centre")
                else:
                    self.page.write(Text(self._left, self.y, line, self._size, bold=row.bold))

    def _field(self, row: Row) -> None:
        """A name, and a line to write on by hand."""
        self.y += 2.2 * self._leading
        self.page.write(Text(self._left, self.y, f"{row.text}:", self._size, bold=True))
        begin = self._left + width_of(f"{row.text}: ", self._size, bold=True)
        self.page.rule(begin, self.y + 1, self._left + self._room)

    def _pair(self, row: Row) -> None:
        """The text from the left, the amount at the right of its last line, or below when there is no room for it."""
        lines = wrap(row.text, self._size, self._room, row.bold) or [""]
        with self._tags.inside("P"):
            for line in lines:
                self.y += self._leading
                self.page.write(Text(self._left, self.y, line, self._size, bold=row.bold))
            taken = width_of(lines[-1], self._size, row.bold) + width_of(row.right, self._size, row.bold)
            if taken + self._size > self._room:
                self.y += self._leading
            amount = Text(self._left + self._room, self.y, row.right, self._size, bold=row.bold)
            self.page.write(amount, align="right")

    def _box(self, row: Row) -> None:
        size = self._size + 2
        lines = [line for text in row.text.split("\n") for line in wrap(text, size, self._room - 8, bold=True)]
        self.y += 5
        height = len(lines) * size * 1.3 + 7
        self.page.put(Box(self._left, self.y, self._room, height, 1.5, BLACK))
        with self._tags.inside("H1"):
            for at, line in enumerate(lines, 1):
                self.page.write(Text(self._middle, self.y + at * size * 1.3, line, size, bold=True), align="centre")
        self.y += height + 2


def layout(stored: Stored, facts: PrintFacts, roll: Roll, cedible: bool = False) -> list[Page]:
    """The pages of *stored*'s ticket; nearly always one."""
    strip = _Strip(roll, facts.puntos_ticket)
    if facts.printed_logo:
        strip.logo(facts.printed_logo)
    strip.rows(ticket.head(stored, facts))
    if ticket.has_barcode(stored, facts):
        strip.stamp(stored.ted)
    strip.rows(ticket.foot(stored, facts, cedible))
    if facts.pagina:
        strip.code(facts.pagina)
    strip.end_page()
    return strip.pages
