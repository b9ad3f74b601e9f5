"""waitress for addresses as long as a body: the REST service takes whole files in them.

waitress looks through the whole head of a request again with each piece that arrives, which takes a minute of its only
loop for 16 MB in pieces of 8 KiB. Here the pieces are collected, and only the newest is looked at, until the head is
there.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from waitress.parser import HTTPRequestParser
from waitress.server import BaseWSGIServer, create_server
from waitress.utilities import Error

from dteplanows.document.catalogue import problem
from dteplanows.web.rest_answer import of_failure
from dteplanows.web.rest_request import MIB
from dteplanows.web.waitress_client import LOOKAHEAD, ClientChannel

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_HEADERS = 64 * 1024
"""Bytes that the headers may have besides the address."""

_END = b"\r\n\r\n"


class _TooLong(Error):  # type: ignore[misc]  # noqa: N818 - waitress raises none of these
    """The answer to a request whose head is too long, with the reason."""

    def __init__(self, most: int) -> None:
        """:param most: bytes that an address may have."""
        super().__init__("")
        self._answer = of_failure([problem("SRV-112", maximo=most // MIB)], 414)

    def to_response(self, ident: str | None = None) -> tuple[str, list[tuple[str, str]], bytes]:
        """Status, headers and body."""
        return "414 URI Too Long", [("Content-Type", self._answer.content_type)], self._answer.body


class Parser(HTTPRequestParser):  # type: ignore[misc]
    """Reads one request."""

    def __init__(self, adj: Any) -> None:
        """:param adj: the settings of the server."""
        super().__init__(adj)
        self._head = bytearray()
        self.arrived = 0.0
        """When its last byte had arrived, by ``time.monotonic()``."""

    def received(self, data: bytes) -> int:
        """Take the next piece of the request; how many of its bytes belong to it."""
        consumed = self._received(data)
        if self.completed:
            self.arrived = time.monotonic()
        return consumed

    def _received(self, data: bytes) -> int:
        if self.completed or self.headers_finished:
            return int(super().received(data))
        before = len(self._head)
        self._head += data
        most = self.adj.max_request_header_size
        if len(self._head) < most and self._head.find(_END, max(0, before - len(_END))) < 0:
            return len(data)
        whole, self._head = bytes(self._head), bytearray()
        consumed = int(super().received(whole)) - before
        if self.header_bytes_received >= most:
            self.error = _TooLong(most - _HEADERS)
        return consumed


class _Channel(ClientChannel):
    """A connection."""

    parser_class = Parser


def make_server(served: WSGIApplication, host: str, port: int, threads: int, most: int) -> Any:
    """A waitress server for *served*, to be run.

    :param most: bytes that an address may have, as many as a body.
    """
    open_at: dict[int, Any] = {}
    server = create_server(
        served,
        map=open_at,
        host=host,
        port=port,
        threads=threads,
        ident=None,
        max_request_header_size=most + _HEADERS,
        channel_request_lookahead=LOOKAHEAD,
    )
    for one in open_at.values():
        if isinstance(one, BaseWSGIServer):
            one.channel_class = _Channel
    return server
