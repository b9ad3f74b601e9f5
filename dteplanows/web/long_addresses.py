"""waitress for addresses as long as a body: the REST service takes whole files in them.

waitress looks through the whole head of a request again with each piece that arrives, which takes a minute of its only
loop for 16 MB in pieces of 8 KiB. Here the pieces are collected, and only the newest is looked at, until the head is
there.

A body that is longer than accepted is read to its end and thrown away, for who still writes hears no answer; what
waitress itself refuses is told in the words of the catalogue.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from waitress.buffers import OverflowableBuffer
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import BaseWSGIServer, create_server
from waitress.utilities import BadRequest, Error, RequestEntityTooLarge

from dteplanows.document.catalogue import problem
from dteplanows.soap import reply
from dteplanows.soap.faults import Broken, Soap
from dteplanows.soap.published import PATH
from dteplanows.soap.request import content_type, too_large
from dteplanows.web.arriving import TIMES
from dteplanows.web.rest_answer import of_failure
from dteplanows.web.rest_request import MIB

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_HEADERS = 64 * 1024
"""Bytes that the headers may have besides the address."""

_END = b"\r\n\r\n"


class _Told(Error):  # type: ignore[misc]  # noqa: N818 - waitress raises none of these
    """The answer to a request that waitress itself cannot take, with the reason."""

    def __init__(self, broken: Broken, path: str, media: str) -> None:
        """:param path: of the request; below that of the SOAP service a fault is answered, elsewhere JSON.
        :param media: content type of the request.
        """
        super().__init__("")
        self._status = broken.status
        if path[: len(PATH)].lower() == PATH.lower():
            self._answer = reply.refusal(broken, Soap.V12 if media == "application/soap+xml" else Soap.V11)
        else:
            self._answer = of_failure([broken.problem], broken.status)

    def to_response(self, ident: str | None = None) -> tuple[str, list[tuple[str, str]], bytes]:
        """Status, headers and body."""
        status = f"{self._status} {_PHRASES[self._status]}"
        return status, [("Content-Type", self._answer.content_type)], self._answer.body


_PHRASES = {400: "Bad Request", 413: "Payload Too Large", 414: "URI Too Long"}


class _Bounded(OverflowableBuffer):  # type: ignore[misc]
    """A body of which no more is held than is accepted; its length is that of all that came."""

    def __init__(self, overflow: int, most: int) -> None:
        """:param overflow: bytes that are held in memory and not on disk.
        :param most: bytes that a body may have.
        """
        super().__init__(overflow)
        self._most = most
        self._dropped = 0

    def append(self, s: bytes) -> None:
        """Take the next piece."""
        if self._dropped or len(self) + len(s) > self._most:
            self._dropped += len(s)
        else:
            super().append(s)

    def __len__(self) -> int:
        return int(super().__len__()) + self._dropped


class Parser(HTTPRequestParser):  # type: ignore[misc]
    """Reads one request."""

    def __init__(self, adj: Any) -> None:
        """:param adj: the settings of the server."""
        super().__init__(adj)
        self._head = bytearray()

    def received(self, data: bytes) -> int:
        """Take the next piece of the request; how many of its bytes belong to it."""
        if self.completed or self.headers_finished:
            return self._taken(data)
        before = len(self._head)
        self._head += data
        most = self.adj.max_request_header_size
        if len(self._head) < most and self._head.find(_END, max(0, before - len(_END))) < 0:
            return len(data)
        whole, self._head = bytes(self._head), bytearray()
        consumed = self._taken(whole) - before
        if self.header_bytes_received >= most:
            self.error = _Told(Broken(problem("SRV-112", maximo=self._most // MIB), status=414), "", "")
        elif self.body_rcv is not None:
            self.body_rcv.buf = _Bounded(self.adj.inbuf_overflow, self._most)
        return consumed

    @property
    def _most(self) -> int:
        """Bytes that a body may have, and an address."""
        return int(self.adj.max_request_header_size) - _HEADERS

    def _taken(self, data: bytes) -> int:
        """Take a piece as waitress does; how many of its bytes belong to the request."""
        taken = int(super().received(data))
        broken = None
        if isinstance(self.error, RequestEntityTooLarge):
            broken = too_large(self._most)
        elif isinstance(self.error, BadRequest) and self.body_rcv is not None:
            broken = Broken(problem("SRV-042"), status=400)
        if broken:
            self.error = _Told(broken, self.path, content_type(self.headers.get("CONTENT_TYPE", "")).media)
        return taken


class _Channel(HTTPChannel):  # type: ignore[misc]
    """A connection."""

    parser_class = Parser


def make_server(served: WSGIApplication, host: str, port: int, threads: int, most: int) -> Any:
    """A waitress server for *served*, to be run.

    :param most: bytes that an address may have, as many as a body.
    """
    open_at: dict[int, Any] = {}
    server = create_server(
        served, map=open_at, host=host, port=port, threads=threads, ident=None, max_request_header_size=most + _HEADERS,
        max_request_body_size=TIMES * most,
    )  # fmt: skip
    for one in open_at.values():
        if isinstance(one, BaseWSGIServer):
            one.channel_class = _Channel
    return server
