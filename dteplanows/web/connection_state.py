"""Whether the other side of a connection has ended it, as the system knows it, whatever lies unread in between.

A server learns that its client went when it has read the connection to its end. granian does not read behind a call
that is being answered, where a client may have left some bytes: old programs send an end of line behind the body of a
POST. Then the end is never seen, and on a busy machine it is seen late in any case. Linux tells the state of a
connection at once: of one's own socket by ``TCP_INFO``, and of one that is known by its two addresses by netlink's
``sock_diag``. Other systems tell nothing here.
"""

from __future__ import annotations

import ipaddress
import os
import socket
import struct
import sys
import threading
from collections.abc import Callable
from functools import lru_cache

_ESTABLISHED = 1
_LISTEN = 10
"""What is told of a connection that is not there: of the socket that would take it."""
_UNKNOWN = 0

_MOST_HOSTS = 1024
_SOCK_DIAG = 4
_BY_FAMILY = 20
_HEADER = struct.Struct("=IHHII")
_QUESTION = struct.Struct("=BBBxI")
_PORTS = struct.Struct("!HH")
_NO_COOKIE = struct.pack("=III", 0, 0xFFFFFFFF, 0xFFFFFFFF)
_ANY_STATE = 0xFFF
_STATE_AT = _HEADER.size + 1

Ended = Callable[[], bool]


def _never() -> bool:
    return False


def of_socket(one: socket.socket) -> bool:
    """Whether the other side has ended the connection of *one*; False where that cannot be known."""
    if sys.platform != "linux":
        return False
    try:
        return one.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] != _ESTABLISHED
    except OSError:  # closed here too, or no TCP
        return False


def of_addresses(server: tuple[str, str], client: tuple[str, str]) -> Ended:
    """What tells whether *client* has ended its connection to *server*.

    :param server: host and port at which the service listens; the host may be all of the machine's.
    :param client: host and port.
    """
    if sys.platform != "linux":
        return _never
    hosts = server[0], client[0]
    question = b""

    def ended() -> bool:
        nonlocal question
        question = question or _question(server, client)
        state = _state(question) if question else _UNKNOWN
        if state == _ESTABLISHED:
            if hosts not in _right:
                _note(hosts)
            return False
        # Not there: it has ended, or came to another address of this machine than guessed.
        return hosts in _right if state == _LISTEN else state != _UNKNOWN

    return ended


_right: set[tuple[str, str]] = set()
"""Hosts of which a connection was found."""


def _note(hosts: tuple[str, str]) -> None:
    if len(_right) >= _MOST_HOSTS:
        _right.clear()
    _right.add(hosts)


def _question(server: tuple[str, str], client: tuple[str, str]) -> bytes:
    """What netlink is asked about a connection; empty where its sides are no addresses."""
    try:
        begin, addresses = _sides(server[0], client[0])
        return begin + _PORTS.pack(int(server[1]), int(client[1])) + addresses
    except (ValueError, OSError, struct.error):  # a socket of the file system, or no way to that address
        return b""


@lru_cache(_MOST_HOSTS)
def _sides(server: str, client: str) -> tuple[bytes, bytes]:
    """What stands before the ports and behind them, for the hosts of both sides."""
    here, there = _address(server), _address(client)
    if here.is_unspecified:
        here = _here(there)
    body = _QUESTION.pack(socket.AF_INET if there.version == 4 else socket.AF_INET6, socket.IPPROTO_TCP, 0, _ANY_STATE)
    addresses = here.packed.ljust(16, b"\0") + there.packed.ljust(16, b"\0") + _NO_COOKIE
    size = _HEADER.size + len(body) + _PORTS.size + len(addresses)
    return _HEADER.pack(size, _BY_FAMILY, 1, 1, 0) + body, addresses


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    one = ipaddress.ip_address(text)
    return getattr(one, "ipv4_mapped", None) or one


def _here(there: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The address of this machine that is usual for a connection with *there*. Nothing is sent."""
    with socket.socket(socket.AF_INET if there.version == 4 else socket.AF_INET6, socket.SOCK_DGRAM) as one:
        one.connect((str(there), 9))
        return _address(one.getsockname()[0])


_lock = threading.Lock()
_asking: tuple[int, socket.socket] | None = None


def _state(question: bytes) -> int:
    """The state of a connection, a number of the system's; 0 where it tells nothing."""
    global _asking  # noqa: PLW0603 - one for each process, made when it is first needed
    with _lock:
        try:
            if _asking is None or _asking[0] != os.getpid():
                one = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _SOCK_DIAG)
                one.connect((0, 0))
                one.setblocking(False)  # the answer is there as soon as the question is sent
                _asking = (os.getpid(), one)
            _asking[1].send(question)
            answer = _asking[1].recv(1024)
        except OSError:
            _asking = None
            return _UNKNOWN
    _, kind, _, _, _ = _HEADER.unpack_from(answer)
    return answer[_STATE_AT] if kind == _BY_FAMILY else _UNKNOWN
