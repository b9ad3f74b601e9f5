"""Rows of files received in bulk mode."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, NamedTuple

from dteplanows.document.company import Ambiente
from dteplanows.ledger.columns import Spec
from dteplanows.ledger.rows import ReceivedFile

BatchState = Literal["pendiente", "en proceso", "terminado"]


class NewBatch(NamedTuple):
    """A file received in bulk mode, on its way into the ledger."""

    ambiente: Ambiente
    rut_emisor: str
    usuario: str
    identidad_de_cuenta: bool
    """The issuer is the account's company whatever the file names."""
    archivo: ReceivedFile
    con_enlaces: bool = False
    """The answer is to carry the addresses of the printed documents."""
    puerto: int = 0
    """``Puerto`` of the login, which may say where its documents are printed; 0 for none."""


class StoredBatch(NamedTuple):
    """A file received in bulk mode, and how far its documents are."""

    id: int
    """The customer's ``TrackId``."""
    ambiente: Ambiente
    rut_emisor: str
    usuario: str
    identidad_de_cuenta: bool
    """The issuer is the account's company whatever the file names."""
    archivo_sha256: str
    formato: str
    recibido: datetime
    """Local moment in Chile, without zone, as the other two."""
    estado: BatchState
    total: int
    """Documents of the file; 0 until they are counted."""
    hechos: int
    """How many of them, from the first on, are issued or refused for good."""
    rechazados: int
    comenzado: datetime | None
    terminado: datetime | None
    con_enlaces: bool
    """The answer is to carry the addresses of the printed documents."""
    puerto: Annotated[int, Spec(since=23, default=0)] = 0
    """As of :class:`NewBatch`."""
