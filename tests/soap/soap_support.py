"""The main road on a ledger, watched, and a client that calls the WSGI application without a network."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from lxml import etree

from dteplanows.accounts.callers import Account
from dteplanows.document import clock
from dteplanows.document.outcome import Outcome
from dteplanows.issuing import Issuer
from dteplanows.issuing.client import NOBODY, Client
from dteplanows.ledger import passwords
from dteplanows.soap.limits import USUAL, Limits
from dteplanows.web import Web, make_application
from tests.installation import Installation, make_installation

PATH = "/WSDS/wsplano.asmx"
SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
CLAVE = "clave-ficticia-ñ"


def b64(text: str | bytes) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


LOGIN = (
    f"<login><Usuario>{b64('DEMO')}</Usuario><Rut>{b64('1-9')}</Rut><Clave>{b64(CLAVE)}</Clave>"
    "<Puerto>9978</Puerto><IncluyeLink>1</IncluyeLink></login>"
)


def sale(nombre: str = "Juego de llaves Ñuñoa", total: int = 1190) -> bytes:
    """A factura of today in TXT, its folio left to the service."""
    neto = total * 100 // 119
    lines = (
        "->Encabezado<-",
        f"33;0;{clock.today()};0;0;22222222-2;Cliente de Prueba;Comercio;Calle 1;Santiago;Santiago;;",
        "->Totales<-", f"0;0;0;0;{neto};0;19;{total - neto};{total};",
        "->Detalle<-", f"1;A1;{nombre};1;{neto};0;0;0;0;0;{neto};INT1;UN;;", "",
    )  # fmt: skip
    return "\n".join(lines).encode()


class Watched(Issuer):
    """The main road, which notes what arrives on it, and meets what a test puts in its way."""

    def __init__(self, made: Installation) -> None:
        super().__init__(made.ledger, made.authority)
        self.made = made
        self.files: list[tuple[bytes, str, bool]] = []
        """Each file with its format, and whether it was only to be judged."""
        self.failure: Exception | None = None
        """What happens in place of the road."""
        self.during: Callable[[], None] | None = None
        """What happens before a file is judged."""
        self._batches = len(made.ledger.batches.newest(10_000))

    def process(
        self, account: Account, file: bytes, formato: str, solo_validar: bool = False, client: Client = NOBODY
    ) -> Outcome:
        self.files.append((file, formato, solo_validar))
        if self.during:
            self.during()
        if self.failure:
            raise self.failure
        return super().process(account, file, formato, solo_validar, client)

    @property
    def received(self) -> list[tuple[bytes, str]]:
        """Content and format of each file of bulk mode that is in the ledger since, the newest first."""
        found = self.ledger.batches.newest(10_000)
        stored = ((one, self.ledger.files.find(one.archivo_sha256)) for one in found[: len(found) - self._batches])
        return [(file.contenido, one.formato) for one, file in stored if file]


@pytest.fixture(scope="module")
def shared_installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation for all tests of a module, whose user is ``DEMO``."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(passwords, "_KIB", 8)  # what a password costs is not looked at here
        one = make_installation(tmp_path_factory.mktemp("instalacion"))
        one.ledger.users.save("DEMO", CLAVE, "pruebas", one.company.rut)
        yield replace(one, usuario="DEMO")
        one.close()


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    """An installation of a test's own, whatever it issues."""
    monkeypatch.setattr(passwords, "_KIB", 8)  # what a password costs is not looked at here
    with closing(make_installation(tmp_path)) as one:
        yield one


@pytest.fixture
def issuer(shared_installation: Installation) -> Watched:
    # Who failed or came in in a test before is a stranger to this one.
    for table in ("clave_fallada", "entrada_conocida"):
        shared_installation.ledger.connection.execute(f"DELETE FROM {table}")
    return Watched(shared_installation)


@pytest.fixture
def caller(issuer: Watched) -> Caller:
    return Caller(issuer)


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

    def __init__(self, issuer: Issuer, *, trust_forwarded: bool = False, limits: Limits = USUAL) -> None:
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
