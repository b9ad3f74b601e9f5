"""A ledger that is older than what was issued from it: recognised by its mark, and how a person lets it go on.

Documents were issued after the copy that is in use now. Which folios they have is not known, only how high they are: so
of those up to the mark's all that are free here may have been issued. As long as nobody has held them back, nothing is
issued at all.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import NamedTuple

from dteplanows.document.catalogue import problem
from dteplanows.document.company import Company
from dteplanows.document.phrases import phrase
from dteplanows.document.problem import NOWHERE, Problem, Refused
from dteplanows.folios.held_back import hold
from dteplanows.ledger.cafs import ranges
from dteplanows.ledger.events import NewEvent
from dteplanows.ledger.rows import Series, Span
from dteplanows.ledger.store import Ledger
from dteplanows.ledger.watermark import Mark
from dteplanows.process.system_errors import in_words

log = logging.getLogger(__name__)

_AGAIN = 1.0
"""Seconds after which a ledger that was behind is looked at again: a person may have said how to go on."""

_HIGHEST = """
    SELECT id, folio FROM documento WHERE ambiente = ? AND rut_emisor = ? AND tipo = ?
    ORDER BY folio DESC, reemplaza DESC LIMIT 1
"""
_ACCOUNTED = """
    SELECT MAX(hasta) FROM (
        SELECT MAX(hasta) AS hasta FROM tramo_anulado WHERE ambiente = ? AND rut_emisor = ? AND tipo = ?
        UNION ALL SELECT MAX(hasta) FROM folio_retenido WHERE ambiente = ? AND rut_emisor = ? AND tipo = ?
    ) AS every
"""
_SERIES = "SELECT DISTINCT ambiente, rut_emisor, tipo FROM documento"
_DOCUMENT = "SELECT ambiente, rut_emisor, tipo, folio FROM documento WHERE id = ?"


class Behind(NamedTuple):
    """A series of which the ledger has less than was issued."""

    mark: Mark
    emitido: int
    """The highest folio that the ledger has; 0 for none."""
    spans: tuple[Span, ...]
    """Those that may have been issued besides."""

    @property
    def series(self) -> Series:
        """Which series."""
        return self.mark.series


def behind(ledger: Ledger) -> list[Behind]:
    """The series in which the ledger is behind its mark; none where there is no mark."""
    try:
        marks = ledger.watermark.read()
    except OSError:
        return []
    with ledger.reading():
        return [_behind(ledger, one) for one in sorted(marks) if not _has(ledger, one)]


def reasons(ledger: Ledger) -> list[Problem]:
    """Why nothing is issued from this ledger, one for each series in which it is behind (BAS-020)."""
    return [_problem(ledger, one) for one in behind(ledger)]


def resume(ledger: Ledger, first: Mapping[Series, int]) -> dict[Series, int]:
    """Let issuing go on: hold back what may have been issued, and bring the mark to what the ledger has then.

    :param first: by series, the first folio of which a person knows that it is free; all below are held back. Where
        the ledger is behind and nothing is said here, those up to the mark.
    :returns: how many folios of each series are held back since now.
    :raises Refused: a folio was issued that is said to be free: the mark has it (BAS-082).
    :raises OSError: the mark cannot be written.
    """
    _must_be_free(ledger, first)
    found = {one.series: one for one in behind(ledger)}
    # The mark stays as high as what is held back: the same copy put back once more must not pass for a newer one.
    lasts = {series: one.mark.folio for series, one in found.items()} | {one: first[one] - 1 for one in first}
    held = {}
    with ledger.transaction():
        for series, last in lasts.items():
            begin = _lowest(ledger, series, last)
            held[series] = hold(ledger, series, Span(begin, last), _REASON) if 1 <= begin <= last else 0
            detalle = f"tipo {series.tipo}, desde el folio {last + 1}"
            ledger.events.note(NewEvent("base continuada", detalle, series.ambiente, series.rut))
    with ledger.transaction():
        ledger.watermark.put(_mark_of(ledger, series, last) for series, last in lasts.items())
    return held


def _must_be_free(ledger: Ledger, first: Mapping[Series, int]) -> None:
    """:raises Refused: the mark says that one of these folios was issued, and it is never ahead of what was."""
    try:
        issued = {one.series: one.folio for one in ledger.watermark.read()}
    except FileNotFoundError:
        return
    wrong = [
        problem("BAS-082", value=str(folio), tipo=series.tipo, folio=issued[series], siguiente=issued[series] + 1)
        for series, folio in first.items()
        if folio <= issued.get(series, 0)
    ]
    if wrong:
        raise Refused(wrong)


def catch_up(ledger: Ledger) -> None:
    """Bring the mark to what the ledger has, where it is known that everything else is held back; it never goes down.

    :raises OSError: the mark cannot be written.
    """
    lasts = {Series._make(row): 0 for row in ledger.connection.execute(_SERIES)}
    with suppress(FileNotFoundError):
        lasts |= {one.series: one.folio for one in ledger.watermark.read()}
    with ledger.transaction():
        ledger.watermark.put(_mark_of(ledger, series, last) for series, last in lasts.items())


class Watch:
    """Whether a ledger may issue, for the calls of one process: looked at once, and again only where it may not."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._good = False
        self._found: list[Behind] = []
        self._again = 0.0
        self._said: list[Problem] = []

    def problems(self, company: Company | None = None) -> list[Problem]:
        """Why nothing is issued (BAS-020); empty when there is no reason.

        :param company: who asks; of others it only learns that there are some (BAS-023). None for all.
        """
        if self._good:
            return []
        if time.monotonic() >= self._again:
            self._look()
        told = [
            _problem(self._ledger, one)
            for one in self._found
            if company is None or (company.ambiente, company.rut) == one.series[:2]
        ]
        return told or [problem("BAS-023")] if self._found else []

    def at_start(self) -> list[Problem]:
        """What is to be told when the service starts: :meth:`problems`, and that there was no mark (BAS-021)."""
        return [*self.problems(), *self._said]

    def _look(self) -> None:
        """Compare once more; a mark that is missing is made from what the ledger has."""
        ledger, before = self._ledger, self._found
        if not ledger.watermark.exists() and ledger.connection.execute("SELECT 1 FROM documento LIMIT 1").fetchone():
            self._said = [self._make()]
        self._found = behind(ledger)
        self._again = time.monotonic() + _AGAIN
        if before and not self._found:
            ledger.watermark.forget()
        self._good = not self._found

    def _make(self) -> Problem:
        ledger = self._ledger
        path = str(ledger.watermark.path)
        log.warning("BAS-021: no estaba la marca %s; una base más antigua no se podría notar", path)
        try:
            with ledger.transaction():
                rows = ledger.connection.execute("SELECT DISTINCT ambiente, rut, tipo FROM caf").fetchall()
                ledger.watermark.put(_mark_of(ledger, Series._make(row)) for row in rows)
        except OSError as failure:
            return problem("BAS-022", value=path, reason=in_words(failure))
        return problem("BAS-021", value=path)


