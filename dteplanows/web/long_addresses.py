"""waitress for addresses as long as a body: the REST service takes whole files in them.

waitress looks through the whole head of a request again with each piece that arrives, which takes a minute of its only
loop for 16 MB in pieces of 8 KiB. Here the pieces are collected, and only the newest is looked at, until the head is
there.
"""

from __future__ import annotations

import time
from typing import Any

from waitress.parser import HTTPRequestParser
from waitress.utilities import Error

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Problem
from dteplanows.log import call as calls
from dteplanows.log import metrics
from dteplanows.web.rest_answer import of_failure
from dteplanows.web.rest_request import MIB

HEADERS = 64 * 1024
"""Bytes that the headers may have besides the address."""

_END = b"\r\n\r\n"


class Refusal(Error):  # type: ignore[misc]  # noqa: N818 - waitress raises none of these
    """The answer to a request of which only a part of the head is known, with the reason."""

    def __init__(self, found: Problem, status: int) -> None:
        """:param found: the reason."""
        super().__init__("")
        call = calls.Call("rest")
        calls.begin(call)
        self._answer = of_failure([found], status)
        calls.end()
        metrics.count(call)

    def to_response(self, ident: str | None = None) -> tuple[str, list[tuple[str, str]], bytes]:
        """Status, headers and body."""
        line = {414: "414 URI Too Long", 503: "503 Service Unavailable"}[self._answer.status]
        return line, [("Content-Type", self._answer.content_type)], self._answer.body


class Parser(HTTPRequestParser):  # type: ignore[misc]
    """Reads one request."""

    def __init__(self, adj: Any) -> None:
        """:param adj: the settings of the server."""
        super().__init__(adj)
        self.error: Error | None = None
        self._head = bytearray()
        self.arrived = 0.0
        """When its last byte had arrived, by ``time.monotonic()``."""

    @property
    def head_size(self) -> int:
        """Bytes that are held of a head that is not whole yet."""
        return len(self._head)

    def received(self, data: bytes) -> int:
        """Take the next piece of the request; how many of its bytes belong to it."""
        consumed = self._received(data)
        if self.completed:
            self.arrived = time.monotonic()
        return consumed

    def _received(self, data: bytes) -> int:
        if self.completed or self.headers_finished:
            return int(super().received(data))
        before = self.head_size
        self._head += data
        limit = self.adj.max_request_header_size
        if len(self._head) < limit and self._head.find(_END, max(0, before - len(_END))) < 0:
            return len(data)
        whole, self._head = bytes(self._head), bytearray()
        consumed = int(super().received(whole)) - before
        if self.header_bytes_received >= limit:
            self.error = Refusal(problem("SRV-112", maximo=(limit - HEADERS) // MIB), 414)
        return consumed
