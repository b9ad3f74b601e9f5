"""A real SMTP server for tests: aiosmtpd, with TLS and a login."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

from tests.mail.imap_server import free_port

USER, PASSWORD = "avisos", "otro-secreto"


@dataclass
class SmtpServer:
    """One that runs, and what it took."""

    port: int = 0
    root: Path = Path()
    """The certificate by which it is believed."""
    taken: list[EmailMessage] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    """What it answers to the next mails, instead of taking them."""

    senders: list[str] = field(default_factory=list)
    """To whom each mail that it took would come back."""
    refused: dict[str, str] = field(default_factory=dict)
    """What it answers to recipients that it does not take."""

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient, or not."""
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        """Take a mail, or answer what a test wants."""
        if self.answers:
            return self.answers.pop(0)
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        self.senders.append(str(envelope.mail_from))
        return "250 OK"

    @property
    def texts(self) -> list[str]:
        """The text of every mail.

        For each connection aiosmtpd reads all that its handler has, and ends that silently where this fails.
        """
        bodies = [one.get_body(("plain",)) for one in self.taken]
        return [str(one.get_content()) if one else "" for one in bodies]


def _log_in(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=good, handled=False)


@contextmanager
def smtp_server(context: ssl.SSLContext, root: Path, starttls: bool = True) -> Iterator[SmtpServer]:
    """A server runs inside.

    :param context: of a server whose certificate is *root*.
    :param starttls: TLS begins with STARTTLS; else at once.
    """
    one = SmtpServer(root=root)
    tls = {"tls_context": context, "require_starttls": True} if starttls else {"ssl_context": context}
    one.port = free_port()
    controller = Controller(
        one, "127.0.0.1", one.port, authenticator=_log_in, auth_required=True, auth_require_tls=starttls, **tls
    )
    controller.start()
    try:
        yield one
    finally:
        controller.stop()
