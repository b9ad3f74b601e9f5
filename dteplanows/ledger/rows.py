"""What goes into the ledger and comes out of it, as plain values. No secret is among what these show of themselves."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple


class User(NamedTuple):
    """Somebody who may call: a user name for one company; the password is not here."""

    usuario: str
    ambiente: str
    rut: str
    """RUT of the company that the user opens."""
    creado: datetime


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A customer's file exactly as it came. It is stored once, whatever the number of its documents."""

    formato: str
    """``1`` for TXT, ``2`` for XML."""
    contenido: bytes = field(repr=False)
    sha256: str = field(init=False)
    """SHA-256 of the content, hexadecimal."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "sha256", hashlib.sha256(self.contenido).hexdigest())


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A signed document on its way into the ledger. Amounts in whole pesos."""

    ambiente: str
    rut_emisor: str
    tipo: int
    folio: int
    fecha_emision: str
    """``FchEmis``, AAAA-MM-DD."""
    rut_receptor: str
    razon_social_receptor: str
    monto_neto: int
    monto_exento: int
    iva: int
    monto_total: int
    xml: bytes = field(repr=False)
    """Exactly the bytes that were signed."""
    archivo: ReceivedFile
    beside: str
    """What the file says beside the DTE, as JSON."""
    respuesta: str
    """What was answered, as JSON."""
    caf_id: int
    usuario: str
    creado: datetime
    """Local moment in Chile, without zone."""


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document of the ledger. Amounts in whole pesos."""

    id: int
    ambiente: str
    rut_emisor: str
    tipo: int
    folio: int
    fecha_emision: str
    rut_receptor: str
    razon_social_receptor: str
    monto_neto: int
    monto_exento: int
    iva: int
    monto_total: int
    xml: bytes = field(repr=False)
    """Exactly the bytes that were signed."""
    archivo_sha256: str
    """Which received file it came in."""
    beside: str
    respuesta: str
    caf_id: int
    usuario: str
    creado: datetime


@dataclass(frozen=True, slots=True)
class StoredCertificate:
    """A company's signing certificate; the key is opened only when asked for."""

    id: int
    """Grows with every certificate saved, so a replaced one is told from its successor."""
    ambiente: str
    rut: str
    rut_firmante: str
    titular: str
    valid_from: datetime
    """Naive UTC, as ``valid_until``."""
    valid_until: datetime
    _unseal: Callable[[], bytes] = field(repr=False, compare=False)

    @property
    def certificate(self) -> bytes:
        """The bytes that were saved, in clear."""
        return self._unseal()


class StoredCaf(NamedTuple):
    """A range of folios that the SII authorized; its secret part is opened with ``Ledger.caf_secret``."""

    id: int
    ambiente: str
    rut: str
    tipo: int
    desde: int
    hasta: int
    """Last folio of the range, included."""
    fecha_autorizacion: date
    siguiente: int
    """No folio of the range below this one is free; ``hasta + 1`` when none is left."""


class StoredEvent(NamedTuple):
    """Something that happened."""

    id: int
    documento_id: int | None
    ambiente: str
    rut_emisor: str
    momento: datetime
    """Local moment in Chile, without zone."""
    tipo: str
    detalle: str


class ListedDocument(NamedTuple):
    """A document as a list shows it."""

    id: int
    tipo: int
    folio: int
    fecha_emision: str
    rut_receptor: str
    razon_social_receptor: str
    monto_total: int
    anulada: datetime | None
    """Since when it is annulled, for a guía that never left."""


class Listener(NamedTuple):
    """Where a customer's own program waits for documents to print."""

    ambiente: str
    rut: str
    usuario: str
    ip: str
    puerto: int
    momento: datetime
    """When it was registered last; local, as ``vence``."""
    vence: datetime
