"""Issued documents, the files they came in, and what happened to them.

Recording is on the hot path, inside the transaction that holds the write lock: few statements, no layer between.
"""

from __future__ import annotations

from typing import cast

from dteplanows.document.company import Ambiente
from dteplanows.ledger import events
from dteplanows.ledger.engines.base import Database
from dteplanows.ledger.files import Files
from dteplanows.ledger.references import References
from dteplanows.ledger.repository import Repository
from dteplanows.ledger.rows import NewDocument, Series, StoredDocument
from dteplanows.ledger.tables import DOCUMENTO

_CREATED = DOCUMENTO.place("creado")
_SELECT = f"{DOCUMENTO.select} WHERE ambiente = ? AND rut_emisor = ?"


class Documents(Repository):
    """The part of the ledger that holds what was issued."""

    def __init__(self, db: Database, files: Files, references: References) -> None:
        super().__init__(db)
        self.files = files
        self.references = references
        self._insert = db.document_insert()

    def record(self, row: NewDocument) -> int:
        """Store a signed document, its file, what it corrects and the event of its issue. Gives its id.

        :raises Exception: as :func:`violations` tells; a document of that environment, issuer, type and folio exists.
        """
        with self.db.writing():
            connection = self.db.connection
            self.files.store(row.archivo)
            values = DOCUMENTO.values(row)
            identifier = self.db.insert(self._insert, values)
            self.db.note_issued(Series(cast(Ambiente, row.ambiente), row.rut_emisor, row.tipo), row.folio, identifier)
            if row.referencias:
                self.references.save(identifier, row.referencias)
            detalle = f"tipo {row.tipo}, folio {row.folio}"
            happened = (identifier, row.ambiente, row.rut_emisor, values[_CREATED], events.EMITIDO, detalle)
            connection.execute(events.INSERT, happened)
        return identifier

    def number_from(self, identifier: int) -> None:
        """Let no document that is recorded from now on have a lower id."""
        with self.db.writing():
            self.db.number_documents_from(identifier)

    def find(self, ambiente: Ambiente, rut: str, tipo: int, folio: int) -> StoredDocument | None:
        """The document of that key, or None."""
        row = self.db.connection.execute(
            f"{_SELECT} AND tipo = ? AND folio = ?", (ambiente, rut, tipo, folio)
        ).fetchone()
        return DOCUMENTO.row(row) if row else None

    def with_folio(self, ambiente: Ambiente, rut: str, folio: int) -> list[StoredDocument]:
        """The documents of a company that have that folio, whatever their type; by type."""
        # The types are named so that the unique index serves, which has the type before the folio.
        types = "SELECT DISTINCT tipo FROM caf WHERE ambiente = ? AND rut = ?"
        query = f"{_SELECT} AND tipo IN ({types}) AND folio = ? ORDER BY tipo"
        return [DOCUMENTO.row(row) for row in self.db.connection.execute(query, (ambiente, rut, ambiente, rut, folio))]

    def by_id(self, identifier: int) -> StoredDocument | None:
        """The document of that id, or None."""
        row = self.db.connection.execute(f"{DOCUMENTO.select} WHERE id = ?", (identifier,)).fetchone()
        return DOCUMENTO.row(row) if row else None
