"""Books of purchases and sales as they were received, version by version."""

from __future__ import annotations

from dataclasses import fields, replace

from dteplanows.document.company import Ambiente
from dteplanows.ledger.engines.base import Database
from dteplanows.ledger.events import Events, NewEvent
from dteplanows.ledger.files import Files
from dteplanows.ledger.repository import Repository
from dteplanows.ledger.rows import NewBook, StoredBook
from dteplanows.ledger.tables import LIBRO

RECIBIDO = "libro recibido"
"""Event of a book that was kept."""

_INSERT = LIBRO.insert()
_SELECT = f"{LIBRO.select} WHERE ambiente = ? AND rut_emisor = ?"


class Books(Repository):
    """The part of the ledger that holds books."""

    def __init__(self, db: Database, files: Files, events: Events) -> None:
        super().__init__(db)
        self.files = files
        self.events = events

    def record(self, row: NewBook) -> StoredBook:
        """Keep a book as the next version of its period. The very file that is the newest version is not kept again."""
        with self.db.writing():
            newest = self.find(row.ambiente, row.rut_emisor, row.operacion, row.periodo)
            if newest and newest.archivo_sha256 == row.archivo.sha256:
                return newest
            version = newest.version + 1 if newest else 1
            self.files.store(row.archivo)
            given = {one.name: getattr(row, one.name) for one in fields(row) if one.name != "archivo"}
            book = StoredBook(id=0, version=version, archivo_sha256=row.archivo.sha256, **given)
            identifier = self.db.insert(_INSERT, LIBRO.values(book))
            detalle = f"{row.operacion} {row.periodo}, versión {version}"
            self.events.note(NewEvent(RECIBIDO, detalle, row.ambiente, row.rut_emisor, momento=row.creado))
        return replace(book, id=identifier)

    def find(
        self, ambiente: Ambiente | str, rut: str, operacion: str, periodo: str, version: int = 0
    ) -> StoredBook | None:
        """A version of the book of that operation and period, or None.

        :param version: 0 for the newest.
        """
        query = f"{_SELECT} AND operacion = ? AND periodo = ? AND ? IN (0, version) ORDER BY version DESC LIMIT 1"
        row = self.db.connection.execute(query, (ambiente, rut, operacion, periodo, version)).fetchone()
        return LIBRO.row(row) if row else None

    def of(self, ambiente: Ambiente | str, rut: str, operacion: str = "", periodo: str = "") -> list[StoredBook]:
        """The books of a company by period, operation and version.

        :param operacion: ``COMPRA`` or ``VENTA``; empty for both.
        :param periodo: AAAA-MM; empty for all.
        """
        query = f"{_SELECT} AND ? IN ('', operacion) AND ? IN ('', periodo) ORDER BY periodo, operacion, version"
        return [LIBRO.row(row) for row in self.db.connection.execute(query, (ambiente, rut, operacion, periodo))]
