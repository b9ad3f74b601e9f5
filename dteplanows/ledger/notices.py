"""The notices: who is told, what is to be told, and who is telling it.

What is to be told is written in the transaction in which it happens (:mod:`dteplanows.ledger.deliveries`). Whoever
sends takes the whole channel for a while, so that a company gets one mail of many and not many mails; a notice may be
sent twice when its sender dies in between, and never gets lost.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from dteplanows.document import clock
from dteplanows.document.company import Ambiente
from dteplanows.ledger.delivery_tables import IS_OPEN
from dteplanows.ledger.engines.base import Database
from dteplanows.ledger.events import Events, NewEvent
from dteplanows.ledger.notice_tables import AVISO, CANAL_AVISO, ENQUEUE, Channel, Notice, Way
from dteplanows.ledger.repository import Repository

PART = "avisos"
"""What of the ledger is changed here: one process does it at a time."""

TERM = 300.0
"""Seconds for which a sender has a channel."""
_QUIET = 3600.0
"""Seconds after which a channel is no longer a busy one."""
_LONGEST = 3600.0
"""Seconds between two tries, and between two mails, at most."""

_PLACES = 100
"""Notices of which the place in a batch is looked up."""

_WHICH = "ambiente = ? AND rut_emisor = ? AND canal = ?"
_FIRST = f"SELECT MIN(momento) FROM aviso WHERE {_WHICH} AND estado = 'pendiente'"
_LATE = f"""
    {IS_OPEN} AND entrega.estado IN ('pendiente', 'en sobre') AND clase = ? AND EXISTS
    (SELECT 1 FROM documento WHERE documento.id = entrega.documento_id AND creado > ? AND creado <= ?)
"""

_NOT_TOLD = """
    NOT EXISTS (SELECT 1 FROM aviso AS antes WHERE antes.documento_id = entrega.documento_id
    AND antes.motivo = 'plazo' AND antes.canal = canal_aviso.canal)
"""


class Told(NamedTuple):
    """A notice with what the ledger knows of its document."""

    notice: Notice
    tipo: int
    folio: int
    fecha_emision: str
    rut_receptor: str
    usuario: str
    archivo_sha256: str
    lote: int
    """TrackId of the batch that it came in; 0 for none."""
    lugar: int
    """Its place in the file of the batch, from 1; 0 for none."""


_TOLD = f"""
    SELECT {", ".join(f"aviso.{one.name}" for one in AVISO.shown)}, documento.tipo, documento.folio, fecha_emision,
    rut_receptor, usuario, archivo_sha256
    FROM aviso JOIN documento ON documento.id = aviso.documento_id
    WHERE aviso.ambiente = ? AND aviso.rut_emisor = ? AND canal = ? AND aviso.estado = 'pendiente'
    ORDER BY aviso.id LIMIT ?
