"""A job to a queue of LPD (RFC 1179): old print servers, and receipt printers that have one."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

from dteplanows.printers.raw import connected, deliver
from dteplanows.printers.sending import STALLED, Order, Unprinted, Watch
from dteplanows.process.system_errors import in_words

_HOST, _USER = "dteplanows", "dteplanows"
_TITLE = 99
"""Letters that a queue takes of a name."""
_JOBS = 1000
"""Numbers of jobs have three digits."""


def send(order: Order, watch: Watch) -> None:
    """Send the document, first what is said of it and then itself.

    :raises Unprinted: the queue did not take it.
    """
    content = order.content
    number = int("".join(filter(str.isdigit, content.name[:8])) or 0) % _JOBS
    control, data = f"cfA{number:03d}{_HOST}", f"dfA{number:03d}{_HOST}"
    # As it is, without filter: "l"; "U" lets the queue forget the file once it is printed.
    title = content.title[:_TITLE]
    said = "\n".join((f"H{_HOST}", f"P{_USER}", f"J{title}", f"l{data}", f"U{data}", f"N{title}", ""))
    with connected(order) as line, _told():
        queue = order.address.rest
        _ask(line, b"\x02" + queue.encode("ascii") + b"\n", watch, f"la cola {queue} no existe o no recibe trabajos")
        file = said.encode("ascii", "replace")
        _ask(line, b"\x02%d %s\n" % (len(file), control.encode()), watch, "la cola no recibe el trabajo")
        _ask(line, file + b"\0", watch, "la cola no recibe el trabajo")
        _ask(line, b"\x03%d %s\n" % (len(content.data), data.encode()), watch, "la cola no tiene lugar")
        watch.begins()
        deliver(line, content.data + b"\0", watch)
        if _answer(line, watch) != b"\0":
            raise Unprinted("la cola no confirmó el documento")


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unprinted(f"se cortó la conexión con la cola: {in_words(error)}") from None


def _ask(line: socket.socket, order: bytes, watch: Watch, otherwise: str) -> None:
    """:raises Unprinted: the answer is no; nothing is printed."""
    deliver(line, order, watch)
    if _answer(line, watch) != b"\0":
        raise Unprinted(otherwise, clean=True)


def _answer(line: socket.socket, watch: Watch) -> bytes:
    """The byte that the queue answers; empty when it closed the connection."""
    begun = time.monotonic()
    while time.monotonic() - begun < STALLED:
        try:
            return line.recv(1)
        except TimeoutError:
            watch.lives()
    raise Unprinted("la cola no contesta")
