"""The tables of autoimpresión: printers, which documents go to which of them, and what is or was printed."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, NamedTuple, get_args

from dteplanows.ledger.table import Index, Schema, Table

STEP = 23
AGENT_STEP = 24

PrinterKind = Literal["red", "lpd", "ipp", "carpeta", "agente"]
"""How a printer is reached: bytes to a port, LPD, IPP, files in a folder, or a program at the customer's site that
fetches them."""

KINDS: tuple[PrinterKind, ...] = get_args(PrinterKind)

CopyKind = Literal["original", "cedible", "segunda", "prueba"]
"""``segunda`` is the original once more, marked as a copy; ``prueba`` the page that shows that a printer works."""

COPIES: tuple[CopyKind, ...] = ("original", "cedible", "segunda")
"""The copies of a document."""

PrintState = Literal["pendiente", "enviando", "impresa", "fallida", "cancelada"]
"""``impresa``: the printer has taken all of it, as far as it tells; ``fallida``: it cannot be printed there, whatever
the printer does."""

OPEN = "estado IN ('pendiente', 'enviando')"
"""What is still to be printed, in SQL."""


class StoredPrinter(NamedTuple):
    """A printer that documents go to by themselves."""

    id: int
    ambiente: str
    """Of the company whose printer it is; empty, as the RUT, for one of all companies."""
    rut_emisor: str
    nombre: str
    clase: PrinterKind
    direccion: str
    """Where it is, as :mod:`dteplanows.printers.addresses` reads it; empty for an agent's."""
    formato: str
    """What it is sent: ``pdf``, ``texto``, or the name of a profile of ``printing.escpos``."""
    cajon: bool
    """Each boleta opens the cash drawer."""
    densidad: int
    """Steps darker or paler than usual."""
    retenida: bool
    """Nothing is sent until a person says so."""
    aviso: str
    """What somebody has to see to at the printer; empty while all is well."""
    aviso_desde: datetime | None
    """Since when; local moment in Chile, without zone, as the others."""
    borrada: datetime | None
    """When it was removed; it stays for the history of what it printed."""


class StoredRoute(NamedTuple):
    """Which documents go to a printer. Of the routes of a company the first that fits counts."""

    id: int
    ambiente: str
    rut_emisor: str
    usuario: str
    """Of those that this user issues; empty for any, as the others, or 0."""
    puerto: int
    """Of those whose login says this ``Puerto``."""
    tipo: int
    sucursal: str
    """``CdgSIISucur``."""
    impresora_id: int
    copias: tuple[CopyKind, ...]
    """In the order in which they are printed: of :data:`COPIES`."""


class StoredPrint(NamedTuple):
    """One copy that is to be printed, or was."""

    id: int
    ambiente: str
    rut_emisor: str
    documento_id: int | None
    """None for a test page."""
    impresora_id: int
    destino: str
    """Where a printer has several: the registered address that is meant, by user and port; else empty. What has one
    printer and one ``destino`` is printed in order."""
    copia: CopyKind
    reimpresion: bool
    """It was printed before, or may have been: the paper says so."""
    usuario: str
    """Who issued the document, or asked for the copy."""
    puerto: int
    """``Puerto`` of the login that issued it; 0 for none."""
    pedida: datetime
    estado: PrintState
    comenzada: bool
    """Bytes of this try have left: what breaks now may have been printed."""
    intentos: int
    proximo: float
    """When it is tried next, in seconds of Unix time."""
    problema: str
    """Why the last try failed, as the person reads it; empty otherwise."""
    impresa: datetime | None


class StoredAgent(NamedTuple):
    """Who may fetch what is printed on one printer."""

    impresora_id: int
    huella: str
    """Digest of its key (SHA-256)."""
    creada: datetime
    instancia: str
    """The journal of the agent that was heard of last; empty before the first."""
    equipo: str
    """What its machine calls itself."""
    ip: str
    version: str
    visto: float
    """When it was heard of, in seconds of Unix time; 0 for never."""


IMPRESORA = Table(
    "impresora",
    StoredPrinter,
    schema=Schema(
        constraints=("CHECK (clase IN ('red', 'lpd', 'ipp', 'carpeta', 'agente'))",),
        since=STEP,
    ),
)

RUTA_IMPRESION = Table(
    "ruta_impresion",
    StoredRoute,
    {"orden": int},
    schema=Schema(
        constraints=(
            "FOREIGN KEY (impresora_id) REFERENCES impresora (id)",
            "FOREIGN KEY (ambiente, rut_emisor) REFERENCES empresa (ambiente, rut)",
        ),
        indexes=(Index("ruta_impresion_empresa", "ambiente, rut_emisor, orden, id"),),
        since=STEP,
    ),
)

IMPRESION = Table(
    "impresion",
    StoredPrint,
    {
        "trabajador": str,  # which worker sends it
        "vence": float,  # until when it has it, in seconds of Unix time; then another may take it
    },
    schema=Schema(
        constraints=(
            "CHECK (copia IN ('original', 'cedible', 'segunda', 'prueba'))",
            "CHECK (estado IN ('pendiente', 'enviando', 'impresa', 'fallida', 'cancelada'))",
            "FOREIGN KEY (documento_id) REFERENCES documento (id)",
            "FOREIGN KEY (impresora_id) REFERENCES impresora (id)",
        ),
        indexes=(
            Index("impresion_documento", "documento_id"),
            Index("impresion_empresa", "ambiente, rut_emisor, id"),
            Index("impresion_abierta", "impresora_id, destino, id", OPEN),
            Index("impresion_fallida", "impresora_id", "estado = 'fallida'"),
        ),
        since=STEP,
    ),
)

AGENTE_IMPRESION = Table(
    "agente_impresion",
    StoredAgent,
    schema=Schema(
        key=("impresora_id",),
        constraints=("UNIQUE (huella)", "FOREIGN KEY (impresora_id) REFERENCES impresora (id)"),
        since=AGENT_STEP,
    ),
)

PRINT_TABLES: tuple[Table[Any], ...] = (IMPRESORA, RUTA_IMPRESION, IMPRESION, AGENTE_IMPRESION)
