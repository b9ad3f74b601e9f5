"""The service as a process: what half-sent requests and a killed main process do to it."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from granian._loops import loops

from benchmarks.processes import listening
from dteplanows.accounts.callers import Callers
from dteplanows.bulk import worker
from dteplanows.bulk.receipt import Batches
from dteplanows.issuing import Issuer
from dteplanows.issuing.submission import submitted
from dteplanows.ledger.rows import ReceivedFile
from dteplanows.ledger.store import Ledger
from dteplanows.process.beside import ProcessBeside
from dteplanows.settings import load
from dteplanows.soap.asmx.addresses import PATH
from dteplanows.web import server
from tests.installation import CLAVE, COMPANY, USUARIO, make_installation
from tests.soap.soap_support import envelope

pytestmark = pytest.mark.skipif(os.name != "posix", reason="necesita las señales de POSIX")


def end_of(ledger: Ledger, track_id: int) -> int:
    """Wait for the end of a batch; the process that issued its last document."""
    for _ in range(600):
        batch = ledger.batches.find(track_id)
        if batch and batch.estado == "terminado":
            (worker,) = ledger.connection.execute("SELECT trabajador FROM lote WHERE id = ?", (track_id,)).fetchone()
            return int(worker.split(":")[1])
        time.sleep(0.1)
    pytest.fail("the batch is not issued")


LIMIT = 3
"""Seconds that the service waits for a call."""

THREADS = 32
"""Of the service: two workers with 16 each."""


@pytest.fixture
def web_server() -> str:
    """Which web server the service has; tests that are about both say so."""
    return "granian"


both_servers = pytest.mark.parametrize("web_server", ["granian", "waitress"])


@pytest.fixture
def service(tmp_path: Path, web_server: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A running service with its port."""
    make_installation(tmp_path, cafs=False).close()
    (tmp_path / "dteplanows.toml").write_text(f"segundos_por_llamada = {LIMIT}\n")
    port = server.free_port("127.0.0.1")
    command = [sys.executable, "-m", "dteplanows", "--dir", str(tmp_path), "serve", "--port", str(port)]
    command += ["--servidor", web_server]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        assert server.wait_until_online("127.0.0.1", port, lambda: process.poll() is None)
        yield process, port
    finally:
        process.terminate()
        process.wait(30)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no uvloop for Windows")
def test_granian_takes_the_quick_event_loop() -> None:
    with closing(loops.get("auto")) as loop:
        assert type(loop).__module__.partition(".")[0] == "uvloop"


def half_a_call(port: int) -> socket.socket:
    one = socket.create_connection(("127.0.0.1", port), timeout=30)
    one.sendall(f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n<a".encode())
    return one


def all_of(one: socket.socket) -> bytes:
    """What arrives until the other side closes."""
    return b"".join(iter(lambda: one.recv(65536), b""))


def online(port: int) -> bytes:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("GET", f"{PATH}/Online")
        return connection.getresponse().read()


def validar(port: int) -> bytes:
    login = f"<Usuario>{USUARIO}</Usuario><Rut>1-9</Rut><Clave>{CLAVE}</Clave>"
    call = envelope(f"<Validar><login>{login}</login><file>LT5OYWRhPC0=</file><formato>1</formato></Validar>").encode()
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("POST", PATH, call, {"Content-Type": "text/xml; charset=utf-8"})
        return connection.getresponse().read()


@both_servers
def test_half_sent_calls_do_not_stop_the_others(service: tuple[subprocess.Popen[bytes], int]) -> None:
    _, port = service
    with ExitStack() as stack:
        halves = [stack.enter_context(half_a_call(port)) for _ in range(2 * THREADS)]
        silent = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=30))
        began = time.monotonic()
        time.sleep(0.5)
        assert b"Online=1" in online(port)
        assert b"ValidarResult" in validar(port)
        assert time.monotonic() - began < LIMIT
        answers = [all_of(one) for one in halves]
        assert all(one.startswith(b"HTTP/1.1 408") and b"SRV-063" in one for one in answers)
        assert all_of(silent) == b""
        assert time.monotonic() - began < LIMIT + 10


