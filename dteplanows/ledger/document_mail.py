"""The mails that bring documents to their receivers: how each company sends them, and the queue.

A mail is queued in the transaction that issues its document. Whoever sends takes one for a while; a mail may be sent
twice when its sender dies in between, with the same Message-ID, and never gets lost.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from dteplanows.document import clock
from dteplanows.document.catalogue import problem
from dteplanows.document.company import Company
from dteplanows.document.problem import Refused
from dteplanows.ledger.delivery_states import ACCEPTED, WITHOUT_EFFECT
from dteplanows.ledger.document_mail_tables import (
    CORREO_DOCUMENTO,
    CORREO_EMPRESA,
    MAIL_STATES,
    WAKE,
    CompanyMail,
    DocumentMail,
    MailState,
)
from dteplanows.ledger.engines.base import Database
from dteplanows.ledger.events import Events, NewEvent
from dteplanows.ledger.repository import Repository
from dteplanows.ledger.rows import StoredDocument

CAMBIADO, PEDIDO = "correo de documentos cambiado", "envío por correo pedido"
"""Events of another way of mailing, and of a mail that a person asked for."""

TERM = 600.0
"""Seconds for which a sender has a mail."""
LONGEST = 4 * 3600.0
"""Seconds between two tries, at most."""

_PART = "correo de documentos"
_FIRST_PAUSE = 60.0
_ASIDE = 3600.0
"""Seconds until what waits for the SII or its company is looked at again, where nobody wakes it before."""

_INSERT = CORREO_DOCUMENTO.insert("trabajador", "vence")
_COLUMNS = _INSERT.partition(" VALUES ")[0]
_SIGUIENTE = CORREO_DOCUMENTO.place("siguiente")
_VALUES = ["?"] * _INSERT.count("?")
_VALUES[_SIGUIENTE] = "espera_sii * ?"
_QUEUE = (
    f"{_COLUMNS} SELECT {', '.join(_VALUES)} FROM correo_empresa WHERE ambiente = ? AND rut_emisor = ? AND activo = 1"
)
_ENDED = ", ".join(repr(one) for one in (*ACCEPTED, *WITHOUT_EFFECT))
_READY = f"""
    (motivo <> 'emisión' OR EXISTS (
        SELECT 1 FROM correo_empresa AS una WHERE una.ambiente = correo_documento.ambiente
        AND una.rut_emisor = correo_documento.rut_emisor AND una.activo = 1 AND (una.espera_sii = 0 OR EXISTS (
            SELECT 1 FROM entrega WHERE entrega.documento_id = correo_documento.documento_id
            AND entrega.estado IN ({_ENDED})
        ))
    ))
