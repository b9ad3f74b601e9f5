"""What the page of the guías shows: how many, what for, which folios are void, and a page of them."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import NamedTuple

from dteplanows.archive.totals import daily
from dteplanows.document.company import Company
from dteplanows.document.glosas import glosas
from dteplanows.exports.guias import transfers
from dteplanows.ledger.finding import Wanted
from dteplanows.ledger.rows import Series, StoredVoid
from dteplanows.ledger.store import Ledger
from dteplanows.portal.months import Month
from dteplanows.portal.sales.book import Listed, Row

GUIA = 52
MOST_READ = 3000
"""Guías of a month whose reasons are read for its page; those of more stand in its files."""
_AT_ONCE = 200
"""Guías whose XML is in memory at once."""


class Guia(NamedTuple):
    """A guía of the list."""

    row: Row
    traslado: str
    """IndTraslado in words; empty where it does not say."""


class Overview(NamedTuple):
    """A month. Amounts in whole pesos."""

    documentos: int
    """Without those that do not count."""
    total: int
    anuladas: int
    rechazados: int
    voids: list[StoredVoid]
    """Folios of guías that were voided in the month."""

    @property
    def issued(self) -> int:
        """All of them."""
        return self.documentos + self.anuladas + self.rechazados


class Reason(NamedTuple):
    """How many guías that count had a reason."""

    codigo: str
    name: str
    documentos: int
    total: int


def overview(ledger: Ledger, company: Company, month: Month) -> Overview:
    """The guías of *month*."""
    days = daily(ledger, company, Wanted(month.desde, month.hasta, GUIA))
    names = ("documentos", "total", "anuladas", "rechazados")
    documentos, total, anuladas, rechazados = (sum(getattr(one, name) for one in days) for name in names)
    voids = ledger.folios.voided_between(Series.of(company, GUIA), month[:2])
    return Overview(documentos, total, anuladas, rechazados, voids)


def named(ledger: Ledger, listed: Listed) -> list[Guia]:
    """The guías of a page with what each was for."""
    words = glosas("IndTraslado")
    codes = transfers(ledger, [one.document for one in listed.rows])
    return [Guia(one, words.get(code, "")) for one, code in zip(listed.rows, codes, strict=True)]


def reasons(ledger: Ledger, company: Company, month: Month) -> list[Reason]:
    """What the guías of *month* that count were for, the most frequent first."""
    counts, sums = Counter[str](), Counter[str]()
    every = ledger.finding.found(company, Wanted(month.desde, month.hasta, GUIA))
    counted = (one for one in every if one.has_effect and not one.anulada)
    while some := list(islice(counted, _AT_ONCE)):
        for one, code in zip(some, transfers(ledger, some), strict=True):
            counts[code] += 1
            sums[code] += one.monto_total
    words = glosas("IndTraslado")
    return [Reason(code, words.get(code, ""), count, sums[code]) for code, count in counts.most_common()]
