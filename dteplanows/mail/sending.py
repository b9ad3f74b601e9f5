"""A mail handed to a server over SMTP (RFC 5321), over TLS or to this very machine."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Literal, NamedTuple

from dteplanows.mail import codes
from dteplanows.mail.failing import MailFailed, Reach, told, trust

_SECONDS = 30.0
"""Seconds that each answer of the server may take."""
_TOO_LARGE = 552
_HERE = ("localhost", "127.0.0.1", "::1")


class Outgoing(NamedTuple):
    """The server that takes our mails."""

    server: str
    port: int
    user: str
    """Empty for a server that asks for none."""
    security: Literal["starttls", "tls", "ninguna"]
    sender: str
    """An address, also with a name, as in ``Ventas <ventas@empresa.cl>``."""
    authority: str = ""
    """A file with another root certificate than the machine's; empty for those."""


def address_in(sender: str) -> str:
    """The address in *sender*, without a name that stands beside it."""
    return parseaddr(sender)[1] or sender


def send(outgoing: Outgoing, password: str, message: EmailMessage) -> None:
    """Hand *message* over, once. Where it has no sender yet, that is *outgoing*'s, to whom it comes back in any case.

    :raises MailFailed: the server did not take it, as far as that is known.
    """
    if "From" not in message:
        message["From"] = outgoing.sender
    try:
        with _connected(outgoing) as server:
            if outgoing.user:
                server.login(outgoing.user, password)
            server.send_message(message, from_addr=outgoing.sender)
    except smtplib.SMTPRecipientsRefused as error:
        each = [(to, code, told(OSError(text), password)) for to, (code, text) in error.recipients.items()]
        why = "; ".join(f"{to}: {code} {text}" for to, code, text in each)
        reach: Reach = "definitiva" if all(codes.is_final(code, text) for _, code, text in each) else "correo"
        raise MailFailed(f"el servidor no acepta al destinatario: {why}", reach) from None
    except smtplib.SMTPResponseException as error:
        text = told(OSError(error.smtp_error), password)
        raise MailFailed(f"{error.smtp_code} {text}", _reach(error, text)) from None
    except (OSError, UnicodeError) as error:
        raise MailFailed(told(error, password)) from None


def _reach(error: smtplib.SMTPResponseException, text: str) -> Reach:
    """What a refusal is of: a mail's content is its own; who may send, and how, is the same for all."""
    if isinstance(error, smtplib.SMTPDataError) or error.smtp_code == _TOO_LARGE:
        return "definitiva" if codes.is_final(error.smtp_code, text) else "correo"
    return "servidor"


@contextmanager
def _connected(outgoing: Outgoing) -> Iterator[smtplib.SMTP]:
    if outgoing.security == "ninguna" and outgoing.server not in _HERE:
        raise MailFailed("sin TLS solo se habla con un servidor de este mismo equipo: vea correo_smtp_seguridad")
    context = None if outgoing.security == "ninguna" else trust(outgoing.authority)
    if context and outgoing.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(outgoing.server, outgoing.port, timeout=_SECONDS, context=context)
    else:
        server = smtplib.SMTP(outgoing.server, outgoing.port, timeout=_SECONDS)
    try:
        if context and outgoing.security == "starttls":
            server.starttls(context=context)
        yield server
        with suppress(OSError):
            server.quit()
    finally:
        server.close()
