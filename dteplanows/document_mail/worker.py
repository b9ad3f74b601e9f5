"""Sends the mails that are queued, one by one, and reads what comes back, in a thread beside the service."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from functools import partial
from typing import cast

from dteplanows.archive.copies import Copies, printed_at
from dteplanows.archive.links import Copy
from dteplanows.archive.names import file_name
from dteplanows.document.company import Ambiente, Company
from dteplanows.document.problem import Refused
from dteplanows.document_mail import letter, status_words
from dteplanows.document_mail.letter import Attached
from dteplanows.document_mail.returned import Returns
from dteplanows.document_mail.way import is_allowed, says_link
from dteplanows.ledger import presence
from dteplanows.ledger.delivery_states import WITHOUT_EFFECT
from dteplanows.ledger.document_mail_tables import CompanyMail, DocumentMail
from dteplanows.ledger.engines.errors import failing, passing
from dteplanows.ledger.faults import in_words
from dteplanows.ledger.presence import is_gone
from dteplanows.ledger.rows import StoredDocument
from dteplanows.ledger.store import Ledger
from dteplanows.log.rarely import Rarely
from dteplanows.mail.failing import MailFailed
from dteplanows.mail.sending import address_in
from dteplanows.settings import Settings
from dteplanows.sii.notices import sending

log = logging.getLogger(__name__)

_EVERY = 1.0
"""Seconds between two looks."""
_QUIET = 300.0
"""Seconds after which the log says the same once more."""
_FIRST_PAUSE, _LONGEST_PAUSE = 15.0, 600.0
"""Seconds for which a server that does not work is left alone; they double with each failure."""
_MOMENT = 5.0
"""Seconds until a mail is made again for whose PDF there was no room."""
_NOTES = (0.5, 2.0, 5.0)
"""Seconds between tries to note that a mail went out, which else would go out again."""
_PATIENCE = 40.0
"""Seconds that a mail under way may take to end."""


class _NeverSentError(Exception):
    """A mail that is not to be sent; the text says why, in Spanish."""


class _NoRoomError(Exception):
    """Too many PDF files are made at this moment."""


class Mailer:
    """Sends what is queued in one installation."""

    def __init__(self, settings: Settings, ledger: Ledger) -> None:
        self._settings, self._ledger = settings, ledger
        self._copies = Copies(ledger, printed_at=printed_at(settings), link_days=settings.enlaces_dias)
        self._worker = presence.new_worker()
        self._failures, self._left_alone = 0, 0.0
        self._rarely = Rarely(_QUIET)

    def look(self, stop: threading.Event) -> None:
        """Send what is due, unless the server does not work or there is none."""
        outgoing = sending.outgoing_of(self._settings)
        if outgoing is None or not outgoing.sender:
            return
        while not stop.is_set() and time.monotonic() >= self._left_alone and self.send_once():
            pass

    def send_once(self) -> bool:
        """Send one mail, or find that it cannot be sent; False when none is due."""
        mails = self._ledger.document_mails
        mail = mails.take(self._worker, is_gone)
        if mail is None:
            return False
        try:
            sending.mail(self._settings, self._ledger, self._message(mail))
        except _NeverSentError as why:
            mails.note_refused(mail, self._worker, str(why))
        except MailFailed as failure:
            self._note(mail, failure)
        except _NoRoomError:
            mails.give_back(mail, self._worker, mail.detalle, _MOMENT)
        except Exception as failure:
            self._note_fault(mail, failure)
            raise
        else:
            self._failures = 0
            self._note_sent(mail)
        return True

    def _note_sent(self, mail: DocumentMail) -> None:
        """:raises Exception: as the database's, after some tries: the mail will go out once more."""
        for pause in _NOTES:
            try:
                return self._ledger.document_mails.note_sent(mail, self._worker)
            except passing():
                time.sleep(pause)
        return self._ledger.document_mails.note_sent(mail, self._worker)

    def _note_fault(self, mail: DocumentMail, failure: Exception) -> None:
        """Note what nobody expected: of the database, which is no fault of *mail*, or else of that very mail."""
        mails, why = self._ledger.document_mails, in_words(failure)
        if isinstance(failure, failing()):
            mails.give_back(mail, self._worker, why, _LONGEST_PAUSE)
        else:
            mails.put_off(mail, self._worker, why, self._settings.correo_documentos_intentos)

    def _note(self, mail: DocumentMail, failure: MailFailed) -> None:
        mails, why = self._ledger.document_mails, status_words.explained(str(failure))
        if failure.reach == "definitiva":
            mails.note_refused(mail, self._worker, why)
        elif failure.reach == "correo":
            mails.put_off(mail, self._worker, why, self._settings.correo_documentos_intentos)
        else:
            pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** min(self._failures, 10))
            self._failures += 1
            self._left_alone = time.monotonic() + pause
            mails.give_back(mail, self._worker, why, pause)
            if self._rarely.admits(why):
                log.error("Los documentos no salen por correo y esperan: %s", why)

    def _message(self, mail: DocumentMail) -> EmailMessage:
        """:raises _NeverSentError: the document may not go there, or not at all.
        :raises MailFailed: the mail would bring nothing of it.
        :raises _NoRoomError: not now.
        """
        company, document = self._of(mail)
        way = self._ledger.document_mails.way_of(company)
        sender = address_in(self._settings.correo_remitente)
        link, files = self._link(company, document), list(self._files(way, document))
        if not files and not (link and says_link(way)):
            raise MailFailed("El correo no llevaría ni un archivo ni el enlace: vea «correo documentos».", "correo")
        said = letter.words(way, company, letter.facts_of(company, document, link))
        message = letter.compose(way, said, sender, mail.destino, files)
        message["Message-ID"] = f"<{mail.clave}@{sender.rpartition('@')[2]}>"
        return message

    def _of(self, mail: DocumentMail) -> tuple[Company, StoredDocument]:
        ledger = self._ledger
        company = ledger.companies.find(cast(Ambiente, mail.ambiente), mail.rut_emisor)
        document = ledger.documents.by_id(mail.documento_id)
        if company is None or document is None:
            raise LookupError(f"no document {mail.documento_id}")
        if not is_allowed(self._settings, mail.ambiente, mail.destino):
            raise _NeverSentError(
                "En pruebas solo se envía a las direcciones del ajuste correo_permitidos_pruebas, y esta no está."
            )
        delivery = ledger.deliveries.find(document.id)
        if delivery and delivery.estado in WITHOUT_EFFECT:
            raise _NeverSentError(f"El documento está {delivery.estado} ante el SII.")
        return company, document

    def _link(self, company: Company, document: StoredDocument) -> str:
        """The address of the document's page; empty where the installation has none of its own."""
        root = self._settings.url_publica.rstrip("/")
        return root + self._copies.links.page(Copy(document.id), company.ambiente) if root else ""

    def _files(self, way: CompanyMail, document: StoredDocument) -> Iterator[Attached]:
        if way.con_pdf:
            try:
                pdf = self._copies.pdf(Copy(document.id))
            except Refused as refused:
                if [one.code for one in refused.problems] != ["SRV-170"]:
                    raise
                raise _NoRoomError from None
            except ValueError:
                raise _NeverSentError("El documento no se puede imprimir.") from None
            if pdf:
                yield Attached(file_name(document.tipo, document.folio), "pdf", pdf)
        if way.con_xml:
            yield Attached(file_name(document.tipo, document.folio, "xml"), "xml", document.xml)


@contextmanager
def mailing(settings: Settings, ledger: Ledger, stop: threading.Event) -> Iterator[None]:
    """Documents are mailed while what is inside runs. *stop* is set at its end."""
    thread = threading.Thread(target=_run, args=(settings, ledger, stop), name="correo", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(_PATIENCE)


def _run(settings: Settings, ledger: Ledger, stop: threading.Event) -> None:
    mailer, returns, rarely = Mailer(settings, ledger), Returns(settings, ledger), Rarely(_QUIET)
    while not stop.is_set():
        for look in (partial(mailer.look, stop), returns.look):
            try:
                look()
            except Exception as failure:  # noqa: BLE001 - the outermost edge: a thread that ends helps nobody
                if rarely.admits(in_words(failure)):
                    log.error("El correo de los documentos falló y se intenta de nuevo: %s", in_words(failure))
        stop.wait(_EVERY)
    ledger.close()
