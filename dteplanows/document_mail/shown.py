"""How a mail is told to people: what happened, and whether and when it is tried again."""

from __future__ import annotations

from datetime import UTC, datetime

from dteplanows.document import clock
from dteplanows.ledger.document_mail_tables import DocumentMail

_BY_ITSELF = "Se intenta de nuevo, sin que nadie lo pida"
_SERVER_TRIES = "El servidor de correo lo sigue intentando."


def told(mail: DocumentMail) -> str:
    """What happened with *mail*; empty where there is nothing to say."""
    if not mail.detalle:
        return ""
    if mail.estado == "pendiente":
        return f"{_sentence(mail.detalle)} {_BY_ITSELF}, {_moment(mail.siguiente)}."
    # A report of a server that has not given up: one that has makes it another state.
    return f"{_sentence(mail.detalle)} {_SERVER_TRIES}" if mail.estado == "enviado" else mail.detalle


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _moment(instant: float) -> str:
    """About when it is tried: *instant*, in seconds of Unix time, by the clock in Chile."""
    if instant <= clock.instant():
        return "apenas se pueda"
    local = datetime.fromtimestamp(instant, UTC).astimezone(clock.SANTIAGO)
    return f"hacia las {local:%H:%M}" if local.date() == clock.today() else f"hacia las {local:%H:%M del %d-%m-%Y}"
