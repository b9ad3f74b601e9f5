"""The files that customers sent, each exactly as it came and once, whatever the number of its documents."""

from __future__ import annotations

from dteplanows.ledger.repository import Repository
from dteplanows.ledger.rows import ReceivedFile
from dteplanows.ledger.tables import ARCHIVO, ARCHIVO_SUELTO

_INSERT = f"{ARCHIVO.insert()} ON CONFLICT DO NOTHING"
_LOOSE = f"{ARCHIVO_SUELTO.insert()} ON CONFLICT DO NOTHING"

_SMALL = 64 * 1024
"""Bytes that are copied in less time than a question takes."""


class Files(Repository):
    """The part of the ledger that holds what customers sent."""

    def find(self, sha256: str) -> ReceivedFile | None:
        """The customer's file of that SHA-256, or None."""
        row = self.db.connection.execute(
            "SELECT formato, contenido FROM archivo WHERE sha256 = ?", (sha256,)
        ).fetchone()
        return ReceivedFile(row[0], bytes(row[1])) if row else None

    def store(self, file: ReceivedFile, only_waits: bool = False) -> None:
        """Store a customer's file; nothing happens when it is there.

        :param only_waits: nothing was issued of it yet; if nothing ever is, it need not be kept for ever.
        """
        connection, key = self.db.connection, (file.sha256,)
        known = None
        # Most files are new and small: one statement. One of many documents is many megabytes, which an insert would
        # copy for each of them.
        is_new = len(file.contenido) <= _SMALL and connection.execute(_INSERT, ARCHIVO.values(file)).rowcount
        if not is_new:
            known = connection.execute("SELECT length(contenido) FROM archivo WHERE sha256 = ?", key).fetchone()
            if not known:
                # Where others write at the same time, it may have been stored since.
                if not connection.execute(_INSERT, ARCHIVO.values(file)).rowcount:
                    known = (1,)
            elif not known[0]:  # it was forgotten, and came again
                connection.execute("UPDATE archivo SET contenido = ? WHERE sha256 = ?", (file.contenido, file.sha256))
        if only_waits and not (known and known[0]):
            connection.execute(_LOOSE, key)
        elif known and not only_waits:
            connection.execute("DELETE FROM archivo_suelto WHERE sha256 = ?", key)
