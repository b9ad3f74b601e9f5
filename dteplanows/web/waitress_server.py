"""waitress with the bounds that the other server has, of memory, time and connections, and an end that loses nothing.

waitress by itself has no thread wait for a slow client either, but it keeps half a megabyte of each call in memory,
waits for a call that trickles in for ever, takes a hundred connections, and drops what it is answering when it ends.
"""

from __future__ import annotations

import io
import logging
import signal
import time
from collections.abc import Callable, Iterable
from types import FrameType
from typing import TYPE_CHECKING, Any, NamedTuple

from waitress import wasyncore
from waitress.server import BaseWSGIServer, create_server
from waitress.utilities import BadRequest

from dteplanows.document.catalogue import problem
from dteplanows.soap.asmx.faults import Broken
from dteplanows.soap.asmx.request import too_large
from dteplanows.web.arriving import TIMES
from dteplanows.web.bodies import GRACE, SLOWEST, SMALL, Account, Body, Refusing
from dteplanows.web.long_addresses import HEADERS, Parser, Refusal
from dteplanows.web.waitress_client import LOOKAHEAD, ClientChannel

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

_LOOK = 1
"""Seconds between two looks at the connections for calls that are late."""

_ACCEPTED = 256
"""Connections that are taken before those that are open are served."""

_SILENT = 5
"""Seconds after which a silent connection is closed, behind those that a call has: first it is told why."""

_ANY = 2**62
"""More than any body has: it is not waitress that says that one is too large."""


class Limits(NamedTuple):
    """What clients may use."""

    body: int
    """Bytes of a body, and of an address."""
    seconds: float
    """How long a call may take to arrive, and besides as long as it needs at ``SLOWEST``."""
    threads: int
    """Calls answered at once."""
    connections: int
    """Open at once."""
    stopping: float
    """Seconds that a call under way at the end may still take."""


class _Buffer:
    """A body as waitress fills it."""

    def __init__(self, body: Body) -> None:
        self.body = body

    def __len__(self) -> int:
        return self.body.size

    def append(self, data: bytes) -> None:
        """Take the next piece."""
        self.body.add(bytes(data))

    def getfile(self) -> Body:
        """What the application reads."""
        return self.body

    def close(self) -> None:
        """The call is answered or given up."""
        self.body.end()


class _Discarded:
    """In place of the rest of a body that is refused: it is thrown away, for who still writes hears no answer."""

    def __init__(self, size: int) -> None:
        """:param size: bytes that had come before."""
        self._size = size

    def __len__(self) -> int:
        return self._size

    def append(self, data: bytes) -> None:
        """Take the next piece."""
        self._size += len(data)

    def getfile(self) -> io.BytesIO:
        """Nothing of it can be read."""
        return io.BytesIO()

    def close(self) -> None:
        """Nothing is held."""


class _Parser(Parser):
    """Reads one request; made anew for each, by :class:`_Channel` with the account and the limits of its server."""

    account: Account
    limits: Limits

    def __init__(self, adj: Any) -> None:
        super().__init__(adj)
        self._began = time.monotonic()
        self._held = 0
        self._refused: Broken | None = None

    def received(self, data: bytes) -> int:
        """Take the next piece of the request; how many of its bytes belong to it."""
        try:
            taken = super().received(data)
            # Until the call is answered: the address stays, and may be as long as a body.
            self._hold(max(self._held, self.head_size, self.header_bytes_received))
        except Broken as broken:
            self._discard(broken)
            return len(data)
        if self.body_rcv is None:
            return taken
        if isinstance(self.error, BadRequest):
            self.error = None
            self.refuse(Broken(problem("SRV-042"), status=400))
        elif len(self.body_rcv) > TIMES * self.limits.body:
            self._end_here()
        elif len(self.body_rcv) > self.limits.body and self._refused is None:
            self._discard(too_large(self.limits.body))
        return taken

    def parse_header(self, header_plus: bytes) -> None:
        """Understand the head; of a body that is too large nothing is held."""
        super().parse_header(header_plus)
        if self.body_rcv is None:
            return
        self.body_rcv.buf = _Buffer(Body(self.account))
        if self.content_length > self.limits.body:
            self._discard(too_large(self.limits.body))

    def is_late(self) -> bool:
        """Whether the request has had its time."""
        size = self.head_size if self.body_rcv is None else len(self.body_rcv)
        return time.monotonic() > self._began + self.limits.seconds + size / SLOWEST

    def refuse(self, broken: Broken) -> None:
        """The request has come to its end; the application is told why when it reads the body."""
        super().close()
        if self.body_rcv is None:
            # It is not known yet what is asked, and so not in which form to answer.
            self.error = Refusal(broken.problem, broken.status)
        else:
            self._refused = broken
        self._end_here()

    def _discard(self, broken: Broken) -> None:
        """Refuse the request once the rest of its body has come, of which nothing is held.

        Who asks for leave to send it is answered at once.
        """
        if self.body_rcv is None or self.expect_continue:
            self.refuse(broken)
            return
        self._refused = broken
        size = len(self.body_rcv)
        self.body_rcv.buf.close()
        self.body_rcv.buf = _Discarded(size)

    def _end_here(self) -> None:
        self.completed = True
        self.arrived = time.monotonic()
        self.expect_continue = False
        self.headers["CONNECTION"] = "close"

    def get_body_stream(self) -> Any:
        """What the application reads."""
        return Refusing(self._refused) if self._refused else super().get_body_stream()

    def close(self) -> None:
        """The request is answered or given up."""
        self._hold(0)
        super().close()

    def _hold(self, size: int) -> None:
        """Count *size* bytes of the head.

        :raises Broken: there is no room for it.
        """
        more, self._held = size - self._held, size
        if more < 0:
            self.account.working.give(-more)
        elif more and not self.account.working.take(more, large=size > SMALL):
            self._held -= more
            raise Broken(problem("SRV-064"), status=503)


