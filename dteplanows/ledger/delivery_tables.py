"""The tables of what goes to the SII: which documents are due, in which envelopes they travelled, and what was said.

A trigger makes the row of ``entrega`` with the document itself, so no document can be issued and forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from dteplanows.ledger.delivery_states import (
    BY_HAND,
    ENVELOPE_STATES,
    FINAL,
    NOT_FREE,
    REMARKED,
    STATES,
    EnvelopeState,
    State,
)
from dteplanows.ledger.table import Index, Schema, Table

STEP = 17
"""The step that made these tables."""


class Delivery(NamedTuple):
    """Where a document stands on its way to the SII."""

    documento_id: int
    ambiente: str
    rut_emisor: str
    clase: str
    """``facturas`` or ``boletas``."""
    estado: State
    desde: datetime
    """Since when it is in this state; local time in Chile."""
    envio_id: int | None
    """The envelope that it travels in, or travelled in last."""
    tope: int
    """How many documents its next envelope may have: a refused envelope is sent again in halves. 0 for any number."""
    consulta: float
    """When the SII is asked about it alone, in seconds of Unix time; 0 for never."""
    motivos: str
    """What the SII says against it, each reason as it came, in lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEnvelope:
    """An envelope of the ledger. Moments are local time in Chile."""

    id: int
    ambiente: str
    rut_emisor: str
    rut_envia: str
    """Of the certificate that signed it."""
    clase: str
    """``facturas`` or ``boletas``."""
    de_prueba: bool
    """The test authority stamped its documents, so that only the simulator may see it."""
    documentos: int
    bytes: int
    sha256: str
    creado: datetime
    estado: EnvelopeState = "por enviar"
    servidor: str = ""
    """Where it was sent: ``simulador``, ``maullin``, ``palena``; empty before."""
    track_id: str = ""
    """The SII's number, without the zeros that fill it."""
    subidas: int = 0
    """How often an upload was begun."""
    preguntas: int = 0
    """How often the SII was asked since the last change of the state."""
    desde: datetime
    """Since when it is in this state."""
    subido: datetime | None = None
    """When the SII got it, as far as that is known."""
    siguiente: float
    """When there is something to do, in seconds of Unix time; 0 for never."""
    estado_sii: str = ""
    """ESTADO as the SII gave it last."""
    glosa: str = ""
    conteo: dict[str, list[int]] = field(default_factory=dict)
    """By type of document what the SII counted: informados, aceptados, rechazados, reparos."""
    resultado: str = ""
    """What became of the last call; a name of the table of outcomes."""
    detalle: str = ""
    """What else was said then, and what to do where a person must act."""

    @property
    def por_subir(self) -> bool:
        """Whether a person uploads it and no worker does."""
        return self.estado == "por enviar" and not self.siguiente

    @property
    def situacion(self) -> str:
        """Its state for people: ``por subir`` for one that a person uploads."""
        return BY_HAND if self.por_subir else self.estado


class EnvelopeFile(NamedTuple):
    """The bytes that are sent, now and whenever they are sent again."""

    envio_id: int
    contenido: bytes


class DocumentOfEnvelope(NamedTuple):
    """That a document is in an envelope."""

    envio_id: int
    orden: int
    """Its place, from 1."""
    documento_id: int


class StateOfDocument(NamedTuple):
    """A step of a document; kept for ever."""

    id: int
    documento_id: int
    momento: datetime
    estado: State
    envio_id: int | None
    detalle: str
    """What the SII said, or why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A call to the SII about an envelope, as it went out and came back."""

    id: int = 0
    envio_id: int
    momento: datetime
    servicio: str
    """Address that was called."""
    pregunta: str = field(repr=False)
    """What was sent, without token; of an upload without the file, which is the envelope's."""
    respuesta: bytes = field(repr=False)
    """What came back, whole."""
    estado_http: int
    """0 where no whole answer came."""
    resultado: str
    """How the call itself ended; a name of the table of outcomes."""
    milisegundos: int


_OF_DOCUMENT = "FOREIGN KEY (documento_id) REFERENCES documento (id)"
_OF_ENVELOPE = "FOREIGN KEY (envio_id) REFERENCES envio (id)"


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"CHECK ({column} IN ({', '.join(repr(one) for one in values)}))"


