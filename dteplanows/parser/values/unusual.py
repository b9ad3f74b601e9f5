"""Numbers and days that are not written as the form asks, and that can mean only one thing all the same.

Only what the readers of :mod:`dteplanows.document.values` refuse comes here. Nobody in Chile writes the month first; a
program of another country does, with slashes and a time of day, and such a day is read only where it has no other
reading. A moment of another zone (``Z``, ``+00:00``) is read where it is the same day in Chile; midnight is how
programs write a day without a time.

What else they write: a receiver that is nobody, and in a boleta a means of payment of facturas.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from dteplanows.document import countries, rut, values
from dteplanows.document.elements import Element, at
from dteplanows.document.model import Group, Value
from dteplanows.document.values import Unreadable

_EXPONENT = re.compile(r"[+-]?(?:\d{1,40}(?:[.,]\d{0,40})?|[.,]\d{1,40})[eE][+-]?\d{1,3}", re.ASCII)
_DECIMAL_COMMA = re.compile(r"[+-]?(?:\d{1,30},\d{0,40}|,\d{1,40}|[1-9]\d{0,2}(?:\.\d{3}){1,9},\d{0,40})", re.ASCII)
"""With dots before it only where they complete thousands."""
_LEADING_ZERO = re.compile(r"[+-]?0+,\d{3}", re.ASCII)
_MOST_DIGITS = 30
"""Digits before the decimal point; more are no amount, and an exponent could make a million of them."""
_LEAST_DIGIT = -40

_PERCENT = re.compile(r"([^%\s]+)\s*%", re.ASCII)

_ZONE = r"(?P<zone>Z|(?:UTC|GMT)(?![+-])|[+-]\d\d(?::?\d\d)?(?:\[[\w/+-]+\]|\s+(?:[A-Z]{3,5}|[+-]\d\d))?)?"
"""As ISO 8601, Java (``[America/Santiago]``), Ruby (``UTC``) and Go (``-0300 -03``, ``+0000 UTC``) write it."""
_TIME = (
    r"(?:(?:T|\s+)(?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d+)?)?"
    r"(?:\s*(?P<half>[ap])\.?\s?m\.?)?)?"
)
_DAYS = tuple(
    re.compile(form + _TIME + r"\s*" + _ZONE, re.ASCII | re.IGNORECASE)
    for form in (
        r"(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d\d?)(?P=mark)(?P<day>\d\d?)",
        r"(?P<day>\d\d?)(?P<mark>[-/.])(?P<month>\d\d?)(?P=mark)(?P<year>\d{4})",
        r"(?P<year>(?:19|20)\d\d)(?P<mark>)(?P<month>\d\d)(?P<day>\d\d)",
        r"(?P<day>\d\d)(?P<mark>)(?P<month>\d\d)(?P<year>(?:19|20)\d\d)",
    )
)

_OF_CHILE = (timedelta(hours=-3), timedelta(hours=-4))
"""Distances from UTC in Chile, in summer and in winter."""
_MAGALLANES_AND_EASTER_ISLAND = (*_OF_CHILE, timedelta(hours=-5), timedelta(hours=-6))
"""All in use in the country: a moment with one of them is of the day that it says."""


class Meant(NamedTuple):
    """What a text can only mean."""

    value: Value | None
    """None where it says nothing that the document can hold."""
    plain: str
    """The text in the plain form: digits and a decimal point, or an ISO date."""
    code: str
    """Of the aviso; empty for none."""


KINDS = {"ValorDR": "TpoValor", "ValorDscto": "TipoDscto", "ValorRecargo": "TipoRecargo"}
"""Numbers that are percentages where the element named here says ``%``."""


def meant(element: Element, text: str, group: Group) -> Meant | None:
    """What *text* means as *element* of *group*; None where that is not known.

    :raises Unreadable: it can be two things, or is one that the element cannot hold.
    :raises Fraction: the number has more decimals than the element.
    """
    read = _OF_ELEMENTS.get(element.path) or _READERS.get(element.kind)
    if element.name in KINDS and group.text(KINDS[element.name]) == "%":
        read = _percentage
    return read(element, text) if read else None


def number(text: str) -> Decimal | None:
    """The number in *text* with an exponent, or with a decimal comma that cannot separate thousands."""
    if _EXPONENT.fullmatch(text):
        return _bounded(text.replace(",", "."))
    if _DECIMAL_COMMA.fullmatch(text) and (text[-4:-3] != "," or not _may_separate_thousands(text)):
        return _bounded(text.replace(".", "").replace(",", "."))
    return None


def percentage(text: str) -> Decimal | None:
    """The number in *text*, a rate in percent, with its sign or without; its comma separates decimals."""
    found = _PERCENT.fullmatch(text)
    written = found[1] if found else text
    value = number(written)
    if value is None and _DECIMAL_COMMA.fullmatch(written) and written.count(",") == 1:
        value = _bounded(written.replace(".", "").replace(",", "."))
    if value is not None or not found:
        return value
    try:
        return values.number(written)
    except values.Unreadable:
        return None


def whole(text: str) -> int | None:
    """The whole number that *text* can only be, also with decimals of zero or an exponent; None where it is none."""
    if text.isascii() and text.isdecimal() and len(text) < 20:
        return int(text)
    try:
        value = values.number(text)
    except Unreadable:
        found = number(text)
        if found is None:
            return None
        value = found
    return int(value) if value == value.to_integral_value() else None


def code(element: Element, text: str) -> str:
    """The code of *element*, one of its digits, that *text* writes as a number: 27.0 is 27; empty for none."""
    found = whole(text) if text[:1] in "+0123456789" else None
    return str(found) if found is not None and str(found) in element.enum else ""


def comma(element: Element, text: str) -> values.Readings | None:
    """The readings of *text*, whose comma may separate thousands; None where *element* has no decimals.

    Percentages are small: there the comma separates decimals, whatever follows.
    """
    thousands, decimals = Decimal(text.replace(",", "")), Decimal(text.replace(",", "."))
    if element.kind != "decimal" and not values.is_pesos(element):
        return None
    return values.Readings(thousands, decimals)


def is_percentage(element: Element) -> bool:
    """Whether *element* is a rate in percent."""
    return element.name.endswith("Pct") or element.name.startswith("Tasa")


def _may_separate_thousands(text: str) -> bool:
    """Whether the comma before three digits of *text* may be one of thousands."""
    return "." not in text and not _LEADING_ZERO.fullmatch(text) and len(text.lstrip("+-").partition(",")[0]) <= 3


def _bounded(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    if not value:
        return Decimal(0)
    if not _LEAST_DIGIT <= value.adjusted() < _MOST_DIGITS:
        return None
    return Decimal(format(value, "f"))


def _number(element: Element, text: str) -> Meant | None:
    is_code = element.kind != "decimal" and not values.is_pesos(element)
    if is_code and _EXPONENT.fullmatch(text) and not code(element, text):
        return None  # spreadsheets cut a long folio so
    return _rounded(element, percentage(text) if is_percentage(element) else number(text))


def _percentage(element: Element, text: str) -> Meant | None:
    return _rounded(element, percentage(text))


def _rounded(element: Element, value: Decimal | None) -> Meant | None:
    if value is None:
        return None
    return Meant(values.of_number(element, value), format(value, "f"), "TXT-110")


# --- days ---


def _date(element: Element, text: str) -> Meant | None:
    moments = list(_moments(text))
    if not moments:
        return None
    days = {day for day, _ in moments}
    if len(days) > 1:
        raise Unreadable("TXT-112", readings=" o ".join(one.isoformat() for one in sorted(days)))
    day = days.pop()
    return Meant(day, day.isoformat(), "TXT-111")


def _datetime(element: Element, text: str) -> Meant | None:
    moments = {datetime.combine(day, at) for day, at in _moments(text)}
    if not moments:
        return None
    if len(moments) > 1:
        raise Unreadable("TXT-112", readings=" o ".join(one.isoformat() for one in sorted(moments)))
    moment = moments.pop()
    return Meant(moment, moment.isoformat(timespec="seconds"), "TXT-111")


def _moments(text: str) -> list[tuple[date, time]]:
    """The days, with the time of day (midnight where none is written), that *text* can mean."""
    for form in _DAYS:
        found = form.fullmatch(text)
        if found is None:
            continue
        at = _time(found)
        if at is None:
            return []
        numbers = [(int(found["month"]), int(found["day"]))]
        if found["mark"] == "/" and found["hour"] and not form.pattern.startswith("(?P<year>"):
            numbers.append((int(found["day"]), int(found["month"])))
        days = [day for day in (_day(int(found["year"]), *one) for one in numbers) if day]
        if days:
            return [(one, at) for day in dict.fromkeys(days) for one in _in_chile(day, at, found["zone"])]
    return []


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _time(found: re.Match[str]) -> time | None:
    if not found["hour"]:
        return time()
    hour = int(found["hour"])
    if found["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found["half"] in "pP" else 0)
    try:
        return time(hour, int(found["minute"]), int(found["second"] or 0))
    except ValueError:
        return None


def _in_chile(day: date, at: time, zone: str | None) -> list[date]:
    """The day as written and, where its zone makes it another one in Chile, that one too."""
    if not zone or at == time():
        return [day]
    away = _distance(zone)
    if away in _MAGALLANES_AND_EASTER_ISLAND:
        return [day]
    utc = datetime.combine(day, at) - away
    return list(dict.fromkeys((day, *((utc + one).date() for one in _OF_CHILE))))


def _distance(zone: str) -> timedelta:
    digits = re.sub(r"[^\d]", "", zone.partition("[")[0].partition(" ")[0])
    if not digits:
        return timedelta()
    away = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return -away if zone[0] == "-" else away


# --- what boletas alone have ---


def _receiver(element: Element, text: str) -> Meant | None:
    if element is not at("boleta", element.path):
        return _optional_rut(element, text)
    nobody = rut.CLIENT_WITHOUT_RUT
    return Meant(nobody, nobody, "TXT-115") if rut.is_of_nobody(text) else None


def _means_of_payment(element: Element, text: str) -> Meant | None:
    """Those of facturas are letters, those of boletas digits; not each of the one is one of the other."""
    letters = at("factura", element.path)
    is_known = element.kind != "text" and letters is not None and text.upper() in letters.enum
    return Meant(None, "", "TXT-117") if is_known else _number(element, text)


def _country(element: Element, text: str) -> Meant | None:
    """An ISO code of a country, of which the customs want their own number."""
    found = countries.number_of(text)
    return Meant(int(found), found, "TXT-119") if found else _number(element, text)


_OF_ELEMENTS: dict[str, Callable[[Element, str], Meant | None]] = {
    "Encabezado/Receptor/RUTRecep": _receiver,
    "Encabezado/IdDoc/MedioPago": _means_of_payment,
    "Encabezado/Transporte/Aduana/CodPaisRecep": _country,
    "Encabezado/Transporte/Aduana/CodPaisDestin": _country,
}


def _optional_rut(element: Element, text: str) -> Meant | None:
    """Programs write 0 where there is none."""
    return Meant(None, "", "") if not element.min and not text.strip("0-") else None


_READERS: dict[str, Callable[[Element, str], Meant | None]] = {
    "rut": _optional_rut,
    "positive": _number,
    "natural": _number,
    "integer": _number,
    "decimal": _number,
    "date": _date,
    "datetime": _datetime,
}
