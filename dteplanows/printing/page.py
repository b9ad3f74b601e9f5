"""Pages before they are a file: marks at places, and the widths of texts.

Places are in points (1/72 inch) from the upper left corner; a text's place is the left end of its base line. The fonts
are those of :mod:`dteplanows.printing.fonts`, in the characters of Windows-1252 (a DTE has ISO-8859-1).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, NamedTuple

from dteplanows.printing import fonts
from dteplanows.printing.dots import Shape
from dteplanows.printing.pdf417 import Symbol
from dteplanows.printing.tags import Element, Tags

MILLIMETRE = 72 / 25.4
"""Points of a millimetre."""

Colour = tuple[float, float, float]
BLACK: Colour = (0, 0, 0)
WHITE: Colour = (1, 1, 1)
RED: Colour = (0.78, 0, 0)
DIM: Colour = (0.35, 0.35, 0.35)
PALE: Colour = (0.9, 0.9, 0.9)

_WIDTHS = (fonts.widths(False), fonts.widths(True))


class Text(NamedTuple):
    """A text in one line."""

    x: float
    y: float
    text: str
    size: float
    bold: bool = False
    colour: Colour = BLACK


class Rule(NamedTuple):
    """A line."""

    x: float
    y: float
    to_x: float
    to_y: float
    width: float
    colour: Colour


class Box(NamedTuple):
    """A rectangle that is drawn around or filled; its place is its upper left corner."""

    x: float
    y: float
    width: float
    height: float
    line: float
    """Thickness of the line; 0 fills the rectangle."""
    colour: Colour


class Stamp(NamedTuple):
    """The barcode of the stamp."""

    x: float
    y: float
    width: float
    height: float
    shape: Shape


class Code(NamedTuple):
    """A QR code."""

    x: float
    y: float
    side: float
    symbol: Symbol


class Picture(NamedTuple):
    """A picture, as :class:`dteplanows.printing.design.logo.Logo` has it."""

    x: float
    y: float
    width: float
    height: float
    stored: bytes
    """As the company has it."""


class Slanted(NamedTuple):
    """A text across the page, behind everything else."""

    text: str


Mark = Text | Rule | Box | Stamp | Code | Picture | Slanted
Align = Literal["left", "right", "centre"]


def printable(text: str) -> str:
    """*text* in one line, with only characters that the fonts have."""
    if text.isascii() and text.isprintable():
        return text
    return " ".join(text.split()).encode(fonts.ENCODING, "replace").decode(fonts.ENCODING)


def width_of(text: str, size: float, bold: bool = False) -> float:
    """Width of *text* in points."""
    return sum(map(_WIDTHS[bold].__getitem__, text.encode(fonts.ENCODING, "replace"))) * size


@dataclass(slots=True)
class Page:
    """One page."""

    width: float
    height: float
    tags: Tags = field(default_factory=Tags)
    """Those of the file that it is a page of."""
    marks: list[Mark] = field(default_factory=list)
    owners: list[Element | None] = field(default_factory=list)
    """Of each mark what it is part of; None for what is not read."""
    stretch: float = 1.0
    """How wide letters are drawn, beside the width that :func:`width_of` gives."""

    def write(self, text: Text, *, align: Align = "left", room: float = 0) -> None:
        """Put *text* at its place, in one line; nothing when it is empty.

        :param align: what of the text is at its ``x``.
        :param room: the text is made smaller when it is wider; 0 for any width.
        """
        x, y, words, size, bold, colour = text
        words = printable(words)
        if not words:
            return
        if align != "left" or room:
            width = width_of(words, size, bold) * self.stretch
            if room and width > room:
                size, width = size * room / width, room
            x -= {"left": 0.0, "right": width, "centre": width / 2}[align]
        self._put(Text(x, y, words, size, bold, colour), self.tags.owner())

    def put(self, mark: Box) -> None:
        """Put *mark* at its place."""
        self._put(mark, None)

    def show(self, mark: Stamp | Code | Picture, instead: str) -> None:
        """Put a picture at its place.

        :param instead: what is said in its place to whoever does not see it.
        """
        self._put(mark, self.tags.owner(instead))

    def rule(self, x: float, y: float, to_x: float, width: float = 0.5, colour: Colour = BLACK) -> None:
        """A horizontal line."""
        self._put(Rule(x, y, to_x, y, width, colour), None)

    def slanted(self, text: str) -> None:
        """A pale text across the page; put first, it stays behind the rest."""
        self._put(Slanted(printable(text)), self.tags.owner())

    def _put(self, mark: Mark, owner: Element | None) -> None:
        self.marks.append(mark)
        self.owners.append(owner)


# --- lines of text ------------------------------------------------------------------------------------------------


def wrap(text: str, size: float, room: float, bold: bool = False) -> list[str]:
    """*text* in lines that are not wider than *room*; line ends of its own are kept, words too wide are broken."""
    if "\n" in text:
        return [line for one in text.split("\n") for line in wrap(one, size, room, bold)]
    return list(_wrapped(printable(text), size, room, bold))


@lru_cache(2048)
def _wrapped(text: str, size: float, room: float, bold: bool) -> tuple[str, ...]:
    if width_of(text, size, bold) <= room:
        return (text,) if text else ()
    lines, line, used = [], "", 0.0
    blank = width_of(" ", size, bold)
    for word in text.split():
        for piece in _pieces(word, size, room, bold):
            width = width_of(piece, size, bold)
            if line and used + blank + width > room:
                lines.append(line)
                line = ""
            line, used = (f"{line} {piece}", used + blank + width) if line else (piece, width)
    return (*lines, line)


def _pieces(word: str, size: float, room: float, bold: bool) -> Iterator[str]:
    """*word* itself, or, when it is wider than *room*, parts of it that are not."""
    if width_of(word, size, bold) <= room:
        yield word
        return
    piece, used = "", 0.0
    for character in word:
        width = width_of(character, size, bold)
        if piece and used + width > room:
            yield piece
            piece, used = "", 0.0
        piece, used = piece + character, used + width
    yield piece
