"""The tables of what is sent to receivers: how a company mails its documents, each mail, and withdrawn addresses."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, NamedTuple, get_args

from dteplanows.ledger.table import Index, Schema, Table

STEP = 26
"""The step that made these tables."""
_QUICKER = 27
"""The step that added indexes."""

MailState = Literal["pendiente", "enviado", "no enviado", "devuelto"]
"""``enviado``: a server took it. ``no enviado``: it never will be. ``devuelto``: a server sent it back."""

MAIL_STATES: tuple[MailState, ...] = get_args(MailState)

Reason = Literal["emisión", "reenvío"]
"""Because the document was issued, or because a person asked for it."""


class CompanyMail(NamedTuple):
    """How a company mails its documents."""

    ambiente: str
    rut_emisor: str
    activo: bool = False
    """A document goes out when it is issued, if its file names an address."""
    nombre: str = ""
    """Who sends, as the receiver sees it; empty for the company's name."""
    remitente: str = ""
    """The sender's address; empty for that of the installation, to which mails that cannot be delivered come back."""
    responder_a: str = ""
    """Where an answer goes; empty for the sender."""
    asunto: str = ""
    """Template of the subject; empty for the usual one."""
    texto: str = ""
    """Template of the text; empty for the usual one."""
    con_pdf: bool = True
    con_xml: bool = True
    con_enlace: bool = True
    """The address of the document's page stands in the text, where the template has it."""
    espera_sii: bool = False
    """What is issued goes out only once the SII has accepted it."""


class DocumentMail(NamedTuple):
    """A mail with a document."""

    id: int
    documento_id: int
    ambiente: str
    rut_emisor: str
    destino: str
    """The address it goes to."""
    motivo: Reason
    quien: str
    """The user who asked for it; empty where the document was issued."""
    momento: datetime
    """When it was queued; local time in Chile."""
    estado: MailState
    cambiado: datetime
    """When it came to that state."""
    enviado: datetime | None
    """When a server took it."""
    detalle: str
    """Why it was not sent, or did not get there, in words; empty where there is nothing to say."""
    intentos: int
    """How often the server of the receiver put it off."""
    siguiente: float
    """It is not looked at before, in seconds of Unix time."""
    clave: str
    """What nobody can guess: part of its Message-ID, by which it is known when it comes back."""


class WithdrawnLinks(NamedTuple):
    """That the addresses of all documents of a company, given until then, open nothing any more."""

    id: int
    ambiente: str
    rut_emisor: str
    usuario: str
    momento: datetime


_OF_COMPANY = "FOREIGN KEY (ambiente, rut_emisor) REFERENCES empresa (ambiente, rut)"

CORREO_EMPRESA = Table(
    "correo_empresa",
    CompanyMail,
    schema=Schema(key=("ambiente", "rut_emisor"), constraints=(_OF_COMPANY,), since=STEP),
)
CORREO_DOCUMENTO = Table(
    "correo_documento",
    DocumentMail,
    {
        "trabajador": str,  # who is sending it
        "vence": float,  # until when, in seconds of Unix time; then another may
    },
    schema=Schema(
        constraints=(
            "FOREIGN KEY (documento_id) REFERENCES documento (id)", _OF_COMPANY, "UNIQUE (clave)",
            f"CHECK (estado IN ({', '.join(map(repr, MAIL_STATES))}))",
        ),
        indexes=(
            Index("correo_documento_pendiente", "siguiente, id", "estado = 'pendiente'"),
            Index("correo_documento_documento", "documento_id"),
            Index("correo_documento_empresa", "ambiente, rut_emisor, id"),
            Index("correo_documento_tomado", "trabajador", "estado = 'pendiente' AND trabajador <> ''", since=_QUICKER),
            Index("correo_documento_estado", "ambiente, rut_emisor, estado, momento", since=_QUICKER),
        ),
        since=STEP,
    ),
)
ENLACES_RETIRADOS = Table(
    "enlaces_retirados",
    WithdrawnLinks,
    schema=Schema(
        constraints=(_OF_COMPANY,),
        indexes=(Index("enlaces_retirados_empresa", "ambiente, rut_emisor"),),
        since=STEP,
    ),
)

WAKE = (
    "UPDATE correo_documento SET siguiente = 0 WHERE estado = 'pendiente' AND motivo = 'emisión' AND intentos = 0 AND "
)
"""Has mails that were set aside looked at now; the condition follows."""

DOCUMENT_MAIL_TABLES: tuple[Table[Any], ...] = (CORREO_EMPRESA, CORREO_DOCUMENTO, ENLACES_RETIRADOS)
"""All after the documents'."""
