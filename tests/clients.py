"""A real server in a thread, and how the customers' programs call it."""

from __future__ import annotations

import base64
import html
import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import requests
import waitress
import zeep

from dteplanows.web import make_application
from tests.installation import Installation

PATH = "/WSDS/wsplano.asmx"


def b64(value: str | bytes) -> str:
    """*value* in base64, on one line."""
    return base64.b64encode(value.encode() if isinstance(value, str) else value).decode()


class Service(NamedTuple):
    """An installation and the address where it answers."""

    installation: Installation
    port: int

    @property
    def address(self) -> str:
        """Where the service answers."""
        return f"http://127.0.0.1:{self.port}{PATH}"

    def login(self, **others: str) -> dict[str, str]:
        """The login as most clients write it: every part in base64, no ``IncluyeLink``."""
        one = self.installation
        parts = {"Usuario": one.usuario, "Rut": one.rut, "Clave": one.clave, "Puerto": "0"}
        return {**{name: b64(text) for name, text in parts.items()}, **others}


def stop(server: Any) -> None:
    """Close a waitress *server* that runs in another thread, from within that thread: it may be waiting on the socket.

    The loop may wake up by itself and close everything before it is woken.
    """
    with suppress(OSError):
        server.trigger.pull_trigger(server.close)


@contextmanager
def served(installation: Installation, around: Callable[[Any], Any] = lambda inner: inner) -> Iterator[Service]:
    """Serve *installation* on a free port until the block ends; *around* may wrap the application."""
    application = around(make_application(installation.issuer))
    server = waitress.create_server(application, host="127.0.0.1", port=0, threads=2)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield Service(installation, int(server.effective_port))
    finally:
        stop(server)
        thread.join(5)


def zeep_client(service: Service, wsdl: str = "?wsdl") -> zeep.Client:
    """A zeep client made from the published contract; it leaves no connection open."""
    session = requests.Session()
    session.trust_env = False
    session.headers["Connection"] = "close"
    transport = zeep.Transport(session=session)  # type: ignore[no-untyped-call]
    return zeep.Client(service.address + wsdl, transport=transport)  # type: ignore[no-untyped-call]


# --- by hand ------------------------------------------------------------------------------------------------------


class Reply(NamedTuple):
    """What came back over HTTP."""

    status: int
    headers: dict[str, str]
    body: str


def post_soap12(service: Service, operation: str, login: dict[str, str], arguments: dict[str, Any]) -> Reply:
    """Call as a VB.NET program does: CRLF, tabs, action in the content type, compression offered but not understood."""
    lines = [
        "",
        '<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope">',
        "\t<soap:Body>",
        f'\t\t<{operation} xmlns="http://tempuri.org">',
        "\t\t\t<login>",
        *(f"\t\t\t\t<{name}>{html.escape(value)}</{name}>" for name, value in login.items()),
        "\t\t\t</login>",
        *(f"\t\t\t<{name}>{html.escape(str(value))}</{name}>" for name, value in arguments.items()),
        f"\t\t</{operation}>",
        "\t</soap:Body>",
        "</soap:Envelope>",
    ]
    headers = {
        "Accept-Encoding": "gzip,deflate",
        "Content-Type": f'application/soap+xml;charset=UTF-8;action="http://tempuri.org/{operation}"',
    }
    return post(service, "\r\n".join(lines), headers)


def post_soap11(service: Service, operation: str, login: dict[str, str], arguments: dict[str, Any]) -> Reply:
    """Call as a Java program does: prefixes, an empty Header, an unused namespace, the action unquoted."""
    inside = [f"<web:{name}>{html.escape(str(value))}</web:{name}>" for name, value in arguments.items()]
    parts = [f"<web:{name}>{html.escape(value)}</web:{name}>" for name, value in login.items()]
    body = (
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:web="http://tempuri.org"'
        ' xmlns:otro="urn:sin-uso">\n\t<soapenv:Header/>\n\t\t<soapenv:Body>\n'
        f"<web:{operation}><web:login>{''.join(parts)}</web:login>{''.join(inside)}</web:{operation}>\n"
        "\t\t</soapenv:Body>\n\t</soapenv:Envelope>"
    )
    headers = {"Content-Type": "text/xml", "SOAPAction": f"http://tempuri.org/{operation}"}
    return post(service, body, headers)


def post(service: Service, body: str, headers: dict[str, str]) -> Reply:
    """Send *body* with no headers but *headers* and what HTTP itself needs."""
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=30)
    try:
        connection.request("POST", PATH, body.encode(), headers)
        response = connection.getresponse()
        return Reply(response.status, dict(response.headers), response.read().decode())
    finally:
        connection.close()


class Fetched(NamedTuple):
    """What an address answered."""

    status: int
    headers: dict[str, str]
    content: bytes


def fetch(address: str, method: str = "GET") -> Fetched:
    """Ask for *address* as a browser does; no redirection is followed."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    try:
        connection.request(method, f"{parts.path}?{parts.query}")
        response = connection.getresponse()
        return Fetched(response.status, dict(response.headers), response.read())
    finally:
        connection.close()
