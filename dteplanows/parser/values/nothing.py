"""The words and dates with which programs write that they have no value.

The facts are data, in ``nothing.tsv``: each word with the stack that writes it. A word is there when nobody writes it
as an address, a giro or a unit, and what people do write stays out: «N/A», «-», «sin dato», «.»...

Columns of the table: ``word``, ``case`` (``exact``, or ``any``: in small letters, in capitals, or beginning with one),
``where`` (``field``: wherever a value stands; ``mail``: instead of an address of mail; ``date``: a day that is none,
all of them before the SII's first) and ``stack``.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from importlib import resources
from typing import Literal

NAMES = frozenset({"NmbItem", "RznSocRecep"})
"""Names of a product and of a client: a milk powder is called NAN and a firm may be called NA, so there such a word
is refused and not read as nothing."""

_NO_DIGIT = re.compile(r"[0 /.:-]+(?:T[0:.]+)?(?:Z|[+-]00:?00)?", re.ASCII)
"""A date of zeros, of its separators alone, or both: 0000-00-00 (MySQL), 00000000 (COBOL), ``/  /`` (FoxPro)."""

_TIME = r"(?:[T ]\s*[\d:.,]+(?:\s*[ap]\.?\s?m\.?)?)?\s*(?:Z|[+-]\d\d(?::?\d\d){0,2})?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})([-/.]?)(\d\d)\2(\d\d){_TIME}", re.ASCII | re.IGNORECASE)
_DAY_FIRST = re.compile(rf"(\d\d?)([-/.])(\d\d?)\2(\d{{4}}){_TIME}", re.ASCII | re.IGNORECASE)


def _read(where: Literal["field", "mail", "date"]) -> Iterator[str]:
    """The words of the table for *where*, each in the cases in which it counts."""
    table = resources.files("dteplanows.parser.values").joinpath("nothing.tsv").read_text("utf-8")
    for row in csv.DictReader(table.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE):
        if row["where"] == where:
            word = row["word"]
            yield word
            if row["case"] == "any":
                yield from (word.lower(), word.upper(), word.capitalize(), word.title())


WORDS = frozenset(_read("field"))
"""Whole texts that mean nothing, wherever they stand."""

MAIL_PLACEHOLDERS = WORDS | frozenset(_read("mail"))
"""Texts in small letters that stand where an address of mail would."""

_DATES = frozenset(_read("date"))


def is_empty_date(text: str) -> bool:
    """Whether *text*, where a date belongs, is the date of a program that has none; with a time of day or without."""
    if _NO_DIGIT.fullmatch(text):
        return True
    found = _YEAR_FIRST.fullmatch(text)
    if found:
        year, _, month, day = found.groups()
        return f"{year}-{month}-{day}" in _DATES
    found = _DAY_FIRST.fullmatch(text)
    if found:
        day, _, month, year = found.groups()
        return f"{year}-{month:0>2}-{day:0>2}" in _DATES or f"{year}-{day:0>2}-{month:0>2}" in _DATES
    return False
