"""Clients that hang up, against the real servers: nothing is issued for nobody, and a lost answer is given again."""

from __future__ import annotations

import http.client
import os
import re
import socket
import sqlite3
import struct
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from dteplanows.ledger.store import DATABASE_FILE
from dteplanows.soap.asmx.addresses import PATH
from dteplanows.web import server
from tests import forked
from tests.clients import b64
from tests.installation import CLAVE, FIRST_FOLIO, USUARIO, make_installation
from tests.issuing.test_repeats import COFFEE, sale
from tests.soap.soap_support import envelope, procesar
from tests.web.serving import running as serve

pytestmark = pytest.mark.skipif(os.name != "posix", reason="necesita las señales de POSIX")

LOGIN = f"<login><Usuario>{b64(USUARIO)}</Usuario><Rut>{b64('1-9')}</Rut><Clave>{b64(CLAVE)}</Clave></login>"
LINE = 4
"""Seconds that a call may wait for a thread."""


class Running(NamedTuple):
    """A service of one process, and where its data and its log are."""

    port: int
    directory: Path
    log: Path
    threads: int
    """Calls that it answers at once."""

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=60)

    def send(
        self, data: bytes, formato: str = "1", operation: str = "Procesar", behind: bytes = b""
    ) -> socket.socket:  # fmt: skip
        """A call whose answer is not read yet.

        :param behind: bytes behind its body.
        """
        one = self.connect()
        body = envelope(procesar(b64(data), formato, LOGIN, operation)).encode()
        one.sendall(f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\n"
                    f"Connection: close\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body + behind)  # fmt: skip
        return one

    def answer(self, data: bytes, operation: str = "Procesar") -> str:
        with self.send(data, operation=operation) as one:
            return read(one)

    def holding(self) -> sqlite3.Connection:
        """Keeps the database, so that calls wait."""
        other = sqlite3.connect(self.directory / DATABASE_FILE, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        return other

    def issued(self) -> list[int]:
        with closing(sqlite3.connect(self.directory / DATABASE_FILE)) as other:
            return [folio for (folio,) in other.execute("SELECT folio FROM documento ORDER BY id")]

    def logged(self, code: str) -> int:
        return self.log.read_text("utf-8").count(code)


def read(one: socket.socket) -> str:
    return b"".join(iter(lambda: one.recv(65536), b"")).decode()


def folio(answer: str) -> int:
    found = re.search(r"&lt;Folio&gt;(\d+)&lt;", answer)
    assert found and "Resultado&gt;True&lt;" in answer, answer
    return int(found[1])


def hang_up(one: socket.socket, *, hard: bool) -> None:
    """Close the connection, with a FIN or with a RST."""
    if hard:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    one.close()


@pytest.fixture(params=["granian-2", "waitress-2"])
def running(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Running]:
    make_installation(tmp_path).close()
    kind, _, workers = request.param.partition("-")  # waitress has one process
    threads = server._THREADS * (1 if kind == "waitress" else int(workers))
    (tmp_path / "dteplanows.toml").write_text(
        f'servidor = "{kind}"\ntrabajadores = {workers}\nsegundos_en_fila = {LINE}\nprocesar_lotes = false\n'
    )
    port, log = server.free_port("127.0.0.1"), tmp_path / "log.txt"
    command = [sys.executable, "-m", "dteplanows", "--dir", str(tmp_path), "serve", "--port", str(port)]
    with log.open("wb") as out:
        process = forked.Popen(command, stdout=out, stderr=out)
        try:
            assert server.wait_until_online("127.0.0.1", port, lambda: process.poll() is None)
            yield Running(port, tmp_path, log, threads)
        finally:
            process.terminate()
            process.wait(30)


@pytest.mark.parametrize("hard", [False, True])
def test_three_tries_of_an_impatient_client_give_one_folio(running: Running, hard: bool) -> None:
    """The database is busy; the client gives up twice, and then waits."""
    with closing(running.holding()):
        for _ in range(2):
            one = running.send(sale())
            time.sleep(0.5)
            hang_up(one, hard=hard)
            time.sleep(0.2)
        last = running.send(sale())
        time.sleep(0.3)
    with last:
        assert folio(read(last)) == FIRST_FOLIO
    assert running.issued() == [FIRST_FOLIO]
    limit = time.monotonic() + 10  # the lines of the others may come after this answer
    while running.logged("SRV-120") < 2 and time.monotonic() < limit:
        time.sleep(0.05)
    assert running.logged("SRV-120") == 2


@pytest.mark.skipif(sys.platform != "linux", reason="otros sistemas no dicen el estado de una conexión")
@pytest.mark.parametrize("behind", [b"\r\n", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"])
@pytest.mark.parametrize("data", [sale(), COFFEE.encode()])
def test_what_lies_behind_a_call_does_not_hide_that_its_client_went(
    running: Running, data: bytes, behind: bytes
) -> None:
    """Old programs send an end of line behind the body of a POST."""
    with closing(running.holding()):
        one = running.send(data, behind=behind)
        time.sleep(0.5)
        hang_up(one, hard=False)
        time.sleep(0.3)
    time.sleep(0.5)
    assert folio(running.answer(data)) == FIRST_FOLIO
    assert running.issued() == [FIRST_FOLIO]


@pytest.mark.parametrize("data", [sale() * 120, COFFEE.encode() * 120])
def test_an_answer_that_finds_nobody_is_given_to_the_next_call(running: Running, data: bytes) -> None:
    """The client goes while its file is being issued, when a part of it is committed."""
    one = running.send(data)
    while not running.issued():
        time.sleep(0.005)
    hang_up(one, hard=True)
    again = running.answer(data)
    assert folio(again) == FIRST_FOLIO and again.count("YaAtendido&gt;[SRV-122]") == 120
    assert len(running.issued()) == 120
    assert running.logged("no se pudo entregar") == 1
    # This one arrived: the next is another sale.
    assert "YaAtendido" not in running.answer(data)
    assert len(running.issued()) == 240


def test_a_long_answer_that_is_not_read_is_given_again(running: Running) -> None:
    """What the client has not read lies in the system, which tells nobody."""
    data = COFFEE.encode() * 120
    one = running.send(data)
    assert one.recv(1000).startswith(b"HTTP/1.1 200")
    time.sleep(0.5)
    hang_up(one, hard=False)
    again = running.answer(data)
    assert len(again) > 64 << 10
    assert folio(again) == FIRST_FOLIO and again.count("YaAtendido&gt;[SRV-122]") == 120
    assert len(running.issued()) == 120
    assert "YaAtendido" not in running.answer(data)
    assert len(running.issued()) == 240


def test_two_that_come_at_once_give_one_folio_or_two(running: Running) -> None:
    with closing(running.holding()):
        both = [running.send(sale()) for _ in range(2)]
        time.sleep(2)  # on a busy machine the password takes a while
    invoices = sorted(folio(read(one)) for one in both)
    assert invoices == [FIRST_FOLIO] * 2
    with closing(running.holding()):
        both = [running.send(COFFEE.encode()) for _ in range(2)]
        time.sleep(2)  # on a busy machine the password takes a while
    assert sorted(folio(read(one)) for one in both) == [FIRST_FOLIO, FIRST_FOLIO + 1]


@pytest.mark.parametrize("running", ["granian-1", "waitress-2"], indirect=True)
def test_who_waited_too_long_or_is_gone_has_nothing_done(running: Running) -> None:
    """All threads are busy: of those in the line one goes, and the others are told to come back."""
    running.answer(sale(), "Validar")  # the password is known from here on
    with closing(running.holding()):
        busy = [running.send(sale(neto=100 * n)) for n in range(1, running.threads + 1)]
        time.sleep(0.5)
        gone, late = running.send(sale(neto=5000)), running.send(sale(neto=6000))
        question = running.send(b"", operation="getXMLDte")
        state = running.send(b"", operation="ConsultarEstado")
        time.sleep(0.2)
        hang_up(gone, hard=False)
        time.sleep(LINE + 1)
    told, fault, progress = read(late), read(question), read(state)
    for one in (told, fault, progress):
        assert one.startswith("HTTP/1.1 503 ") and "[SRV-121] " in one and "rechazado" not in one
    assert "Resultado&gt;False" in told and "no hizo nada con ella" in told and "&lt;Folio&gt;0&lt;" in told
    assert "<faultcode>soap:Server</faultcode>" in fault
    assert "Resultado&gt;True" in progress and "NO CONSULTADO" in progress and "Documento" not in progress
    assert sorted(folio(read(one)) for one in busy) == running.issued()
    assert len(running.issued()) == running.threads
    assert running.logged("SRV-120") == 1


SLOW = """
import time
from dteplanows.issuing.client import Client
answered = Client.answered
def late(client, *arguments, **named):
    time.sleep(0.3)
    answered(client, *arguments, **named)
Client.answered = late
"""


@pytest.mark.parametrize("kind", ["granian", "waitress"])
def test_two_equal_sales_in_a_row_are_two_however_slow_the_machine(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client has its answer, and sends the next sale, before the service has come to note that it went out."""
    (tmp_path / "lento").mkdir()
    (tmp_path / "lento" / "sitecustomize.py").write_text(SLOW)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path / 'lento'}{os.pathsep}{Path(__file__).parents[2]}")
    make_installation(tmp_path).close()
    body = envelope(procesar(b64(sale()), "1", LOGIN)).encode()
    with serve(tmp_path, f'servidor = "{kind}"\n') as port:
        for number in range(3):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            connection.request("POST", PATH, body, {"Content-Type": "text/xml"})
            assert folio(connection.getresponse().read().decode()) == FIRST_FOLIO + number
            connection.close()
