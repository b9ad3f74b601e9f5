"""Quick readers for the common texts of an element: what is written plainly, as nearly everything is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cache, partial

from dteplanows.document import rut
from dteplanows.document.elements import Element
from dteplanows.document.model import Value
from dteplanows.document.text import is_carried
from dteplanows.parser.values.nothing import WORDS

_MOST_DECIMALS = 20
"""Of an element without a limit of its own."""

_ZEROS = frozenset({"0", "00", "0000"})
"""What programs write behind the point of a whole number."""


def _text(text: str) -> Value | None:
    if text in WORDS or "&" in text or "<" in text:
        return None
    return text if is_carried(text) else None


def _whole(text: str) -> Value | None:
    """A whole number, also with zeros behind its point; three may be thousands, as in :func:`_decimal`."""
    if not text.isascii() or len(text) >= 20:
        return None
    if text.isdecimal():
        return int(text)
    whole, _, zeros = text.partition(".")
    return int(whole) if whole.isdecimal() and zeros in _ZEROS else None


def _decimal(most: int, text: str) -> Value | None:
    """A number of no more than *most* decimals. Three may be thousands, at which :meth:`.Reading.store` looks."""
    if not text.isascii() or len(text) >= 20:
        return None
    if text.isdecimal():
        return Decimal(text)
    whole, _, decimals = text.partition(".")
    if whole.isdecimal() and decimals.isdecimal() and len(decimals) <= most and len(decimals) != 3:
        return Decimal(text)
    return None


def _date(text: str) -> Value | None:
    """A day of this century, as most are."""
    if len(text) != 10 or text[:2] != "20" or text[4] != "-" or text[7] != "-":
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _rut(text: str) -> Value | None:
    if text in WORDS:
        return None
    try:
        return rut.parse(text)
    except rut.InvalidRut:
        return None


def _none(text: str) -> Value | None:
    return None


_PLAIN: dict[str, Callable[[str], Value | None]] = {
    "text": _text,
    "positive": _whole,
    "natural": _whole,
    "integer": _whole,
    "date": _date,
    "rut": _rut,
}


@cache
def plain(element: Element) -> Callable[[str], Value | None]:
    """A quick reader for the common texts of *element*: the value, or None where :meth:`.Reading.store` must look."""
    if element.kind == "text" and element.enum:
        return {one: one for one in element.enum}.get
    if element.kind == "decimal":
        return partial(_decimal, element.fraction or _MOST_DECIMALS)
    return _PLAIN.get(element.kind, _none)
