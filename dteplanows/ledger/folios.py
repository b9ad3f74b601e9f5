"""What became of the folios of a series: issued, void or held back. :mod:`dteplanows.folios` says what may be done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from dteplanows.document import clock
from dteplanows.ledger.engines.base import Database
from dteplanows.ledger.events import Events, NewEvent
from dteplanows.ledger.held import HELD
from dteplanows.ledger.repository import Repository
from dteplanows.ledger.rows import FREE, FolioCount, FolioUse, Series, Span, StoredVoid
from dteplanows.ledger.tables import TRAMO_ANULADO, Void

_ISSUED = "documento WHERE ambiente = ? AND rut_emisor = ? AND tipo = ? AND reemplaza = 0"
"""Each folio once: the first document of those that had it replaced none."""
_VOID = "tramo_anulado WHERE ambiente = ? AND rut_emisor = ? AND tipo = ?"
_CROSSING = "AND hasta >= ? AND desde <= ?"
"""Ranges that have something of a span."""

# Void ranges never cross each other, so that in order of their ends they are in order of their beginnings too; nor do
# those held back.
_USED = f"""
    SELECT folio AS desde, folio AS hasta FROM {_ISSUED} AND folio BETWEEN ? AND ?
    UNION ALL
    SELECT desde, hasta FROM {_VOID} {_CROSSING}
"""
_USED_IN_ORDER = f"{_USED} ORDER BY hasta"
_ANY_HELD = f"SELECT 1 FROM {HELD} LIMIT 1"
_TAKEN = f"{_USED} UNION ALL SELECT desde, hasta FROM {HELD} {_CROSSING} ORDER BY hasta"
_USED_PAGE, _TAKEN_PAGE = f"{_USED_IN_ORDER} LIMIT ?", f"{_TAKEN} LIMIT ?"
_FIRST_PAGE, _PAGE = 64, 4096
"""Ranges that are read at once: few at first, for the first gap is mostly all that is wanted."""

_USE = f"""
    SELECT 'emitido', '' FROM {_ISSUED} AND folio = ?
    UNION ALL
    SELECT CASE otro_sistema WHEN 0 THEN 'anulado' ELSE 'otro sistema' END, motivo FROM {_VOID} {_CROSSING}
    UNION ALL
    SELECT 'retenido', motivo FROM {HELD} {_CROSSING}
"""
_SIZES = (
    "SELECT COALESCE(SUM(CASE WHEN hasta < ? THEN hasta ELSE ? END "
    "- CASE WHEN desde > ? THEN desde ELSE ? END + 1), 0) FROM"
)
_INSERT = TRAMO_ANULADO.insert()


class Folios(Repository):
    """The part of the ledger that knows what became of a folio."""

    def __init__(self, db: Database, events: Events) -> None:
        super().__init__(db)
        self.events = events

    def taken_spans(self, series: Series, span: Span) -> Iterator[Span]:
        """What of *span* is issued, void or held back, ascending, each folio once; read as far as it is asked for.

        The first may begin before *span*, and the last end after it.
        """
        # Asked first, since it is rare: to merge three ranges takes twice as long as two.
        some_held = self.db.connection.execute(_ANY_HELD, series).fetchone()
        query, times = (_TAKEN_PAGE, 3) if some_held else (_USED_PAGE, 2)
        begin, most = span.desde, _FIRST_PAGE
        while True:
            values = (*(*series, begin, span.hasta) * times, most)
            page = self.db.connection.execute(query, values).fetchall()
            yield from map(Span._make, page)
            if len(page) < most:
                return
            begin, most = page[-1][1] + 1, min(4 * most, _PAGE)

    def used_spans(self, series: Series, span: Span) -> list[Span]:
        """The same without those that are held back."""
        rows = self.db.connection.execute(_USED_IN_ORDER, (*series, *span) * 2)
        return [Span._make(row) for row in rows]

    def use(self, series: Series, folio: int) -> FolioUse:
        """What became of a folio."""
        row = self.db.connection.execute(_USE, (*series, folio, *(*series, folio, folio) * 2)).fetchone()
        return FolioUse._make(row) if row else FREE

    def count(self, series: Series, span: Span) -> FolioCount:
        """How many folios of *span* are issued, void and held back."""
        query = f"SELECT COUNT(*) FROM {_ISSUED} AND folio BETWEEN ? AND ?"
        issued = self.db.connection.execute(query, (*series, *span)).fetchone()[0]
        values = (span.hasta, span.hasta, span.desde, span.desde, *series, *span)
        void, held = (
            self.db.connection.execute(f"{_SIZES} {which} {_CROSSING}", values).fetchone()[0] for which in (_VOID, HELD)
        )
        return FolioCount(issued, void, held)

    def issued(self, series: Series, span: Span, limit: int) -> list[int]:
        """The first *limit* folios of *span* that are issued, ascending."""
        query = f"SELECT folio FROM {_ISSUED} AND folio BETWEEN ? AND ? ORDER BY folio LIMIT ?"
        return [folio for (folio,) in self.db.connection.execute(query, (*series, *span, limit))]

    def voids(self, series: Series, span: Span) -> list[StoredVoid]:
        """The void ranges that have something of *span*, ascending."""
        query = f"SELECT desde, hasta, motivo, otro_sistema FROM {_VOID} {_CROSSING} ORDER BY hasta"
        rows = self.db.connection.execute(query, (*series, *span))
        return [StoredVoid(Span(row[0], row[1]), row[2], bool(row[3])) for row in rows]

    def voided_between(self, series: Series, days: tuple[date, date]) -> list[StoredVoid]:
        """The ranges that were voided from the first to the last of *days*, ascending."""
        query = f"SELECT desde, hasta, motivo, otro_sistema FROM {_VOID} AND momento BETWEEN ? AND ? ORDER BY hasta"
        first, last = days
        rows = self.db.connection.execute(query, (*series, f"{first}", f"{last}~"))  # "~" comes behind every moment
        return [StoredVoid(Span(row[0], row[1]), row[2], bool(row[3])) for row in rows]

    def void(self, series: Series, span: Span, motivo: str, otro_sistema: bool = False) -> None:
        """Note that this service will never use the folios of *span*.

        :param otro_sistema: another one issued documents with them.
        :raises Exception: as :func:`violations` tells; one of them is issued or void already.
        """
        with self.db.writing():
            row = Void(0, *series, *span, motivo, otro_sistema, clock.now())
            self.db.connection.execute(_INSERT, TRAMO_ANULADO.values(row))
            which = f"folio {span.desde}" if span.desde == span.hasta else f"folios {span.desde} a {span.hasta}"
            detalle = f"tipo {series.tipo}, {which}: {motivo}"
            self.events.note(NewEvent("folio anulado", detalle, series.ambiente, series.rut))

    def void_was_used(self, series: Series, span: Span, motivo: str) -> None:
        """Note that another system issued documents with the folios of *span*, which were voided together."""
        with self.db.writing():
            query = (
                "UPDATE tramo_anulado SET otro_sistema = 1, motivo = ? "
                "WHERE ambiente = ? AND rut_emisor = ? AND tipo = ? AND desde = ? AND hasta = ?"
            )
            self.db.connection.execute(query, (motivo, *series, *span))
            detalle = f"tipo {series.tipo}, folios {span.desde} a {span.hasta}: {motivo}"
            self.events.note(NewEvent("folio de otro sistema", detalle, series.ambiente, series.rut))
