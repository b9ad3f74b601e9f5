"""The SII's mail: what is kept of it, how far each mailbox was read, and which results the SII is asked for again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime

from dteplanows.document import clock
from dteplanows.ledger.deliveries import PART
from dteplanows.ledger.delivery_tables import ENVIO, INTERCAMBIO, Exchange, StoredEnvelope
from dteplanows.ledger.mail_tables import BUZON, CORREO_PEDIDO, RESULTADO_SUELTO, LooseMail, Mailbox, MailWanted
from dteplanows.ledger.repository import Repository

SERVICE = "correo"
"""What a mail is called among the calls about an envelope."""

_MAILS = "FROM intercambio WHERE envio_id = ? AND servicio = ?"


class Mail(Repository):
    """The part of the ledger that holds the SII's mail."""

    # --- what came -------------------------------------------------------------------------------------------

    def envelopes(self, track_id: str, rut_emisor: str) -> list[StoredEnvelope]:
        """The envelopes to which the SII gave that number, the newest first.

        :param rut_emisor: whose they are; empty for anybody's.
        """
        which, values = "track_id = ? AND track_id <> ''", [track_id]
        if rut_emisor:
            which, values = f"{which} AND rut_emisor = ?", [track_id, rut_emisor]
        rows = self.db.connection.execute(f"{ENVIO.select} WHERE {which} ORDER BY id DESC", values)
        return [ENVIO.row(row) for row in rows]

    def of_envelope(self, envio_id: int) -> Iterator[Exchange]:
        """The mails about an envelope, in order."""
        query = f"SELECT {INTERCAMBIO.listed} {_MAILS} ORDER BY id"
        for row in self.db.connection.execute(query, (envio_id, SERVICE)).fetchall():
            yield INTERCAMBIO.row(row)

    def keep(self, envio_id: int, origen: str, content: bytes) -> bool:
        """Keep a mail among the calls about an envelope; False when it is there already."""
        with self.db.writing(PART):
            if any(one.respuesta == content for one in self.of_envelope(envio_id)):
                return False
            row = Exchange(
                envio_id=envio_id, momento=clock.now(), servicio=SERVICE, pregunta=origen, respuesta=content,
                estado_http=0, resultado="respondido", milisegundos=0,
            )  # fmt: skip
            self.db.connection.execute(INTERCAMBIO.insert(), INTERCAMBIO.values(row))
            return True

    def keep_loose(self, track_id: str, rut_emisor: str, origen: str, content: bytes) -> bool:
        """Keep a mail of which no envelope is known; False when it is there already."""
        row = LooseMail(hashlib.sha256(content).hexdigest(), rut_emisor, track_id, origen, clock.now(), content)
        with self.db.writing(PART):
            insert = f"{RESULTADO_SUELTO.insert()} ON CONFLICT (huella, track_id) DO NOTHING"
            return self.db.connection.execute(insert, RESULTADO_SUELTO.values(row)).rowcount == 1

    def take_loose(self, envelope: StoredEnvelope) -> list[LooseMail]:
        """The mails about *envelope* that came before it had its number; they are loose no longer."""
        which = "track_id = ? AND rut_emisor IN (?, '')"
        values = (envelope.track_id, envelope.rut_emisor)
        rows = self.db.connection.execute(f"{RESULTADO_SUELTO.select} WHERE {which} ORDER BY momento", values)
        found = [RESULTADO_SUELTO.row(row) for row in rows.fetchall()]
        if found:
            with self.db.writing(PART):
                self.db.connection.execute(f"DELETE FROM resultado_suelto WHERE {which}", values)
        return found

    def loose(self) -> list[LooseMail]:
        """The mails of which no envelope is known."""
        rows = self.db.connection.execute(f"{RESULTADO_SUELTO.select} ORDER BY momento")
        return [RESULTADO_SUELTO.row(row) for row in rows]

    def found_since(self) -> list[StoredEnvelope]:
        """The envelopes that loose mails are about after all."""
        query = (
            f"{ENVIO.select} WHERE id IN (SELECT envio.id FROM resultado_suelto JOIN envio "
            "ON envio.track_id = resultado_suelto.track_id "
            "AND resultado_suelto.rut_emisor IN (envio.rut_emisor, ''))"
        )
        return [ENVIO.row(row) for row in self.db.connection.execute(query)]

    def forget_loose(self, before: datetime) -> int:
        """Forget the loose mails read before that local moment. Gives how many they were."""
        if not any(one.momento < before for one in self.loose()):
            return 0
        with self.db.writing(PART):
            statement = "DELETE FROM resultado_suelto WHERE momento < ?"
            return self.db.connection.execute(statement, (before.isoformat(" "),)).rowcount

    # --- mailboxes -------------------------------------------------------------------------------------------

    def mailbox(self, origen: str) -> Mailbox | None:
        """How far a mailbox was read; None for one that never was."""
        row = self.db.connection.execute(f"{BUZON.select} WHERE origen = ?", (origen,)).fetchone()
        return BUZON.row(row) if row else None

    def mailboxes(self) -> list[Mailbox]:
        """Every mailbox that was looked into."""
        return [BUZON.row(row) for row in self.db.connection.execute(f"{BUZON.select} ORDER BY origen")]

    def note_mailbox(self, one: Mailbox) -> None:
        """Note how far a mailbox was read."""
        with self.db.writing(PART):
            self.db.connection.execute("DELETE FROM buzon WHERE origen = ?", (one.origen,))
            self.db.connection.execute(BUZON.insert(), BUZON.values(one))

    # --- what is asked for again -----------------------------------------------------------------------------

    def want(self, envio_id: int, moment: float) -> None:
        """Have the SII asked for the mail about an envelope at *moment* (Unix time), once."""
        with self.db.writing(PART):
            insert = f"{CORREO_PEDIDO.insert()} ON CONFLICT (envio_id) DO NOTHING"
            self.db.connection.execute(insert, CORREO_PEDIDO.values(MailWanted(envio_id, moment, 0)))

    def wanted(self, now: float) -> MailWanted | None:
        """The next envelope whose mail the SII is to be asked for, or None."""
        query = f"{CORREO_PEDIDO.select} WHERE momento > 0 AND momento <= ? ORDER BY momento LIMIT 1"
        row = self.db.connection.execute(query, (now,)).fetchone()
        return CORREO_PEDIDO.row(row) if row else None

    def note_wanted(self, one: MailWanted, moment: float) -> bool:
        """Note a try; the next one is at *moment*, 0 for never. False when another worker was first."""
        with self.db.writing(PART):
            statement = "UPDATE correo_pedido SET momento = ?, veces = veces + 1 WHERE envio_id = ? AND veces = ?"
            return self.db.connection.execute(statement, (moment, one.envio_id, one.veces)).rowcount == 1
