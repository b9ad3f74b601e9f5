"""Folios that may have been issued, though the ledger has no document of them: a ledger that was restored from a copy
does not know what was issued after it. Nobody gets such a folio, nor is it counted as free, until a person has looked
it up at the SII and frees it. One that was issued indeed is voided instead, as used elsewhere.
"""

from __future__ import annotations

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import NOWHERE, Refused
from dteplanows.folios.voiding import check_span
from dteplanows.ledger.cafs import ranges
from dteplanows.ledger.rows import Series, Span, StoredHold
from dteplanows.ledger.store import Ledger


def hold(ledger: Ledger, series: Series, span: Span, motivo: str) -> int:
    """Hold back what of *span* is free, whether a CAF with it is loaded or not, inside a transaction or in one of its
    own; what is issued, void or held back stays as it is.

    :param motivo: why; whoever asks for one of these folios is told.
    :returns: how many folios are held back since now.
    :raises Refused: out of bounds or the wrong way round (FOL-055, FOL-054), no reason given (FOL-083).
    """
    check_span(span)
    motivo = _reason(series, span, motivo)
    new = 0
    with ledger.writing():
        for free in span.minus(list(ledger.folios.taken_spans(series, span))):
            ledger.held.save(series, free, motivo)
            new += free.size
    return new


def release(ledger: Ledger, series: Series, span: Span, por: str, motivo: str) -> int:
    """Free what of *span* is held back.

    :param por: who says so.
    :param motivo: how it is known that they were not issued.
    :returns: how many folios are free since now.
    :raises Refused: out of bounds or the wrong way round (FOL-055, FOL-054), no reason given (FOL-083), none of them is
        held back (FOL-082).
    """
    check_span(span)
    motivo = _reason(series, span, motivo)
    with ledger.writing():
        freed = ledger.held.end(series, span, por, motivo)
        if not freed:
            there = ranges(one.span for one in ledger.held.holds(series)) or "ninguno"
            facts: dict[str, object] = {"tipo": series.tipo, "ambiente": series.ambiente, "rangos": there}
            raise Refused([problem("FOL-082", NOWHERE, ranges([span]), **facts)])
    return freed


def held(ledger: Ledger, series: Series | None = None) -> list[StoredHold]:
    """What is held back now, ascending: of one series, or of all."""
    return ledger.held.holds(series)


def _reason(series: Series, span: Span, motivo: str) -> str:
    text = " ".join(motivo.split())
    if not text:
        raise Refused([problem("FOL-083", value=ranges([span]), tipo=series.tipo)])
    return text
