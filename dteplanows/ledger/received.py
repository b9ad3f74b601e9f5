"""Documents that the company received from its suppliers. They may be taken out again; what was issued may not."""

from __future__ import annotations

from datetime import date, datetime

from dteplanows.document.catalogue import problem
from dteplanows.document.company import Ambiente
from dteplanows.document.problem import Refused
from dteplanows.document.received import RECEIVED_TYPES
from dteplanows.ledger.engines.base import Database
from dteplanows.ledger.events import Events, NewEvent
from dteplanows.ledger.files import Files
from dteplanows.ledger.repository import Repository
from dteplanows.ledger.rows import NewReceived, ReceivedKey, StoredReceived
from dteplanows.ledger.tables import DOCUMENTO_RECIBIDO

RECIBIDO = "recibido"
"""Event of a received document that was entered."""

RECIBIDO_ELIMINADO = "recibido_eliminado"
"""Event of a received document that was taken out."""

_INSERT = DOCUMENTO_RECIBIDO.insert()
_SELECT = f"{DOCUMENTO_RECIBIDO.select} WHERE ambiente = ? AND rut_empresa = ?"


class Received(Repository):
    """The part of the ledger that holds what was received."""

    def __init__(self, db: Database, files: Files, events: Events) -> None:
        super().__init__(db)
        self.files = files
        self.events = events

    def record(self, row: NewReceived) -> int:
        """Store a received document, its file and the event. Gives its id.

        :raises Exception: as :func:`violations` tells; that document is there already.
        """
        with self.db.writing():
            self.files.store(row.archivo)
            identifier = self.db.insert(_INSERT, DOCUMENTO_RECIBIDO.values(row))
            self._received_event(RECIBIDO, row, row.creado)
        return identifier

    def find(self, key: ReceivedKey) -> StoredReceived | None:
        """The received document of that key, or None."""
        query = f"{_SELECT} AND rut_emisor = ? AND tipo = ? AND folio = ? AND huella = ?"
        row = self.db.connection.execute(query, key).fetchone()
        return DOCUMENTO_RECIBIDO.row(row) if row else None

    def of(
        self, ambiente: Ambiente, rut_empresa: str, desde: date | None = None, hasta: date | None = None
    ) -> list[StoredReceived]:
        """What a company received, by date of emission.

        :param desde: first day of emission; None for the beginning.
        :param hasta: last day of emission, included; None for no end.
        """
        query, values = _SELECT, [ambiente, rut_empresa]
        for day, comparison in ((desde, ">="), (hasta, "<=")):
            if day is not None:
                query += f" AND fecha_emision {comparison} ?"
                values.append(day.isoformat())
        return [
            DOCUMENTO_RECIBIDO.row(row)
            for row in self.db.connection.execute(f"{query} ORDER BY fecha_emision, id", values)
        ]

    def delete(
        self, ambiente: Ambiente, rut_empresa: str, rut_emisor: str, tipo: int, folio: int
    ) -> StoredReceived | None:
        """Take a received document that is not electronic out again, and note it. Gives what was taken out.

        Its file stays.

        :param rut_emisor: the supplier; empty when the caller does not know.
        :param tipo: 0 for whatever type has that folio.
        :return: None when there is no such document.
        :raises Refused: several documents have that folio (CMP-030), or it is electronic (CMP-031).
        """
        query, values = f"{_SELECT} AND folio = ?", [ambiente, rut_empresa, folio]
        for column, value in (("tipo", tipo), ("rut_emisor", rut_emisor)):
            if value:
                query, values = f"{query} AND {column} = ?", [*values, value]
        with self.db.writing():
            found = [DOCUMENTO_RECIBIDO.row(row) for row in self.db.connection.execute(query, values)]
            if not found:
                return None
            if len(found) > 1:
                raise Refused([problem("CMP-030", value=str(folio), tipo=tipo or "", count=len(found))])
            known = RECEIVED_TYPES.get(found[0].tipo)
            if known and known.electronic:
                raise Refused([problem("CMP-031", value=str(folio), tipo=found[0].tipo)])
            self.db.connection.execute("DELETE FROM documento_recibido WHERE id = ?", (found[0].id,))
            self._received_event(RECIBIDO_ELIMINADO, found[0])
        return found[0]

    def _received_event(self, event: str, row: NewReceived | StoredReceived, momento: datetime | None = None) -> None:
        """Events hang on issued documents only; for others the text says which one it was."""
        detalle = f"proveedor {row.rut_emisor}, tipo {row.tipo}, folio {row.folio}"
        if row.huella:
            detalle += f", huella {row.huella}"
        self.events.note(NewEvent(event, detalle, row.ambiente, row.rut_empresa, momento=momento))
