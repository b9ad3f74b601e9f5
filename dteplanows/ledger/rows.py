"""What goes into the ledger and comes out of it, as plain values. No secret is among what these show of themselves."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Any, Literal, NamedTuple, cast

from dteplanows.document.company import AVISOS_BY_DEFAULT, Ambiente, Company
from dteplanows.document.writer import MAXIMUM_FOLIO
from dteplanows.ledger.columns import Spec

Rol = Literal["integracion", "contador", "administrador", "operador"]
"""What a user may do for its company, each more than the one before: call the services; read, download and void in the
portal; manage the company there; manage the installation, with all its companies."""


class UserSettings(NamedTuple):
    """What a user is given beside its password; None leaves what it has."""

    avisos: bool | None = None
    """Whether the answers to it carry avisos; at first the default of the environment."""
    rol: Rol | None = None
    """What it may do; at first ``integracion``."""


NO_SETTINGS = UserSettings()


class User(NamedTuple):
    """Somebody who may call: a user name for one company; the password is not here."""

    usuario: str
    ambiente: str
    rut: str
    """RUT of the company that the user opens."""
    creado: datetime
    avisos: bool | None = None
    """Whether the answers to it carry avisos; None for the default of the environment."""
    deshabilitado: datetime | None = None
    """Since when it opens nothing; None for one that does."""
    rol: Annotated[Rol, Spec(since=20, check="rol IN ('integracion', 'contador', 'administrador', 'operador')")] = (
        "integracion"
    )
    """What it may do; users of older versions only call the services."""
    segundo_factor: Annotated[int, Spec(since=21)] = 0
    """Which second factor it shows beside its password; 0 for none. A person has the same one in all companies."""
    exige_segundo_factor: Annotated[bool, Spec(since=21)] = False
    """Whoever administers the company wants it to have one."""

    @property
    def con_avisos(self) -> bool:
        """The setting in force: the user's own, or that of its environment."""
        return AVISOS_BY_DEFAULT[cast(Ambiente, self.ambiente)] if self.avisos is None else self.avisos


class Opened(NamedTuple):
    """What a user name and a password open."""

    usuario: str
    """The user name as it was created."""
    company: Company
    con_avisos: bool
    """Whether the answers carry avisos: the setting in force."""
    id: int
    """Of the user, as long as it exists."""
    huella: str
    """Another one whenever a password is set, the same as before too; it tells nothing of the password."""
    rol: Rol
    """What the user may do for the company."""
    segundo_factor: int = 0
    """Which second factor has to be shown beside the password; 0 for none."""
    exige_segundo_factor: bool = False
    """It has to have one."""


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


class NewReference(NamedTuple):
    """A document of the same issuer that a note corrects."""

    tipo: int
    folio: int
    codigo: int
    """CodRef: 1 annuls, 2 corrects a text, 3 corrects amounts."""
    monto: int
    """Whole pesos by which the note corrects it; 0 when it corrects several and does not say how much of each."""


class StoredReference(NamedTuple):
    """A note that refers to a document of its issuer."""

    tipo: int
    """Type and folio of the note."""
    folio: int
    codigo: int
    monto: int
    """Whole pesos by which it corrects the document, less what other notes took back; 0 when that is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Document:
    """What the ledger keeps of an issued document. Amounts in whole pesos."""

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
    beside: str
    """What the file says beside the DTE, as JSON."""
    respuesta: str
    """What was answered, as JSON."""
    caf_id: int
    usuario: str
    creado: datetime
    """Local moment in Chile, without zone."""
    reemplaza: Annotated[int, Spec(since=18)] = 0
    """Id of the document that the SII refused and whose folio this one takes; 0 for the first one of its folio."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDocument(_Document):
    """A signed document on its way into the ledger."""

    archivo: ReceivedFile
    referencias: tuple[NewReference, ...] = ()
    """What a note corrects."""

    @property
    def archivo_sha256(self) -> str:
        """Which received file it came in."""
        return self.archivo.sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDocument(_Document):
    """A document of the ledger."""

    id: int
    archivo_sha256: str
    """Which received file it came in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Received:
    """What the ledger keeps of a document of a supplier. Amounts in whole pesos, as the supplier gives them."""

    ambiente: str
    rut_empresa: str
    """Who received it."""
    rut_emisor: str
    """The supplier."""
    tipo: int
    folio: int
    """The supplier's; 0 when the document has none."""
    huella: str
    """SHA-256 of the content where there is no folio; else empty."""
    fecha_emision: str
    razon_social_emisor: str
    monto_neto: int
    monto_exento: int
    iva: int
    otros_impuestos: int
    monto_total: int
    contenido: str
    """Everything the document says, as JSON."""
    beside: str
    """What the file says beside the document, as JSON."""
    avisos: str
    """What was remarkable about it, as a JSON list of texts."""
    usuario: str
    creado: datetime
    """Local moment in Chile, without zone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReceived(_Received):
    """A document of a supplier on its way into the ledger."""

    archivo: ReceivedFile

    @property
    def archivo_sha256(self) -> str:
        """Which received file it came in."""
        return self.archivo.sha256

    @property
    def key(self) -> ReceivedKey:
        """What it is told from others by."""
        return ReceivedKey(self.ambiente, self.rut_empresa, self.rut_emisor, self.tipo, self.folio, self.huella)


class ReceivedKey(NamedTuple):
    """What tells a document of a supplier from all others that a company received."""

    ambiente: str
    rut_empresa: str
    """Who received it."""
    rut_emisor: str
    """The supplier."""
    tipo: int
    folio: int
    huella: str = ""
    """SHA-256 of the content where the folio is 0; else empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredReceived(_Received):
    """A received document of the ledger."""

    id: int
    archivo_sha256: str
    """Which received file it came in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Book:
    """What the ledger keeps of a book of purchases or sales."""

    ambiente: str
    rut_emisor: str
    operacion: str
    """``COMPRA`` or ``VENTA``."""
    periodo: str
    """AAAA-MM."""
    tipo_libro: str
    tipo_envio: str
    usuario: str
    creado: datetime
    """Local moment in Chile, without zone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBook(_Book):
    """A book on its way into the ledger."""

    archivo: ReceivedFile


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBook(_Book):
    """A book of the ledger; ``Ledger.files`` has its bytes."""

    id: int
    version: int
    """From 1 for each company, operation and period."""
    archivo_sha256: str
    """Which received file it is."""


