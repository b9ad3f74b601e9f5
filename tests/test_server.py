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

from dteplanows import server, worker
from dteplanows.issuing import Issuer
from dteplanows.ledger.store import Ledger
from dteplanows.settings import load
from dteplanows.soap.published import PATH
from tests.installation import COMPANY, make_installation

pytestmark = pytest.mark.skipif(os.name != "posix", reason="necesita las señales de POSIX")


def end_of(ledger: Ledger, track_id: int) -> int:
    """Wait for the end of a batch; the process that issued its last document."""
    for _ in range(600):
        batch = ledger.batch(track_id)
        if batch and batch.estado == "terminado":
            (worker,) = ledger.connection.execute("SELECT trabajador FROM lote WHERE id = ?", (track_id,)).fetchone()
            return int(worker.split(":")[1])
        time.sleep(0.1)
    pytest.fail("the batch is not issued")


@pytest.fixture
def service(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A running service with its port."""
    make_installation(tmp_path, cafs=False).close()
    port = server.free_port("127.0.0.1")
    command = [sys.executable, "-m", "dteplanows", "--dir", str(tmp_path), "serve", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        assert server.wait_until_online("127.0.0.1", port, lambda: process.poll() is None)
        yield process, port
    finally:
        process.terminate()
        process.wait(30)


def online(port: int) -> bytes:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("GET", f"{PATH}/Online")
        return connection.getresponse().read()


def test_half_sent_requests_do_not_stop_the_others(service: tuple[subprocess.Popen[bytes], int]) -> None:
    _, port = service
    with ExitStack() as stack:
        for _ in range(8):
            one = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            one.sendall(f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n<a".encode())
        time.sleep(0.5)
        assert b"Online=1" in online(port)


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
        issuer = Issuer(ledger)
        account = issuer.account("pruebas", COMPANY.rut)
        first = end_of(ledger, issuer.receive(account, b"->Nada<-", "1"))
        os.kill(first, signal.SIGKILL)
        second = end_of(ledger, issuer.receive(account, b"->Nada<-", "1"))
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


def test_no_worker_where_the_settings_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[worker.Beside] = []

    def start(one: worker.Beside) -> None:
        started.append(one)

    monkeypatch.setattr(worker.Beside, "start", start)
    monkeypatch.setattr(worker.Beside, "stop", lambda one: None)
    for wanted in (False, True):
        with worker.beside(load(directorio=tmp_path, procesar_lotes=wanted)):
            assert len(started) == wanted
