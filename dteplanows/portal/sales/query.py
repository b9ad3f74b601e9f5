"""What a person asks of the Libro de Ventas, as its address says it: period, filters, order and page.

Each part of the address is text that anybody may have written. What cannot be understood is told, by field, and is then
not asked for: a list with a filter less would pass for the right one, so that there is none.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import NamedTuple, TypeVar

from dteplanows.document import rut
from dteplanows.document.elements import DOCUMENT_NAMES
from dteplanows.document.writer import MAXIMUM_FOLIO
from dteplanows.ledger.delivery_states import STATES, UNSENT
from dteplanows.ledger.finding import Wanted
from dteplanows.ledger.pages import Listing, Order, Spot, Turn

ORDERS: Mapping[str, Order] = {"dia": Order.DAY, "folio": Order.FOLIO, "monto": Order.AMOUNT}
"""The names of the orders in an address; the first one is the usual one."""
USUAL_ORDER = "dia"
ALL_STATES: tuple[str, ...] = (*STATES, UNSENT)
FILTERS = ("tipo", "folio", "receptor", "minimo", "maximo", "estado", "usuario")
"""The fields of the form beside the period."""

_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_SPOT = re.compile(r"(-?\d{1,18}|\d{4}-\d\d-\d\d)\.(\d{1,18})", re.ASCII)
_MOST_PESOS = 10**15
_LONGEST_NAME = 100
_FIRST_YEAR = 2003
"""There are no electronic documents before it."""


_T = TypeVar("_T")


class Query(NamedTuple):
    """What is asked, and what of it cannot be understood."""

    desde: date
    hasta: date
    listing: Listing
    turn: Turn
    fields: Mapping[str, str]
    """What stands in the fields of the form, as it was written."""
    errors: Mapping[str, str]
    """By field, the key of the text that says what is wrong with it."""
    order: str

    @property
    def month(self) -> str:
        """The month that the period is, AAAA-MM; empty where it is none."""
        whole = whole_month(self.desde)
        return f"{self.desde:%Y-%m}" if (self.desde, self.hasta) == whole else ""

    @property
    def is_narrowed(self) -> bool:
        """Whether there is a filter beside the period."""
        return any(self.fields[name] for name in FILTERS)

    @property
    def period(self) -> dict[str, str]:
        """The part of the address that says the period."""
        if self.month:
            return {"mes": self.month}
        return {"desde": self.desde.isoformat(), "hasta": self.hasta.isoformat()}

    def address(self, **changes: str) -> dict[str, str]:
        """The arguments of the address of this list with *changes*, from its first page on."""
        order = {"orden": self.order} if self.order != USUAL_ORDER else {}
        if not self.listing.falling:
            order["sentido"] = "sube"
        filters = {name: self.fields[name] for name in FILTERS}
        return {name: text for name, text in (self.period | filters | order | changes).items() if text}

    def page_at(self, spot: Spot, *, back: bool = False) -> dict[str, str]:
        """The address of the page behind *spot*, or of that before it."""
        return self.address(**{"hasta_fila" if back else "desde_fila": f"{spot.value}.{spot.id}"})


def whole_month(day: date) -> tuple[date, date]:
    """First and last day of the month of *day*."""
    return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])


def read(given: Mapping[str, str], today: date, size: int) -> Query:
    """The question that the arguments *given* of an address ask.

    :param today: its month is meant where the address says no period.
    :param size: documents of a page.
    """
    fields = {name: given.get(name, "").strip() for name in FILTERS}
    reader = _Reader(fields)
    desde, hasta = _period(given, today, reader.errors)
    receptor, nombre = reader.receiver()
    wanted = Wanted(
        desde, hasta, reader.taken("tipo", _tipo), receptor, fields["usuario"], reader.taken("folio", _folio),
        None, reader.taken("estado", _estado),
    )  # fmt: skip
    least, most = reader.taken("minimo", _pesos), reader.taken("maximo", _pesos)
    order = given.get("orden", USUAL_ORDER)
    order = order if order in ORDERS else USUAL_ORDER
    listing = Listing(wanted, nombre, least, most, ORDERS[order], given.get("sentido") != "sube")
    return Query(desde, hasta, listing, _turn(given, listing, size), fields, reader.errors, order)


class _Reader:
    """Reads fields, and notes which of them cannot be."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self._fields = fields
        self.errors: dict[str, str] = {}

    def taken(self, name: str, read_one: Callable[[str], _T]) -> _T:
        try:
            return read_one(self._fields[name])
        except ValueError:
            self.errors[name] = f"sales.wrong_{name}"
            return read_one("")

    def receiver(self) -> tuple[str, str]:
        """RUT and name: what is no RUT is a part of a name."""
        text = self._fields["receptor"][:_LONGEST_NAME]
        try:
            return rut.parse(text), ""
        except rut.InvalidCheckDigit:
            self.errors["receptor"] = "sales.wrong_receptor"
        except rut.InvalidRut:
            pass
        return "", text


