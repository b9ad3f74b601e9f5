"""A WSGI application behind granian's RSGI interface, which waits for a slow client without holding a thread.

By granian's own WSGI interface a thread reads the body, and waits for its client without end: as many clients that
send half a call as there are threads stop the service. Here the body is read first, in the event loop, with bounds of
time and memory, and only a call that has arrived is given a thread. What the application sees is what granian's WSGI
interface shows it.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, cast

from dteplanows.document.catalogue import problem
from dteplanows.issuing.client import ENVIRON, Client
from dteplanows.soap.asmx.faults import Broken
from dteplanows.web.arriving import Pieces, comes, whole
from dteplanows.web.bodies import GRACE, SLOWEST, Account, Body, Refusing
from dteplanows.web.connection_state import of_addresses
from dteplanows.web.file_answer import WRAPPER, FileAnswer, length_of
from dteplanows.web.line import ARRIVED
from dteplanows.web.threads import Threads

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_WRITERS = 2
"""Threads that write bodies to disk while they arrive."""

_FIXED: Mapping[str, Any] = {
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    "wsgi.input_terminated": True,
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
    WRAPPER: FileAnswer,
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
    """A request's body, as the pieces that arrive or whole, and the way to answer it."""

    def __call__(self) -> Awaitable[bytes]:
        """The whole body; what it raises when the client breaks off is granian's own."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        """The pieces of the body."""

    def client_disconnect(self) -> Disconnected:
        """Look out for the client's end of the connection."""

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        """Answer."""

    def response_file(self, status: int, headers: list[tuple[str, str]], file: str) -> None:
        """Answer with a file of that path, which is opened soon after."""


class Bounds(NamedTuple):
    """How much a client may use before its call has arrived."""

    body: int
    """Bytes of a body; of a longer one no more is held."""
    seconds: float
    """How long a body may take, and besides as long as it needs at ``SLOWEST``."""
    threads: int
    """Calls answered at once in each process."""


class _Waiting(NamedTuple):
    """A call that has arrived and waits for memory."""

    body: Body
    told: asyncio.Future[None]


