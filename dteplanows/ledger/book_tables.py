"""The tables of the books: sums of days that were added up once, and exports that are made in the background."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, NamedTuple

from dteplanows.ledger.table import Index, Schema, Table

STEP = 22


class DaySum(NamedTuple):
    """What one user issued of one type with one date, up to a document. Amounts in whole pesos."""

    ambiente: str
    rut_emisor: str
    fecha_emision: str
    """``FchEmis``, AAAA-MM-DD."""
    usuario: str
    tipo: int
    hasta: int
    """Id of the last document that is in these sums; 0 for none. Of one type ids are in the order of their commits, so
    that no document with a lower id can come."""
    documentos: int
    con_iva: int
    """How many of them have IVA."""
    con_exento: int
    """How many have an exempt amount."""
    monto_neto: int
    monto_exento: int
    iva: int
    monto_total: int


ExportState = Literal["pendiente", "en proceso", "lista", "fallida", "vencida"]
"""``lista``: its file can be downloaded; ``vencida``: it was removed when its time was over."""


class StoredExport(NamedTuple):
    """A file that a person asked for, which is made in the background."""

    id: int
    ambiente: str
    rut_emisor: str
    usuario: str
    """Who asked for it."""
    pedida: datetime
    """Local moment in Chile, without zone, as the other two."""
    formato: str
    """What it is: a name of ``archive.exports.FORMATS``."""
    que: dict[str, Any]
    """Which documents are in it."""
    nombre: str
    """Of the file, as it is downloaded."""
    estado: ExportState
    total: int
    """Documents; 0 until they are counted."""
    hechos: int
    """How many of them are in the file."""
    punto: str
    """Behind which document it goes on; empty for the first."""
    largo: int
    """Bytes of the file that are whole and durable."""
    equipo: str
    """On whose disk the file is."""
    problema: str
    """Why it failed, as the person reads it; empty otherwise."""
    comenzada: datetime | None
    terminada: datetime | None


SUMA_DIARIA = Table(
    "suma_diaria",
    DaySum,
    # The day comes before user and type, so that a period is one piece of the index.
    schema=Schema(key=("ambiente", "rut_emisor", "fecha_emision", "usuario", "tipo"), since=STEP),
)

EXPORTACION = Table(
    "exportacion",
    StoredExport,
    {
        "trabajador": str,  # which worker has it
        "vence": float,  # until when, in seconds of Unix time; then another may take it
    },
    schema=Schema(
        constraints=(
            "CHECK (estado IN ('pendiente', 'en proceso', 'lista', 'fallida', 'vencida'))",
            "FOREIGN KEY (ambiente, rut_emisor) REFERENCES empresa (ambiente, rut)",
        ),
        indexes=(
            Index("exportacion_empresa", "ambiente, rut_emisor, id"),
            Index("exportacion_abierta", "id", "estado IN ('pendiente', 'en proceso')"),
        ),
        since=STEP,
    ),
)

BY_MONTH = Index(
    "documento_recibido_libro",
    "ambiente, rut_empresa, fecha_emision, id, tipo, monto_neto, monto_exento, iva, otros_impuestos, monto_total",
)
"""Of the received documents: a month of them is leafed through and added up without reading what they say."""

BOOK_TABLES: tuple[Table[Any], ...] = (SUMA_DIARIA, EXPORTACION)
