"""One mail with a document: who sends it, what it says, and the files that go with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from email.headerregistry import Address
from email.message import EmailMessage
from typing import NamedTuple

from dteplanows.document import clock
from dteplanows.document.company import Company
from dteplanows.document.elements import DOCUMENT_NAMES
from dteplanows.document.figures import Figures, of_signed
from dteplanows.document_mail.template import SUBJECT, TEXT, filled, one_line
from dteplanows.ledger.document_mail_tables import CompanyMail
from dteplanows.ledger.rows import StoredDocument
from dteplanows.validator.report import money

_TRIAL_SUBJECT = "[PRUEBA] "
_TRIAL_TEXT = "Documento de prueba, sin validez tributaria.\n\n"


class Attached(NamedTuple):
    """A file that goes with a mail."""

    name: str
    kind: str
    """What comes after ``application/``."""
    content: bytes


class Words(NamedTuple):
    """What a mail says."""

    sender: str
    subject: str
    text: str


def facts_of(company: Company, document: StoredDocument, link: str) -> dict[str, str]:
    """What templates may say of *document*.

    :param link: the address of its page; empty for none.
    """
    return {
        "documento": DOCUMENT_NAMES[document.tipo], "tipo": str(document.tipo), "folio": str(document.folio),
        "fecha": "-".join(reversed(document.fecha_emision.split("-"))), "total": _amount(of_signed(document.xml)),
        "receptor": document.razon_social_receptor, "rut_receptor": document.rut_receptor,
        "empresa": company.razon_social, "rut_empresa": company.rut, "enlace": link,
    }  # fmt: skip


def example_facts(company: Company, link: str) -> dict[str, str]:
    """The same of a document that there is not, to show how a mail looks."""
    return {
        "documento": DOCUMENT_NAMES[33], "tipo": "33", "folio": "1234", "fecha": f"{clock.today():%d-%m-%Y}",
        "total": "$119.000", "receptor": "Comercial Ejemplo Ltda.", "rut_receptor": "66666666-6",
        "empresa": company.razon_social, "rut_empresa": company.rut, "enlace": link,
    }  # fmt: skip


def words(way: CompanyMail, company: Company, facts: Mapping[str, str]) -> Words:
    """What the mail says about the document of *facts*."""
    given = facts if way.con_enlace else {**facts, "enlace": ""}
    subject, text = filled(way.asunto or SUBJECT, given), filled(way.texto or TEXT, given)
    if company.ambiente == "pruebas":
        subject, text = _TRIAL_SUBJECT + subject, _TRIAL_TEXT + text
    return Words(_head(way.nombre or company.razon_social)[:100], _head(subject), text)


def compose(way: CompanyMail, said: Words, sender: str, to: str, files: Iterable[Attached]) -> EmailMessage:
    """The mail to *to*, without its Message-ID.

    :param sender: the installation's address, without a name, which the company's own goes before.
    """
    message = EmailMessage()
    message["From"] = _address(way.remitente or sender, said.sender)
    message["To"] = _address(to)
    if way.responder_a:
        message["Reply-To"] = _address(way.responder_a)
    message["Subject"] = said.subject
    message["Date"] = clock.mail_date()
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(f"{said.text}\n", cte="quoted-printable")
    for one in files:
        message.add_attachment(one.content, maintype="application", subtype=one.kind, filename=one.name)
    return message


def _address(text: str, name: str = "") -> Address:
    """*text*, whatever stands before its @: made of its parts, an odd one of them is quoted; parsed, it would fail."""
    local, _, domain = text.rpartition("@") if "@" in text else (text, "", "")
    return Address(name, username=local, domain=domain)


def _head(text: str) -> str:
    """*text* for the head of a mail, where what looks like encoded letters would be decoded."""
    return one_line(text).replace("=?", "= ?")


def _amount(figures: Figures) -> str:
    return f"{figures.moneda} {money(figures.total)}" if figures.moneda else f"${money(figures.total)}"
