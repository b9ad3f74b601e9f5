"""The tables of the ledger. The environment is part of the key of every row that belongs to a company."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, NamedTuple

from dteplanows.ledger.batch_rows import StoredBatch
from dteplanows.ledger.book_tables import BOOK_TABLES, BY_MONTH
from dteplanows.ledger.columns import Spec
from dteplanows.ledger.company_table import EMPRESA
from dteplanows.ledger.delivery_tables import DELIVERY_TABLES
from dteplanows.ledger.design_tables import DESIGN_TABLES
from dteplanows.ledger.document_mail_tables import DOCUMENT_MAIL_TABLES
from dteplanows.ledger.mail_tables import MAIL_TABLES
from dteplanows.ledger.notice_tables import NOTICE_TABLES
from dteplanows.ledger.portal_tables import PORTAL_TABLES
from dteplanows.ledger.print_tables import PRINT_TABLES
from dteplanows.ledger.rows import (
    Listener,
    ReceivedFile,
    StoredBook,
    StoredCaf,
    StoredCertificate,
    StoredDocument,
    StoredEvent,
    StoredReceived,
    User,
)
from dteplanows.ledger.table import Index, Schema, Table

_COMPANY = "FOREIGN KEY (ambiente, rut) REFERENCES empresa (ambiente, rut)"
_ISSUER = "FOREIGN KEY (ambiente, rut_emisor) REFERENCES empresa (ambiente, rut)"
_FILE = "FOREIGN KEY (archivo_sha256) REFERENCES archivo (sha256)"
_OF_DOCUMENT = "FOREIGN KEY (documento_id) REFERENCES documento (id)"
_RANGE = ("CHECK (desde >= 1)", "CHECK (hasta BETWEEN desde AND 9999999999)")


class Kept(NamedTuple):
    """A setting that belongs to the ledger itself."""

    clave: str
    valor: str


class Loose(NamedTuple):
    """A file of bulk mode of which nothing was issued or entered (yet)."""

    sha256: str


class Void(NamedTuple):
    """Folios that will never be used here, with the reason. No two rows have a folio in common."""

    id: int
    ambiente: str
    rut_emisor: str
    tipo: int
    desde: int
    hasta: int
    motivo: str
    otro_sistema: bool
    """Another system issued documents with them."""
    momento: datetime


class Hold(NamedTuple):
    """Folios that nobody gets until a person frees them. Of those not freed no two rows have one in common."""

    id: int
    ambiente: str
    rut_emisor: str
    tipo: int
    desde: int
    hasta: int
    motivo: str
    momento: datetime
    liberado: datetime | None
    """When a person freed them; None as long as they are held back."""
    liberado_por: Annotated[str, Spec(default="")]


class Reference(NamedTuple):
    """What a note corrects: a document of the same issuer and environment. Never changed nor deleted."""

    id: int
    documento_id: int
    """The note."""
    tipo: int
    """Type and folio of what it corrects."""
    folio: int
    codigo: int
    """CodRef."""
    monto: int


class DocumentOfBatch(NamedTuple):
    """What became of one document of a batch."""

    lote_id: int
    numero: int
    """Its place in the file, from 1."""
    folio: int
    tipo: int
    fecha: datetime
    emitido: bool
    problemas: str
    """As JSON; empty for none."""
    operacion: Annotated[str, Spec(default="VENTA")]
    """``VENTA`` or ``COMPRA``."""
    documento_id: Annotated[int, Spec(default=0)]
    """Which document it became; 0 for none."""
    cedible: Annotated[bool, Spec(default=0)]


class Undelivered(NamedTuple):
    """An answer whose client was gone before it could be delivered."""

    clave: str
    """Which call: SHA-256 of who sent which file, hexadecimal."""
    desde: int
    """The newest document when the call began; its own are newer."""
    momento: float
    """When that was found, in seconds of Unix time."""


class Datum(NamedTuple):
    """One of the customer's own data of a document, by name and by value; a trigger copies it from ``beside``."""

    id: int
    documento_id: int
    ambiente: str
    rut_emisor: str
    nombre: str
    """Compared whatever the case of its letters."""
    valor: str


class AnnulledGuia(NamedTuple):
    """A guía de despacho that never left."""

    id: int
    documento_id: int
    usuario: str
    momento: datetime