_REASON = "la base de datos se restauró de una copia anterior a su emisión, o eso puede ser"


def _has(ledger: Ledger, mark: Mark) -> bool:
    """Whether the ledger knows of all that *mark* tells."""
    series = mark.series
    accounted = ledger.connection.execute(_ACCOUNTED, (*series, *series)).fetchone()[0] or 0
    if mark.folio > max(accounted, _highest(ledger, series)[1]):
        return False
    if not mark.documento_id:
        return True
    row = ledger.connection.execute(_DOCUMENT, (mark.documento_id,)).fetchone()
    return bool(row == (*series, mark.documento_folio))


def _behind(ledger: Ledger, mark: Mark) -> Behind:
    begin = _lowest(ledger, mark.series, mark.folio)
    spans = Span(begin, mark.folio).minus(ledger.folios.taken_spans(mark.series, Span(begin, mark.folio)))
    return Behind(mark, _highest(ledger, mark.series)[1], tuple(spans))


def _lowest(ledger: Ledger, series: Series, last: int) -> int:
    """The lowest folio that may have been issued, where the highest is *last*."""
    highest = _highest(ledger, series)[1]
    begins = [one.desde for one in ledger.cafs.of(*series) if one.desde <= last]
    if highest < last and (highest or not begins):
        begins.append(highest + 1)
    return min(begins, default=last)


def _highest(ledger: Ledger, series: Series) -> tuple[int, int]:
    """Id and folio of the document with the highest folio; zeros for none."""
    row = ledger.connection.execute(_HIGHEST, series).fetchone()
    return (row[0], row[1]) if row else (0, 0)


def _mark_of(ledger: Ledger, series: Series, folio: int = 0) -> Mark:
    """The mark of what the ledger has, at least of *folio*, up to which it holds back what may have been issued."""
    identifier, highest = _highest(ledger, series)
    return Mark(series, max(folio, highest), identifier, highest)


def _problem(ledger: Ledger, one: Behind) -> Problem:
    ambiente, rut, tipo = one.series
    company = ledger.companies.find(ambiente, rut)
    facts: dict[str, object] = {
        "name": company.razon_social if company else phrase("company.unknown"),
        "rut": rut,
        "ambiente": ambiente,
        "tipo": tipo,
        "folio": one.mark.folio,
        "found": one.emitido,
        "rangos": ranges(one.spans) or phrase("company.no_folios"),
    }
    return problem("BAS-020", NOWHERE, str(one.mark.folio), **facts)
