"""Which answers could not be delivered, and what was issued of a file that comes again.

A row stands for one answer whose client was gone. It says only from where on the documents of its file are to be found,
so that the ordinary call, whose answer is delivered, writes nothing here.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from dteplanows.ledger.repository import Repository
from dteplanows.ledger.tables import RESPUESTA_NO_ENTREGADA, Undelivered

_KEPT = 30 * 86400.0
"""Seconds after which a row is thrown away, whatever the setting: its only use is over then."""


class Sender(NamedTuple):
    """Who sent a file, and which."""

    ambiente: str
    rut_emisor: str
    usuario: str
    archivo_sha256: str


class IssuedOfFile(NamedTuple):
    """A document that was issued of a file. Amounts in whole pesos."""

    id: int
    tipo: int
    folio: int
    creado: datetime
    """Local moment, without zone."""
    fecha_emision: str
    rut_receptor: str
    monto_total: int


class ReceivedBefore(NamedTuple):
    """A batch whose file came again."""

    id: int
    recibido: datetime
    """Local moment, without zone."""


_OF_FILE = (
    "SELECT id, tipo, folio, creado, fecha_emision, rut_receptor, monto_total FROM documento "
    "WHERE archivo_sha256 = ? AND ambiente = ? AND rut_emisor = ? AND usuario = ? AND id > ? "
)


class Answers(Repository):
    """The part of the ledger that knows which answers reached their client."""

    def newest_id(self, sha256: str) -> tuple[int, bool]:
        """Id of the newest document, 0 for none; and whether the file of that SHA-256 was ever stored."""
        newest, known = self.db.connection.execute(
            "SELECT (SELECT MAX(id) FROM documento), EXISTS (SELECT 1 FROM archivo WHERE sha256 = ?)", (sha256,)
        ).fetchone()
        return newest or 0, bool(known)

    def issued_of_file(self, sender: Sender, after: int = 0) -> list[IssuedOfFile]:
        """What *sender* had issued of its file with ids above *after*, in order."""
        return list(self._of_file(sender, after, "ORDER BY id"))

    def last_issued_of_file(self, sender: Sender, most: int) -> list[IssuedOfFile]:
        """The newest *most* documents that *sender* had issued of its file, in order."""
        return list(self._of_file(sender, 0, f"ORDER BY id DESC LIMIT {most:d}"))[::-1]

    def _of_file(self, sender: Sender, after: int, order: str) -> Iterator[IssuedOfFile]:
        values = (sender.archivo_sha256, sender.ambiente, sender.rut_emisor, sender.usuario, after)
        for row in self.db.connection.execute(f"{_OF_FILE}{order}", values):
            one = IssuedOfFile._make(row)
            yield one._replace(creado=datetime.fromisoformat(row[3]))

    def first_batch(self, sender: Sender, formato: str, since: datetime) -> ReceivedBefore | None:
        """The first batch with that file that *sender* sent since then, unless all its documents were refused."""
        row = self.db.connection.execute(
            "SELECT id, recibido FROM lote WHERE archivo_sha256 = ? AND ambiente = ? AND rut_emisor = ? "
            "AND usuario = ? AND formato = ? AND recibido >= ? "
            "AND NOT (estado = 'terminado' AND rechazados = hechos) ORDER BY id LIMIT 1",
            (sender.archivo_sha256, *sender[:3], formato, since.isoformat(" ")),
        ).fetchone()
        return ReceivedBefore(int(row[0]), datetime.fromisoformat(row[1])) if row else None

    def undelivered(self, key: str, seconds: float) -> int | None:
        """The newest document when the call of *key* began whose answer was not delivered; None where it was.

        :param seconds: how long that is remembered.
        """
        row = self.db.connection.execute(
            "SELECT desde FROM respuesta_no_entregada WHERE clave = ? AND momento >= ?", (key, time.time() - seconds)
        ).fetchone()
        return int(row[0]) if row else None

    def note_undelivered(self, key: str, after: int) -> None:
        """An answer was not delivered.

        :param key: of its call.
        :param after: id of the newest document when that began: its own are newer.
        """
        now = time.time()
        with self.db.writing("respuestas"):
            self.db.connection.execute(
                f"{RESPUESTA_NO_ENTREGADA.insert()} "
                "ON CONFLICT (clave) DO UPDATE SET desde = excluded.desde, momento = excluded.momento",
                RESPUESTA_NO_ENTREGADA.values(Undelivered(key, after, now)),
            )
            self.db.connection.execute("DELETE FROM respuesta_no_entregada WHERE momento < ?", (now - _KEPT,))

    def note_delivered(self, key: str) -> None:
        """An answer that had not been delivered has been by now."""
        with self.db.writing("respuestas"):
            self.db.connection.execute("DELETE FROM respuesta_no_entregada WHERE clave = ?", (key,))
