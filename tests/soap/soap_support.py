"""A stand-in for the main road, and a client that calls the WSGI application without a network."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from lxml import etree

from dteplanows.archive import Archive
from dteplanows.archive.links import Copy, Links
from dteplanows.bulk.receipt import Receipt
from dteplanows.document.catalogue import problem
from dteplanows.document.outcome import Credentials, DocumentOutcome, Outcome
from dteplanows.document.problem import Refused
from dteplanows.issuing.client import NOBODY, Client
from dteplanows.soap.limits import USUAL, Limits
from dteplanows.web import Web, make_application

PATH = "/WSDS/wsplano.asmx"
SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
MOMENT = datetime(2022, 4, 11, 13, 35, 10)
CLAVE = "clave-ficticia-ñ"
TOKEN = "token.ficticio"


def b64(text: str | bytes) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


LOGIN = (
    f"<login><Usuario>{b64('DEMO')}</Usuario><Rut>{b64('1-9')}</Rut><Clave>{b64(CLAVE)}</Clave>"
    "<Puerto>9978</Puerto><IncluyeLink>1</IncluyeLink></login>"
)


class FakeBatch(NamedTuple):
    """A file received in bulk mode."""

    id: int
    total: int
    hechos: int
    rechazados: int
    con_enlaces: bool = False


@dataclass
class FakeIssuer:
    """Remembers what it was asked and answers what the test put in."""

    outcome: Outcome = field(default_factory=lambda: Outcome((DocumentOutcome(9920000001, 33, MOMENT, True),)))
    signed: bytes = b'<?xml version="1.0" encoding="ISO-8859-1"?><DTE>\xd1</DTE>'
    failure: Exception | None = None
    credentials: Credentials | None = None
    files: list[tuple[bytes, str, bool]] = field(default_factory=list)
    asked: list[tuple[int, int]] = field(default_factory=list)
    links: Links = field(default_factory=lambda: Links(b"llave ficticia"))
    received: list[tuple[bytes, str]] = field(default_factory=list)
    progress: tuple[int, int, int] | None = None
    """Of the batch that is not done: total, done and refused documents."""
    con_avisos: bool = False
    """The setting of the user."""
    during: Callable[[], None] | None = None
    """What happens while a file is processed."""

    def authenticate(self, credentials: Credentials) -> str:
        self.credentials = credentials
        if CLAVE not in credentials.claves:
            raise Refused([problem("AUT-001")])
        return "cuenta"

    def token(self, credentials: Credentials) -> str:
        self.authenticate(credentials)
        return TOKEN

    def bearer(self, token: str) -> str:
        if token != TOKEN:
            raise Refused([problem("AUT-017")])
        return "cuenta"

    def name(self, account: str) -> str:
        return "DEMO"

    def tells_avisos(self, account: str) -> bool:
        assert account == "cuenta"
        return self.con_avisos

    def process(
        self, account: str, file: bytes, formato: str, solo_validar: bool = False, client: Client = NOBODY
    ) -> Outcome:
        assert account == "cuenta"
        self.files.append((file, formato, solo_validar))
        if self.during:
            self.during()
        if self.failure:
            raise self.failure
        return Outcome(self.outcome.documents, solo_validar)

    def receive(
        self, account: str, file: bytes, formato: str, con_enlaces: bool = False, client: Client = NOBODY
    ) -> Receipt:
        assert account == "cuenta"
        self.received.append((file, formato))
        return Receipt(37 + len(self.received))

    def batch(self, account: str, batch_id: int) -> tuple[FakeBatch, Outcome | None]:
        assert account == "cuenta"
        if self.progress:
            return FakeBatch(batch_id, *self.progress), None
        return FakeBatch(batch_id, 1, 1, 0), self.outcome

    def xml(self, account: str, tipo: int, folio: int, boletas: bool | None = None) -> bytes:
        assert account == "cuenta"
        self.asked.append((tipo, folio))
        if self.failure:
            raise self.failure
        return self.signed

    def archive(self, account: str) -> Archive:
        raise AssertionError("who asks for the archive needs a ledger: see test_document_operations.py")

    def printed(self, copy: Copy) -> bytes | None:
        return None

    def printed_name(self, copy: Copy) -> str:
        raise AssertionError("nothing is printed here")


class Answer(NamedTuple):
    """An HTTP answer."""

    status: int
    headers: dict[str, str]
    """All but the identifier of the call, which is another one each time."""
    body: bytes
    identifier: str = ""
    """``X-Request-Id``."""

    def root(self) -> etree._Element:
        return etree.fromstring(self.body)

    def result(self) -> str:
        """Text of the result element of a SOAP answer."""
        (response,) = next(iter(self.root()))
        (found,) = response
        return found.text or ""

    def document(self) -> etree._Element:
        return etree.fromstring(self.result().encode())

    def fault(self) -> tuple[str, str]:
        """Code, without its prefix, and text of a SOAP fault, which has the status that both versions have."""
        assert self.status == 500
        (found,) = next(iter(self.root()))
        space = f"{{{SOAP12}}}" if found.tag == f"{{{SOAP12}}}Fault" else ""
        assert found.tag == f"{space or f'{{{SOAP11}}}'}Fault"
        code = found.findtext(f"{space}Code/{space}Value" if space else "faultcode") or ""
        text = found.findtext(f"{space}Reason/{space}Text" if space else "faultstring") or ""
        return code.removeprefix("soap:"), text

    def code(self) -> str:
        """Code of the problem in a fault or a plain text."""
        text = self.body.decode()
        return text[text.index("[") + 1 : text.index("]")]


class Caller:
    """Calls an application as a WSGI server does."""

    def __init__(self, issuer: FakeIssuer, *, trust_forwarded: bool = False, limits: Limits = USUAL) -> None:
        self.issuer = issuer
        self.application: Web = make_application(issuer, trust_forwarded=trust_forwarded, limits=limits)

    def send(self, method: str, path: str = PATH, body: bytes = b"", query: str = "", **environ: Any) -> Answer:
        got: list[tuple[str, list[tuple[str, str]]]] = []
        whole = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8080",
            "REMOTE_ADDR": "203.0.113.7",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "CONTENT_LENGTH": str(len(body)) if method == "POST" else "",
            **environ,
        }
        sent = b"".join(self.application(whole, lambda status, headers: got.append((status, headers))))
        ((status, headers),) = got
        named = dict(headers)
        assert len(named) == len(headers)
        identifier = named.pop("X-Request-Id")
        return Answer(int(status[:3]), named, sent, identifier)

    def post(self, body: bytes | str, content_type: str = "text/xml; charset=utf-8", **environ: Any) -> Answer:
        data = body.encode() if isinstance(body, str) else body
        return self.send("POST", body=data, CONTENT_TYPE=content_type, **environ)


def envelope(content: str, namespace: str = SOAP11) -> str:
    return f'<s:Envelope xmlns:s="{namespace}"><s:Body>{content}</s:Body></s:Envelope>'


def procesar(file: str, formato: str = "1", login: str = LOGIN, operation: str = "Procesar") -> str:
    return (
        f'<{operation} xmlns="http://tempuri.org">{login}<file>{file}</file><formato>{formato}</formato></{operation}>'
    )
