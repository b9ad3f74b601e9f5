"""Folios that are held back: they may have been issued, though this ledger knows no document of them."""

from __future__ import annotations

from datetime import datetime

from dteplanows.document import clock
from dteplanows.ledger.engines.base import Database
from dteplanows.ledger.events import Events, NewEvent
from dteplanows.ledger.repository import Repository
from dteplanows.ledger.rows import Series, Span, StoredHold
from dteplanows.ledger.tables import FOLIO_RETENIDO, Hold

HELD = "folio_retenido WHERE ambiente = ? AND rut_emisor = ? AND tipo = ? AND liberado IS NULL"
"""Those of a series that are held back now."""

_CROSSING = "AND hasta >= ? AND desde <= ?"
_INSERT = FOLIO_RETENIDO.insert()
_FREE = "UPDATE folio_retenido SET desde = ?, hasta = ?, liberado = ?, liberado_por = ? WHERE id = ?"
_SEARCH_AGAIN = """
    UPDATE caf SET siguiente = CASE WHEN desde > ? THEN desde ELSE ? END
    WHERE ambiente = ? AND rut = ? AND tipo = ? AND desde <= ? AND hasta >= ? AND siguiente > ?
"""


class Held(Repository):
    """The part of the ledger that knows which folios are held back. :mod:`dteplanows.folios.held_back` decides."""

    def __init__(self, db: Database, events: Events) -> None:
        super().__init__(db)
        self.events = events

    def holds(self, series: Series | None = None, span: Span | None = None) -> list[StoredHold]:
        """The ranges held back now, ascending within a series; no two of them have a folio in common.

        :param series: only those of it; None for all.
        :param span: only those that have something of it; None for all.
        """
        query = "SELECT ambiente, rut_emisor, tipo, desde, hasta, motivo, momento FROM "
        values: tuple[object, ...] = ()
        if series is None:
            query += "folio_retenido WHERE liberado IS NULL"
        else:
            query, values = query + HELD, (*series,)
        if span is not None:
            query, values = f"{query} {_CROSSING}", (*values, *span)
        rows = self.db.connection.execute(f"{query} ORDER BY ambiente, rut_emisor, tipo, desde", values)
        return [StoredHold.of(row) for row in rows]

    def save(self, series: Series, span: Span, motivo: str) -> None:
        """Note that nobody gets the folios of *span* until somebody frees them. None of them may be held already."""
        with self.db.writing():
            self.db.connection.execute(_INSERT, _row(series, span, motivo, clock.now()))
            detalle = _what(series, span, motivo)
            self.events.note(NewEvent("folio retenido", detalle, series.ambiente, series.rut))

    def end(self, series: Series, span: Span, por: str, motivo: str) -> int:
        """Hold what there is of *span* back no longer; gives how many folios that were.

        The row of a range of which only a part is freed keeps that part; the others get rows of their own.

        :param por: who frees them.
        """
        freed = 0
        moment = clock.now().isoformat(" ")
        with self.db.writing():
            query = f"SELECT id, desde, hasta, motivo, momento FROM {HELD} {_CROSSING} ORDER BY desde"
            for identifier, desde, hasta, why, since in self.db.connection.execute(query, (*series, *span)).fetchall():
                part = Span(max(desde, span.desde), min(hasta, span.hasta))
                self.db.connection.execute(_FREE, (*part, moment, por, identifier))
                for rest in Span(desde, hasta).minus([part]):
                    self.db.connection.execute(_INSERT, _row(series, rest, why, datetime.fromisoformat(since)))
                detalle = f"{_what(series, part, motivo)}; por {por}"
                self.events.note(NewEvent("folio liberado", detalle, series.ambiente, series.rut))
                # The search for a free folio may have passed them.
                self.db.connection.execute(
                    _SEARCH_AGAIN, (part.desde, part.desde, *series, part.hasta, part.desde, part.desde)
                )
                freed += part.size
        return freed


def _row(series: Series, span: Span, motivo: str, momento: datetime) -> list[object]:
    return FOLIO_RETENIDO.values(Hold(0, *series, *span, motivo, momento, None, ""))


def _what(series: Series, span: Span, motivo: str) -> str:
    which = f"folio {span.desde}" if span.size == 1 else f"folios {span.desde} a {span.hasta}"
    return f"tipo {series.tipo}, {which}: {motivo}"
