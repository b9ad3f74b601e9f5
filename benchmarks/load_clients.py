"""Keep-alive clients in one process: each sends its next call as soon as the answer to its last one is there.

Reads a :class:`Plan` as JSON on the standard input and writes a :class:`Report` as JSON on the standard output. One
thread waits for all sockets at once, so that the clients take little of the processors that the service needs.
"""

from __future__ import annotations

import base64
import json
import re
import selectors
import socket
import sys
import time
from collections.abc import Iterator
from itertools import count, cycle
from typing import Any, NamedTuple

MARK = b"00000000"
"""Stands in a file where the number of the call goes, so that no two files are the same, as no two invoices are."""

_PATIENCE = 60.0
"""Seconds without any answer at all after which the clients give up."""

_MOST_ERRORS = 20
"""Errors that are shown; all are counted."""

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)


class Plan(NamedTuple):
    """What the clients do."""

    host: str
    port: int
    path: str
    clients: int
    seconds: float
    logins: list[str]
    """The XML inside ``login`` of each user; the clients take them in turn."""
    files: list[tuple[str, str]]
    """Formato and file (as latin-1 text, with MARK in it); the calls take them in turn."""
    answer: str
    """Regular expression of a good answer; its groups are what the report notes of it."""


class Report(NamedTuple):
    """What became of the calls."""

    seconds: float
    """From the first call to the last answer."""
    latencies: list[float]
    """Seconds of each call that was answered as expected, in the order of the answers."""
    noted: list[list[str]]
    """The groups of each good answer."""
    errors: int
    shown: list[str]
    """The first errors in words."""


class _Client:
    """One connection, with the call that is under way on it."""

    def __init__(self, plan: Plan, login: str) -> None:
        self._plan = plan
        self.login = login
        self.received = b""
        self.begin = 0.0
        self.connection = self.connect()

    def connect(self) -> socket.socket:
        """A connection that sends at once."""
        connection = socket.create_connection((self._plan.host, self._plan.port), _PATIENCE)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def send(self, request: bytes) -> None:
        """Begin a call."""
        self.received = b""
        self.begin = time.perf_counter()
        self.connection.sendall(request)

    def answer(self) -> bytes | None:
        """The whole answer, or None while a part of it is missing.

        :raises ConnectionError: the service closed the connection.
        """
        data = self.connection.recv(65536)
        if not data:
            raise ConnectionError("the service closed the connection")
        self.received += data
        return self.received if is_whole(self.received) else None


def is_whole(answer: bytes) -> bool:
    """Whether *answer* is a complete HTTP answer."""
    head, end, body = answer.partition(b"\r\n\r\n")
    if not end:
        return False
    length = _LENGTH.search(head)
    if length:
        return len(body) >= int(length[1])
    return bool(_CHUNKED.search(head)) and body.endswith(b"0\r\n\r\n")


def requests(plan: Plan) -> Iterator[bytes]:
    """The requests, each with a file of its own; the client's login takes the place of ``%s``."""
    files = cycle((formato, file.encode("latin-1")) for formato, file in plan.files)
    for number, (formato, file) in zip(count(1), files, strict=False):
        one = base64.b64encode(file.replace(MARK, b"%08d" % number))
        yield (
            b'<?xml version="1.0" encoding="utf-8"?><soap:Envelope '
            b'xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><Procesar xmlns="http://tempuri.org">'
            b"<login>%%s</login><file>%s</file><formato>%s</formato></Procesar></soap:Body></soap:Envelope>"
            % (one, formato.encode())
        )


def request(plan: Plan, body: bytes) -> bytes:
    """*body* as an HTTP request that keeps the connection."""
    return (
        f"POST {plan.path} HTTP/1.1\r\nHost: {plan.host}:{plan.port}\r\nContent-Type: text/xml; charset=utf-8\r\n"
        f'SOAPAction: "http://tempuri.org/Procesar"\r\nContent-Length: {len(body)}\r\n\r\n'
    ).encode() + body


class Load:
    """All the clients."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._good = re.compile(plan.answer.encode())
        self._bodies = requests(plan)
        self._selector = selectors.DefaultSelector()
        self._latencies: list[float] = []
        self._noted: list[list[str]] = []
        self._errors: list[str] = []

    def run(self) -> Report:
        """Call until the time is over, then take the answers to the calls under way."""
        logins = cycle(self._plan.logins)
        clients = [_Client(self._plan, next(logins)) for _ in range(self._plan.clients)]
        begin = time.perf_counter()
        for client in clients:
            self._selector.register(client.connection, selectors.EVENT_READ, client)
            self._send(client)
        while self._selector.get_map():
            ready = self._selector.select(_PATIENCE)
            if not ready:
                self._errors += [f"no answer after {_PATIENCE:.0f} s"] * len(self._selector.get_map())
                break
            for key, _ in ready:
                self._serve(key.data, begin + self._plan.seconds)
        seconds = time.perf_counter() - begin
        shown = self._errors[:_MOST_ERRORS]
        return Report(seconds, self._latencies, self._noted, len(self._errors), shown)

    def _send(self, client: _Client) -> None:
        body = next(self._bodies).replace(b"%s", client.login.encode(), 1)
        client.send(request(self._plan, body))

    def _serve(self, client: _Client, end: float) -> None:
        """Take what came for a client, and let it call again when that was its answer."""
        try:
            answer = client.answer()
            if answer is None:
                return
            self._judge(answer, time.perf_counter() - client.begin)
        except OSError as error:
            self._errors.append(str(error) or type(error).__name__)
            self._selector.unregister(client.connection)
            client.connection.close()
            client.connection = client.connect()
            self._selector.register(client.connection, selectors.EVENT_READ, client)
        if time.perf_counter() < end:
            self._send(client)
        else:
            self._selector.unregister(client.connection)
            client.connection.close()

    def _judge(self, answer: bytes, seconds: float) -> None:
        found = self._good.search(answer)
        if answer.startswith(b"HTTP/1.1 200 ") and found:
            self._latencies.append(seconds)
            self._noted.append([one.decode() for one in found.groups()])
        else:
            self._errors.append(answer.decode("utf-8", "replace"))


def main() -> None:
    """Do what the plan says."""
    known: dict[str, Any] = json.load(sys.stdin)
    json.dump(Load(Plan(**known)).run()._asdict(), sys.stdout)


if __name__ == "__main__":
    main()
