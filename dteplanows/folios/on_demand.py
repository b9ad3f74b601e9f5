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


def ensure(
    ledger: Ledger, company: Company, tipo: int, folio: int, today: date, authority: TestAuthority | None
) -> None:
    """Before the transaction of a test document: make and load the CAF it needs, if none has its folio.

    Only in ``pruebas`` and with an authority; otherwise nothing happens. An explicit folio gets the block of 1000 that
    it is in, without what is loaded already; automatic numbering gets the block after the highest one that it may take
    from, as soon as fewer than 200 folios are free, since several documents may be under way between this and their
    taking.
    """
    if authority is None or not on_demand(ledger, company, tipo, folio, today, authority):
        return
    with ledger.writing(Series(company.ambiente, company.rut, tipo)):
        # Asked again under the write lock: another process may have made it meanwhile.
        while on_demand(ledger, company, tipo, folio, today, authority):
            cafs = ledger.cafs.of(company.ambiente, company.rut, tipo)
            start = folio or _next_start(ledger, company, tipo, cafs)
            there = newest_with(ledger, cafs, start)
            if there is None:
                _make(ledger, company, tipo, _block(cafs, start, bool(folio)), today, authority, bool(folio))
                return
            ledger.cafs.number_from(there.id)


def on_demand(
    ledger: Ledger, company: Company, tipo: int, folio: int, today: date, authority: TestAuthority | None
) -> bool:
    """Whether :func:`ensure` would do something."""
    if authority is None or company.ambiente != "pruebas" or not 0 <= folio <= MAXIMUM_FOLIO:
        return False
    if folio:
        cafs = ledger.cafs.of(company.ambiente, company.rut, tipo)
        return not any(one.desde <= folio <= one.hasta for one in cafs)
    cafs = ledger.cafs.of(company.ambiente, company.rut, tipo, automaticos=True)
    usable = (one for caf in cafs if in_force(tipo, caf.fecha_autorizacion, today) for one in free(ledger, caf))
    if sum(1 for _ in islice(usable, MARGIN)) >= MARGIN:
        return False
    return bool(_next_start(ledger, company, tipo, ledger.cafs.of(company.ambiente, company.rut, tipo)))


def _make(
    ledger: Ledger,
    company: Company,
    tipo: int,
    span: Span,
    today: date,
    authority: TestAuthority,
    solo_pedidos: bool,
) -> None:
    file = authority.make_caf(company.rut, company.razon_social, tipo, span.desde, span.hasta, today)
    caf = read_caf(file, authority.public_key)
    ledger.cafs.save(Series.of(company, tipo), span, caf.fecha_autorizacion, caf.to_trusted(), solo_pedidos)


def _block(cafs: list[StoredCaf], folio: int, is_explicit: bool) -> Span:
    """The range of a new CAF with *folio*, which none of *cafs* has: nothing of it is loaded."""
    start = (folio - 1) // BLOCK * BLOCK + 1 if is_explicit else folio
    desde = max([start, *(one.hasta + 1 for one in cafs if one.hasta < folio)])
    hasta = min([start + BLOCK - 1, MAXIMUM_FOLIO, *(one.desde - 1 for one in cafs if one.desde > folio)])
    return Span(desde, hasta)


def _next_start(ledger: Ledger, company: Company, tipo: int, cafs: list[StoredCaf]) -> int:
    """Where automatic numbering goes on when its own ranges are used up: after the highest of them, and what is held
    back there; when that ends with the last folio there is, with the lowest that it has not got. 0 when it has all."""
    spans = [one.span for one in cafs if not one.solo_pedidos]
    start = max((one.hasta for one in spans), default=0) + 1
    spans += [one.span for one in ledger.held.holds(Series(company.ambiente, company.rut, tipo))]
    for left in (Span(start, MAXIMUM_FOLIO), Span(1, MAXIMUM_FOLIO)):
        if missing := left.minus(spans):
            return missing[0].desde
    return 0
