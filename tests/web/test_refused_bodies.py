"""Over real HTTP, with both web servers: bodies that are too long or break off, and what their senders are told."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing

import pytest
import requests

from dteplanows.soap.asmx.addresses import PATH
from dteplanows.web import server
from tests import forked
from tests.installation import make_installation

pytestmark = pytest.mark.skipif(os.name != "posix", reason="ends the service with a signal of POSIX")

MIB = 2**20
SECONDS = 3
"""That the service waits for a call."""


@pytest.fixture(scope="module", params=["granian", "waitress"])
def service(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """A running service that takes bodies of 1 MiB: its web server and its port."""
    directory = tmp_path_factory.mktemp("service")
    make_installation(directory, cafs=False).close()
    (directory / "dteplanows.toml").write_text(f"segundos_por_llamada = {SECONDS}\nmegas_por_llamada = 1\n")
    port = server.free_port("127.0.0.1")
    command = [sys.executable, "-m", "dteplanows", "--dir", str(directory), "serve", "--port", str(port)]
    process = forked.Popen([*command, "--servidor", request.param, "--sin-lotes"], stdout=subprocess.DEVNULL)
    try:
        assert server.wait_until_online("127.0.0.1", port, lambda: process.poll() is None)
        yield request.param, port
    finally:
        process.terminate()
        process.wait(30)


@pytest.mark.parametrize("chunked", [True, False])
@pytest.mark.parametrize("path", [PATH, "/wsds/procesar"])
def test_the_sender_of_too_long_a_body_reads_the_reason(service: tuple[str, int], path: str, chunked: bool) -> None:
    body = (b"x" * MIB for _ in range(5)) if chunked else b"x" * (5 * MIB)
    token = {"Authorization": "x"} if path != PATH else {}
    answer = requests.post(f"http://127.0.0.1:{service[1]}{path}", body, headers=token, timeout=30)
    if path == PATH:
        assert answer.status_code == 413
        assert "[SRV-041]" in answer.text
    else:  # who has no token is told so, before the body counts
        assert "[AUT-0" in answer.text


def test_another_method_with_a_long_body_is_told_which_there_are(service: tuple[str, int]) -> None:
    answer = requests.put(f"http://127.0.0.1:{service[1]}{PATH}", b"x" * (5 * MIB), timeout=30)
    assert answer.status_code == 405
    assert "[SRV-061]" in answer.text


def test_the_connection_is_good_for_the_next_call(service: tuple[str, int]) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", service[1], timeout=30)) as connection:
        connection.request("POST", PATH, b"x" * (3 * MIB), {"Content-Type": "text/xml"})
        assert connection.getresponse().read().count(b"[SRV-041]") == 1
        connection.request("GET", f"{PATH}/Online")
        assert b"Online=1" in connection.getresponse().read()


def answered(port: int, body: bytes, *, half_closed: bool) -> bytes:
    """What comes after the beginning of a chunked body."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=30)) as one:
        head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nTransfer-Encoding: chunked\r\n"
        one.sendall(f"{head}Connection: close\r\n\r\n".encode() + body)
        if half_closed:
            time.sleep(0.2)
            one.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: one.recv(65536), b""))


def test_a_chunked_body_with_a_wrong_chunk_is_no_whole_one(service: tuple[str, int]) -> None:
    found = answered(service[1], b"3\r\n<a>\r\nzz\r\n", half_closed=False)
    assert found.startswith(b"HTTP/1.1 400")
    assert b"[SRV-042]" in found


@pytest.mark.parametrize("body", [b"3\r\n<a>\r\n", b"30\r\n<a>"])
def test_a_chunked_body_that_breaks_off_is_no_whole_one(service: tuple[str, int], body: bytes) -> None:
    found = answered(service[1], body, half_closed=True)
    if service[0] == "granian":
        assert b"[SRV-042]" in found
    else:  # waitress answers nobody who has closed, and runs no call of his
        assert found == b""


def test_a_whole_chunked_body_is_taken(service: tuple[str, int]) -> None:
    found = answered(service[1], b"3\r\n<a>\r\n4\r\n</a>\r\n0\r\n\r\n", half_closed=False)
    assert b"[SRV-050]" in found or b"[SRV-04" in found
    assert b"[SRV-042]" not in found


def test_who_declares_a_long_body_and_sends_none_is_answered_in_time(service: tuple[str, int]) -> None:
    if service[0] == "waitress":  # it answers once the body is there, and closes a silent connection after two minutes
        return
    with closing(socket.create_connection(("127.0.0.1", service[1]), timeout=30)) as one:
        began = time.monotonic()
        one.sendall(f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: {5 * MIB}\r\n\r\n".encode())
        assert b"413" in one.recv(100)
        assert SECONDS - 0.5 < time.monotonic() - began < SECONDS + 5
