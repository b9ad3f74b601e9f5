"""Issued documents, the files they came in, and what happened to them.

Recording is on the hot path, inside the transaction that holds the write lock: few statements, no layer between.
"""

from __future__ import annotations

from datetime import datetime

from dteplanows.document import clock
from dteplanows.document.company import Ambiente
from dteplanows.ledger.references import References
from dteplanows.ledger.rows import NewDocument, ReceivedFile, StoredDocument, StoredEvent

_BIG_FILE = 16 * 1024
"""Bytes of a file above which copying it costs more than to ask whether it is there."""

EMITIDO = "emitido"
"""Event of a document that was issued."""

_COLUMNS = (
    "ambiente, rut_emisor, tipo, folio, fecha_emision, rut_receptor, razon_social_receptor, monto_neto, monto_exento, "
    "iva, monto_total, xml, archivo_sha256, beside, respuesta, caf_id, usuario, creado"
)
_INSERT = f"INSERT INTO documento ({_COLUMNS}) VALUES ({', '.join('?' * 18)})"
_SELECT = f"SELECT id, {_COLUMNS} FROM documento WHERE ambiente = ? AND rut_emisor = ?"
_EVENT = "INSERT INTO evento (documento_id, ambiente, rut_emisor, momento, tipo, detalle) VALUES (?, ?, ?, ?, ?, ?)"


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
            if row.referencias:
                self.save_references(identifier, row.referencias)
            detalle = f"tipo {row.tipo}, folio {row.folio}"
            connection.execute(_EVENT, (identifier, row.ambiente, row.rut_emisor, moment, EMITIDO, detalle))
        return identifier

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

    def event(
        self,
        tipo: str,
        detalle: str,
        documento_id: int | None = None,
        *,
        ambiente: str = "",
        rut_emisor: str = "",
        momento: datetime | None = None,
    ) -> None:
        """Note that something happened, to a document or otherwise. *detalle* must not hold a secret."""
        moment = (momento or clock.now()).isoformat(" ")
        with self.writing():
            self.connection.execute(_EVENT, (documento_id, ambiente, rut_emisor, moment, tipo, detalle))

    def events(self, documento_id: int | None = None) -> list[StoredEvent]:
        """What happened to a document, or, without one, everything that happened; in order."""
        query = "SELECT id, documento_id, ambiente, rut_emisor, momento, tipo, detalle FROM evento"
        values: tuple[int, ...] = ()
        if documento_id is not None:
            query, values = f"{query} WHERE documento_id = ?", (documento_id,)
        rows = self.connection.execute(f"{query} ORDER BY id", values)
        return [StoredEvent._make(row)._replace(momento=datetime.fromisoformat(row[4])) for row in rows]

    def _store_file(self, file: ReceivedFile) -> None:
        """Store a customer's file; nothing happens when it is there."""
        # A big one is asked for first: it has many documents, and an insert would copy it for each of them.
        big = len(file.contenido) > _BIG_FILE
        if big and self.connection.execute("SELECT 1 FROM archivo WHERE sha256 = ?", (file.sha256,)).fetchone():
            return
        values = (file.sha256, file.formato, file.contenido)
        self.connection.execute(
            "INSERT INTO archivo (sha256, formato, contenido) VALUES (?, ?, ?) ON CONFLICT (sha256) DO NOTHING", values
        )


def _stored(row: tuple[object, ...]) -> StoredDocument:
    values = list(row)
    values[-1] = datetime.fromisoformat(str(values[-1]))
    return StoredDocument(*values)  # type: ignore[arg-type]