@both_servers
def test_sigterm_tells_half_a_call_to_come_back_and_ends(service: tuple[subprocess.Popen[bytes], int]) -> None:
    process, port = service
    with half_a_call(port) as half:
        time.sleep(0.2)
        process.terminate()
        answer = all_of(half)
        assert answer.startswith(b"HTTP/1.1 503") and b"SRV-065" in answer
        process.wait(LIMIT)


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="looks for the workers where Linux shows them")
def test_a_killed_worker_is_replaced(service: tuple[subprocess.Popen[bytes], int]) -> None:
    process, port = service
    before: set[int] = set()
    while len(before) < 2:
        before = listening(process.pid, port)
    killed = min(before)
    os.kill(killed, signal.SIGKILL)
    for _ in range(300):
        now = listening(process.pid, port) - {killed}
        if len(now) == 2:
            break
        time.sleep(0.1)
    else:
        pytest.fail("the worker is not replaced")
    assert all(b"Online=1" in online(port) for _ in range(8))


def test_the_workers_end_with_a_killed_main_process(service: tuple[subprocess.Popen[bytes], int]) -> None:
    process, port = service
    process.send_signal(signal.SIGKILL)
    process.wait(30)
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except ConnectionRefusedError:
            return
        time.sleep(0.1)
    pytest.fail("the workers still hold the port")


def test_the_service_issues_batches_also_after_its_worker_was_killed(
    service: tuple[subprocess.Popen[bytes], int], tmp_path: Path
) -> None:
    process, _ = service
    with closing(Ledger(tmp_path)) as ledger:
        batches = Batches(Issuer(ledger))
        nothing = submitted(Callers(ledger).operator("pruebas", COMPANY.rut), ReceivedFile("1", b"->Nada<-"))
        first = end_of(ledger, batches.receive(nothing).track_id)
        os.kill(first, signal.SIGKILL)
        second = end_of(ledger, batches.receive(nothing).track_id)
        assert len({first, second, process.pid}) == 3

    process.send_signal(signal.SIGKILL)
    process.wait(30)
    for _ in range(300):
        try:
            os.kill(second, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    pytest.fail("the worker outlives the service")


def test_a_worker_runs_whatever_the_settings_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It makes what people export in any case."""
    started: list[ProcessBeside] = []

    def start(one: ProcessBeside) -> None:
        started.append(one)

    monkeypatch.setattr(ProcessBeside, "start", start)
    monkeypatch.setattr(ProcessBeside, "stop", lambda one: None)
    for wanted in (False, True):
        started.clear()
        with worker.running(load(directorio=tmp_path, procesar_lotes=wanted, sii_enviar=False)):
            assert len(started) == 1


def get(port: int, path: str) -> str:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("GET", path)
        return connection.getresponse().read().decode()


def test_whoever_runs_the_service_sees_how_it_is(service: tuple[subprocess.Popen[bytes], int], tmp_path: Path) -> None:
    _, port = service
    assert [get(port, path) for path in ("/salud", "/salud/vivo", "/salud/listo")] == ["listo\n", "vivo\n", "listo\n"]
    calls = 30
    for _ in range(calls):  # which of the two workers answers is chance
        assert b"ValidarResult" in validar(port)
    time.sleep(1.5)  # each writes its counts once a second
    for _ in range(4):
        found = get(port, "/metrics")
        assert f'dteplanows_llamadas_total{{operacion="Validar",resultado="rechazada"}} {calls}.0' in found
        assert found.count("dteplanows_memoria_bytes{") == 3
    row = server.state(load(directorio=tmp_path))
    assert (row.state, row.facts["en_marcha"]) == ("ok", True)
    assert f":{port}/" in row.text