class _Channel(ClientChannel):
    """A connection."""

    request: _Parser | None

    def handle_close(self) -> None:
        """The connection is gone."""
        if self.request is not None:
            self.request.close()
            self.request = None
        super().handle_close()

    def end_late(self, broken: Broken | None = None) -> None:
        """Answer a call that has not arrived in time; with *broken*, any that has not arrived."""
        with self.requests_lock:
            request = self.request
            if request is None or self.requests or not (broken or request.is_late()):
                return
            self.request = None
            if request.body_rcv is None:
                request.close()
                self.will_close = True
                return
            request.refuse(broken or Broken(problem("SRV-063", segundos=f"{request.limits.seconds:g}"), status=408))
            self.requests.append(request)
        self.server.add_task(self)


class Server:
    """A waitress server for one application."""

    def __init__(self, served: WSGIApplication, host: str, port: int, limits: Limits, account: Account) -> None:
        self._limits = limits
        self._map: dict[int, Any] = {}
        self._stopping = False
        # It warns of each call that waits for a thread.
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        server = create_server(
            _counted(served), map=self._map, host=host, port=port, threads=limits.threads, ident=None,
            max_request_header_size=limits.body + HEADERS, max_request_body_size=_ANY,
            connection_limit=limits.connections, channel_timeout=limits.seconds + _SILENT, cleanup_interval=_LOOK,
            asyncore_use_poll=True, backlog=1024, channel_request_lookahead=LOOKAHEAD,
        )  # fmt: skip
        self._dispatcher = server.task_dispatcher
        self._listening = [one for one in self._map.values() if isinstance(one, BaseWSGIServer)]
        parser = type("_BoundedParser", (_Parser,), {"account": account, "limits": limits})
        for one in self._listening:
            one.channel_class = type("_BoundedChannel", (_Channel,), {"parser_class": parser})
            one.handle_accept = _all_that_wait(one.handle_accept, self._map)
            one.maintenance = _looking(one.maintenance, self._channels)

    def run(self) -> None:
        """Serve until SIGTERM or SIGINT; calls that have arrived then are answered first."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        while not self._stopping:
            self._once(self._map)
        for one in self._listening:
            wasyncore.dispatcher.close(one)
        latest = time.monotonic() + GRACE
        end = latest + self._limits.stopping
        while self._is_busy(latest) and time.monotonic() < end:
            self._once(self._map)
            if time.monotonic() >= latest:
                for channel in self._channels():
                    channel.end_late(Broken(problem("SRV-065"), status=503))
        self._dispatcher.shutdown(timeout=_LOOK)

    def _once(self, open_at: dict[int, Any]) -> None:
        wasyncore.loop(timeout=0.2 if self._stopping else _LOOK, map=open_at, use_poll=True, count=1)

    def _channels(self) -> list[_Channel]:
        return [one for one in self._map.values() if isinstance(one, _Channel)]

    def _is_busy(self, latest: float) -> bool:
        """Whether a call is not answered yet; until *latest* one may also be on its way."""
        return any(
            one.requests or one.total_outbufs_len or (one.request is not None and time.monotonic() < latest + _LOOK)
            for one in self._channels()
        )

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True
        for one in self._listening:
            one.pull_trigger()


def _all_that_wait(accept: Callable[[], None], open_at: dict[int, Any]) -> Callable[[], None]:
    """*accept*, which takes one connection, for as many as wait: behind a thousand a customer's would wait a minute."""

    def accept_all() -> None:
        for _ in range(_ACCEPTED):
            before = len(open_at)
            accept()
            if len(open_at) == before:
                break

    return accept_all


def _looking(maintenance: Callable[[float], None], channels: Callable[[], list[_Channel]]) -> Callable[[float], None]:
    """*maintenance* of waitress, which closes silent connections, and an answer to calls that are late."""

    def look(now: float) -> None:
        for channel in channels():
            channel.end_late()
        maintenance(now)

    return look


def _counted(served: WSGIApplication) -> WSGIApplication:
    """*served*, for calls that find memory."""

    def serve(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        body = environ["wsgi.input"]
        if isinstance(body, Body) and not body.work():
            environ["wsgi.input"] = Refusing(Broken(problem("SRV-064"), status=503))
        return served(environ, start_response)

    return serve
