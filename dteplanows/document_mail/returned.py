"""What comes back: reports of servers that could not deliver a mail (RFC 3464), read in the mailbox of the settings.

A report is known by the Message-ID of the mail that it is about, which nobody can guess but those who got it. It only
says what became of a mail: a forged one does no more than that.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, message_from_string
from email.message import Message
from typing import NamedTuple

from dteplanows.document import clock
from dteplanows.document_mail import status_words
from dteplanows.document_mail.template import one_line
from dteplanows.ledger.mail_tables import Mailbox as Kept
from dteplanows.ledger.store import Ledger
from dteplanows.mail.failing import MailFailed
from dteplanows.mail.mailbox import Account, Mailbox, opened
from dteplanows.settings import Settings
from dteplanows.sii.delivery import post

log = logging.getLogger(__name__)

ORIGIN = " (devoluciones)"
"""What stands behind the name of the mailbox where it is said how far it was read for reports."""

_REPORTS = 'OR HEADER Content-Type "delivery-status" OR FROM "mailer-daemon" FROM "postmaster"'
"""Which mails are looked at; all others are left alone."""
_DAYS = 14
"""Days that a report may be old."""
_LARGEST = 16 * 1024 * 1024
_LOOK = 5.0
"""Seconds between two questions whether it is time for the mailbox."""
_KEY = re.compile(r"<([0-9a-f]{32})@")


class Report(NamedTuple):
    """What a server says of a mail."""

    clave: str
    for_good: bool
    """It gave up; else it tries on."""
    why: str
    """In words."""


def read_report(content: bytes) -> Report | None:
    """The report in a mail; None for a mail of another kind, or a report of a mail that was delivered."""
    message = message_from_bytes(content)
    statuses = [one for part in message.walk() for one in _of_recipients(part)]
    told = next((one for one in statuses if _action(one) in ("failed", "delayed")), None)
    keys = [key for part in message.walk() for key in _keys(part)]
    if told is None or not keys:
        return None
    return Report(keys[0], _action(told) == "failed", _why(told))


def _of_recipients(part: Message) -> list[Message]:
    """What a report says of each recipient: what comes behind its first block, which is of the report as a whole."""
    if part.get_content_type() not in ("message/delivery-status", "message/global-delivery-status"):
        return []
    blocks = part.get_payload()
    return [one for one in blocks[1:] if isinstance(one, Message)] if isinstance(blocks, list) else []


def _action(block: Message) -> str:
    return str(block.get("Action", "")).split("(")[0].strip().lower()


def _keys(part: Message) -> Iterator[str]:
    """The key of the mail that is reported, from its own head, which a report brings along."""
    kind = part.get_content_type()
    heads: list[Message] = []
    if kind in ("message/rfc822", "message/global"):
        payload = part.get_payload()
        heads = [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []
    elif kind in ("text/rfc822-headers", "message/global-headers"):
        data = part.get_payload(decode=True)
        heads = [message_from_string(data.decode("utf-8", "replace"))] if isinstance(data, bytes) else []
    elif kind == "multipart/report":
        heads = [part]
    for head in heads:
        for name in ("Message-ID", "In-Reply-To", "References"):
            yield from _KEY.findall(str(head.get(name, "")) if head is not part or name != "Message-ID" else "")


def _why(block: Message) -> str:
    status, said = (one_line(str(block.get(name, ""))) for name in ("Status", "Diagnostic-Code"))
    said = said.partition(";")[2].strip() or said
    return status_words.explained(said if status in said else f"{status} {said}".strip())


class Returns:
    """Reads the reports that come to one installation."""

    def __init__(self, settings: Settings, ledger: Ledger) -> None:
        self._settings, self._ledger = settings, ledger
        self._next = 0.0
        self._said = ""

    def look(self) -> None:
        """Read the mailbox, where its time has come; only where mails go out."""
        account = post.account_of(self._settings)
        if account is None or time.monotonic() < self._next or not self._settings.correo_smtp_servidor:
            return
        self._next = time.monotonic() + _LOOK
        if not self._is_due(account):
            return
        try:
            read(self._settings, self._ledger, account)
            self._said = ""
        except MailFailed as failure:
            if str(failure) != self._said:
                log.error("Las devoluciones de %s no se pudieron leer: %s", account.name, failure)
            self._said = str(failure)

    def _is_due(self, account: Account) -> bool:
        known = self._ledger.mail.mailbox(account.name + ORIGIN)
        age = (clock.now() - known.momento).total_seconds() if known else -1.0
        return age < 0 or age >= self._settings.correo_imap_minutos * 60


def read(settings: Settings, ledger: Ledger, account: Account) -> int:
    """Read what is new in the mailbox *account*; how many mails came back.

    :raises MailFailed: that did not work; the next look goes on where this one ended.
    """
    name = account.name + ORIGIN
    known = ledger.mail.mailbox(name) or Kept(name, 0, 0, clock.now(), "")
    try:
        with opened(account, post.password_of(ledger), settings.correo_imap_marcar) as mailbox:
            return _read(ledger, mailbox, known, settings.correo_imap_por_vez)
    except MailFailed as failure:
        latest = ledger.mail.mailbox(name) or known
        ledger.mail.note_mailbox(latest._replace(momento=clock.now(), falla=str(failure)))
        raise


def _read(ledger: Ledger, mailbox: Mailbox, known: Kept, most: int) -> int:
    last = known.ultimo if known.validez == mailbox.validity else 0
    numbers = mailbox.find(last, clock.today() - timedelta(_DAYS), _REPORTS)
    taken = 0
    for number in numbers[:most]:
        content = mailbox.content(number) if 0 < mailbox.size(number) <= _LARGEST else b""
        if take_in(ledger, content):
            taken += 1
            mailbox.mark(number)
        ledger.mail.note_mailbox(Kept(known.origen, mailbox.validity, number, clock.now(), ""))
    if len(numbers) <= most:
        last = max([last, mailbox.last, *numbers])
        ledger.mail.note_mailbox(Kept(known.origen, mailbox.validity, last, clock.now(), ""))
    return taken


def take_in(ledger: Ledger, content: bytes) -> bool:
    """Note what the report *content* says; whether it is of a mail that was sent from here."""
    report = read_report(content)
    if report is None:
        return False
    mail = ledger.document_mails.note_returned(report.clave, report.why, for_good=report.for_good)
    if mail and report.for_good:
        log.warning("Correo devuelto: el documento %d no llegó a %s. %s", mail.documento_id, mail.destino, report.why)
    return mail is not None