class WithdrawnLink(NamedTuple):
    """An address of a printed document that was withdrawn, with all given before; those given later hold."""

    id: int
    documento_id: int
    cedible: Annotated[bool, Spec(check="cedible IN (0, 1)")]
    usuario: str
    momento: datetime


USUARIO = Table(
    "usuario",
    User,
    {
        "id": int,
        "usuario_normal": str,  # as it is compared, without the difference of upper and lower case
        "clave": str,  # salted hash of the password, never the password
    },
    schema=Schema(constraints=("UNIQUE (usuario_normal, ambiente, rut)", _COMPANY)),
)
CERTIFICADO = Table(
    "certificado",
    StoredCertificate,
    {
        "secreto": bytes,  # certificate and key, sealed by the vault
        "cargado": datetime,
    },
    leave=("_unseal",),
    schema=Schema(
        constraints=(_COMPANY,),
        indexes=(Index("certificado_empresa", "ambiente, rut"),),
    ),
)
CAF = Table(
    "caf",
    StoredCaf,
    {
        "secreto": bytes,  # the CAF with its key, sealed by the vault
        "cargado": datetime,
    },
    schema=Schema(
        constraints=(*_RANGE, "CHECK (siguiente BETWEEN desde AND hasta + 1)", _COMPANY),
        indexes=(Index("caf_serie", "ambiente, rut, tipo, desde"),),
    ),
)
ARCHIVO = Table("archivo", ReceivedFile, schema=Schema(key=("sha256",)))
ARCHIVO_SUELTO = Table(
    "archivo_suelto",
    Loose,
    schema=Schema(key=("sha256",), constraints=("FOREIGN KEY (sha256) REFERENCES archivo (sha256)",)),
)
DOCUMENTO = Table(
    "documento",
    StoredDocument,
    schema=Schema(
        constraints=(
            "CHECK (folio BETWEEN 1 AND 9999999999)",
            "UNIQUE (ambiente, rut_emisor, tipo, folio, reemplaza)",
            _FILE,
            "FOREIGN KEY (caf_id) REFERENCES caf (id)",
            _ISSUER,
        ),
        indexes=(
            Index(
                "documento_por_fecha",
                "ambiente, rut_emisor, usuario, tipo, fecha_emision, id, monto_neto, monto_exento, iva, monto_total",
            ),
            Index(
                "documento_por_receptor",
                "ambiente, rut_emisor, rut_receptor, tipo, fecha_emision",
                only="postgresql",
            ),
            Index("documento_archivo", "archivo_sha256"),
            Index("documento_reemplaza", "reemplaza", "reemplaza > 0"),
        ),
    ),
)
DOCUMENTO_RECIBIDO = Table(
    "documento_recibido",
    StoredReceived,
    schema=Schema(
        constraints=(
            "CHECK (folio BETWEEN 0 AND 9999999999)",
            "CHECK ((huella = '') = (folio > 0))",
            "UNIQUE (ambiente, rut_empresa, rut_emisor, tipo, folio, huella)",
            _FILE,
            "FOREIGN KEY (ambiente, rut_empresa) REFERENCES empresa (ambiente, rut)",
        ),
        indexes=(Index("documento_recibido_fecha", "ambiente, rut_empresa, fecha_emision"), BY_MONTH),
    ),
)
TRAMO_ANULADO = Table(
    "tramo_anulado",
    Void,
    schema=Schema(
        constraints=(*_RANGE, "CHECK (otro_sistema IN (0, 1))", _ISSUER),
        indexes=(Index("tramo_anulado_serie", "ambiente, rut_emisor, tipo, hasta, desde"),),
    ),
)
FOLIO_RETENIDO = Table(
    "folio_retenido",
    Hold,
    schema=Schema(
        # Of a company that this ledger need not know: it may have been made after the copy that was restored.
        constraints=_RANGE,
        indexes=(Index("folio_retenido_serie", "ambiente, rut_emisor, tipo, hasta, desde", "liberado IS NULL"),),
    ),
)
EVENTO = Table(
    "evento",
    StoredEvent,
    schema=Schema(
        constraints=(_OF_DOCUMENT,),
        indexes=(
            Index("evento_documento", "documento_id"),
            # Of a million issued documents each has its event; what was changed is found without reading those.
            Index("evento_cambio", "id", "tipo <> 'emitido'"),
        ),
    ),
)
REFERENCIA = Table(
    "referencia",
    Reference,
    schema=Schema(
        constraints=(_OF_DOCUMENT,),
        indexes=(Index("referencia_documento", "documento_id"), Index("referencia_tipo_folio", "tipo, folio")),
    ),
)
AJUSTE = Table("ajuste", Kept, schema=Schema(key=("clave",)))
LOTE = Table(
    "lote",
    StoredBatch,
    {
        "turnos": int,  # how often a worker took the batch: those with fewer turns go first
        "trabajador": str,  # which worker has the batch
        "vence": float,  # until when it has it, in seconds of Unix time; then another may take it
        "ultimo_turno": Annotated[int, Spec(default=0)],  # the number of its latest turn, among those of all batches
    },
    schema=Schema(
        constraints=(
            "CHECK (estado IN ('pendiente', 'en proceso', 'terminado'))",
            "CHECK (rechazados BETWEEN 0 AND hechos)",
            _FILE,
            _ISSUER,
        ),
        indexes=(
            Index("lote_abierto", "turnos, id", "estado <> 'terminado'"),
            Index("lote_turno_de_empresa", "ambiente, rut_emisor, ultimo_turno"),
            Index("lote_turno", "ultimo_turno"),
            Index("lote_archivo", "archivo_sha256"),
        ),
    ),
)
LOTE_DOCUMENTO = Table(
    "lote_documento",
    DocumentOfBatch,
    schema=Schema(key=("lote_id", "numero"), constraints=("FOREIGN KEY (lote_id) REFERENCES lote (id)",)),
)
RESPUESTA_NO_ENTREGADA = Table("respuesta_no_entregada", Undelivered, schema=Schema(key=("clave",)))
LIBRO = Table(
    "libro",
    StoredBook,
    schema=Schema(
        constraints=(
            "CHECK (operacion IN ('COMPRA', 'VENTA'))",
            "CHECK (version >= 1)",
            "UNIQUE (ambiente, rut_emisor, operacion, periodo, version)",
            _FILE,
            _ISSUER,
        ),
    ),
)
DATO_ADICIONAL = Table(
    "dato_adicional",
    Datum,
    schema=Schema(
        constraints=(_OF_DOCUMENT,),
        indexes=(
            Index("dato_adicional_documento", "documento_id"),
            # Names and values may be longer than an entry of an index.
            Index(
                "dato_adicional_valor",
                'ambiente, rut_emisor, "left"(lower(nombre), 100), "left"(valor, 100)',
                only="postgresql",
            ),
        ),
    ),
)
GUIA_ANULADA = Table("guia_anulada", AnnulledGuia, schema=Schema(constraints=("UNIQUE (documento_id)", _OF_DOCUMENT)))
ENLACE_RETIRADO = Table(
    "enlace_retirado",
    WithdrawnLink,
    schema=Schema(
        constraints=(_OF_DOCUMENT,),
        indexes=(Index("enlace_retirado_documento", "documento_id, cedible"),),
    ),
)
OYENTE = Table(
    "oyente",
    Listener,
    {"id": int},
    schema=Schema(
        constraints=("CHECK (puerto BETWEEN 1 AND 65535)", "UNIQUE (ambiente, rut, usuario, ip, puerto)", _COMPANY),
    ),
)

TABLES: tuple[Table[Any], ...] = (
    EMPRESA, USUARIO, CERTIFICADO, CAF, ARCHIVO, ARCHIVO_SUELTO, DOCUMENTO, DOCUMENTO_RECIBIDO, TRAMO_ANULADO, EVENTO,
    REFERENCIA, AJUSTE, LOTE, LOTE_DOCUMENTO, RESPUESTA_NO_ENTREGADA, LIBRO, DATO_ADICIONAL, GUIA_ANULADA,
    ENLACE_RETIRADO, OYENTE, FOLIO_RETENIDO, *DELIVERY_TABLES, *MAIL_TABLES,
    *NOTICE_TABLES, *PORTAL_TABLES, *BOOK_TABLES, *PRINT_TABLES, *DESIGN_TABLES, *DOCUMENT_MAIL_TABLES,
)  # fmt: skip
"""All tables, parents before children."""
