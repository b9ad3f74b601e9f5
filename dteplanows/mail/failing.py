"""What a mail server did not do, in words for people that hold no password."""

from __future__ import annotations

import imaplib
import smtplib
import ssl
from pathlib import Path
from typing import Literal

from dteplanows.process.system_errors import in_words

Reach = Literal["servidor", "correo", "definitiva"]
"""What a failure is of: the server, whatever mail it is given; one mail, which may get there later; one that never
will."""


class MailFailed(Exception):  # noqa: N818 - named for what happened
    """A mail server could not be used; the text says why, in Spanish."""

    def __init__(self, text: str, reach: Reach = "servidor") -> None:
        super().__init__(text)
        self.reach = reach


def told(error: Exception, secret: str) -> str:
    """Why *error* came, without *secret*, which a server may repeat."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"el certificado del servidor no vale: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return f"la conexión segura no se pudo establecer: {error.reason or error}"
    if isinstance(error, TimeoutError):
        return "el servidor no contestó a tiempo"
    if isinstance(error, smtplib.SMTPServerDisconnected | imaplib.IMAP4.abort):
        return "el servidor cortó la conexión"
    if isinstance(error, OSError) and error.errno is not None:
        return in_words(error)
    first = error.args[0] if error.args else ""
    text = first.decode("utf-8", "replace") if isinstance(first, bytes) else str(first or type(error).__name__)
    return " ".join((text.replace(secret, "(oculta)") if secret else text).split())[:300]


def trust(authority: str) -> ssl.SSLContext:
    """TLS 1.2 or newer, the server proven by the machine's root certificates.

    :param authority: a file with another root certificate, in PEM, that is trusted instead; empty for none.
    :raises MailFailed: there is no such file, or none in it.
    """
    try:
        context = ssl.create_default_context(cafile=Path(authority) if authority else None)
    except OSError as error:
        raise MailFailed(f"el archivo {authority} no sirve como autoridad: {told(error, '')}") from None
    context.minimum_version = max(context.minimum_version, ssl.TLSVersion.TLSv1_2)
    return context
