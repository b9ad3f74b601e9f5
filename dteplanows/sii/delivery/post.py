"""The mailbox in which the SII's results arrive, and the simulator's, which needs no mail server."""

from __future__ import annotations

import base64
import binascii
import json
import logging
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from dteplanows.document import clock
from dteplanows.ledger.mail_tables import Mailbox as Kept
from dteplanows.ledger.store import Ledger
from dteplanows.mail.failing import MailFailed
from dteplanows.mail.mailbox import Account, Mailbox, opened
from dteplanows.settings import Settings
from dteplanows.sii.calls import Broken, Http, Request
from dteplanows.sii.delivery import results
from dteplanows.sii.delivery.results import Taken

log = logging.getLogger(__name__)

PASSWORD = "clave_correo_imap"
"""Setting of the ledger with the password of the mailbox, sealed."""
SIMULATOR = "simulador"

_OF_THE_SII = 'OR FROM "sii.cl" SUBJECT "Resultado de Revision Envio"'
"""Which mails are looked at; all others are left alone. The second finds those that somebody forwards."""
_DAYS = 60
"""Days that a mail may be old."""
_LARGEST = 16 * 1024 * 1024
"""Bytes of a mail that is read; the result of 2000 documents has less than one million."""
_SIMULATOR_SECONDS = 2.0
_LOOK = 5.0
"""Seconds between two questions whether it is time for the mailbox."""


class Round(NamedTuple):
    """What a look into a mailbox brought."""

    mails: int = 0
    taken: tuple[Taken, ...] = ()


def account_of(settings: Settings) -> Account | None:
    """The mailbox that *settings* name; None where they name none."""
    if not settings.correo_imap_servidor:
        return None
    return Account(
        settings.correo_imap_servidor, settings.correo_imap_puerto, settings.correo_imap_usuario,
        settings.correo_imap_carpeta, settings.correo_imap_seguridad, settings.correo_autoridad,
    )  # fmt: skip


def password_of(ledger: Ledger) -> str:
    """The password of the mailbox.

    :raises MailFailed: nobody has said it.
    """
    sealed = ledger.settings.get(PASSWORD)
    if not sealed:
        raise MailFailed("falta la clave del buzón: póngala con «dteplanows correo clave imap»")
    return ledger.secrets.unseal(sealed).decode()


def read(settings: Settings, ledger: Ledger, account: Account) -> Round:
    """Read what is new in the mailbox *account*, up to ``correo_imap_por_vez`` mails of the SII.

    :raises MailFailed: that did not work; what was read until then is taken in, and the next look goes on there.
    """
    known = ledger.mail.mailbox(account.name) or Kept(account.name, 0, 0, clock.now(), "")
    try:
        with opened(account, password_of(ledger), settings.correo_imap_marcar) as mailbox:
            return _read(ledger, mailbox, known, settings.correo_imap_por_vez)
    except MailFailed as failure:
        latest = ledger.mail.mailbox(account.name) or known
        ledger.mail.note_mailbox(latest._replace(momento=clock.now(), falla=str(failure)))
        raise


def _read(ledger: Ledger, mailbox: Mailbox, known: Kept, most: int) -> Round:
    last = known.ultimo if known.validez == mailbox.validity else 0
    numbers = mailbox.find(last, clock.today() - timedelta(_DAYS), _OF_THE_SII)
    taken: list[Taken] = []
    for number in numbers[:most]:
        content = mailbox.content(number) if 0 < mailbox.size(number) <= _LARGEST else b""
        found = results.take_in(ledger, content, f"{known.origen} {number}")
        _tell(found)
        taken += found
        if found:
            mailbox.mark(number)
        ledger.mail.note_mailbox(Kept(known.origen, mailbox.validity, number, clock.now(), ""))
    if len(numbers) <= most:
        # Foreign mails are not looked at again either.
        last = max([last, mailbox.last, *numbers])
        ledger.mail.note_mailbox(Kept(known.origen, mailbox.validity, last, clock.now(), ""))
    return Round(min(len(numbers), most), tuple(taken))


def read_simulator(settings: Settings, ledger: Ledger, http: Http) -> Round:
    """Read the mails that the simulator has written; none where it does not run."""
    known = ledger.mail.mailbox(SIMULATOR) or Kept(SIMULATOR, 0, 0, clock.now(), "")
    url = f"{settings.sii_simulador.rstrip('/')}/control/correos?desde={known.ultimo}"
    answer = http.send(Request("GET", url, {}, b"", ""))
    if isinstance(answer, Broken) or answer.status != 200:
        return Round()
    mails, taken = 0, list[Taken]()
    for moment, content in _listed(answer.body):
        # Only what went to the simulator: its numbers are none of the SII's.
        found = results.take_in(ledger, content, SIMULATOR, server=SIMULATOR)
        # Another installation of this machine may deliver to the same one.
        found = [one for one in found if one.fate != "otra empresa"]
        _tell(found)
        taken += found
        mails += 1
        ledger.mail.note_mailbox(Kept(SIMULATOR, 0, moment, clock.now(), ""))
    return Round(mails, tuple(taken))


def _listed(body: bytes) -> Iterator[tuple[int, bytes]]:
    try:
        for one in json.loads(body):
            yield int(one["momento"]), base64.b64decode(one["mensaje"])
    except (ValueError, KeyError, TypeError, binascii.Error):
        log.warning("El simulador del SII no entrega sus correos como se esperaba")


def _tell(found: list[Taken]) -> None:
    for one in found:
        level = logging.WARNING if one.fate in ("no corresponde", "otra empresa") else logging.INFO
        log.log(level, "Correo del SII. %s", one.text)


class Postman:
    """Looks into the mailboxes of one installation from time to time."""

    def __init__(self, settings: Settings, ledger: Ledger, http: Http) -> None:
        self._settings, self._ledger, self._http = settings, ledger, http
        self._next: dict[str, float] = {}
        self._said = ""

    def look(self) -> None:
        """Look into those whose time has come."""
        account = account_of(self._settings)
        if account and self._is_time(account.name, _LOOK) and self._is_due(account):
            self._look_into(account)
        simulated = self._settings.sii_pruebas == "simulador" and self._is_time(SIMULATOR, _SIMULATOR_SECONDS)
        if simulated and self._ledger.envelopes.newest(1, "servidor = ?", (SIMULATOR,)):
            read_simulator(self._settings, self._ledger, self._http)
        if self._is_time("sueltos", 60.0):
            results.take_up(self._ledger)
            days = self._settings.sii_dias_conversacion
            if days:
                self._ledger.mail.forget_loose(clock.now() - timedelta(days))

    def _look_into(self, account: Account) -> None:
        try:
            read(self._settings, self._ledger, account)
            self._said = ""
        except MailFailed as failure:
            if str(failure) != self._said:
                log.error("El correo %s no se pudo leer: %s", account.name, failure)
            self._said = str(failure)

    def _is_due(self, account: Account) -> bool:
        """Whether nobody has looked into it for long enough, in this process or another one."""
        known = self._ledger.mail.mailbox(account.name)
        age = (clock.now() - known.momento).total_seconds() if known else -1.0
        # One from the future was looked into before the clock was set back.
        return age < 0 or age >= self._settings.correo_imap_minutos * 60

    def _is_time(self, name: str, every: float) -> bool:
        now = time.monotonic()
        if now < self._next.get(name, 0.0):
            return False
        self._next[name] = now + every
        return True
