"""How much of the customer's own texts is printed: what a sheet of paper holds, whatever the file brings.

All that is signed has the SII's own limits and is printed whole. Observations and additional data have none: ten
megabytes of them would make a thousand pages. What is left out stays with the document, and the paper says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from dteplanows.printing.shown import number

LINES = 60
"""Lines of observation that are printed: a letter page has some sixty."""
DATA = 2 * LINES
"""Additional data that are printed, in two columns."""
CHARACTERS = 6000
"""Of all lines of observation together, and of all additional data: sixty lines of a hundred."""
ON_TICKET = 2500
"""The same on a ticket: sixty lines of forty-two."""
NAME = 20
"""Characters of the name of an additional datum: more would leave no room for what it says."""

_MARK = "…"


class Texts(NamedTuple):
    """What is printed of some texts."""

    texts: tuple[str, ...]
    said: str
    """That they were cut and where the rest is; empty when they were not."""


class Data(NamedTuple):
    """What is printed of the additional data."""

    data: dict[str, str]
    said: str
    """As in :class:`Texts`."""


def of_texts(texts: Sequence[str], characters: int = CHARACTERS) -> Texts:
    """The beginning of *texts*, so many *characters* of them."""
    room = _Room(LINES, characters)
    printed = []
    for text in texts:
        taken = room.take(text)
        if taken:
            printed.append(taken)
        if room.is_full:
            break
    return Texts(tuple(printed), room.said(sum(map(len, texts))))


def of_data(data: Mapping[str, str], characters: int = CHARACTERS) -> Data:
    """The beginning of *data*, so many *characters* of what they say; of names that are cut alike the first."""
    room = _Room(DATA, characters)
    printed: dict[str, str] = {}
    for name, text in data.items():
        shown = name
        if len(name) > NAME:
            shown, room.is_cut = name[: NAME - 1] + _MARK, True
        taken = room.take(text)
        if taken or not room.is_full:
            printed.setdefault(shown, taken)
        if room.is_full:
            break
    return Data(printed, room.said(sum(len(name) + len(text) for name, text in data.items())))


class _Room:
    """What is left of the paper."""

    def __init__(self, lines: int, characters: int) -> None:
        self._lines = lines
        self._characters = characters
        self.is_full = False
        """Something did not fit, and nothing more will."""
        self.is_cut = False
        """Something is left out for another reason."""

    def take(self, text: str) -> str:
        """As much of *text* as fits."""
        if not self._lines or not self._characters:
            self.is_full = True
            return ""
        beginning = text[: self._characters + 1]
        lines = beginning.split("\n", self._lines)
        fitting = "\n".join(lines[: self._lines])[: self._characters]
        self._lines -= min(len(lines), self._lines)
        self._characters -= len(fitting)
        if len(fitting) == len(text):
            return text
        self.is_full = True
        return fitting.rstrip() + _MARK

    def said(self, whole: int) -> str:
        """What the paper says when something of *whole* characters did not fit."""
        if not self.is_full and not self.is_cut:
            return ""
        shown = number(str(whole))
        return f"[Cortado: el texto completo, de {shown} caracteres, está guardado con el documento.]"
