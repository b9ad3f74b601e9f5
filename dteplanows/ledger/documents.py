"""Issued documents, the files they came in, and what happened to them.

Recording is on the hot path, inside the transaction that holds the write lock: few statements, no layer between.
"""

from __future__ import annotations

from datetime import datetime
from typing import cast

from dteplanows.document.company import Ambiente
from dteplanows.ledger import events
from dteplanows.ledger.references import References
from dteplanows.ledger.rows import NewDocument, ReceivedFile, Series, StoredDocument
from dteplanows.ledger.watermark import Mark

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


class Documents(References):
    """The part of the ledger that holds what was issued."""

    def record(self, row: NewDocument) -> int:
        """Store a signed document, its file, what it corrects and the event of its issue. Gives its id.

        :raises sqlite3.IntegrityError: a document of that environment, issuer, type and folio exists.
        """
        with self.writing():
            connection = self.connection
            self._store_file(row.archivo)
            moment = row.creado.isoformat(" ")
            cursor = connection.execute(
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
            identifier = int(cursor.lastrowid or 0)
            self._must_be_newest(identifier)
            self._note(Series(cast(Ambiente, row.ambiente), row.rut_emisor, row.tipo), row.folio, identifier)
            if row.referencias:
                self.save_references(identifier, row.referencias)
            detalle = f"tipo {row.tipo}, folio {row.folio}"
            happened = (identifier, row.ambiente, row.rut_emisor, moment, events.EMITIDO, detalle)
            connection.execute(events.INSERT, happened)
        return identifier

    def number_documents_from(self, identifier: int) -> None:
        """Let no document that is recorded from now on have a lower id."""
        with self.writing():
            self.connection.execute(_NUMBER_FROM, (_FIRST_ID, str(identifier)))

    def _must_be_newest(self, identifier: int) -> None:
        """:raises Replaced: the database has less than this process put into it, though it is the same file."""
        if identifier <= self._last_id:
            self.files.give_up(self.path)

    def _note(self, series: Series, folio: int, identifier: int) -> None:
        """Remember for the mark that a document of *series* is recorded, should the transaction be committed."""
        self.watermark.reserve(series)
        before = self._recorded.get(series)
        highest = before.folio if before and before.folio > folio else folio
        self._recorded[series] = Mark(series, highest, identifier, folio)

    def document(self, ambiente: Ambiente, rut: str, tipo: int, folio: int) -> StoredDocument | None:
        """The document of that key, or None."""
        row = self.connection.execute(f"{_SELECT} AND tipo = ? AND folio = ?", (ambiente, rut, tipo, folio)).fetchone()
        return _stored(row) if row else None

    def documents_with_folio(self, ambiente: Ambiente, rut: str, folio: int) -> list[StoredDocument]:
        """The documents of a company that have that folio, whatever their type; by type."""
        # The types are named so that the unique index serves, which has the type before the folio.
        types = "SELECT DISTINCT tipo FROM caf WHERE ambiente = ? AND rut = ?"
        query = f"{_SELECT} AND tipo IN ({types}) AND folio = ? ORDER BY tipo"
        return [_stored(row) for row in self.connection.execute(query, (ambiente, rut, ambiente, rut, folio))]

    def document_by_id(self, identifier: int) -> StoredDocument | None:
        """The document of that id, or None."""
        row = self.connection.execute(f"SELECT id, {_COLUMNS} FROM documento WHERE id = ?", (identifier,)).fetchone()
        return _stored(row) if row else None

    def received_file(self, sha256: str) -> ReceivedFile | None:
        """The customer's file of that SHA-256, or None."""
        row = self.connection.execute("SELECT formato, contenido FROM archivo WHERE sha256 = ?", (sha256,)).fetchone()
        return ReceivedFile(row[0], bytes(row[1])) if row else None

    def _store_file(self, file: ReceivedFile, only_waits: bool = False) -> None:
        """Store a customer's file; nothing happens when it is there.

        :param only_waits: nothing was issued of it yet; if nothing ever is, it need not be kept for ever.
        """
        connection, key = self.connection, (file.sha256,)
        # Asked first: a file of many documents is many megabytes, which an insert would copy for each of them.
        known = connection.execute("SELECT length(contenido) FROM archivo WHERE sha256 = ?", key).fetchone()
        if not known:
            values = (file.sha256, file.formato, file.contenido)
            connection.execute("INSERT INTO archivo (sha256, formato, contenido) VALUES (?, ?, ?)", values)
        elif not known[0]:  # it was forgotten, and came again
            connection.execute("UPDATE archivo SET contenido = ? WHERE sha256 = ?", (file.contenido, file.sha256))
        if only_waits and not (known and known[0]):
            connection.execute("INSERT OR IGNORE INTO archivo_suelto (sha256) VALUES (?)", key)
        elif known and not only_waits:
            connection.execute("DELETE FROM archivo_suelto WHERE sha256 = ?", key)


def _stored(row: tuple[object, ...]) -> StoredDocument:
    values = list(row)
    values[-1] = datetime.fromisoformat(str(values[-1]))
    return StoredDocument(*values)  # type: ignore[arg-type]
