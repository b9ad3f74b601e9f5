"""Hostile connections in one process: they send slowly, by halves, a lot, or with wrong passwords, for a time.

Reads a :class:`Plan` as JSON on the standard input, and writes what was answered, by kind and status, as JSON on the
standard output once the time is over. One thread waits for all sockets at once.
"""

from __future__ import annotations

import base64
import json
import selectors
import socket
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import lru_cache
from itertools import count, cycle
from typing import NamedTuple

KINDS = ("byte by byte", "half a call", "half a large call", "wrong passwords", "large, wrong passwords", "only a head")

_PIECE = 256 * 1024
_AGAIN = 1.0
"""Seconds before a connection that was closed is opened again."""


class Plan(NamedTuple):
    """What the connections do."""

    host: str
    port: int
    path: str
    connections: int
    seconds: float
    large: int
    """Bytes of a large body."""


def _head(plan: Plan, length: int) -> bytes:
    return (
        f"POST {plan.path} HTTP/1.1\r\nHost: {plan.host}\r\nContent-Type: text/xml; charset=utf-8\r\n"
        f"Content-Length: {length}\r\n\r\n"
    ).encode()


def _around(number: int) -> tuple[bytes, bytes]:
    """What stands before and behind the file in a call of somebody who is not known."""
    parts = {"Usuario": f"INTRUSO{number}", "Rut": "1-9", "Clave": f"adivinada{number}"}
    login = "".join(f"<{name}>{base64.b64encode(text.encode()).decode()}</{name}>" for name, text in parts.items())
    envelope = '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
    before = f"{envelope}<Procesar><login>{login}</login><file>"
    return before.encode(), b"</file><formato>1</formato></Procesar></s:Body></s:Envelope>"


@lru_cache
def _file(size: int) -> memoryview:
    """A file of *size* bytes, or three less, in base64; one for all."""
    return memoryview(b"QUFB" * (size // 4))


class _Connection:
    """One connection; it is opened again whenever the service has closed it."""

    numbers = count()

    def __init__(self, plan: Plan, kind: str) -> None:
        self.plan = plan
        self.kind = kind
        self.socket: socket.socket | None = None
        self.due = 0.0
        """When it has something to send."""
        self._pending: deque[memoryview] = deque()
        self._received = b""

    def open(self) -> socket.socket | None:
        self._pending.clear()
        self._received = b""
        self.socket = socket.socket(socket.AF_INET6 if ":" in self.plan.host else socket.AF_INET)
        self.socket.setblocking(False)
        self.socket.connect_ex((self.plan.host, self.plan.port))
        self._begin()
        return self.socket

    def _begin(self) -> None:
        """What the connection sends of its next call at once."""
        number = next(self.numbers)
        large = self.plan.large
        sizes = {
            "wrong passwords": 2000,
            "large, wrong passwords": large,
            "half a large call": large,
            "half a call": 60_000,
        }
        if self.kind in sizes:
            size = sizes[self.kind]
            before, behind = _around(number)
            file = _file(size)
            self._pend(_head(self.plan, len(before) + len(file) + len(behind)) + before)
            whole = self.kind.endswith("wrong passwords")
            self._pend(file if whole else file[: size // 2])
            if whole:
                self._pend(behind)
        elif self.kind == "only a head":
            self._pend(b"POST / HTTP/1.1\r\nX-" + b"a" * 3000)
        else:
            self._pend(_head(self.plan, 60_000) + b"<")
        self.due = 0.0

    def _pend(self, data: bytes | memoryview) -> None:
        view = memoryview(data)
        self._pending.extend(view[at : at + _PIECE] for at in range(0, len(view), _PIECE))

    def send(self) -> None:
        """Send as much as the service takes.

        :raises OSError: it has closed the connection.
        """
        if self.socket is None:
            return
        while self._pending:
            try:
                sent = self.socket.send(self._pending[0])
            except (BlockingIOError, InterruptedError):
                return
            except OSError as error:
                if error.errno in (107, 115):  # it is still being opened
                    return
                raise
            self._pending[0] = self._pending[0][sent:]
            if self._pending[0]:
                return
            self._pending.popleft()
        self.due = time.monotonic() + 1.0 if self.kind != "half a call" else float("inf")

    def drip(self) -> None:
        """The next byte."""
        if "wrong" not in self.kind:
            self._pend(b"A")

    def receive(self) -> str:
        """The status of an answer that is there whole; empty while none is.

        :raises OSError: the service has closed the connection.
        """
        if self.socket is None:
            return ""
        try:
            data = self.socket.recv(65536)
        except (BlockingIOError, InterruptedError):
            return ""
        if not data:
            raise ConnectionResetError
        self._received += data
        head, mark, body = self._received.partition(b"\r\n\r\n")
        length = next((line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), b":0")
        if not mark or len(body) < int(length.partition(b":")[2]):
            return ""
        status, self._received = head.split(b" ", 2)[1].decode(), b""
        if not self._pending:
            self._begin()
        return status

    @property
    def sends(self) -> bool:
        return bool(self._pending)


def run(plan: Plan) -> Counter[str]:
    """Be hostile as planned; how often each kind was answered with each status."""
    answered: Counter[str] = Counter()
    selector = selectors.DefaultSelector()
    kinds: Iterator[str] = cycle(KINDS)
    closed = [(0.0, _Connection(plan, next(kinds))) for _ in range(plan.connections)]
    opened: list[_Connection] = []
    end = time.monotonic() + plan.seconds
    last_drip = 0.0
    while (now := time.monotonic()) < end:
        for moment, one in [entry for entry in closed if entry[0] <= now]:
            closed.remove((moment, one))
            made = one.open()
            if made is not None:
                selector.register(made, selectors.EVENT_READ | selectors.EVENT_WRITE, one)
                opened.append(one)
        if now - last_drip > 0.2:
            last_drip = now
            for one in opened:
                if one.due and one.due <= now:
                    one.drip()
                    one.due = float("inf")
                    _watch(selector, one)
        for key, events in selector.select(0.05):
            one = key.data
            try:
                if events & selectors.EVENT_READ and (status := one.receive()):
                    answered[f"{one.kind}: {status}"] += 1
                if events & selectors.EVENT_WRITE or one.sends:
                    one.send()
                _watch(selector, one)
            except OSError:
                answered[f"{one.kind}: closed"] += 1
                _close(selector, one)
                opened.remove(one)
                closed.append((time.monotonic() + _AGAIN, one))
    for one in opened:
        _close(selector, one)
    return answered


def _watch(selector: selectors.BaseSelector, one: _Connection) -> None:
    if one.socket is not None:
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if one.sends else 0)
        if selector.get_key(one.socket).events != events:
            selector.modify(one.socket, events, one)


def _close(selector: selectors.BaseSelector, one: _Connection) -> None:
    if one.socket is not None:
        selector.unregister(one.socket)
        with suppress(OSError):
            one.socket.close()
        one.socket = None


def main(allow_files: Callable[[], None]) -> None:
    """Read the plan, do it, write what came of it."""
    allow_files()
    json.dump(run(Plan(**json.load(sys.stdin))), sys.stdout)


if __name__ == "__main__":
    from dteplanows.web.server import _allow_files

    main(_allow_files)