"""
"""What was asked for goes out; what was issued, while its company sends, and once the SII has accepted it where that is
wanted."""
_DUE = "estado = 'pendiente' AND siguiente <= ? AND (trabajador = '' OR vence < ? OR vence > ?)"
_NEXT = (
    f"SELECT {CORREO_DOCUMENTO.listed}, {_READY} FROM correo_documento WHERE {_DUE} ORDER BY siguiente, id LIMIT 1"
)
_LISTED = (
    f"SELECT {', '.join(f'correo_documento.{one.name}' for one in CORREO_DOCUMENTO.shown)}, documento.tipo, "
    "documento.folio FROM correo_documento JOIN documento ON documento.id = documento_id "
    "WHERE correo_documento.ambiente = ? AND correo_documento.rut_emisor = ?"
)
_HELD = "SELECT DISTINCT trabajador FROM correo_documento WHERE estado = 'pendiente' AND trabajador <> ''"


class Counts(NamedTuple):
    """How many mails of a company are in each state, of those queued since some moment."""

    pendientes: int
    enviados: int
    no_enviados: int
    devueltos: int


class ListedMail(NamedTuple):
    """A mail, and which document it brings."""

    mail: DocumentMail
    tipo: int
    folio: int


class DocumentMails(Repository):
    """The part of the ledger that holds them."""

    def __init__(self, db: Database, events: Events) -> None:
        super().__init__(db)
        self.events = events

    # --- how a company sends ---------------------------------------------------------------------------------

    def way_of(self, company: Company) -> CompanyMail:
        """How *company* sends; as usual where it has not said it."""
        return self._way(company.ambiente, company.rut)

    def _way(self, ambiente: str, rut: str) -> CompanyMail:
        query = f"{CORREO_EMPRESA.select} WHERE ambiente = ? AND rut_emisor = ?"
        row = self.db.connection.execute(query, (ambiente, rut)).fetchone()
        return CORREO_EMPRESA.row(row) if row else CompanyMail(ambiente, rut)

    def change_way(self, way: CompanyMail) -> None:
        """Have a company send in that way from now on."""
        # All of the ledger: who issues meanwhile would queue in the way as it was, and what the SII says wakes the same
        # mails in another order.
        with self.db.writing():
            before = self._way(way.ambiente, way.rut_emisor)
            self.db.connection.execute("DELETE FROM correo_empresa WHERE ambiente = ? AND rut_emisor = ?", way[:2])
            self.db.connection.execute(CORREO_EMPRESA.insert(), CORREO_EMPRESA.values(way))
            self.db.connection.execute(f"{WAKE}ambiente = ? AND rut_emisor = ?", way[:2])
            self.events.change(
                NewEvent(CAMBIADO, "correo de documentos", way.ambiente, way.rut_emisor,
                         antes=_facts(before), despues=_facts(way))
            )  # fmt: skip

    # --- the queue -------------------------------------------------------------------------------------------

    def queue_issued(self, documento_id: int, company: Company, destino: str) -> None:
        """Queue a document that is issued in this transaction, if its company sends what it issues."""
        row = _new(documento_id, company.ambiente, company.rut, destino)
        values = CORREO_DOCUMENTO.values(row, "", 0.0)
        values[_SIGUIENTE] = time.time() + _ASIDE
        self.db.connection.execute(_QUEUE, [*values, company.ambiente, company.rut])

    def order(self, document: StoredDocument, destino: str, usuario: str, most: int) -> int:
        """Queue a document because *usuario* asks for it. Gives the id of the mail.

        :param most: how often one document may be asked for in a day.
        :raises Refused: it was that often (SRV-280).
        """
        with self.db.transaction(_PART):
            since = clock.now() - timedelta(days=1)
            query = (
                "SELECT COUNT(*) FROM correo_documento WHERE documento_id = ? AND motivo <> 'emisión' AND momento > ?"
            )
            done = self.db.connection.execute(query, (document.id, since.isoformat(" "))).fetchone()[0]
            if done >= most:
                raise Refused([problem("SRV-280", value=str(document.folio), maximo=most)])
            row = _new(document.id, document.ambiente, document.rut_emisor, destino)
            row = row._replace(motivo="reenvío", quien=usuario)
            identifier = self.db.insert(_INSERT, CORREO_DOCUMENTO.values(row, "", 0.0))
            detalle = f"tipo {document.tipo}, folio {document.folio}, a {destino}, por {usuario}"
            self.events.note(NewEvent(PEDIDO, detalle, document.ambiente, document.rut_emisor, document.id))
        return identifier

    def take(self, worker: str, is_gone: Callable[[str], bool]) -> DocumentMail | None:
        """The next mail that is to be sent now, for *worker* alone; None when there is none."""
        self._free(is_gone)
        while True:
            now = time.time()
            # One that ends much later than any that is taken now was taken before the clock was set back; one that ends
            # a little later, after this look, or by another machine.
            due = (now, now, now + 2 * TERM)
            row = self.db.connection.execute(_NEXT, due).fetchone()
            if row is None:
                return None
            *values, is_ready = row
            found = CORREO_DOCUMENTO.row(values)
            if not is_ready:
                # Unless it was woken in between: PostgreSQL sees that of the row, and not yet why.
                changes = f"siguiente = ? WHERE siguiente = ? AND NOT {_READY} AND"
                self._change(found, changes, (now + _ASIDE, found.siguiente), due)
            elif self._change(found, "trabajador = ?, vence = ? WHERE", (worker, now + TERM), due):
                return found

    def _change(self, mail: DocumentMail, changes: str, values: tuple[object, ...], due: tuple[float, ...]) -> bool:
        """Change *mail*, which is due; False where another one was quicker."""
        statement = f"UPDATE correo_documento SET {changes} id = ? AND {_DUE}"
        with self.db.transaction(_PART):
            return bool(self.db.connection.execute(statement, (*values, mail.id, *due)).rowcount)

    def _free(self, is_gone: Callable[[str], bool]) -> None:
        """Take mails from senders that have died."""
        for one in [one for (one,) in self.db.connection.execute(_HELD).fetchall() if is_gone(one)]:
            with self.db.writing(_PART):
                self.db.connection.execute("UPDATE correo_documento SET trabajador = '' WHERE trabajador = ?", (one,))

    # --- what became of one ----------------------------------------------------------------------------------

    def note_sent(self, mail: DocumentMail, worker: str) -> None:
        """A server took *mail*."""
        now = clock.now().isoformat(" ")
        self._end(mail, worker, "estado = 'enviado', cambiado = ?, enviado = ?, detalle = ''", now, now)

    def note_refused(self, mail: DocumentMail, worker: str, why: str) -> None:
        """*mail* will never be sent."""
        self._end(mail, worker, "estado = 'no enviado', cambiado = ?, detalle = ?", clock.now().isoformat(" "), why)

    def put_off(self, mail: DocumentMail, worker: str, why: str, most: int) -> None:
        """The server of the receiver put *mail* off: it is tried later, with growing pauses, *most* times in all."""
        if mail.intentos + 1 >= most:
            self.note_refused(mail, worker, f"Se intentó {most} veces. {why}")
            return
        later = time.time() + min(LONGEST, _FIRST_PAUSE * 2 ** min(mail.intentos, 12))
        self._end(mail, worker, "intentos = intentos + 1, siguiente = ?, detalle = ?", later, why)

    def give_back(self, mail: DocumentMail, worker: str, why: str, seconds: float) -> None:
        """*mail* could not be sent for a reason that is not its own: it is tried again, however often that happens."""
        self._end(mail, worker, "siguiente = ?, detalle = ?", time.time() + seconds, why)

    def end_open(self, why: str) -> None:
        """None of those that wait is sent. For a ledger put back from a copy: they may have gone out since."""
        with self.db.writing(_PART):
            self.db.connection.execute(
                "UPDATE correo_documento SET estado = 'no enviado', cambiado = ?, detalle = ?, trabajador = '', "
                "vence = 0 WHERE estado = 'pendiente'", (clock.now().isoformat(" "), why),
            )  # fmt: skip

    def _end(self, mail: DocumentMail, worker: str, changes: str, *values: object) -> None:
        statement = f"UPDATE correo_documento SET trabajador = '', vence = 0, {changes} WHERE id = ? AND trabajador = ?"
        with self.db.writing(_PART):
            self.db.connection.execute(statement, (*values, mail.id, worker))

    def note_returned(self, clave: str, why: str, *, for_good: bool) -> DocumentMail | None:
        """A server told that it could not deliver the mail of that key; None where there is none, or it is known.

        :param for_good: it gave up; else it tries on.
        """
        with self.db.writing(_PART):
            query = f"{CORREO_DOCUMENTO.select} WHERE clave = ? AND estado IN ('pendiente', 'enviado')"
            row = self.db.connection.execute(query, (clave,)).fetchone()
            if row is None:
                return None
            changes, values = "detalle = ?", [why]
            if for_good:
                # Whoever is still sending it, and has not noted that it went out, says nothing any more.
                changes = "detalle = ?, estado = 'devuelto', cambiado = ?, trabajador = '', vence = 0"
                values = [why, clock.now().isoformat(" ")]
            self.db.connection.execute(f"UPDATE correo_documento SET {changes} WHERE clave = ?", (*values, clave))
        return CORREO_DOCUMENTO.row(row)

    # --- questions -------------------------------------------------------------------------------------------

    def of_document(self, documento_id: int) -> list[DocumentMail]:
        """The mails with a document, in order."""
        query = f"{CORREO_DOCUMENTO.select} WHERE documento_id = ? ORDER BY id"
        return [CORREO_DOCUMENTO.row(row) for row in self.db.connection.execute(query, (documento_id,))]

    def newest(self, company: Company, most: int, states: Sequence[MailState] = ()) -> list[ListedMail]:
        """The newest of a company, the newest first.

        :param states: only those in one of them; none for all.
        """
        query, values = _LISTED, [company.ambiente, company.rut]
        if states:
            query, values = f"{query} AND estado IN ({', '.join('?' * len(states))})", [*values, *states]
        query = f"{query} ORDER BY correo_documento.id DESC LIMIT ?"
        found = self.db.connection.execute(query, [*values, most])
        return [ListedMail(CORREO_DOCUMENTO.row(row), tipo, folio) for *row, tipo, folio in found]

    def oldest_in_trouble(self, company: Company) -> DocumentMail | None:
        """The oldest mail of a company that would go out, and waits because something did not work; None where there
        is none."""
        query = (
            f"{CORREO_DOCUMENTO.select} WHERE ambiente = ? AND rut_emisor = ? AND estado = 'pendiente' "
            f"AND detalle <> '' AND {_READY} ORDER BY momento, id LIMIT 1"
        )
        row = self.db.connection.execute(query, (company.ambiente, company.rut)).fetchone()
        return CORREO_DOCUMENTO.row(row) if row else None

    def counts(self, company: Company, since: datetime) -> Counts:
        """How many mails are in each state, of those queued since that local moment; all that wait."""
        query = (
            "SELECT estado, COUNT(*) FROM correo_documento WHERE ambiente = ? AND rut_emisor = ? "
            "AND (momento >= ? OR estado = 'pendiente') GROUP BY estado"
        )
        values = (company.ambiente, company.rut, since.isoformat(" "))
        found = dict(self.db.connection.execute(query, values).fetchall())
        return Counts(*(int(found.get(one, 0)) for one in MAIL_STATES))


def _new(documento_id: int, ambiente: str, rut: str, destino: str) -> DocumentMail:
    moment = clock.now()
    return DocumentMail(
        0, documento_id, ambiente, rut, destino, "emisión", "", moment, "pendiente", moment, None, "", 0, 0.0,
        secrets.token_hex(16),
    )  # fmt: skip


def _facts(way: CompanyMail) -> Mapping[str, object]:
    return dict(list(way._asdict().items())[2:])
