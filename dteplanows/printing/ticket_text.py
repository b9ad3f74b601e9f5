"""A ticket as plain text, in the three parts that the operation ``getBoletaTicket`` answers.

Clients print the first, the stamp as a barcode of their printer's own, and the last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from textwrap import wrap
from typing import NamedTuple

from dteplanows.printing import ticket
from dteplanows.printing.facts import PrintFacts
from dteplanows.printing.roll import Roll
from dteplanows.printing.stored import Stored
from dteplanows.printing.ticket import Row


class Ticket(NamedTuple):
    """The parts of a ticket."""

    head: str
    """Lines that end with a line feed, none longer than the roll's letters."""
    ted: bytes
    """The stamp as the barcode carries it, in ISO-8859-1."""
    foot: str
    """As ``head``."""


def text_parts(stored: Stored, facts: PrintFacts, width: Roll, cedible: bool = False) -> Ticket:
    """The parts of *stored*'s ticket."""
    head, foot = ticket.head(stored, facts), ticket.foot(stored, facts, cedible)
    return Ticket(_text(head, width.letters), stored.ted, _text(foot, width.letters))


def _text(rows: Iterable[Row], letters: int) -> str:
    return "".join(f"{line.rstrip()}\n" for row in rows for line in lines_of(row, letters))


def lines_of(row: Row, letters: int) -> Iterator[str]:
    """*row* in lines of at most so many *letters*."""
    match row.kind:
        case "rule":
            yield "-" * letters
        case "centre":
            yield from (line.center(letters) for line in wrap(row.text, letters))
        case "box":
            yield "=" * letters
            for text in row.text.split("\n"):
                yield from (line.center(letters) for line in wrap(text, letters))
            yield "=" * letters
        case "text":
            for text in row.text.split("\n"):
                yield from wrap(text, letters)
        case "field":
            yield ""
            yield f"{row.text}: ".ljust(letters, "_")
        case "pair":
            yield from _pair(row, letters)


def _pair(row: Row, letters: int) -> Iterator[str]:
    """The text from the left, the amount at the right of its last line, or below when there is no room for it."""
    *lines, last = wrap(row.text, letters) or [""]
    yield from lines
    if len(last) + 1 + len(row.right) > letters:
        yield last
        last = ""
    yield last + row.right.rjust(letters - len(last))
