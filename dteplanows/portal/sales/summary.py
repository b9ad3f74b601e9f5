"""The totals of a period by document type, as the book shows them, and the sums of its days.

Notes of credit stand with their sign. What is no sale (guías, facturas de compra, liquidaciones) has its own lines,
which are in no sum. What was refused, discarded or annulled is counted, and its amounts are nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from dteplanows.archive.totals import Totals, daily, sign_of
from dteplanows.document.company import Company
from dteplanows.document.elements import DOCUMENT_NAMES
from dteplanows.ledger.finding import Wanted
from dteplanows.ledger.store import Ledger

MOST_DAYS = 62
"""Days of a period that have a bar each; of a longer one its months have."""


class Line(NamedTuple):
    """The totals of one type, or of several. Whole pesos; those of credit notes are negative."""

    tipo: int
    """0 for several."""
    name: str
    documentos: int
    """Without those that do not count."""
    neto: int
    exento: int
    iva: int
    otros: int
    """Additional taxes, less what is retained: what the total has beside the other three."""
    total: int
    anuladas: int
    """Guías that never left."""
    rechazados: int
    """Those that the SII refused or a person discarded."""


class Bar(NamedTuple):
    """The sales of a day or a month. Whole pesos."""

    day: str
    """AAAA-MM-DD, or AAAA-MM for a month."""
    documentos: int
    total: int


class Summary(NamedTuple):
    """A period at a glance."""

    sales: list[Line]
    sum: Line
    """All of them together."""
    others: list[Line]
    """What is no sale."""
    bars: list[Bar]

    @property
    def documents(self) -> int:
        """All that were issued, those that do not count too."""
        return sum(one.documentos + one.anuladas + one.rechazados for one in (*self.sales, *self.others))

    @property
    def annulled(self) -> int:
        """Guías that never left."""
        return sum(one.anuladas for one in (*self.sales, *self.others))

    @property
    def refused(self) -> int:
        """Documents that the SII refused or a person discarded."""
        return sum(one.rechazados for one in (*self.sales, *self.others))


def summary(ledger: Ledger, company: Company, wanted: Wanted) -> Summary:
    """What *company* issued in the period of *wanted*, whatever else that says."""
    days = daily(ledger, company, Wanted(wanted.desde, wanted.hasta))
    types: dict[int, list[Totals]] = {}
    for one in days:
        types.setdefault(one.tipo, []).append(one)
    lines = {tipo: _line(tipo, types[tipo]) for tipo in sorted(types)}
    sales = [line for tipo, line in lines.items() if sign_of(tipo)]
    others = [line for tipo, line in lines.items() if not sign_of(tipo)]
    return Summary(sales, _sum(sales), others, _bars(days, wanted))


def _line(tipo: int, days: Iterable[Totals]) -> Line:
    sign = sign_of(tipo) or 1
    every = list(days)
    neto, exento, iva, total = (
        sign * sum(getattr(one, name) for one in every) for name in ("neto", "exento", "iva", "total")
    )
    counts = (sum(getattr(one, name) for one in every) for name in ("documentos", "anuladas", "rechazados"))
    documentos, anuladas, rechazados = counts
    otros = total - neto - exento - iva
    return Line(tipo, DOCUMENT_NAMES[tipo], documentos, neto, exento, iva, otros, total, anuladas, rechazados)


def _sum(lines: Sequence[Line]) -> Line:
    sums = (sum(one[at] for one in lines) for at in range(2, len(Line._fields)))  # type: ignore[misc]
    return Line(0, "", *sums)


def _bars(days: Iterable[Totals], wanted: Wanted) -> list[Bar]:
    """A bar for each day of the period, or for each month from its first with sales to its last."""
    first, last = wanted.desde or date.min, wanted.hasta or date.max
    by_day = (last - first).days < MOST_DAYS
    length = len("2026-01-31") if by_day else len("2026-01")
    found: dict[str, Bar] = {}
    for one in days:
        if sign := sign_of(one.tipo):
            day = one.mes[:length]
            was = found.get(day, Bar(day, 0, 0))
            found[day] = Bar(day, was.documentos + one.documentos, was.total + sign * one.total)
    every = _days(first, last) if by_day else _months(min(found), max(found)) if found else ()
    return [found.get(one, Bar(one, 0, 0)) for one in every]


def _days(first: date, last: date) -> Iterator[str]:
    return ((first + timedelta(days=at)).isoformat() for at in range((last - first).days + 1))


def _months(first: str, last: str) -> Iterator[str]:
    begin, end = (12 * int(year) + int(month) - 1 for year, _, month in (one.partition("-") for one in (first, last)))
    return (f"{at // 12:04}-{at % 12 + 1:02}" for at in range(begin, end + 1))
