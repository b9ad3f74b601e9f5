"""Which CAF a folio is of, where several have it: the one that stamps it and in whose account it counts.

The SII gives ranges again (reobtención), often of one folio, with another key. A document stamped with the key of a CAF
that was superseded is rejected, so of those that have a folio the one authorized last stamps; of one day, that loaded
last. A CAF of the SII goes before those of this installation's own authority, whatever their days: it was made on
demand for a folio that no CAF had yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from dteplanows.folios.caf import TEST_AUTHORITY
from dteplanows.folios.keys import stamping_key
from dteplanows.ledger.rows import Span, StoredCaf
from dteplanows.ledger.store import Ledger


def newest_with(ledger: Ledger, cafs: Iterable[StoredCaf], folio: int) -> StoredCaf | None:
    """The CAF that stamps *folio*; None when none of *cafs* has it.

    :param cafs: all of the series.
    """
    having = [one for one in cafs if one.desde <= folio <= one.hasta]
    if len(having) <= 1:
        return having[0] if having else None
    return max(having, key=lambda one: _rank(ledger, one))


def own_spans(ledger: Ledger, caf: StoredCaf) -> list[Span]:
    """The folios of *caf* that are its own: that no newer one has."""
    if not caf.cruzado:
        return [caf.span]
    rank = _rank(ledger, caf)
    crossing = [one for one in ledger.cafs.of(*caf.series) if one.span.crosses(caf.span)]
    return caf.span.minus(one.span for one in crossing if _rank(ledger, one) > rank)


def free_spans(ledger: Ledger, caf: StoredCaf, begin: int = 0) -> Iterator[Span]:
    """The own folios of *caf* that are free, from *begin* on, ascending; read as far as they are asked for."""
    for own in own_spans(ledger, caf):
        candidate = max(own.desde, begin)
        if candidate > own.hasta:
            continue
        for taken in ledger.folios.taken_spans(caf.series, Span(candidate, own.hasta)):
            if taken.desde > candidate:
                yield Span(candidate, taken.desde - 1)
            candidate = max(candidate, taken.hasta + 1)
        if candidate <= own.hasta:
            yield Span(candidate, own.hasta)


def free(ledger: Ledger, caf: StoredCaf) -> Iterator[int]:
    """The same folios one by one, from the first on that may be free."""
    for span in free_spans(ledger, caf, caf.siguiente):
        yield from range(span.desde, span.hasta + 1)


def _rank(ledger: Ledger, caf: StoredCaf) -> tuple[bool, date, int]:
    """What is higher for a CAF that goes before another."""
    is_of_sii = caf.ambiente == "produccion" or stamping_key(ledger, caf.id).idk != TEST_AUTHORITY
    return is_of_sii, caf.fecha_autorizacion, caf.id
