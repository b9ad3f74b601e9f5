"""Our front with operations that answer what they understood, as Servicio.cs does, and how to ask either server."""

from __future__ import annotations

import http.client
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, cast

import waitress
from lxml import etree

from dteplanows.soap.asmx.caller import Caller
from dteplanows.soap.contract.service import Contract
from dteplanows.soap.front import Front
from dteplanows.soap.limits import USUAL
from dteplanows.soap.login import Login
from dteplanows.soap.operations import Operations
from dteplanows.web import rsgi
from dteplanows.web.server import free_port, wait_until_online
from tests.clients import stop
from tests.interop.asmx.variants import Variant

_ROOT = Path(__file__).parents[3]


def _said(login: Login | None, *others: str) -> str:
    known = ("-",) if login is None else (login.Usuario, login.Rut, login.Clave, login.IncluyeLink)
    return "|".join((*known, *others))


class Echo:
    """Stands in for :class:`Operations`; nothing is issued."""

    def process(self, login: Login | None, file: str, formato: str, caller: Caller) -> str:
        """``Procesar``."""
        return _said(login, file, formato.strip())

    def validate(self, login: Login | None, file: str, formato: str, caller: Caller) -> str:
        """``Validar``."""
        return _said(login, file, formato.strip(), "v")

    def xml(self, login: Login | None, tpomov: str, folio: str, tipo: str, caller: Caller) -> bytes:
        """``getXMLDte``."""
        return _said(login, tpomov, folio, tipo).encode()

    def ip(self, caller: Caller) -> str:
        """``getIP``."""
        return caller.ip

    def online(self, caller: Caller) -> str:
        """``Online``."""
        return "Online=1"

    def version(self, caller: Caller) -> str:
        """``Version``."""
        return "1"


def application() -> Front:
    """Our front with the echo."""
    contract = Contract(cast(Operations, Echo()))
    return Front(contract, trust_forwarded=False, limits=USUAL)


def for_granian() -> rsgi.Application:
    """Our front as granian serves it."""
    return rsgi.Application(application(), rsgi.Bounds(body=USUAL.body, seconds=20, threads=2))


@contextmanager
def ours() -> Iterator[int]:
    """Serve our front with waitress, in a thread; the port."""
    server = waitress.create_server(application(), host="127.0.0.1", port=0, threads=2)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield int(server.effective_port)
    finally:
        stop(server)
        thread.join(5)


@contextmanager
def ours_on_granian() -> Iterator[int]:
    """Serve our front with granian, as an installation does; the port."""
    port = free_port("127.0.0.1")
    command = (
        sys.executable, "-m", "granian", "--interface", "rsgi", "--factory", "--host", "127.0.0.1", "--port", str(port),
        "--http", "1", "--log-level", "error", f"{__name__}:for_granian",
    )  # fmt: skip
    with subprocess.Popen(command, cwd=_ROOT) as process:
        try:
            if not wait_until_online("127.0.0.1", port, lambda: process.poll() is None):
                raise RuntimeError("granian did not start")
            yield port
        finally:
            process.terminate()


class Answer(NamedTuple):
    """What a server answered."""

    status: int
    media: str
    body: bytes

    def __str__(self) -> str:
        """In short, for the table: status, what it is and what it says."""
        kind = self._kind()
        return f"{self.status} {kind}" if kind else str(self.status)

    def _kind(self) -> str:
        if not self.body:
            return "empty"
        if self.media == "text/html":
            return "page"
        if self.media == "text/plain":
            return "text"
        try:
            root = etree.fromstring(self.body)
        except etree.XMLSyntaxError:
            return "no XML"
        local = etree.QName(root).localname
        return _content(root) if local == "Envelope" else f"{local} {root.text or ''}".strip()


def _content(envelope: etree._Element) -> str:
    """What the Body of an answer holds; the version shows in the names of a fault's parts."""
    for inside in envelope.iterfind("{*}Body/*"):
        code = inside.findtext("faultcode") or inside.findtext("{*}Code/{*}Value")
        if code:
            return f"fault {code}"
        value = "".join(str(part) for part in inside.itertext())
        return f"{etree.QName(inside).localname} {value}"
    return "envelope without content"


def ask(port: int, one: Variant) -> Answer:
    """Send *one* to the server on *port*."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.putrequest(one.method, one.path, skip_accept_encoding=True)
        for name, value in one.headers:
            connection.putheader(name, value)
        if one.chunked:
            connection.putheader("Transfer-Encoding", "chunked")
        elif one.method == "POST":
            connection.putheader("Content-Length", str(len(one.body)))
        connection.endheaders()
        connection.send(_chunks(one.body) if one.chunked else one.body)
        response = connection.getresponse()
        media = response.headers.get("Content-Type", "").partition(";")[0]
        return Answer(response.status, media, response.read())
    finally:
        connection.close()


def _chunks(body: bytes) -> bytes:
    parts = [body[at : at + 100] for at in range(0, len(body), 100)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (*parts, b""))