def _period(given: Mapping[str, str], today: date, errors: dict[str, str]) -> tuple[date, date]:
    """First and last day that are meant."""
    month = _MONTH.fullmatch(given.get("mes", "").strip())
    try:
        if given.get("desde") or given.get("hasta"):
            desde = date.fromisoformat(given["desde"]) if given.get("desde") else date(_FIRST_YEAR, 1, 1)
            hasta = date.fromisoformat(given["hasta"]) if given.get("hasta") else today
            if desde <= hasta:
                return desde, hasta
            errors["desde"] = "sales.wrong_period"
        elif month:
            return whole_month(first_of(month[0]))
        elif given.get("mes"):
            errors["mes"] = "sales.wrong_day"
    except ValueError:
        errors["mes" if month else "desde"] = "sales.wrong_day"
    return whole_month(today)


def first_of(month: str) -> date:
    """The first day of a month, AAAA-MM.

    :raises ValueError: there is none, or its neighbours cannot be told.
    """
    first = date.fromisoformat(f"{month}-01")
    if not date.min.year < first.year < date.max.year:
        raise ValueError(month)
    return first


def neighbours(day: date) -> tuple[str, str]:
    """The months before and behind that of *day*, AAAA-MM."""
    first, last = whole_month(day)
    before, behind = first - timedelta(days=1), last + timedelta(days=1)
    return f"{before:%Y-%m}", f"{behind:%Y-%m}"


def _turn(given: Mapping[str, str], listing: Listing, size: int) -> Turn:
    """The page that is meant; the first one where the address names a place that this list cannot have."""
    for name, back in (("desde_fila", False), ("hasta_fila", True)):
        found = _SPOT.fullmatch(given.get(name, ""))
        if found:
            is_day = "-" in found[1][1:]
            if is_day == (listing.order is Order.DAY):
                return Turn(Spot(found[1] if is_day else int(found[1]), int(found[2])), back, size)
    return Turn(size=size)


def _tipo(text: str) -> int:
    if not text:
        return 0
    if not text.isascii() or not text.isdigit() or int(text[:9]) not in DOCUMENT_NAMES:
        raise ValueError(text)
    return int(text)


def _folio(text: str) -> int:
    plain = text.replace(".", "")
    if not plain:
        return 0
    if not plain.isascii() or not plain.isdigit() or not 1 <= int(plain[:30]) <= MAXIMUM_FOLIO:
        raise ValueError(text)
    return int(plain)


def _pesos(text: str) -> int | None:
    plain = text.replace(".", "").replace("$", "").strip()
    if not plain:
        return None
    digits = plain.removeprefix("-")
    if not digits.isascii() or not digits.isdigit() or int(digits[:30]) > _MOST_PESOS:
        raise ValueError(text)
    return int(plain)


def _estado(text: str) -> str:
    if text and text not in ALL_STATES:
        raise ValueError(text)
    return text
