"""A WSGI application behind granian's RSGI interface, which waits for a slow client without holding a thread.

By granian's own WSGI interface a thread reads the body, and waits for its client without end: as many clients that
send half a call as there are threads stop the service. Here the body is read first, in the event loop, with bounds of
time and memory, and only a call that has arrived is given a thread. What the application sees is what granian's WSGI
interface shows it.
"""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import AsyncIterator, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, cast

from dteplanows.client import ENVIRON, Client
from dteplanows.document.catalogue import problem
from dteplanows.soap.faults import Broken

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_SLOWEST = 10 * 1024
"""Bytes per second at which a body may arrive however long it takes: the slowest line keeps this up."""

_FIXED: Mapping[str, Any] = {
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    "wsgi.input_terminated": True,
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}


class Headers(Protocol):
    """The headers of a request."""

    def keys(self) -> list[str]:
        """Their names, in lower case, each once."""

    def get_all(self, name: str) -> list[str]:
        """The values of one; without those that are not ASCII."""


class Scope(Protocol):
    """What granian tells of a request."""

    http_version: str
    server: str
    client: str
    scheme: str
    method: str
    path: str
    query_string: str
    authority: str | None
    headers: Headers


class Disconnected(Protocol):
    """What is done once the client is gone."""

    def done(self) -> bool:
        """Whether it is; any thread may ask."""

    def cancel(self) -> object:
        """Look out for it no longer."""


class Request(Protocol):
    """A request's body, as the pieces that arrive, and the way to answer it."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        """The pieces of the body."""

    def client_disconnect(self) -> Disconnected:
        """Look out for the client's end of the connection."""

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        """Answer."""


class Bounds(NamedTuple):
    """How much a client may use before its call has arrived."""

    body: int
    """Bytes of a body; of a longer one no more than a piece beyond is held."""
    seconds: float
    """How long a body may take, and besides as long as it needs at ``_SLOWEST``."""
    threads: int
    """Calls answered at once in each process. The bodies on their way hold as many times *body* at most."""


class Refusing:
    """In place of the body that was not waited for: reading it is refused."""

    def __init__(self, refused: Broken) -> None:
        self._refused = refused

    def read(self, size: int = -1) -> bytes:
        """:raises Broken: always; why there is no body."""
        raise self._refused


class Application:
    """The RSGI application."""

    def __init__(self, inner: WSGIApplication, bounds: Bounds) -> None:
        self._inner = inner
        self._bounds = bounds
        self._threads = ThreadPoolExecutor(bounds.threads)
        self._held = 0

    async def __rsgi__(self, scope: Scope, request: Request) -> None:
        """Answer one request."""
        environ = environ_of(scope)
        # The front reads no other body; and a length above the limit is refused unread.
        reads = scope.method == "POST" and _length(environ) <= self._bounds.body
        environ["wsgi.input"] = await self._body(request) if reads else io.BytesIO()
        gone = request.client_disconnect()  # begins to look out for it; granian tells it to nobody who asks later
        environ[ENVIRON] = client = Client(gone.done)
        try:
            await asyncio.get_running_loop().run_in_executor(self._threads, self._answer, environ, request, client)
        finally:
            gone.cancel()

    async def _body(self, request: Request) -> io.BytesIO | Refusing:
        body = bytearray()
        try:
            async with asyncio.timeout(self._bounds.seconds) as limit:
                latest = cast(float, limit.when())
                async for piece in request:
                    body += piece
                    self._held += len(piece)
                    if len(body) > self._bounds.body:
                        break
                    if self._held > self._bounds.body * self._bounds.threads:
                        return Refusing(Broken(problem("SRV-064"), status=503))
                    limit.reschedule(latest + len(body) / _SLOWEST)
        except TimeoutError:
            return Refusing(Broken(problem("SRV-063", segundos=f"{self._bounds.seconds:g}"), status=408))
        finally:
            self._held -= len(body)
        return io.BytesIO(body)

    def _answer(self, environ: dict[str, Any], request: Request, client: Client) -> None:
        """Run the application, in a thread, and send what it answers."""
        try:
            self._send(environ, request)
            client.answered(not client.is_gone)
        finally:
            client.answered(delivered=False)

    def _send(self, environ: dict[str, Any], request: Request) -> None:
        status, headers = 500, list[tuple[str, str]]()

        def start_response(line: str, given: list[tuple[str, str]], failure: object = None) -> Any:
            nonlocal status, headers
            status, headers = int(line.partition(" ")[0]), given

        parts: Iterable[bytes] = self._inner(environ, start_response)
        try:
            whole = b"".join(parts)
        finally:
            if hasattr(parts, "close"):
                parts.close()
        request.response_bytes(status, headers, whole)


def environ_of(scope: Scope) -> dict[str, Any]:
    """The WSGI environment of a request, without its input."""
    environ = {
        **_FIXED,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REQUEST_METHOD": scope.method,
        # WSGI passes the bytes of a path as if they were Latin-1.
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "wsgi.url_scheme": scope.scheme,
    }
    environ["SERVER_NAME"], environ["SERVER_PORT"] = _address(scope.server)
    environ["REMOTE_ADDR"], _ = _address(scope.client)
    headers = scope.headers
    for name in headers.keys():  # noqa: SIM118 - iterating over the headers themselves is slower
        if "_" in name:  # it would pass for the header with "-", such as the one that a proxy adds
            continue
        variable = name.upper().replace("-", "_")
        if variable not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            variable = f"HTTP_{variable}"
        environ[variable] = ",".join(headers.get_all(name))
    environ.setdefault("HTTP_HOST", scope.authority or "")
    return environ


def _address(text: str) -> tuple[str, str]:
    """Host and port; an IPv6 host comes in brackets."""
    host, _, port = text.rpartition(":")
    return host.strip("[]"), port


def _length(environ: Mapping[str, Any]) -> int:
    """The body's length as declared; 0 where none is, or what is declared is no number."""
    text = environ.get("CONTENT_LENGTH", "")
    # int() refuses thousands of digits.
    return int(text[:20]) if text.isascii() and text.isdigit() else 0
