"""Folios that this service will never use: voided at the SII, or used by another system before."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import NOWHERE, Refused
from dteplanows.document.writer import MAXIMUM_FOLIO
from dteplanows.ledger.cafs import ranges
from dteplanows.ledger.rows import Series, Span
from dteplanows.ledger.store import Ledger

_NAMED = 10
"""Issued folios that a reason names one by one."""


class Voided(NamedTuple):
    """What became of folios that were to be voided."""

    nuevos: int
    """How many are void since now."""
    antes: int
    """How many were void before."""
    de_otro: int = 0
    """Of those, how many have been noted as used by another system now."""


def void(ledger: Ledger, series: Series, span: Span, reason: str, *, otro_sistema: bool = False) -> Voided:
    """Declare that the folios of *span* will never be used; for good, and all or none. Those void already stay so.

    CAFs out of force count too: that is what it is for. So do folios that are held back: they are void then.

    :param reason: why; a later document with one of these folios is refused with it.
    :param otro_sistema: another system issued documents with them, which notes may correct. Folios that are void
        already become such; that way only, and only whole ranges as they were voided.
    :raises Refused: out of bounds or the wrong way round (FOL-055, FOL-054), no reason given (FOL-051), not all in CAFs
        (FOL-034, FOL-052), issued (FOL-050), part of a range that was voided otherwise (FOL-053).
    """
    check_span(span)
    reason = " ".join(reason.split())
    if not reason:
        raise Refused([problem("FOL-051", value=ranges([span]), tipo=series.tipo)])
    with ledger.writing():
        _must_be_loaded(ledger, series, span)
        if issued := ledger.folios.issued(series, span, _NAMED + 1):
            raise Refused([problem("FOL-050", value=_named(issued), tipo=series.tipo)])
        noted = _note_other_system(ledger, series, span, reason) if otro_sistema else 0
        return void_free(ledger, series, span, reason, otro_sistema)._replace(de_otro=noted)


def check_span(span: Span) -> None:
    """:raises Refused: *span* is out of bounds or the wrong way round (FOL-055, FOL-054)."""
    for folio in span:
        if not 1 <= folio <= MAXIMUM_FOLIO:
            raise Refused([problem("FOL-055", value=str(folio), maximo=MAXIMUM_FOLIO)])
    if span.desde > span.hasta:
        raise Refused([problem("FOL-054", value=f"{span.desde}-{span.hasta}", right=f"{span.hasta}-{span.desde}")])


def void_free(ledger: Ledger, series: Series, span: Span, reason: str, otro_sistema: bool) -> Voided:
    """Void what is free or held back of *span*, inside a transaction; what is issued or void stays as it is."""
    nuevos = 0
    for free in span.minus(ledger.folios.used_spans(series, span)):
        ledger.folios.void(series, free, reason, otro_sistema)
        ledger.held.end(series, free, "caf anular", reason)
        nuevos += free.size
    return Voided(nuevos, ledger.folios.count(series, span).anulados - nuevos)


def _must_be_loaded(ledger: Ledger, series: Series, span: Span) -> None:
    """:raises Refused: a folio of *span* is in no CAF (FOL-052), or there is none (FOL-034)."""
    spans = [one.span for one in ledger.cafs.of(*series)]
    if not spans:
        raise Refused([problem("FOL-034", tipo=series.tipo, rut=series.rut, ambiente=series.ambiente)])
    if missing := span.minus(spans):
        facts: dict[str, object] = {"tipo": series.tipo, "ambiente": series.ambiente, "rangos": ranges(spans)}
        raise Refused([problem("FOL-052", NOWHERE, ranges(missing), **facts)])


def _note_other_system(ledger: Ledger, series: Series, span: Span, reason: str) -> int:
    """Note that another system used what is void of *span*, beside the reason given before.

    :returns: how many folios that are.
    :raises Refused: a void range has folios of *span* and others (FOL-053)."""
    others = [one for one in ledger.folios.voids(series, span) if not one.otro_sistema]
    cut = [one.span for one in others if one.span.minus([span])]
    if cut:
        raise Refused([problem("FOL-053", value=ranges([span]), tipo=series.tipo, rangos=ranges(cut))])
    for one in others:
        ledger.folios.void_was_used(series, one.span, f"{one.motivo}; {reason}" if reason != one.motivo else reason)
    return sum(one.span.size for one in others)


def _named(folios: Iterable[int]) -> str:
    """*folios* in words; of very many, the first ten."""
    words = [str(one) for one in folios]
    if len(words) > _NAMED:
        return f"{', '.join(words[:_NAMED])} y otros"
    return " y ".join(", ".join(words).rsplit(", ", 1))
