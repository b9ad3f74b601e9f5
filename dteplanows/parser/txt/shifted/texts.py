"""What a text in a column looks like: a number, a day, a RUT, or what stands for none."""

from __future__ import annotations

import re
from functools import lru_cache

from dteplanows.parser.values.nothing import WORDS

_LIKE_A_NUMBER = re.compile(r"[-+$% ]*\d[\d.,' ]*(?:[eE][-+]?\d+)?[-+$% ]*|[-.,$% ]+|\\N")
_LIKE_A_DATE = re.compile(r"[\d/.:T +-]{6,}(?:Z|UTC|GMT|\[[\w/]+\])?")
_LIKE_A_RUT = re.compile(r"\d{1,3}(?:\.?\d{3}){1,2}\s*-?\s*[\dkK]|\d-[\dkK]|0+(?:-0)?|-")
_RUT = re.compile(r"\d{1,2}\.?\d{3}\.?\d{3}-[\dkK]")
_ONLY_NUMBERS = re.compile(r"[\d.;-]*")
_OF_NUMBERS = "0123456789.;-"
PLAIN_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?")
_NOTHING_ELSEWHERE = frozenset({"na", "n/a", "nan", "nil", "none"})
"""Words that are no value of a number either, though they are not read as nothing: people write them in texts."""


@lru_cache(1024)
def is_rut(text: str) -> bool:
    """Whether *text* has the form of a RUT; a wrong check digit is another matter."""
    return _RUT.fullmatch(text) is not None


def anything(text: str) -> bool:
    """Fits columns that hold texts."""
    return True


def is_number(text: str) -> bool:
    """Whether *text* may stand for a number, or for none."""
    return not text or text.isdecimal() or _LIKE_A_NUMBER.fullmatch(text) is not None or _says_nothing(text)


def are_numbers(text: str) -> bool:
    """Whether *text*, of several numbers one behind the other, has nothing else."""
    return not text.strip(_OF_NUMBERS) or _ONLY_NUMBERS.fullmatch(text) is not None


def is_date(text: str) -> bool:
    """Whether *text* may stand for a day, or for none."""
    return not text or _LIKE_A_DATE.fullmatch(text) is not None or _says_nothing(text)


def says_rut(text: str) -> bool:
    """Whether *text* may stand for a RUT, however it is written, or for none."""
    return not text or _LIKE_A_RUT.fullmatch(text) is not None or _says_nothing(text)


def _says_nothing(text: str) -> bool:
    return text in WORDS or text.lower().strip("()<>[]") in _NOTHING_ELSEWHERE
