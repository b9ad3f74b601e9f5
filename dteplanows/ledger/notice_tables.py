"""The tables of the notices: who is told of what happens to documents at the SII, and what is to be told."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, NamedTuple

from dteplanows.ledger.mail_tables import STEP
from dteplanows.ledger.table import Index, Schema, Table

Way = Literal["correo", "webhook"]


class Channel(NamedTuple):
    """A way by which a company is told."""

    ambiente: str
    rut_emisor: str
    canal: Way
    destino: str
    """Address of mail, or URL."""
    secreto: str
    """What signs what is sent to a URL, sealed; empty for a mail."""
    siguiente: float
    """Nothing is sent before, in seconds of Unix time."""
    enviado: float
    """When something was sent last."""
    seguidos: int
    """How often something was sent with little time between."""
    fallas: int
    """How often it failed since it worked last."""
    falla: str
    """Why it failed last; empty when it worked."""


class Notice(NamedTuple):
    """That something happened to a document, for one channel."""

    id: int
    ambiente: str
    rut_emisor: str
    canal: Way
    documento_id: int
    motivo: str
    """The state that the document came to, or ``plazo``: it nears the end of the time in which the SII must get it."""
    detalle: str
    """What the SII said, each reason in a line, or why."""
    momento: datetime
    """Local time in Chile."""
    estado: str = "pendiente"
    """``pendiente``, ``entregado``, or ``perdido`` after too many tries."""
    intentos: int = 0


_OF_COMPANY = "FOREIGN KEY (ambiente, rut_emisor) REFERENCES empresa (ambiente, rut)"
_WAYS = "CHECK (canal IN ('correo', 'webhook'))"

CANAL_AVISO = Table(
    "canal_aviso",
    Channel,
    {
        "trabajador": str,  # who is sending by it
        "vence": float,  # until when, in seconds of Unix time; then another may
    },
    schema=Schema(key=("ambiente", "rut_emisor", "canal"), constraints=(_OF_COMPANY, _WAYS), since=STEP),
)
AVISO = Table(
    "aviso",
    Notice,
    schema=Schema(
        constraints=(
            "FOREIGN KEY (documento_id) REFERENCES documento (id)", _OF_COMPANY, _WAYS,
            "CHECK (estado IN ('pendiente', 'entregado', 'perdido'))",
        ),
        indexes=(
            Index("aviso_pendiente", "ambiente, rut_emisor, canal, id", "estado = 'pendiente'"),
            Index("aviso_perdido", "momento", "estado = 'perdido'"),
            Index("aviso_documento", "documento_id, motivo"),
        ),
        since=STEP,
    ),
)  # fmt: skip

NOTICE_TABLES: tuple[Table[Any], ...] = (CANAL_AVISO, AVISO)
"""All after the documents'."""

ENQUEUE = """
    INSERT INTO aviso (ambiente, rut_emisor, canal, documento_id, motivo, detalle, momento, estado, intentos)
    SELECT entrega.ambiente, entrega.rut_emisor, canal, documento_id, ?, ?, ?, 'pendiente', 0 FROM entrega
    JOIN canal_aviso ON canal_aviso.ambiente = entrega.ambiente AND canal_aviso.rut_emisor = entrega.rut_emisor
    WHERE {which}
"""
"""Says of documents, by each channel of their company, what is given: motivo, detalle and momento.

:param which: a condition upon the columns of ``entrega``.
"""
TOLD = ("rechazado", "aceptado con reparos", "detenido")
"""The states of which somebody is told."""
