"""The tables of the SII's mail: what came too early, how far each mailbox was read, and which mail is asked for again.

A mail whose envelope is known is kept among the calls about it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from dteplanows.ledger.table import Index, Schema, Table

STEP = 19
"""The step that made these tables."""


class LooseMail(NamedTuple):
    """A mail with the result of an envelope that this ledger does not know, or not yet."""

    huella: str
    """SHA-256 of the mail, hexadecimal."""
    rut_emisor: str
    track_id: str
    origen: str
    momento: datetime
    """When it was read; local time in Chile."""
    contenido: bytes


class Mailbox(NamedTuple):
    """How far a mailbox was read."""

    origen: str
    """Which one: the simulator, or server, user and folder."""
    validez: int
    """UIDVALIDITY: whether the numbers still mean the same mails."""
    ultimo: int
    """The number of the last mail that was read."""
    momento: datetime
    """When somebody looked last; local time in Chile."""
    falla: str
    """Why that did not work; empty when it did."""


class MailWanted(NamedTuple):
    """An envelope of which the SII's mail has not told all reasons yet."""

    envio_id: int
    momento: float
    """When the SII is asked for it, in seconds of Unix time; 0 once it was."""
    veces: int
    """How often that was tried."""


RESULTADO_SUELTO = Table(
    "resultado_suelto",
    LooseMail,
    schema=Schema(
        key=("huella", "track_id"),
        indexes=(Index("resultado_suelto_track", "track_id, rut_emisor"),),
        since=STEP,
    ),
)
BUZON = Table("buzon", Mailbox, schema=Schema(key=("origen",), since=STEP))
CORREO_PEDIDO = Table(
    "correo_pedido",
    MailWanted,
    schema=Schema(
        key=("envio_id",),
        constraints=("FOREIGN KEY (envio_id) REFERENCES envio (id)",),
        indexes=(Index("correo_pedido_momento", "momento", "momento > 0"),),
        since=STEP,
    ),
)

MAIL_TABLES: tuple[Table[Any], ...] = (RESULTADO_SUELTO, BUZON, CORREO_PEDIDO)
"""All after the envelopes'."""