IS_OPEN = f"estado NOT IN ({', '.join(repr(one) for one in FINAL)})"
"""Of which documents something is still to come, for a query."""
IS_REMARKED = f"estado IN ({', '.join(repr(one) for one in REMARKED)})"
"""Which documents the SII has remarked or refused, or a person has discarded, for a query."""

_IS_FREE = " AND ".join(f"motivos NOT LIKE '%{one.replace('-', '%-', 1)}%'" for one in NOT_FREE)
IS_REPLACEABLE = f"estado = 'rechazado' AND {_IS_FREE}"
"""Which documents the SII has refused so that their folio is free there, for a query. A line may stand in the code that
it gives: ``DTE L[1] -3-100``."""

ENVIO = Table(
    "envio",
    StoredEnvelope,
    {
        "trabajador": str,  # which worker has it
        "vence": float,  # until when, in seconds of Unix time; then another may take it
    },
    schema=Schema(
        constraints=(
            _one_of("estado", ENVELOPE_STATES),
            "FOREIGN KEY (ambiente, rut_emisor) REFERENCES empresa (ambiente, rut)",
        ),
        indexes=(
            Index("envio_siguiente", "siguiente", "siguiente > 0"),
            Index("envio_track", "track_id, rut_emisor", "track_id <> ''"),
        ),
        since=STEP,
    ),
)
ENVIO_ARCHIVO = Table(
    "envio_archivo", EnvelopeFile, schema=Schema(key=("envio_id",), constraints=(_OF_ENVELOPE,), since=STEP)
)
ENVIO_DOCUMENTO = Table(
    "envio_documento",
    DocumentOfEnvelope,
    schema=Schema(
        key=("envio_id", "orden"),
        constraints=(_OF_ENVELOPE, _OF_DOCUMENT, "UNIQUE (documento_id, envio_id)"),
        since=STEP,
    ),
)
ENTREGA = Table(
    "entrega",
    Delivery,
    schema=Schema(
        key=("documento_id",),
        constraints=(
            _OF_DOCUMENT, _OF_ENVELOPE, _one_of("estado", STATES), _one_of("clase", ("facturas", "boletas")),
            "CHECK (envio_id IS NULL OR estado <> 'pendiente')",
        ),
        indexes=(
            # SQLite uses an index of a part only for a query that has the very words of its condition.
            Index("entrega_pendiente", "ambiente, rut_emisor, clase, tope, documento_id", "estado = 'pendiente'"),
            Index("entrega_abierta", "clase, documento_id", IS_OPEN),
            Index("entrega_observada", "documento_id", IS_REMARKED),
            Index("entrega_envio", "envio_id, estado", "envio_id IS NOT NULL"),
            Index("entrega_consulta", "consulta", "consulta > 0"),
        ),
        since=STEP,
    ),
)  # fmt: skip
ESTADO_DOCUMENTO = Table(
    "estado_documento",
    StateOfDocument,
    schema=Schema(
        constraints=(_OF_DOCUMENT, _OF_ENVELOPE, _one_of("estado", STATES)),
        indexes=(Index("estado_documento_documento", "documento_id"),),
        since=STEP,
    ),
)
INTERCAMBIO = Table(
    "intercambio",
    Exchange,
    schema=Schema(
        constraints=(_OF_ENVELOPE,),
        indexes=(Index("intercambio_envio", "envio_id"), Index("intercambio_momento", "momento")),
        since=STEP,
    ),
)


class KeptToken(NamedTuple):
    """A session at the SII, or that the SII has too many of them."""

    certificado: str
    """SHA-256 of the certificate, hexadecimal."""
    ambiente: str
    familia: str
    servidor: str
    sellado: str
    """What is kept, sealed by the vault: a token opens the company's door."""
    momento: float
    """Since when, in seconds of Unix time."""


SESION_SII = Table(
    "sesion_sii",
    KeptToken,
    schema=Schema(key=("certificado", "ambiente", "familia", "servidor"), since=STEP),
)

DELIVERY_TABLES: tuple[Table[Any], ...] = (
    ENVIO, ENVIO_ARCHIVO, ENVIO_DOCUMENTO, ENTREGA, ESTADO_DOCUMENTO, INTERCAMBIO, SESION_SII,
)  # fmt: skip
"""Parents before children; all after the document's."""
