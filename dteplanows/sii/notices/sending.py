"""Goes round what companies are to be told, and tells it: by mail, and by calling their own address."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from datetime import timedelta
from email.message import EmailMessage
from typing import cast

from dteplanows.document import clock
from dteplanows.document.company import Ambiente, Company
from dteplanows.ledger import presence
from dteplanows.ledger.notice_tables import Channel, Way
from dteplanows.ledger.notices import Told
from dteplanows.ledger.presence import is_gone
from dteplanows.ledger.store import Ledger
from dteplanows.ledger.undelivered import DELAY, NEAR
from dteplanows.mail import sending
from dteplanows.mail.failing import MailFailed
from dteplanows.mail.sending import Outgoing
from dteplanows.settings import Settings
from dteplanows.sii.calls import Broken, Http, Request
from dteplanows.sii.notices import webhook, words
from dteplanows.sii.outcomes import OUTCOMES

log = logging.getLogger(__name__)

PASSWORD = "clave_correo_smtp"
"""Setting of the ledger with the password of the server of mails, sealed."""

_MOST = {"correo": 5000, "webhook": 100}
"""Notices that are sent together."""
_LOOK = 60.0
"""Seconds between two looks for what nears its time."""
_TIDY = 3600.0
"""Seconds between two looks at what need not be kept."""


def outgoing_of(settings: Settings) -> Outgoing | None:
    """The server of mails that *settings* name; None where they name none."""
    if not settings.correo_smtp_servidor:
        return None
    return Outgoing(
        settings.correo_smtp_servidor, settings.correo_smtp_puerto, settings.correo_smtp_usuario,
        settings.correo_smtp_seguridad, settings.correo_remitente, settings.correo_autoridad,
    )  # fmt: skip


def mail(settings: Settings, ledger: Ledger, message: EmailMessage) -> None:
    """Hand *message* to the server that *settings* name.

    :raises MailFailed: there is none, or it did not take the mail.
    """
    outgoing = outgoing_of(settings)
    if outgoing is None or not outgoing.sender:
        raise MailFailed("faltan los ajustes correo_smtp_servidor y correo_remitente")
    sealed = ledger.settings.get(PASSWORD)
    if outgoing.user and not sealed:
        raise MailFailed("falta la clave del servidor: póngala con «dteplanows correo clave smtp»")
    sending.send(outgoing, ledger.secrets.unseal(sealed).decode() if sealed else "", message)


def post(http: Http, request: Request) -> None:
    """Call the address of *request*; a redirection is not followed.

    :raises MailFailed: the answer is not 2xx.
    """
    answer = http.send(request)
    if isinstance(answer, Broken):
        raise MailFailed(f"{OUTCOMES[answer.outcome.name].meaning} {answer.detail}".strip())
    if not 200 <= answer.status < 300:
        raise MailFailed(f"contestó {answer.status}")


class Noticer:
    """Tells what is to be told in one installation."""

    def __init__(self, settings: Settings, ledger: Ledger, http: Http) -> None:
        self._settings, self._ledger, self._http = settings, ledger, http
        self._worker = presence.new_worker()
        self._looked = self._tidied = float("-inf")

    def look(self) -> None:
        """Note what nears its time, and tell what is to be told."""
        now = time.monotonic()
        if now - self._looked >= _LOOK:
            self._looked = now
            for clase, delay in DELAY.items():
                self._ledger.notices.warn_late(clase, delay * NEAR)
        if now - self._tidied >= _TIDY and self._settings.sii_dias_conversacion:
            self._tidied = now
            self._ledger.notices.forget(clock.now() - timedelta(self._settings.sii_dias_conversacion))
        while self.tell_once():
            pass

    def tell_once(self) -> bool:
        """Tell what is due by one channel; False when nothing is."""
        notices = self._ledger.notices
        channel = notices.take(self._worker, is_gone, self._wait)
        if channel is None:
            return False
        told = notices.pending(channel, _MOST[channel.canal])
        ids = [one.notice.id for one in told]
        try:
            self._tell(channel, told)
        except MailFailed as failure:
            log.warning("Aviso por %s a %s: %s", channel.canal, words.shown(channel), failure)
            notices.note_failed(channel, self._worker, ids, str(failure), self._settings.avisos_intentos)
        else:
            gap = float(self._settings.avisos_segundos) if channel.canal == "correo" else 0.0
            notices.note_sent(channel, self._worker, ids, gap)
        return True

    def _wait(self, way: Way) -> float:
        return float(self._settings.avisos_segundos) if way == "correo" else 1.0

    def _tell(self, channel: Channel, told: Sequence[Told]) -> None:
        company = self._company(channel)
        if channel.canal == "correo":
            more = self._ledger.notices.count(channel, "pendiente") - len(told)
            mail(self._settings, self._ledger, words.letter(company, channel.destino, told, more))
        else:
            secret = self._ledger.secrets.unseal(channel.secreto).decode()
            post(self._http, webhook.call(company, channel.destino, secret, told, int(time.time())))

    def _company(self, channel: Channel) -> Company:
        found = self._ledger.companies.find(cast(Ambiente, channel.ambiente), channel.rut_emisor)
        if found is None:
            raise LookupError(f"there is no company {channel.rut_emisor}")
        return found
