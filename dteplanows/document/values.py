"""Texts to typed values and back, as the element table says.

ERPs write numbers in several ways; what can mean only one thing is understood (``1,234.00``, ``10000.00`` for pesos,
``19.0``), what could mean two is refused.

Errors::

    ValueError
    * Unreadable    the text is not of the element's type; ``code`` names the reason in the catalogue
    * Fraction      the number has more decimals than the element; carries the rounded value
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import NamedTuple

from dteplanows.document import rut
from dteplanows.document.elements import Element
from dteplanows.document.model import Value
from dteplanows.document.money import pesos

_NUMBER = re.compile(r"[+-]?0{0,60}\d{1,30}(\.\d{0,40})?|[+-]?\.\d{1,40}", re.ASCII)
"""Stacks reckon with 34 digits (DECIMAL128), and fill columns with zeros in front."""
_ZERO = re.compile(r"[+-]?[0.,]*0[0.,]*(?:[eE][+-]?\d{1,3})?\s*%?", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3}){1,9}(\.\d{1,30})?", re.ASCII)
_DOTTED = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3}){1,9}", re.ASCII)
"""Numbers with dots as people in Chile write thousands; read as decimals they would be a thousandth."""
_THREE_DECIMALS = re.compile(r"[+-]?(?:0|\d{4,20})\.\d{3}", re.ASCII)
_WIDE = Context(prec=80)
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)


class Unreadable(ValueError):  # noqa: N818 - named for the state of the value
    """The text is not of the element's type. ``code`` is the catalogue's; ``facts`` what its texts need."""

    def __init__(self, code: str, **facts: str) -> None:
        self.code = code
        self.facts = facts
        super().__init__(code)


def number(text: str) -> Decimal:
    """The number in *text*: decimal point, optional sign, commas only as complete thousands separators.

    :raises Unreadable: it is no number, or its comma could be a decimal comma.
    """
    if _NUMBER.fullmatch(text):
        return Decimal(text)
    if _THOUSANDS.fullmatch(text):
        if text.count(",") == 1 and "." not in text:
            readings = Readings(Decimal(text.replace(",", "")), Decimal(text.replace(",", ".")))
            raise Unreadable("TXT-022", readings=readings.text())
        return Decimal(text.replace(",", ""))
    raise Unreadable("TXT-020")


def is_zero(text: str) -> bool:
    """Whether *text* is empty, or a zero however a program writes it: ``0.000``, ``0,0``, ``0E+00``, ``0 %``."""
    return not text.strip("0") or _ZERO.fullmatch(text) is not None


class Fraction(ValueError):  # noqa: N818 - a value all the same
    """A number came with more decimals than its element has; ``rounded`` is the value with as many as it may have."""

    def __init__(self, rounded: int | Decimal) -> None:
        self.rounded = rounded
        super().__init__(rounded)


class Readings(NamedTuple):
    """What a number with dots, or with a comma, can be."""

    thousands: Decimal
    """Each dot or comma separates thousands."""
    decimals: Decimal | None
    """The dot or comma separates decimals; None with several dots, which can only separate thousands."""

    def text(self) -> str:
        """All readings, to be shown."""
        return " o ".join(write(one) for one in self if one is not None)


def dotted(text: str) -> Readings | None:
    """The readings of *text* where its dots may separate thousands; None where they cannot."""
    if text[-4:-3] != "." or not _DOTTED.fullmatch(text):
        return None
    return Readings(Decimal(text.replace(".", "")), Decimal(text) if text.count(".") == 1 else None)


def has_three_decimals(text: str) -> bool:
    """Whether *text* is a number of three decimals and nothing else: the dot cannot separate thousands."""
    return _THREE_DECIMALS.fullmatch(text) is not None


_MONEY = frozenset({
    "PrcItem", "PrcRef", "ValorDR", "ValorDscto", "ValorRecargo", "SubTotNetoSTI", "SubTotIVASTI", "SubTotAdicSTI",
    "SubTotExeSTI", "ValSubtotSTI", "MontoItem", "MntExe", "MntTotal",
})  # fmt: skip
"""Amounts that have decimals: prices, subtotals, and what exports have them in, which may be in pesos as well."""


def may_be_thousands(element: Element, text: str) -> Readings | None:
    """The readings of *text* where it is an amount whose dots may separate thousands; None for other numbers.

    Quantities and amounts in another currency of three decimals are usual; with two dots they are none.
    """
    readings = dotted(text)
    if readings is None or is_pesos(element) or element.name in _MONEY:
        return readings
    return readings if element.kind == "decimal" and readings.decimals is None else None


def as_written(value: Decimal, whole: bool, fraction: int) -> int | Decimal:
    """*value* in whole pesos, or with no more than *fraction* decimals."""
    if whole:
        return pesos(value)
    rounded = value.quantize(Decimal(1).scaleb(-fraction), ROUND_HALF_UP, _WIDE)
    return value if rounded == value else rounded


def is_pesos(element: Element) -> bool:
    """Whether *element* is an amount in whole pesos (the SII gives those, and only those, 18 digits)."""
    return element.digits == 18 and element.kind in ("positive", "natural", "integer")


def _whole(element: Element, text: str) -> int:
    readings = dotted(text) if is_pesos(element) else None
    if readings is not None:
        raise Unreadable("TXT-060", readings=readings.text())
    return _in_whole(element, number(text))


def _in_whole(element: Element, value: Decimal) -> int:
    if value != value.to_integral_value():
        if not is_pesos(element):
            raise Unreadable("TXT-021")
        raise Fraction(pesos(value))
    return int(value)


def _rut(element: Element, text: str) -> str:
    try:
        return rut.parse(text)
    except rut.InvalidCheckDigit as wrong:
        raise Unreadable("DOC-011", right=str(wrong)) from None
    except rut.InvalidRut:
        raise Unreadable("DOC-010") from None


def _date(element: Element, text: str) -> date:
    return _day(text)


@lru_cache(1024)  # the documents of a file have the same few days
def _day(text: str) -> date:
    match = _DATE.fullmatch(text)
    try:
        if match:
            return date(*map(int, match.groups()))
    except ValueError:
        raise Unreadable("TXT-024") from None
    raise Unreadable("TXT-023")


def _time(element: Element, text: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise Unreadable("TXT-025") from None


def _datetime(element: Element, text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None, microsecond=0)
    except ValueError:
        raise Unreadable("TXT-026") from None


def _decimal(element: Element, text: str) -> Decimal:
    return _with_decimals(element, number(text))


def _with_decimals(element: Element, value: Decimal) -> Decimal:
    if element.fraction:
        rounded = value.quantize(Decimal(1).scaleb(-element.fraction), ROUND_HALF_UP, _WIDE)
        if rounded != value:
            raise Fraction(rounded)
    return value


def _text(element: Element, text: str) -> str:
    return text


_READERS: dict[str, Callable[[Element, str], Value]] = {
    "text": _text,
    "rut": _rut,
    "positive": _whole,
    "natural": _whole,
    "integer": _whole,
    "decimal": _decimal,
    "date": _date,
    "time": _time,
    "datetime": _datetime,
}


def read(element: Element, text: str) -> Value:
    """The value of *text* (without blanks around it, not empty) for *element*.

    :raises Unreadable: the text is not of the element's type.
    :raises Fraction: the number has more decimals than the element; the exception carries the rounded value.
    """
    return _READERS[element.kind](element, text)


def of_number(element: Element, value: Decimal) -> int | Decimal:
    """*value* as *element* holds it.

    :raises Unreadable: the element is whole and no amount, and the number is not whole.
    :raises Fraction: the number has more decimals than the element.
    """
    return _with_decimals(element, value) if element.kind == "decimal" else _in_whole(element, value)


def write(value: Value) -> str:
    """*value* as the SII writes it: no exponent, no trailing zeros, ISO dates."""
    if isinstance(value, Decimal):
        text = str(value)  # far cheaper than format(), and the same but for an exponent
        if not text.isdecimal():
            text = format(value, "f") if value else "0"
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, datetime | time):
        return value.isoformat(timespec="seconds") if isinstance(value, datetime) else value.strftime("%H:%M:%S")
    return str(value)