class Application:
    """The RSGI application."""

    def __init__(self, inner: WSGIApplication, bounds: Bounds, account: Account | None = None) -> None:
        """:param account: of the bodies; without it they have room for four of the largest."""
        self._inner = inner
        self._bounds = bounds
        self._threads = Threads(bounds.threads)
        self._writers = ThreadPoolExecutor(_WRITERS)
        self._account = account or Account(4 * bounds.body)
        self._waiting: tuple[deque[_Waiting], deque[_Waiting]] = (deque(), deque())
        self._arriving: set[asyncio.Timeout] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = False

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """granian tells which loop will run :meth:`__rsgi__`."""
        self._loop = loop

    async def __rsgi__(self, scope: Scope, request: Request) -> None:
        """Answer one request."""
        environ = environ_of(scope)
        body = Body(self._account)
        length = _length(environ)
        # The front reads no other body; and a length above the limit is refused without it.
        reads = scope.method == "POST" and length <= self._bounds.body
        try:
            if reads and body.expect(length):
                refused = await self._arrival(body, whole(request, length))
                environ["wsgi.input"] = Refusing(refused) if refused else body
            else:
                await self._in_pieces(request, environ, body, reads=reads)
            environ[ARRIVED] = time.perf_counter()
            gone = request.client_disconnect()  # begins to look out for it; granian tells it to nobody who asks later
            ended = of_addresses(_address(scope.server), _address(scope.client))
            environ[ENVIRON] = client = Client(gone.done, ended=ended)
            try:
                await self._threads.run(self._answer, environ, request, client)
            finally:
                gone.cancel()
        finally:
            body.end()
            self._wake()

    async def _in_pieces(self, request: Request, environ: dict[str, Any], body: Body, *, reads: bool) -> None:
        """Wait for a body that is large, or of a length that nobody told; the rest of one refused is thrown away."""
        pieces = Pieces(request, self._bounds.body)
        refused = await self._arrival(body, pieces) if reads else None
        environ["wsgi.input"] = Refusing(refused) if refused else body
        if self._hears_the_end(refused) if refused else not reads and comes(environ):
            body.end()
            await pieces.discard(self._bounds.seconds)

    def _hears_the_end(self, refused: Broken) -> bool:
        """Whether a caller is told once it has sent the rest; one that sends nothing is not waited for again."""
        return refused.status != HTTPStatus.REQUEST_TIMEOUT and not self._stopping

    def stop(self) -> None:
        """The service stops: tell calls that have not arrived to come back. From any thread."""
        self._stopping = True
        if self._loop:
            with suppress(RuntimeError):  # it has ended already
                self._loop.call_soon_threadsafe(self._stop_arriving)

    def _stop_arriving(self) -> None:
        latest = asyncio.get_running_loop().time() + GRACE
        for one in self._arriving:
            one.reschedule(latest)

    async def _arrival(self, body: Body, coming: Pieces | Awaitable[bytes]) -> Broken | None:
        """Wait until *body* has arrived and there is memory for it; why it is not to be waited for.

        :param coming: its pieces, or a body that is expected whole.
        """
        limit = asyncio.timeout(GRACE if self._stopping else self._bounds.seconds)
        try:
            async with limit:
                self._arriving.add(limit)
                if isinstance(coming, Pieces):
                    await self._read(coming, body, limit)
                else:
                    body.came(await coming)
        except Broken as broken:
            return broken
        except TimeoutError:
            if self._stopping:
                return Broken(problem("SRV-065"), status=503)
            return Broken(problem("SRV-063", segundos=f"{self._bounds.seconds:g}"), status=408)
        finally:
            self._arriving.discard(limit)
        if self._waiting[body.is_large] or not body.work():
            return await self._turn(body)
        return None

    async def _read(self, pieces: Pieces, body: Body, limit: asyncio.Timeout) -> None:
        """Read *body*, for which there is more time the longer it is.

        :raises Broken: it is too long or broke off, or there is no room for it.
        """
        latest = cast(float, limit.when())
        async for piece in pieces:
            if piece:
                await self._add(body, piece)
            if not self._stopping:
                limit.reschedule(latest + body.size / SLOWEST)

    async def _add(self, body: Body, piece: bytes) -> None:
        """Add *piece* to *body*; a disk that takes its time keeps nobody else waiting.

        :raises Broken: there is no room for it.
        """
        if not body.is_on_disk:
            body.add(piece)
            return
        writing = asyncio.get_running_loop().run_in_executor(self._writers, body.add, piece)
        try:
            await asyncio.shield(writing)
        except asyncio.CancelledError:
            # Whoever gives the body up must not find it being written.
            with suppress(Broken):
                await writing
            raise

    async def _turn(self, body: Body) -> Broken | None:
        """Wait until there is memory for *body*, behind those that came before it."""
        told = asyncio.get_running_loop().create_future()
        one = _Waiting(body, told)
        self._waiting[body.is_large].append(one)
        try:
            async with asyncio.timeout(self._bounds.seconds):
                await told
        except TimeoutError:
            return Broken(problem("SRV-064"), status=503)
        finally:
            with suppress(ValueError):
                self._waiting[body.is_large].remove(one)
        return None

    def _wake(self) -> None:
        """Let go on whom there is memory for."""
        for queue in self._waiting:
            while queue and queue[0].body.work():
                told = queue.popleft().told
                if not told.done():
                    told.set_result(None)

    def _answer(self, environ: dict[str, Any], request: Request, client: Client) -> None:
        """Run the application, in a thread, and send what it answers."""
        try:
            there, size = self._send(environ, request, client)
            client.answered(there, size)
        finally:
            client.answered(delivered=False)

    def _send(self, environ: dict[str, Any], request: Request, client: Client) -> tuple[bool, int]:
        """Answer; whether the client was there for it, and how many bytes."""
        status, headers = 500, list[tuple[str, str]]()

        def start_response(line: str, given: list[tuple[str, str]], failure: object = None) -> Any:
            nonlocal status, headers
            status, headers = int(line.partition(" ")[0]), given

        parts: Iterable[bytes] = self._inner(environ, start_response)
        if isinstance(parts, FileAnswer):
            parts.close()
            there = client.hands_over()
            request.response_file(status, headers, parts.path)
            return there, length_of(headers)
        try:
            whole = b"".join(parts)
        finally:
            if hasattr(parts, "close"):
                parts.close()
        there = client.hands_over()
        request.response_bytes(status, headers, whole)
        return there, len(whole)


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