@dataclass(frozen=True, slots=True)
class NewCertificate:
    """A company's signing certificate on its way into the ledger."""

    ambiente: Ambiente
    rut: str
    rut_firmante: str
    titular: str
    valid_from: datetime
    """Naive UTC, as ``valid_until``."""
    valid_until: datetime
    certificate: bytes = field(repr=False)
    """The certificate with its key, in clear."""


@dataclass(frozen=True, slots=True)
class StoredCertificate:
    """A company's signing certificate; the key is opened only when asked for."""

    id: int
    """Grows with every certificate saved; of those valid at one moment the highest one signs."""
    ambiente: Ambiente
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


class Series(NamedTuple):
    """The folios of one type of one company in one environment: each of them is one folio, in however many CAFs."""

    ambiente: Ambiente
    rut: str
    tipo: int

    @classmethod
    def of(cls, company: Company, tipo: int) -> Series:
        """Those of *tipo* of *company*."""
        return cls(company.ambiente, company.rut, tipo)


class Span(NamedTuple):
    """Folios one after the other."""

    desde: int
    hasta: int
    """The last one, included."""

    @property
    def size(self) -> int:
        """How many they are."""
        return self.hasta - self.desde + 1

    @property
    def words(self) -> str:
        """For people: ``61``, ``1 a 50``, or ``101 en adelante`` where they go on to the last that there can be."""
        if self.hasta == MAXIMUM_FOLIO:
            return f"{self.desde} en adelante"
        return str(self.desde) if self.size == 1 else f"{self.desde} a {self.hasta}"

    def crosses(self, other: Span) -> bool:
        """Whether both have a folio in common."""
        return self.desde <= other.hasta and other.desde <= self.hasta

    def minus(self, others: Iterable[Span]) -> list[Span]:
        """What is left of these folios without those of *others*, ascending."""
        left, begin = [], self.desde
        for one in sorted(others):
            if one.desde > self.hasta:
                break
            if one.desde > begin:
                left.append(Span(begin, one.desde - 1))
            begin = max(begin, one.hasta + 1)
        return [*left, Span(begin, self.hasta)] if begin <= self.hasta else left


class FolioUse(NamedTuple):
    """What became of a folio."""

    estado: Literal["", "emitido", "anulado", "otro sistema", "retenido"]
    """Empty for a free one; ``otro sistema`` for one that is void here because another system issued a document with
    it; ``retenido`` for one that may have been issued, though nothing is known of it here."""
    motivo: str
    """Why it is void or held back; empty otherwise."""


FREE = FolioUse("", "")
"""Nothing yet."""


class StoredVoid(NamedTuple):
    """Folios that this service will never use."""

    span: Span
    motivo: str
    otro_sistema: bool
    """Another system issued documents with them."""


class StoredHold(NamedTuple):
    """Folios that nobody gets until a person frees them."""

    series: Series
    span: Span
    motivo: str
    momento: datetime
    """Since when."""

    @classmethod
    def of(cls, row: tuple[Any, ...]) -> StoredHold:
        """From the columns ``ambiente, rut_emisor, tipo, desde, hasta, motivo, momento``."""
        return cls(Series(*row[:3]), Span(row[3], row[4]), row[5], datetime.fromisoformat(row[6]))


class FolioCount(NamedTuple):
    """How many folios of a range became what. Those that are none of these are free."""

    emitidos: int
    anulados: int
    retenidos: int


class StoredCaf(NamedTuple):
    """A range of folios that the SII authorized; its secret part is opened with ``Ledger.cafs.secret``."""

    id: int
    ambiente: Ambiente
    rut: str
    tipo: int
    desde: int
    hasta: int
    """Last folio of the range, included."""
    fecha_autorizacion: date
    siguiente: int
    """None of its own folios below this one is free; ``hasta + 1`` when none is left."""
    solo_pedidos: bool
    """It was made on demand for a folio that a file asked for; automatic numbering takes nothing from it."""
    cruzado: bool
    """Another CAF of the series has some of its folios."""

    @property
    def series(self) -> Series:
        """Whose folios they are."""
        return Series(self.ambiente, self.rut, self.tipo)

    @property
    def span(self) -> Span:
        """All folios of the range."""
        return Span(self.desde, self.hasta)


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
    quien: Annotated[str, Spec(default="")]
    """Who did it; empty for the issuing of documents, which name their user."""
    antes: Annotated[dict[str, Any], Spec(default="")]
    """What was changed, by name, as it was; empty where nothing was there."""
    despues: Annotated[dict[str, Any], Spec(default="")]
    """The same as it is since then."""
    desde: Annotated[str, Spec(since=21, default="")] = ""
    """The address of whoever did it over the network; empty for an order on this machine, and for older events."""


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
