"""What became of the folios of a series: issued, or void. :mod:`dteplanows.folios` decides what may be done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from dteplanows.document import clock
from dteplanows.ledger.documents import Documents
from dteplanows.ledger.rows import FREE, FolioUse, Series, Span, StoredVoid

_ISSUED = "documento WHERE ambiente = ? AND rut_emisor = ? AND tipo = ?"
_VOID = "tramo_anulado WHERE ambiente = ? AND rut_emisor = ? AND tipo = ?"
_CROSSING = "AND hasta >= ? AND desde <= ?"
"""Void ranges that have something of a span."""

# Void ranges never cross each other, so that in order of their ends they are in order of their beginnings too.
_TAKEN = f"""
    SELECT folio AS desde, folio AS hasta FROM {_ISSUED} AND folio BETWEEN ? AND ?
    UNION ALL
    SELECT desde, hasta FROM {_VOID} {_CROSSING}
    ORDER BY hasta
"""
_USE = f"""
    SELECT 'emitido', '' FROM {_ISSUED} AND folio = ?
    UNION ALL
    SELECT CASE otro_sistema WHEN 0 THEN 'anulado' ELSE 'otro sistema' END, motivo FROM {_VOID} {_CROSSING}
"""
_INSERT = """
    INSERT INTO tramo_anulado (ambiente, rut_emisor, tipo, desde, hasta, motivo, otro_sistema, momento)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""


class Folios(Documents):
    """The part of the ledger that knows what became of a folio."""

    def taken_spans(self, series: Series, span: Span) -> Iterator[Span]:
        """What of *span* is issued or void, ascending, each folio once; read as far as it is asked for.

        The first may begin before *span*, and the last end after it.
        """
        with closing(self.connection.execute(_TAKEN, (*series, *span, *series, *span))) as cursor:
            yield from map(Span._make, cursor)

    def folio_use(self, series: Series, folio: int) -> FolioUse:
        """What became of a folio."""
        row = self.connection.execute(_USE, (*series, folio, *series, folio, folio)).fetchone()
        return FolioUse._make(row) if row else FREE

    def count_folios(self, series: Series, span: Span) -> tuple[int, int]:
        """How many folios of *span* are issued, and how many void."""
        query = f"SELECT COUNT(*) FROM {_ISSUED} AND folio BETWEEN ? AND ?"
        issued = self.connection.execute(query, (*series, *span)).fetchone()[0]
        query = f"SELECT COALESCE(SUM(MIN(hasta, ?) - MAX(desde, ?) + 1), 0) FROM {_VOID} {_CROSSING}"
        void = self.connection.execute(query, (span.hasta, span.desde, *series, *span)).fetchone()[0]
        return issued, void

    def issued_folios(self, series: Series, span: Span, limit: int) -> list[int]:
        """The first *limit* folios of *span* that are issued, ascending."""
        query = f"SELECT folio FROM {_ISSUED} AND folio BETWEEN ? AND ? ORDER BY folio LIMIT ?"
        return [folio for (folio,) in self.connection.execute(query, (*series, *span, limit))]

    def voids(self, series: Series, span: Span) -> list[StoredVoid]:
        """The void ranges that have something of *span*, ascending."""
        query = f"SELECT desde, hasta, motivo, otro_sistema FROM {_VOID} {_CROSSING} ORDER BY hasta"
        rows = self.connection.execute(query, (*series, *span))
        return [StoredVoid(Span(row[0], row[1]), row[2], bool(row[3])) for row in rows]

    def save_void(self, series: Series, span: Span, motivo: str, otro_sistema: bool = False) -> None:
        """Note that this service will never use the folios of *span*.

        :param otro_sistema: another one issued documents with them.
        :raises sqlite3.IntegrityError: one of them is issued or void already.
        """
        with self.writing():
            facts = (motivo, otro_sistema, clock.now().isoformat(" "))
            self.connection.execute(_INSERT, (*series, *span, *facts))
            which = f"folio {span.desde}" if span.desde == span.hasta else f"folios {span.desde} a {span.hasta}"
            detalle = f"tipo {series.tipo}, {which}: {motivo}"
            self.event("folio anulado", detalle, ambiente=series.ambiente, rut_emisor=series.rut)

    def void_was_used(self, series: Series, span: Span, motivo: str) -> None:
        """Note that another system issued documents with the folios of *span*, which were voided together."""
        with self.writing():
            query = (
                "UPDATE tramo_anulado SET otro_sistema = 1, motivo = ? "
                "WHERE ambiente = ? AND rut_emisor = ? AND tipo = ? AND desde = ? AND hasta = ?"
            )
            self.connection.execute(query, (motivo, *series, *span))
            detalle = f"tipo {series.tipo}, folios {span.desde} a {span.hasta}: {motivo}"
            self.event("folio de otro sistema", detalle, ambiente=series.ambiente, rut_emisor=series.rut)
