"""A mailbox read over IMAP4rev1 (RFC 3501): only read, nothing is deleted, and marked only where that is asked for."""

from __future__ import annotations

import imaplib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from typing import Any, Literal, NamedTuple

from dteplanows.mail.failing import MailFailed, told, trust

_SECONDS = 30.0
"""Seconds that each answer of the server may take."""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Account(NamedTuple):
    """Whose mailbox on which server."""

    server: str
    port: int
    user: str
    folder: str
    security: Literal["tls", "starttls"]
    authority: str = ""
    """A file with another root certificate than the machine's; empty for those."""

    @property
    def name(self) -> str:
        """What tells it from others."""
        return f"{self.user}@{self.server}:{self.port}/{self.folder}"


class Mailbox:
    """A folder that is open."""

    def __init__(self, connection: imaplib.IMAP4, can_mark: bool) -> None:
        self._connection, self._can_mark = connection, can_mark
        self.validity = _number(connection, "UIDVALIDITY")
        """Another one means that the numbers of before mean nothing now."""
        self.last = _number(connection, "UIDNEXT") - 1
        """No mail that was there when the folder was opened has a higher number."""

    def find(self, after: int, since: date, condition: str) -> list[int]:
        """The numbers above *after* of mails that came on *since* or later and fulfil *condition*, ascending.

        :param condition: as SEARCH has them, in ASCII.
        """
        day = f"{since.day}-{_MONTHS[since.month - 1]}-{since.year}"
        data = self._ask("SEARCH", f"UID {after + 1}:* SINCE {day} {condition}")
        numbers = sorted({int(one) for line in data if isinstance(line, bytes) for one in line.split()})
        # "n:*" always holds the last mail, whatever its number.
        return [one for one in numbers if one > after]

    def size(self, number: int) -> int:
        """Bytes of a mail; 0 for one that is not there any more."""
        data = self._ask("FETCH", f"{number} (RFC822.SIZE)")
        found = re.search(rb"RFC822\.SIZE (\d+)", b" ".join(_heads(data)))
        return int(found[1]) if found else 0

    def content(self, number: int) -> bytes:
        """A mail as it lies there, which stays unread; empty for one that is not there any more."""
        data = self._ask("FETCH", f"{number} (BODY.PEEK[])")
        return next((bytes(one[1]) for one in data if isinstance(one, tuple)), b"")

    def mark(self, number: int) -> None:
        """Mark a mail as read, where that is allowed."""
        if self._can_mark:
            self._ask("STORE", f"{number} +FLAGS.SILENT (\\Seen)")

    def _ask(self, command: str, rest: str) -> Sequence[Any]:
        kind, data = self._connection.uid(command, *rest.split(" ", 1))
        if kind != "OK":
            raise MailFailed(f"el servidor no hizo {command}: {told(imaplib.IMAP4.error(data[0]), '')}")
        return data


@contextmanager
def opened(account: Account, password: str, can_mark: bool = False) -> Iterator[Mailbox]:
    """The mailbox of *account* is open inside.

    :param can_mark: whether mails may be marked as read; else the server itself is told that nothing may change.
    :raises MailFailed: it cannot be opened, or something goes wrong inside.
    """
    try:
        connection = _connect(account)
        try:
            _log_in(connection, account.user, password)
            kind, data = connection.select(f'"{account.folder}"', readonly=not can_mark)
            if kind != "OK":
                raise MailFailed(f"no se pudo abrir la carpeta «{account.folder}»: {_text(data)}")
            yield Mailbox(connection, can_mark)
        finally:
            with suppress(imaplib.IMAP4.error, OSError):
                connection.logout()
    except (imaplib.IMAP4.error, OSError, UnicodeError) as error:
        raise MailFailed(told(error, password)) from None


def _connect(account: Account) -> imaplib.IMAP4:
    context = trust(account.authority)
    if account.security == "tls":
        return imaplib.IMAP4_SSL(account.server, account.port, ssl_context=context, timeout=_SECONDS)
    connection = imaplib.IMAP4(account.server, account.port, timeout=_SECONDS)
    try:
        connection.starttls(context)
    except Exception:
        connection.shutdown()
        raise
    return connection


def _log_in(connection: imaplib.IMAP4, user: str, password: str) -> None:
    """LOGIN takes ASCII only, so PLAIN goes first where the server has it."""
    if "AUTH=PLAIN" in connection.capabilities:
        connection.authenticate("PLAIN", lambda _: f"\0{user}\0{password}".encode())
    else:
        connection.login(user, password)


def _number(connection: imaplib.IMAP4, name: str) -> int:
    _, data = connection.response(name)
    text = data[0] if data else None
    return int(text) if text and text.isdigit() else 0


def _heads(data: Sequence[Any]) -> list[bytes]:
    return [one[0] if isinstance(one, tuple) else one for one in data if one]


def _text(data: Sequence[Any]) -> str:
    return told(imaplib.IMAP4.error(data[0] if data else ""), "")
