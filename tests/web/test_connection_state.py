"""What the system knows of the other side of a connection."""

from __future__ import annotations

import socket
import struct
import sys
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from dteplanows.web import connection_state

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="otros sistemas no dicen el estado de una conexión")

Pair = tuple[socket.socket, socket.socket, str]
"""Both sides, the service's first, and the host at which it listens."""


@pytest.fixture(params=["127.0.0.1", "0.0.0.0", "::1", "::"])
def pair(request: pytest.FixtureRequest) -> Iterator[Pair]:
    host = request.param
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with ExitStack() as stack:
        try:
            listening = stack.enter_context(socket.create_server((host, 0), family=family, dualstack_ipv6=host == "::"))
        except OSError:
            pytest.skip("este equipo no tiene IPv6")
        reached = {"0.0.0.0": "127.0.0.1", "::": "127.0.0.1"}.get(host, host)
        there = stack.enter_context(socket.create_connection((reached, listening.getsockname()[1])))
        here, _ = listening.accept()
        yield stack.enter_context(here), there, host


def ended(pair: Pair) -> connection_state.Ended:
    here, _, host = pair
    server, client = (host, str(here.getsockname()[1])), here.getpeername()
    return connection_state.of_addresses(server, (client[0], str(client[1])))


@pytest.mark.parametrize("hard", [False, True])
@pytest.mark.parametrize("unread", [b"", b"\r\n"])
def test_an_end_is_known_at_once(pair: Pair, hard: bool, unread: bytes) -> None:
    here, there, _ = pair
    by_addresses = ended(pair)
    there.sendall(unread)
    assert (by_addresses(), connection_state.of_socket(here)) == (False, False)
    if hard:
        there.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    there.close()
    assert (by_addresses(), connection_state.of_socket(here)) == (True, True)


def test_where_nothing_can_be_known_nobody_is_gone(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    here, there, _ = pair
    port = str(here.getsockname()[1])
    there.close()
    for server, client in ((("127.0.0.1", port), ("127.0.0.9", "1")), (("", ""), ("", "")), (("unix", "x"), ("", ""))):
        assert not connection_state.of_addresses(server, client)()
    monkeypatch.setattr(connection_state, "_SOCK_DIAG", 99)
    monkeypatch.setattr(connection_state, "_asking", None)
    assert not ended(pair)()
    monkeypatch.undo()
    with socket.socket(socket.AF_UNIX) as other:
        assert not connection_state.of_socket(other)
