"""CAFs that the test authority makes in ``pruebas`` when they are needed.

One for a folio that a file asks for serves only such folios, or the trial of somebody who writes 999999 once would move
everybody's numbering. Automatic numbering takes it over when it comes to that range by itself.
"""

from __future__ import annotations

from datetime import date
from itertools import islice

from dteplanows.document.company import Company
from dteplanows.document.writer import MAXIMUM_FOLIO
from dteplanows.folios.age import in_force
from dteplanows.folios.authority import TestAuthority
from dteplanows.folios.caf import read_caf
from dteplanows.folios.ownership import free, newest_with
from dteplanows.ledger.rows import Series, Span, StoredCaf
from dteplanows.ledger.store import Ledger

BLOCK = 1000
"""Folios of a CAF that is made on demand."""

MARGIN = 200
"""Free folios below which the test authority makes the next block: more than the documents that may be under way."""


class CafsOnDemand:
    """Makes the CAFs that the test documents of one ledger need."""

    def __init__(self, ledger: Ledger, authority: TestAuthority) -> None:
        """:param authority: makes them."""
        self._ledger = ledger
        self._authority = authority

    def ensure(self, company: Company, tipo: int, folio: int, today: date) -> None:
        """Before the transaction of a test document: make and load the CAF it needs, if none has its folio.

        Only in ``pruebas``; otherwise nothing happens. An explicit folio gets the block of 1000
        that it is in, without what is loaded already; automatic numbering gets the block after the highest one that it
        may take from, as soon as fewer than 200 folios are free, since several documents may be under way between this
        and their taking.
        """
        if not self.needed(company, tipo, folio, today):
            return
        ledger, series = self._ledger, Series.of(company, tipo)
        with ledger.writing(series):
            # Asked again under the write lock: another process may have made it meanwhile.
            while self.needed(company, tipo, folio, today):
                cafs = ledger.cafs.of(*series)
                start = folio or _next_start(ledger, series, cafs)
                there = newest_with(ledger, cafs, start)
                if there is None:
                    self._make(company, tipo, _block(cafs, start, bool(folio)), today, solo_pedidos=bool(folio))
                    return
                ledger.cafs.number_from(there.id)

    def needed(self, company: Company, tipo: int, folio: int, today: date) -> bool:
        """Whether :meth:`ensure` would do something."""
        if company.ambiente != "pruebas" or not 0 <= folio <= MAXIMUM_FOLIO:
            return False
        ledger, series = self._ledger, Series.of(company, tipo)
        if folio:
            return not any(one.desde <= folio <= one.hasta for one in ledger.cafs.of(*series))
        cafs = ledger.cafs.of(*series, automaticos=True)
        usable = (one for caf in cafs if in_force(tipo, caf.fecha_autorizacion, today) for one in free(ledger, caf))
        if sum(1 for _ in islice(usable, MARGIN)) >= MARGIN:
            return False
        return bool(_next_start(ledger, series, ledger.cafs.of(*series)))

    def _make(self, company: Company, tipo: int, span: Span, today: date, solo_pedidos: bool) -> None:
        file = self._authority.make_caf(company.rut, company.razon_social, tipo, span, today)
        caf = read_caf(file, self._authority.public_key)
        trusted = caf.to_trusted()
        self._ledger.cafs.save(Series.of(company, tipo), span, caf.fecha_autorizacion, trusted, solo_pedidos)


def _block(cafs: list[StoredCaf], folio: int, is_explicit: bool) -> Span:
    """The range of a new CAF with *folio*, which none of *cafs* has: nothing of it is loaded."""
    start = (folio - 1) // BLOCK * BLOCK + 1 if is_explicit else folio
    desde = max([start, *(one.hasta + 1 for one in cafs if one.hasta < folio)])
    hasta = min([start + BLOCK - 1, MAXIMUM_FOLIO, *(one.desde - 1 for one in cafs if one.desde > folio)])
    return Span(desde, hasta)


def _next_start(ledger: Ledger, series: Series, cafs: list[StoredCaf]) -> int:
    """Where automatic numbering goes on when its own ranges are used up: after the highest of them, and what is held
    back there; when that ends with the last folio there is, with the lowest that it has not got. 0 when it has all."""
    spans = [one.span for one in cafs if not one.solo_pedidos]
    start = max((one.hasta for one in spans), default=0) + 1
    spans += [one.span for one in ledger.held.holds(series)]
    for left in (Span(start, MAXIMUM_FOLIO), Span(1, MAXIMUM_FOLIO)):
        if missing := left.minus(spans):
            return missing[0].desde
    return 0
