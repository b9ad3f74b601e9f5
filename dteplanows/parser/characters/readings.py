"""What a row says in each page: its readings, and the one that is taken to be meant."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache
from typing import NamedTuple

from dteplanows.parser.characters.pages import PAGES, WINDOWS, Page
from dteplanows.parser.characters.spanish import Weight, weigh

MARGIN = 1.0
"""What one reading is ahead of another, in characters, when it alone is taken to be meant."""
_MOST_KNOWN = 100
"""Bytes of a column whose readings are remembered."""
_MOST_WEIGHED = 4000
"""Characters of a text that are looked at: more than any element of a DTE holds."""

_HIGH_CHARACTER = re.compile(r"[^\x00-\x7f]")
_UTF8_INSIDE = re.compile(rb"(\xc3[\x80-\xbf]|\xc2[\xa0-\xbf]|\xe2\x80[\x90-\xa6]|\xe2\x82\xac)")
"""Letters in UTF-8 within a text of another charset, in which such pairs make no sense."""


class Reading(NamedTuple):
    """What a row says in some pages."""

    texts: tuple[str, ...]
    weight: Weight
    pages: list[Page]

    @property
    def is_good(self) -> bool:
        """Whether it is Spanish throughout."""
        return self.weight.good > 0 and not self.weight.bad

    @property
    def is_perfect(self) -> bool:
        """Whether each character beyond ASCII is where Spanish has it: no other reading can be better."""
        odd = sum(len(_HIGH_CHARACTER.findall(text)) for text in self.texts)
        return not self.weight.weak and self.weight.good >= odd


def readings_of(columns: list[bytes], pages: tuple[Page, ...]) -> tuple[Reading, ...]:
    """The different readings of *columns*, the best first; of equal ones that of the more frequent page."""
    short = sum(map(len, columns)) <= _MOST_KNOWN
    return (_known_readings if short else _all_readings)(tuple(columns), pages)


def _all_readings(columns: tuple[bytes, ...], pages: tuple[Page, ...]) -> tuple[Reading, ...]:
    found: dict[tuple[str, ...], Reading] = {}
    for page in pages:
        read = [_known(column, page) if len(column) <= _MOST_KNOWN else _weighed(column, page) for column in columns]
        texts = tuple([text for text, _ in read])
        if texts in found:
            found[texts].pages.append(page)
            continue
        weight = Weight()
        for _, one in read:
            weight = weight.plus(one)
        found[texts] = Reading(texts, weight, [page])
    return tuple(sorted(found.values(), key=lambda one: -one.weight.score))


_known_readings = lru_cache(2048)(_all_readings)
"""A row is read when the page of the file is sought, and again by itself; and programs repeat their rows."""


def _weighed(column: bytes, page: Page) -> tuple[str, Weight]:
    """What *column* says in *page*, and how well that reads; very long texts are not worth the time."""
    text = read_in(column, page)
    return text, weigh(text[:_MOST_WEIGHED], page.typographic)


_known = lru_cache(4096)(_weighed)
"""The same few texts come in many rows; long ones are not worth the memory."""


def read_in(column: bytes, page: Page) -> str:
    """*column* in *page*, but for letters in UTF-8 within it."""
    parts = _UTF8_INSIDE.split(column)
    if len(parts) == 1:
        return codecs.charmap_decode(column, "strict", page.table)[0]
    inner = (codecs.charmap_decode(one, "strict", page.table)[0] if index % 2 == 0 else one.decode()
             for index, one in enumerate(parts))  # fmt: skip
    return "".join(inner)


def rivals_of(readings: tuple[Reading, ...]) -> list[Reading]:
    """The good readings beside the best, itself good, that are nearly as good."""
    best = readings[0]
    return [one for one in readings[1:] if one.is_good and best.weight.score - one.weight.score < MARGIN]


class Choice(NamedTuple):
    """How a row is read."""

    reading: Reading
    page: Page
    rival: Reading | None = None
    """The other reading that is as good, where nothing decides."""


class OfFile(NamedTuple):
    """What is known of the page of a whole file."""

    favourite: Page | None
    """Where its rows, or what it declares, tell one."""
    named: Page | None
    """The one that an XML declares."""


def choose(columns: list[bytes], of_file: OfFile) -> Choice:
    """The reading of *columns*: that of the file's favourite page unless they prove another."""
    favourite, named = of_file
    if favourite is not None and (only := readings_of(columns, (favourite,))[0]).is_perfect:
        return Choice(only, favourite)
    pages = PAGES if named is None or named in PAGES else (named, *PAGES)
    readings = readings_of(columns, pages)
    best = readings[0]
    usual = next(one for one in readings if (favourite or WINDOWS) in one.pages)
    behind = best.weight.score - usual.weight.score
    if favourite is not None and not usual.weight.bad:
        follows = behind < MARGIN or favourite is named or not best.is_good
        return Choice(usual, favourite, None if follows else best)
    rivals = rivals_of(readings) if best.is_good else []
    if rivals:
        return Choice(best, best.pages[0], rivals[0])
    proven = best.is_good or (usual.weight.bad and (not best.weight.bad or behind >= MARGIN))
    return Choice(best, best.pages[0]) if proven else Choice(usual, favourite or WINDOWS)
