"""How many folios automatic numbering still has, and for how many days they are enough."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from dteplanows.document.company import Company
from dteplanows.folios.age import expired, in_force, last_day
from dteplanows.folios.allocation import CafAccount
from dteplanows.folios.ownership import free, own_spans
from dteplanows.ledger.rows import Span, StoredCaf
from dteplanows.ledger.store import Ledger


class Lot(NamedTuple):
    """The free folios of one CAF in force."""

    libres: int
    ultimo_dia: date | None
    """The last day on which they may be used; None when they do not lapse."""


class Stock(NamedTuple):
    """The folios of one type that automatic numbering may take, in the order in which it takes them."""

    tipo: int
    lots: tuple[Lot, ...]
    vencidos: int
    """Free folios of CAFs that lapsed, which nobody may use."""

    @property
    def libres(self) -> int:
        """How many may be used."""
        return sum(one.libres for one in self.lots)

    @property
    def ultimo_dia(self) -> date | None:
        """The last day on which any of them may be used; None when some do not lapse, or none is left."""
        days = [one.ultimo_dia for one in self.lots]
        return None if None in days else max((day for day in days if day), default=None)


def stock(ledger: Ledger, company: Company, tipo: int, today: date) -> Stock:
    """The folios of *tipo* that are left on *today*."""
    lots, lapsed = [], 0
    for caf in ledger.cafs.of(company.ambiente, company.rut, tipo, automaticos=True):
        libres = free_count(ledger, caf)
        if in_force(tipo, caf.fecha_autorizacion, today):
            lots.append(Lot(libres, last_day(tipo, caf.fecha_autorizacion)))
        elif expired(tipo, caf.fecha_autorizacion, today):
            lapsed += libres
    return Stock(tipo, tuple(one for one in lots if one.libres), lapsed)


def free_count(ledger: Ledger, caf: StoredCaf) -> int:
    """The own folios of *caf* that are free. Counted only from where some may be, which is near the end of the used."""
    count = 0
    for own in own_spans(ledger, caf):
        span = Span(max(own.desde, caf.siguiente), own.hasta)
        if span.desde <= span.hasta:
            count += span.size - sum(ledger.folios.count(caf.series, span))
    return count


def quick_account(ledger: Ledger, caf: StoredCaf) -> CafAccount:
    """What :func:`~dteplanows.folios.allocation.account` counts of *caf*, without a look at each document.

    The issued ones are what remains, so that nothing here can show that the numbers do not add up.
    """
    own = own_spans(ledger, caf)
    libres = free_count(ledger, caf)
    anulados, retenidos = (
        sum(each.size for one in own for each in _within(spans, one))
        for spans in (
            [one.span for one in ledger.folios.voids(caf.series, caf.span)],
            [one.span for one in ledger.held.holds(caf.series, caf.span)],
        )
    )
    size = sum(one.size for one in own)
    return CafAccount(
        caf,
        libres=libres,
        emitidos=size - libres - anulados - retenidos,
        anulados=anulados,
        en_otro=caf.span.size - size,
        siguiente=next(free(ledger, caf), 0) if libres else 0,
        retenidos=retenidos,
    )


def _within(spans: Sequence[Span], whole: Span) -> list[Span]:
    """What of *spans* lies in *whole*."""
    return [Span(max(one.desde, whole.desde), min(one.hasta, whole.hasta)) for one in spans if one.crosses(whole)]


def days_covered(lots: Sequence[Lot], per_day: float, today: date) -> float | None:
    """For how many days from *today* on *lots* are enough, when *per_day* are used and each only until it lapses.

    None when nothing uses them up, nor do they lapse.
    """
    covered = 0.0
    for one in lots:
        end = None if one.ultimo_dia is None else (one.ultimo_dia - today).days + 1.0
        if end is not None and end <= covered:
            continue
        enough = covered + one.libres / per_day if per_day else None
        if enough is None and end is None:
            return None
        covered = min(day for day in (enough, end) if day is not None)
    return covered
