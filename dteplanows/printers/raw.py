"""Bytes to a port of the printer, usually 9100.

Such a printer says nothing, and a connection that was closed in good order only says that the machine behind it has
taken the bytes. What a receipt printer of a maker who documents it says more is asked: whether it has paper before
anything leaves, and at the end whether it has printed all of it.
"""

from __future__ import annotations

import socket
import struct
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from dteplanows.printers import status_bytes
from dteplanows.printers.sending import CONNECTING, GLANCE, STALLED, Order, Unprinted, Watch
from dteplanows.printing.escpos import profiles
from dteplanows.process.system_errors import in_words

if sys.platform == "linux":
    import fcntl

_SIOCOUTQ = 0x5411
"""How many bytes of a connection the other side has not acknowledged (Linux, ``tcp(7)``)."""
_ANSWER = 3.0
"""Seconds in which a printer says how it is."""
_CLOSES = 2.0
"""Seconds in which the other side closes; printers that never do have then taken what they acknowledged."""
_SILENT = 10.0
"""Seconds after which a printer that takes nothing is worth a look."""
_PIECE = 16 * 1024
NOTHING_TAKEN = "la impresora dejó de recibir: vea si tiene papel y está en línea"


def send(order: Order, watch: Watch) -> None:
    """Send the document.

    :raises Unprinted: it was not taken.
    """
    profile = profiles().get(order.printer.formato)
    with connected(order) as line, _told():
        answers = bool(profile and profile.status) and _answers(line)
        watch.begins()
        deliver(line, order.content.data + (status_bytes.ASK_WHEN_DONE if answers else b""), watch)
        if answers:
            _wait_for_paper(line, watch)
        else:
            _wait_for_close(line, watch)


@contextmanager
def connected(order: Order) -> Iterator[socket.socket]:
    """A connection to the printer.

    :raises Unprinted: there is none to be had; nothing was printed.
    """
    where = f"{order.address.host}:{order.address.port}"
    try:
        line = socket.create_connection((order.address.host, order.address.port), CONNECTING)
    except TimeoutError:
        raise Unprinted(f"{where} no contesta", clean=True) from None
    except OSError as error:
        raise Unprinted(f"{where}: {in_words(error)}", clean=True) from None
    with line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.settimeout(GLANCE)
        yield line


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unprinted(f"se cortó mientras se imprimía: {in_words(error)}") from None


def deliver(line: socket.socket, data: bytes, watch: Watch) -> None:
    """Hand all of *data* over, however slowly it is taken.

    :raises Unprinted: nothing is taken any more.
    :raises OSError: the connection broke.
    """
    rest, moved = memoryview(data), time.monotonic()
    while rest:
        try:
            sent = line.send(rest[:_PIECE])
        except TimeoutError:
            sent = 0
        watch.lives()
        now = time.monotonic()
        if sent:
            rest, moved = rest[sent:], now
            continue
        _look_at_silence(now - moved, watch)


def _look_at_silence(seconds: float, watch: Watch) -> None:
    if seconds > STALLED:
        raise Unprinted(NOTHING_TAKEN)
    if seconds > _SILENT:
        watch.warns(NOTHING_TAKEN)


def _answers(line: socket.socket) -> bool:
    """Whether the printer says how it is, and is well.

    :raises Unprinted: it is not; nothing was printed.
    """
    line.sendall(status_bytes.ASK)
    answered, end = b"", time.monotonic() + _ANSWER
    while len(answered) < status_bytes.ANSWERS and time.monotonic() < end:
        try:
            got = line.recv(16)
        except TimeoutError:
            continue
        except OSError as error:
            raise Unprinted(in_words(error), clean=True) from None
        if not got:
            raise Unprinted("la impresora cortó la conexión", clean=True)
        answered += got
    if found := status_bytes.trouble(answered):
        raise Unprinted(found, clean=True)
    return len(answered) >= status_bytes.ANSWERS


def _wait_for_paper(line: socket.socket, watch: Watch) -> None:
    """Wait until the printer says that it has printed everything, and tell people what keeps it from that."""
    begun, answered = time.monotonic(), b""
    while True:
        try:
            got = line.recv(64)
            if not got:
                raise Unprinted("la impresora cortó la conexión antes de terminar")
            answered = (answered + got)[-64:]
        except TimeoutError:
            pass
        if status_bytes.is_done(answered):
            return
        if (seconds := time.monotonic() - begun) > STALLED:
            raise Unprinted(status_bytes.trouble(answered) or NOTHING_TAKEN)
        watch.lives()
        if seconds > GLANCE:
            watch.warns(status_bytes.trouble(answered))
            line.sendall(status_bytes.ASK)
            time.sleep(0.2)


def _wait_for_close(line: socket.socket, watch: Watch) -> None:
    """Wait until the other side has all of it: one that resets the connection may have read nothing."""
    line.shutdown(socket.SHUT_WR)
    begun = time.monotonic()
    while True:
        watch.lives()
        try:
            if not line.recv(4096):
                return
        except TimeoutError:
            seconds = time.monotonic() - begun
            if seconds >= _CLOSES and not _unacknowledged(line):
                return
            _look_at_silence(seconds, watch)


def _unacknowledged(line: socket.socket) -> int:
    """Bytes that the other side has not taken, where the system tells; else 0."""
    if sys.platform != "linux":
        return 0
    return int(struct.unpack("i", fcntl.ioctl(line, _SIOCOUTQ, b"\0\0\0\0"))[0])
