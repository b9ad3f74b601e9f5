from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from dteplanows.document_mail.worker import Mailer
from dteplanows.ledger.document_mail_tables import DocumentMail
from dteplanows.ledger.place import Place
from dteplanows.ledger.rows import StoredDocument
from dteplanows.ledger.store import Ledger
from dteplanows.settings import Settings, load
from dteplanows.sii.notices import sending
from tests.installation import Installation, make_installation
from tests.issuing.test_issued_before import file
from tests.mail.smtp_server import PASSWORD, USER, SmtpServer, smtp_server
from tests.sii.test_client import trusted

TO = "compras@cliente.example"
SENDER = "dte@empresa.example"


@dataclass
class Post:
    """An installation that mails what it issues, and the server by which it does."""

    installed: Installation
    smtp: SmtpServer

    @property
    def ledger(self) -> Ledger:
        return self.installed.ledger

    def settings(self, **more: object) -> Settings:
        given: dict[str, object] = {
            "directorio": self.ledger.directory, "base": self.ledger.place.base,
            "correo_smtp_servidor": "127.0.0.1", "correo_smtp_puerto": self.smtp.port, "correo_smtp_usuario": USER,
            "correo_remitente": SENDER, "correo_autoridad": str(self.smtp.root),
            "correo_permitidos_pruebas": "@cliente.example", "url_publica": "https://dte.empresa.example",
        }  # fmt: skip
        return load(**{**given, **more})

    def mailer(self, **more: object) -> Mailer:
        return Mailer(self.settings(**more), self.ledger)

    def send_as(self, **facts: Any) -> None:
        """Have the company send what it issues, in that way."""
        mails = self.ledger.document_mails
        mails.change_way(mails.way_of(self.installed.company)._replace(**{"activo": True, **facts}))

    def issue(self, to: str = TO, tipo: int = 33, name: str = "Cliente Ficticio") -> StoredDocument:
        """A document whose file names the address *to*."""
        data = file(tipo).decode().replace(";Lota;Lota;;", f";Lota;Lota;{to};").replace("Cliente Ficticio", name)
        (one,) = self.installed.issuer.process(self.installed.account, data.encode(), "1").documents
        assert one.accepted, one.problems
        found = self.ledger.documents.find("pruebas", self.installed.company.rut, tipo, one.folio)
        assert found
        return found

    def mails(self, document: StoredDocument) -> list[DocumentMail]:
        return self.ledger.document_mails.of_document(document.id)

    def only(self, document: StoredDocument) -> DocumentMail:
        (one,) = self.mails(document)
        return one

    def hurry(self) -> None:
        """Have what waits be due now."""
        with self.ledger.writing():
            self.ledger.connection.execute("UPDATE correo_documento SET siguiente = 0")


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, Path]:
    return trusted(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def post(place: Place, tls: tuple[ssl.SSLContext, Path]) -> Iterator[Post]:
    with closing(make_installation(place)) as one, smtp_server(*tls) as smtp:
        one.ledger.settings.save(sending.PASSWORD, one.ledger.secrets.seal(PASSWORD.encode()))
        yield Post(one, smtp)


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body
    return str(body.get_content())


def files_of(message: EmailMessage) -> dict[str, bytes]:
    """The content of each attachment, by its name."""
    return {str(one.get_filename()): one.get_payload(decode=True) for one in message.iter_attachments()}  # type: ignore[misc]