"""


class Notices(Repository):
    """The part of the ledger that holds notices."""

    def __init__(self, db: Database, events: Events) -> None:
        super().__init__(db)
        self.events = events

    # --- channels --------------------------------------------------------------------------------------------

    def open(self, channel: Channel) -> None:
        """Tell a company by *channel* from now on, in place of what there was."""
        known = self.channel(channel.ambiente, channel.rut_emisor, channel.canal)
        with self.db.writing(PART):
            self.db.connection.execute(f"DELETE FROM canal_aviso WHERE {_WHICH}", channel[:3])
            self.db.connection.execute(CANAL_AVISO.insert("trabajador", "vence"), CANAL_AVISO.values(channel, "", 0.0))
            self._note(channel, known.destino if known else "", channel.destino)

    def close(self, channel: Channel) -> None:
        """Tell a company nothing more by *channel*, what is waiting included."""
        with self.db.writing(PART):
            self.db.connection.execute(f"DELETE FROM aviso WHERE {_WHICH} AND estado = 'pendiente'", channel[:3])
            self.db.connection.execute(f"DELETE FROM canal_aviso WHERE {_WHICH}", channel[:3])
            self._note(channel, channel.destino, "")

    def _note(self, channel: Channel, before: str, after: str) -> None:
        name = f"avisos por {channel.canal}"
        self.events.change(
            NewEvent("avisos cambiados", name, channel.ambiente, channel.rut_emisor,
                     antes={name: before}, despues={name: after})
        )  # fmt: skip

    def channel(self, ambiente: str, rut_emisor: str, canal: Way) -> Channel | None:
        """A channel of a company, or None."""
        row = self.db.connection.execute(
            f"{CANAL_AVISO.select} WHERE {_WHICH}", (ambiente, rut_emisor, canal)
        ).fetchone()
        return CANAL_AVISO.row(row) if row else None

    def channels(self) -> list[Channel]:
        """Every channel, by company."""
        rows = self.db.connection.execute(f"{CANAL_AVISO.select} ORDER BY ambiente, rut_emisor, canal")
        return [CANAL_AVISO.row(row) for row in rows]

    # --- what is to be told ----------------------------------------------------------------------------------

    def warn_late(self, clase: str, after: timedelta) -> None:
        """Tell, once, of the documents of a kind that the SII has not got *after* they were issued.

        Those that were issued days ago are told of elsewhere.
        """
        now = clock.now()
        values = (clase, (now - timedelta(days=3)).isoformat(" "), (now - after).isoformat(" "))
        query = (
            "SELECT 1 FROM entrega JOIN canal_aviso ON canal_aviso.ambiente = entrega.ambiente "
            f"AND canal_aviso.rut_emisor = entrega.rut_emisor WHERE {_LATE} AND {_NOT_TOLD} LIMIT 1"
        )
        if self.db.connection.execute(query, values).fetchone():
            with self.db.writing(PART):
                statement = ENQUEUE.format(which=f"{_LATE} AND {_NOT_TOLD}")
                self.db.connection.execute(statement, ("plazo", "", now.isoformat(" "), *values))

    def pending(self, channel: Channel, most: int) -> list[Told]:
        """What is to be told by *channel*, the oldest first, up to *most*."""
        rows = self.db.connection.execute(_TOLD, (*channel[:3], most)).fetchall()
        width = len(AVISO.shown)
        found = [Told._make((AVISO.row(row[:width]), *row[width:], 0, 0)) for row in rows]
        # Looked up for as many as anybody reads: the documents of a batch have no index of their own.
        return [*map(self._with_place, found[:_PLACES]), *found[_PLACES:]]

    def _with_place(self, one: Told) -> Told:
        query = (
            "SELECT lote_id, numero FROM lote_documento JOIN lote ON lote.id = lote_id "
            "WHERE lote.archivo_sha256 = ? AND documento_id = ? LIMIT 1"
        )
        row = self.db.connection.execute(query, (one.archivo_sha256, one.notice.documento_id)).fetchone()
        return one._replace(lote=row[0], lugar=row[1]) if row else one

    def count(self, channel: Channel, estado: str) -> int:
        """How many notices of *channel* are in that state."""
        query = f"SELECT COUNT(*) FROM aviso WHERE {_WHICH} AND estado = ?"
        return int(self.db.connection.execute(query, (*channel[:3], estado)).fetchone()[0])

    def forget(self, before: datetime) -> None:
        """Forget the notices from before that local moment that are not waiting."""
        with self.db.writing(PART):
            statement = "DELETE FROM aviso WHERE estado <> 'pendiente' AND momento < ? AND motivo <> 'plazo'"
            self.db.connection.execute(statement, (before.isoformat(" "),))

    # --- telling it ------------------------------------------------------------------------------------------

    def take(self, worker: str, is_gone: Callable[[str], bool], wait: Callable[[Way], float]) -> Channel | None:
        """A channel by which something is to be sent now, for *worker* alone; None when there is none.

        :param wait: seconds that the first notice waits for others, by kind of channel.
        """
        now = time.time()
        if not any(self._is_due(one, now, wait) for one in self.channels()):
            return None
        with self.db.transaction(PART):
            for channel in self.channels():
                which = f"{_WHICH} AND siguiente <= ?"
                row = self.db.connection.execute(
                    f"SELECT trabajador, vence FROM canal_aviso WHERE {which}", (*channel[:3], now)
                ).fetchone()
                free = row and (not row[0] or not now < row[1] <= now + TERM or is_gone(row[0]))
                if free and self._is_due(channel, now, wait):
                    statement = f"UPDATE canal_aviso SET trabajador = ?, vence = ? WHERE {_WHICH}"
                    self.db.connection.execute(statement, (worker, now + TERM, *channel[:3]))
                    return channel
        return None

    def note_sent(self, channel: Channel, worker: str, ids: Sequence[int], gap: float) -> None:
        """These notices were told by *channel*, which is given back.

        :param gap: seconds until the next may be sent; they double with each that follows soon, so that what goes on
            for hours is not told every minute.
        """
        now = time.time()
        row = self.channel(*channel[:3])
        again = row.seguidos + 1 if row and now - row.enviado < _QUIET else 0
        later = now + min(_LONGEST, gap * 2 ** min(again, 10)) if gap else 0.0
        with self.db.writing(PART):
            self._set_state(ids, "entregado")
            statement = (
                "UPDATE canal_aviso SET trabajador = '', vence = 0, siguiente = ?, enviado = ?, seguidos = ?, "
                f"fallas = 0, falla = '' WHERE {_WHICH} AND trabajador = ?"
            )
            self.db.connection.execute(statement, (later, now, again, *channel[:3], worker))

    def note_failed(self, channel: Channel, worker: str, ids: Sequence[int], why: str, most: int) -> None:
        """These notices could not be told by *channel*, which is given back; after *most* tries they are lost."""
        later = time.time() + min(_LONGEST, 15.0 * 2 ** min(channel.fallas, 12))
        with self.db.writing(PART):
            for one in ids:
                self.db.connection.execute(
                    "UPDATE aviso SET intentos = intentos + 1, "
                    "estado = CASE WHEN intentos + 1 >= ? THEN 'perdido' ELSE estado END WHERE id = ?", (most, one),
                )  # fmt: skip
            statement = (
                "UPDATE canal_aviso SET trabajador = '', vence = 0, siguiente = ?, fallas = fallas + 1, falla = ? "
                f"WHERE {_WHICH} AND trabajador = ?"
            )
            self.db.connection.execute(statement, (later, why, *channel[:3], worker))

    def _set_state(self, ids: Sequence[int], estado: str) -> None:
        statement = "UPDATE aviso SET estado = ?, intentos = intentos + 1 WHERE id = ?"
        self.db.connection.executemany(statement, [(estado, one) for one in ids])

    def _is_due(self, channel: Channel, now: float, wait: Callable[[Way], float]) -> bool:
        if channel.siguiente > now:
            return False
        first = self.db.connection.execute(_FIRST, channel[:3]).fetchone()[0]
        if first is None:
            return False
        age = (clock.now() - datetime.fromisoformat(first)).total_seconds()
        # A notice from the future was written before the clock was set back.
        return age < 0 or age >= wait(channel.canal)


def new_channel(ambiente: Ambiente, rut: str, canal: Way, destino: str, secreto: str = "") -> Channel:
    """A channel by which nothing was sent yet."""
    return Channel(ambiente, rut, canal, destino, secreto, 0.0, 0.0, 0, 0, "")
