"""What the page of the purchases shows: the totals of a month, and a page of what was received."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from dteplanows.archive.purchases import sign_of_received
from dteplanows.archive.totals import daily
from dteplanows.document.company import Company
from dteplanows.document.elements import DOCUMENT_NAMES
from dteplanows.document.received import RECEIVED_TYPES
from dteplanows.ledger.bought import ListedPurchase, Period, PurchasePage, PurchaseTotals, Spot
from dteplanows.ledger.finding import Wanted
from dteplanows.ledger.store import Ledger
from dteplanows.portal.months import Month

PAGE = 50
_FACTURA_DE_COMPRA = 46
_SPOT = re.compile(r"(\d{4}-\d\d-\d\d)\.(\d{1,18})", re.ASCII)


class Line(NamedTuple):
    """The totals of one type. Whole pesos; those of credit notes are negative."""

    tipo: int
    """0 for several."""
    name: str
    documentos: int
    neto: int
    exento: int
    iva: int
    otros: int
    total: int
    issued: bool
    """The company issued them itself."""


class Row(NamedTuple):
    """A document of the list."""

    document: ListedPurchase
    name: str
    """Of its type."""


class Shown(NamedTuple):
    """A month."""

    lines: list[Line]
    sum: Line
    others: list[Line]
    """What is no purchase: guías."""
    rows: list[Row]
    earlier: dict[str, str]
    later: dict[str, str]


def shown(ledger: Ledger, company: Company, month: Month, given: Mapping[str, str]) -> Shown:
    """The purchases of *month*; *given* says which page of the documents."""
    period = Period(month.desde, month.hasta)
    every = [_line(one) for one in ledger.bought.totals(company, period)]
    lines = [one for one in every if sign_of_received(one.tipo)]
    others = [one for one in every if not sign_of_received(one.tipo)]
    lines += _issued(ledger, company, month)
    names = ("documentos", "neto", "exento", "iva", "otros", "total")
    documentos, neto, exento, iva, otros, total = (sum(getattr(one, name) for one in lines) for name in names)
    every_line = Line(0, "", documentos, neto, exento, iva, otros, total, issued=False)
    spot, back = _spot(given)
    page = ledger.bought.page(company, period, spot, back=back, size=PAGE)
    rows = [Row(one, _name(one.tipo)) for one in page.documents]
    return Shown(lines, every_line, others, rows, *_ways(page, month))


def _line(one: PurchaseTotals) -> Line:
    sign = sign_of_received(one.tipo) or 1
    neto, exento, iva, otros, total = (sign * amount for amount in one[2:])
    return Line(one.tipo, _name(one.tipo), one.documentos, neto, exento, iva, otros, total, issued=False)


def _issued(ledger: Ledger, company: Company, month: Month) -> list[Line]:
    """The facturas de compra that the company issued: they are purchases of its own."""
    days = daily(ledger, company, Wanted(month.desde, month.hasta, _FACTURA_DE_COMPRA))
    if not sum(one.documentos for one in days):
        return []
    neto, exento, iva, total = (
        sum(getattr(one, name) for one in days) for name in ("neto", "exento", "iva", "total")
    )
    name = DOCUMENT_NAMES[_FACTURA_DE_COMPRA]
    count, otros = sum(one.documentos for one in days), total - neto - exento - iva
    return [Line(_FACTURA_DE_COMPRA, name, count, neto, exento, iva, otros, total, issued=True)]


def _name(tipo: int) -> str:
    known = RECEIVED_TYPES.get(tipo)
    return known.name if known else str(tipo)


def _spot(given: Mapping[str, str]) -> tuple[Spot | None, bool]:
    for name, back in (("desde_fila", False), ("hasta_fila", True)):
        if found := _SPOT.fullmatch(given.get(name, "")):
            return (found[1], int(found[2])), back
    return None, False


def _ways(page: PurchasePage, month: Month) -> tuple[dict[str, str], dict[str, str]]:
    """The addresses of the pages before and behind *page*."""
    if not page.documents:
        return {}, {}
    first, last = (f"{one.fecha_emision}.{one.id}" for one in (page.documents[0], page.documents[-1]))
    earlier = {"mes": month.text, "hasta_fila": first} if page.earlier else {}
    return earlier, {"mes": month.text, "desde_fila": last} if page.later else {}
