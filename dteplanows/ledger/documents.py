"""Issued documents, the files they came in, and what happened to them.

Recording is on the hot path, inside the transaction that holds the write lock: few statements, no layer between.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import cast

from dteplanows.document.company import Ambiente
from dteplanows.ledger import events
from dteplanows.ledger.delivery_tables import IS_REPLACEABLE
from dteplanows.ledger.engines.base import Database
from dteplanows.ledger.files import Files
from dteplanows.ledger.live import live
from dteplanows.ledger.references import References
from dteplanows.ledger.repository import Repository
from dteplanows.ledger.rows import NewDocument, Series, StoredDocument
from dteplanows.ledger.tables import DOCUMENTO

_CREATED = DOCUMENTO.place("creado")
_SELECT = f"{DOCUMENTO.select} WHERE ambiente = ? AND rut_emisor = ?"
# Ids grow along a chain, so that the last one replaces the highest; the unique index has them in that order.
_FIND = f"{_SELECT} AND tipo = ? AND folio = ? ORDER BY reemplaza DESC LIMIT 1"
_TO_REPLACE = (
    "SELECT id FROM documento JOIN entrega ON documento_id = id WHERE documento.ambiente = ? "
    f"AND documento.rut_emisor = ? AND tipo = ? AND folio = ? AND {live()} AND {IS_REPLACEABLE}"
)


class Documents(Repository):
    """The part of the ledger that holds what was issued."""

    def __init__(self, db: Database, files: Files, references: References) -> None:
        super().__init__(db)
        self.files = files
        self.references = references
        self._insert = db.document_insert()

    def record(self, row: NewDocument) -> int:
        """Store a signed document, its file, what it corrects and the event of its issue. Gives its id.

        :raises Exception: as :func:`violations` tells; a document of that environment, issuer, type and folio exists,
            and is not the one that this one replaces, or that one was not refused.
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
            if row.reemplaza:
                detalle += f"; reemplaza al documento {row.reemplaza}, que el SII rechazó"
            happened = (identifier, row.ambiente, row.rut_emisor, values[_CREATED], events.EMITIDO, detalle)
            connection.execute(events.INSERT, happened)
        return identifier

    def number_from(self, identifier: int) -> None:
        """Let no document that is recorded from now on have a lower id."""
        with self.db.writing():
            self.db.number_documents_from(identifier)

    def find(self, ambiente: Ambiente, rut: str, tipo: int, folio: int) -> StoredDocument | None:
        """The live document of that key, or None."""
        row = self.db.connection.execute(_FIND, (ambiente, rut, tipo, folio)).fetchone()
        return DOCUMENTO.row(row) if row else None

    def with_folio(self, ambiente: Ambiente, rut: str, folio: int) -> list[StoredDocument]:
        """The live documents of a company that have that folio, whatever their type; by type."""
        # The types are named so that the unique index serves, which has the type before the folio.
        types = "SELECT DISTINCT tipo FROM caf WHERE ambiente = ? AND rut = ?"
        query = f"{_SELECT} AND tipo IN ({types}) AND folio = ? AND {live()} ORDER BY tipo"
        return [DOCUMENTO.row(row) for row in self.db.connection.execute(query, (ambiente, rut, ambiente, rut, folio))]

    def history(self, ambiente: Ambiente, rut: str, tipo: int, folio: int) -> list[StoredDocument]:
        """All documents of that key in the order of their issue: the last is the live one, the SII refused the others.
        """
        query = f"{_SELECT} AND tipo = ? AND folio = ? ORDER BY id"
        return [DOCUMENTO.row(row) for row in self.db.connection.execute(query, (ambiente, rut, tipo, folio))]

    def to_replace(self, series: Series, folio: int) -> int:
        """Id of the live document of that folio where the SII has refused it, so that another one may be issued with
        it; else 0.

        One that was refused because the SII has such a folio already is not replaced: the folio is not free there.
        """
        row = self.db.connection.execute(_TO_REPLACE, (*series, folio)).fetchone()
        return int(row[0]) if row else 0

    def is_live(self, identifier: int) -> bool:
        """Whether the document of that id has its folio still, so that none replaces it."""
        query = f"SELECT 1 FROM documento WHERE id = ? AND {live()}"
        return self.db.connection.execute(query, (identifier,)).fetchone() is not None

    def newest(self) -> int:
        """Id of the newest document, 0 for none."""
        (found,) = self.db.connection.execute("SELECT MAX(id) FROM documento").fetchone()
        return int(found or 0)

    def xmls(self, identifiers: Sequence[int]) -> dict[int, bytes]:
        """The signed XML of the documents of those ids, by id."""
        query = f"SELECT id, xml FROM documento WHERE id IN ({self.db.words.numbers})"
        rows = self.db.questions.execute(query, (json.dumps(identifiers),)).fetchall()
        return {identifier: bytes(xml) for identifier, xml in rows}

    def by_id(self, identifier: int) -> StoredDocument | None:
        """The document of that id, or None."""
        row = self.db.connection.execute(f"{DOCUMENTO.select} WHERE id = ?", (identifier,)).fetchone()
        return DOCUMENTO.row(row) if row else None
