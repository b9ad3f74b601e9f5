"""A server of HTTP in the test's own process, which answers what a test tells it to, or breaks where the test says.

It works on the socket itself: a test needs to know what arrived to the byte, and to cut at any of them.
"""

from __future__ import annotations

import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import NamedTuple


class Seen(NamedTuple):
    """A request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    """Their names in small letters."""
    body: bytes
    raw_head: bytes


@dataclass(frozen=True)
class Say:
    """What the server does with one request."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    read: int | None = None
    """Bytes of the body that are read before anything else happens; None for all."""
    reset: bool = False
    """Break the connection, so that the other side gets a reset, and answer nothing."""
    close: bool = False
    """Close it in order, and answer nothing."""
    pause: float = 0
    """Seconds of rest after each MB of the body that is read."""
    wait: float = 0
    """Seconds before the answer."""
    cut: int | None = None
    """Bytes of the answer's body after which the connection is closed."""
    without_length: bool = False
    """The answer ends where the connection does."""
    date: datetime | None = None
    """The clock of the server; now where it is None."""


Script = Callable[[Seen], Say]


class Server:
    """Answers each request by the last rule whose words are in its path."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self._context = context
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.seen: list[Seen] = []
        self._rules: list[tuple[str, list[Say] | Script]] = []
        self._stopped = False
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self) -> str:
        return f"{'https' if self._context else 'http'}://127.0.0.1:{self.port}"

    def on(self, path: str, *what: Say | Script) -> None:
        """Answer requests whose path holds *path*: one after another, the last for ever; or by what a function says."""
        if len(what) == 1 and not isinstance(what[0], Say):
            self._rules.insert(0, (path, what[0]))
        else:
            self._rules.insert(0, (path, [one for one in what if isinstance(one, Say)]))

    def paths(self) -> list[str]:
        return [one.path for one in self.seen]

    def close(self) -> None:
        self._stopped = True
        self._socket.close()

    def _accept(self) -> None:
        while not self._stopped:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with self._context.wrap_socket(connection, server_side=True) if self._context else connection as one:
                self._answer(one)
        except (OSError, ValueError):
            connection.close()

    def _answer(self, connection: socket.socket) -> None:
        got = b""
        while b"\r\n\r\n" not in got:
            if not (piece := connection.recv(65536)):
                return
            got += piece
        head, _, begun = got.partition(b"\r\n\r\n")
        body = bytearray(begun)
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.strip().lower(): value.strip() for name, _, value in (one.partition(":") for one in lines)}
        method, path, _ = first.split(" ")
        say = self._say(Seen(method, path, headers, begun, head))
        length = int(headers.get("content-length", 0))
        wanted = length if say.read is None else say.read
        rested = 0
        while len(body) < wanted and (piece := connection.recv(min(65536, wanted - len(body)))):
            body += piece
            if len(body) // 1_000_000 > rested:
                rested += 1
                time.sleep(say.pause)
        self.seen.append(Seen(method, path, headers, bytes(body), head))
        time.sleep(say.wait)
        if say.reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()
        elif not say.close:
            connection.sendall(_head(say) + say.body[: say.cut])

    def _say(self, request: Seen) -> Say:
        for path, what in self._rules:
            if path in request.path:
                if not isinstance(what, list):
                    return what(request)
                return what.pop(0) if len(what) > 1 else what[0]
        return Say(b"<html><body>no existe</body></html>", 404)


def _head(say: Say) -> bytes:
    date = format_datetime((say.date or datetime.now(UTC)).astimezone(UTC), usegmt=True)
    headers = {"Date": date, "Content-Type": "text/xml", **say.headers}
    if not say.without_length:
        headers["Content-Length"] = str(len(say.body))
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {say.status} X\r\n{lines}Connection: close\r\n\r\n".encode("latin-1")


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[Server]:
    """A server while a test lasts."""
    one = Server(context)
    try:
        yield one
    finally:
        one.close()


_CLOSED: list[socket.socket] = []
"""They hold their ports until the process ends."""


def closed_port() -> int:
    """A port where nobody listens, and that nobody else gets meanwhile, as a service of a test beside would."""
    one = socket.socket()
    one.bind(("127.0.0.1", 0))
    _CLOSED.append(one)
    return int(one.getsockname()[1])
