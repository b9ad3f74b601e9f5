"""What the page of the book shows of a question: the totals of the period, its days, and a page of documents."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from dteplanows.archive.states import ANULADO, State, state_of_listed
from dteplanows.document.company import Company
from dteplanows.document.elements import DOCUMENT_NAMES
from dteplanows.ledger.finding import ListedDocument
from dteplanows.ledger.pages import MOST_LOOKED_AT, Order, Page, TooManyError
from dteplanows.ledger.store import Ledger
from dteplanows.portal.sales.chart import Chart, chart
from dteplanows.portal.sales.query import Query, neighbours, whole_month
from dteplanows.portal.sales.summary import Summary, summary
from dteplanows.portal.shown import day

PAGE = 50
"""Documents of a page."""
MOST_AT_ONCE = 30_000
"""Documents that were never added up and are, before their page is shown; more of them are added up behind it."""
MONTHS = 36
"""Months that can be chosen from a list; others are reached as a period."""

MONTH_NAMES = ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
               "noviembre", "diciembre")  # fmt: skip
_ELECTRONIC = (" Electrónica", " Electrónico")


class Row(NamedTuple):
    """A document of the list."""

    document: ListedDocument
    state: State

    @property
    def name(self) -> str:
        """Of its type, in few words."""
        return short_name(self.document.tipo)

    @property
    def counts(self) -> bool:
        """It is in the totals."""
        return self.document.has_effect and not self.document.anulada

    @property
    def is_annulled(self) -> bool:
        """A note annuls it, or it is a guía that never left."""
        return self.state.name == ANULADO


class Listed(NamedTuple):
    """A page of documents and the ways from it; an empty address leads nowhere."""

    rows: list[Row]
    earlier: dict[str, str]
    later: dict[str, str]
    stopped: str
    """Day of the last document that was looked at, where the search ended before its end."""
    stopped_of: int = 0
    """How many documents were looked at then."""
    too_many: int = 0
    """More documents than the period may have for such a list; 0 where it may be."""


class Totalled(NamedTuple):
    """The sums of a period."""

    summary: Summary
    chart: Chart
    by_day: bool
    """The bars of the chart are days, and not months."""


def short_name(tipo: int) -> str:
    """The name of a document type without the word that all of them have.

    >>> short_name(33), short_name(61)
    ('Factura', 'Nota de Crédito')
    """
    return without_electronic(DOCUMENT_NAMES.get(tipo, str(tipo)))


def without_electronic(name: str) -> str:
    """The name of a document type without the word that all of them have."""
    for word in _ELECTRONIC:
        name = name.replace(word, "")
    return name


def is_short(ledger: Ledger, company: Company, asked: Query) -> bool:
    """Whether so few documents of the period are still to be added up that it is done at once."""
    return ledger.day_sums.to_add_up(company, asked.listing.wanted, MOST_AT_ONCE + 1) <= MOST_AT_ONCE


def totalled(ledger: Ledger, company: Company, asked: Query) -> Totalled:
    """The sums of the period, whatever else is asked."""
    found = summary(ledger, company, asked.listing.wanted)
    return Totalled(found, chart(found.bars), len(found.bars[0].day) > len("2026-01") if found.bars else True)


def listed(ledger: Ledger, company: Company, asked: Query) -> Listed:
    """The page of documents that is asked for; none where the question has a mistake."""
    if asked.errors:
        return Listed([], {}, {}, "")
    try:
        page = ledger.pages.page(company, asked.listing, asked.turn)
    except TooManyError as failure:
        return Listed([], {}, {}, "", too_many=failure.most)
    rows = [Row(one, state_of_listed(ledger, company, one)) for one in page.documents]
    earlier, later = _ways(asked, page)
    return Listed(rows, earlier, later, _stopped(asked, page), MOST_LOOKED_AT)


def _ways(asked: Query, page: Page) -> tuple[dict[str, str], dict[str, str]]:
    """The addresses of the pages before and behind *page*."""
    found, spot = page.documents, asked.listing.spot
    first, last = (spot(found[0]), spot(found[-1])) if found else (asked.turn.spot, asked.turn.spot)
    if page.stopped and asked.turn.back:
        first = page.stopped
    elif page.stopped:
        last = page.stopped
    earlier = asked.page_at(first, back=True) if page.earlier and first else {}
    return earlier, asked.page_at(last) if page.later and last else {}


def _stopped(asked: Query, page: Page) -> str:
    if page.stopped is None:
        return ""
    return str(page.stopped.value) if asked.listing.order is Order.DAY else "—"


def months(today: date, chosen: str) -> list[tuple[str, str]]:
    """The months that can be chosen, the newest first, each with its name; *chosen* is among them."""
    found, last = [], today
    for _ in range(MONTHS):
        found.append(f"{last:%Y-%m}")
        last = whole_month(last)[0] - timedelta(days=1)
    if chosen and chosen not in found:
        found = sorted([*found, chosen], reverse=True)
    return [(one, month_name(one)) for one in found]


def month_name(month: str) -> str:
    """A month, ``AAAA-MM``, in words.

    >>> month_name("2026-11")
    'noviembre de 2026'
    """
    year, _, number = month.partition("-")
    return f"{MONTH_NAMES[int(number) - 1]} de {year}"


def span_name(span: str) -> str:
    """A day, or a month, as a bar of the chart has it.

    >>> span_name("2026-11-28"), span_name("2026-11")
    ('28-11-2026', 'noviembre de 2026')
    """
    return month_name(span) if len(span) == len("2026-11") else day(span)


def kinds(ledger: Ledger, company: Company) -> tuple[list[tuple[int, str]], list[str]]:
    """Types and users of which there are documents, for the filters."""
    found = ledger.pages.kinds(company)
    types = sorted({one.tipo for one in found})
    return [(one, f"{one} · {short_name(one)}") for one in types], sorted({one.usuario for one in found}, key=str.lower)


def month_steps(asked: Query) -> tuple[dict[str, str], dict[str, str]]:
    """The addresses of the same list in the months before and behind."""
    before, behind = neighbours(asked.desde)
    ways = (
        {name: text for name, text in asked.address().items() if name not in ("desde", "hasta")} | {"mes": one}
        for one in (before, behind)
    )
    earlier, later = ways
    return earlier, later


def hidden(asked: Query, *leave: str) -> Iterator[tuple[str, str]]:
    """What a form of a part of the question has to carry along of the rest."""
    return ((name, text) for name, text in asked.address().items() if name not in leave)
