"""Issued documents, the files they came in, and what happened to them.

Recording is on the hot path, inside the transaction that holds the write lock: few statements, no layer between.
"""

from __future__ import annotations

from datetime import datetime
from typing import cast

from dteplanows.document.company import Ambiente
from dteplanows.ledger import events
from dteplanows.ledger.engines.base import Database
from dteplanows.ledger.files import Files
from dteplanows.ledger.references import References
from dteplanows.ledger.repository import Repository
from dteplanows.ledger.rows import NewDocument, Series, StoredDocument

_COLUMNS = (
    "ambiente, rut_emisor, tipo, folio, fecha_emision, rut_receptor, razon_social_receptor, monto_neto, monto_exento, "
    "iva, monto_total, xml, archivo_sha256, beside, respuesta, caf_id, usuario, creado"
)
_FIRST_ID = "primer_id_de_documento"
# Addresses of documents that were given before the ledger was restored must not open others: ids go on behind them.
_NEXT_ID = f"""
    (SELECT MAX((SELECT COALESCE(MAX(id), 0) + 1 FROM documento),
    COALESCE((SELECT CAST(valor AS INTEGER) FROM ajuste WHERE clave = '{_FIRST_ID}'), 1)))
"""
_INSERT = f"INSERT INTO documento (id, {_COLUMNS}) VALUES ({_NEXT_ID}, {', '.join('?' * 18)})"
_NUMBER_FROM = (
    "INSERT INTO ajuste (clave, valor) VALUES (?, ?) ON CONFLICT (clave) DO UPDATE SET valor = excluded.valor"
)
_SELECT = f"SELECT id, {_COLUMNS} FROM documento WHERE ambiente = ? AND rut_emisor = ?"


class Documents(Repository):
    """The part of the ledger that holds what was issued."""

    def __init__(self, db: Database, files: Files, references: References) -> None:
        super().__init__(db)
        self.files = files
        self.references = references

    def record(self, row: NewDocument) -> int:
        """Store a signed document, its file, what it corrects and the event of its issue. Gives its id.

        :raises sqlite3.IntegrityError: a document of that environment, issuer, type and folio exists.
        """
        with self.db.writing():
            connection = self.db.connection
            self.files.store(row.archivo)
            moment = row.creado.isoformat(" ")
            identifier = self.db.insert(
                _INSERT,
                (
                    row.ambiente,
                    row.rut_emisor,
                    row.tipo,
                    row.folio,
                    row.fecha_emision,
                    row.rut_receptor,
                    row.razon_social_receptor,
                    row.monto_neto,
                    row.monto_exento,
                    row.iva,
                    row.monto_total,
                    row.xml,
                    row.archivo.sha256,
                    row.beside,
                    row.respuesta,
                    row.caf_id,
                    row.usuario,
                    moment,
                ),
            )
            self.db.note_issued(Series(cast(Ambiente, row.ambiente), row.rut_emisor, row.tipo), row.folio, identifier)
            if row.referencias:
                self.references.save(identifier, row.referencias)
            detalle = f"tipo {row.tipo}, folio {row.folio}"
            happened = (identifier, row.ambiente, row.rut_emisor, moment, events.EMITIDO, detalle)
            connection.execute(events.INSERT, happened)
        return identifier

    def number_from(self, identifier: int) -> None:
        """Let no document that is recorded from now on have a lower id."""
        with self.db.writing():
            self.db.connection.execute(_NUMBER_FROM, (_FIRST_ID, str(identifier)))

    def find(self, ambiente: Ambiente, rut: str, tipo: int, folio: int) -> StoredDocument | None:
        """The document of that key, or None."""
        row = self.db.connection.execute(
            f"{_SELECT} AND tipo = ? AND folio = ?", (ambiente, rut, tipo, folio)
        ).fetchone()
        return _stored(row) if row else None

    def with_folio(self, ambiente: Ambiente, rut: str, folio: int) -> list[StoredDocument]:
        """The documents of a company that have that folio, whatever their type; by type."""
        # The types are named so that the unique index serves, which has the type before the folio.
        types = "SELECT DISTINCT tipo FROM caf WHERE ambiente = ? AND rut = ?"
        query = f"{_SELECT} AND tipo IN ({types}) AND folio = ? ORDER BY tipo"
        return [_stored(row) for row in self.db.connection.execute(query, (ambiente, rut, ambiente, rut, folio))]

    def by_id(self, identifier: int) -> StoredDocument | None:
        """The document of that id, or None."""
        row = self.db.connection.execute(f"SELECT id, {_COLUMNS} FROM documento WHERE id = ?", (identifier,)).fetchone()
        return _stored(row) if row else None


def _stored(row: tuple[object, ...]) -> StoredDocument:
    values = list(row)
    values[-1] = datetime.fromisoformat(str(values[-1]))
    return StoredDocument(*values)  # type: ignore[arg-type]
