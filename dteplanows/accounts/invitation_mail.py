"""The mail that brings an invitation."""

from __future__ import annotations

from email.message import EmailMessage

from dteplanows.accounts.invitations import DAYS
from dteplanows.document import clock
from dteplanows.document.company import Company


def is_address(text: str) -> bool:
    """Whether *text* may be one address of mail, and nothing that changes the head of a mail."""
    name, at, host = text.rpartition("@")
    return bool(at and name and "." in host) and len(text) <= 254 and text.isascii() and not _STRANGE & set(text)


def letter(company: Company, usuario: str, to: str, link: str) -> EmailMessage:
    """The mail to *to*, who is to be *usuario* of *company*.

    :param link: its address, whole.
    """
    message = EmailMessage()
    message["To"] = to
    message["Subject"] = "Invitación al portal de facturación"
    message["Date"] = clock.mail_date()
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(
        f"{company.razon_social}, RUT {company.rut}, le da acceso al portal con el usuario {usuario}.\n\n"
        f"Abra este enlace y elija su clave:\n\n{link}\n\n"
        f"El enlace sirve una sola vez, durante {DAYS} días. Si no esperaba este correo, no lo abra y bórrelo.\n",
        cte="quoted-printable",
    )
    return message


_STRANGE = frozenset(" \t\r\n,;:<>()[]\\\"")
