"""What becomes of the calls of a service whose workers are killed, or that is told to stop, while customers call."""

from __future__ import annotations

import html
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from benchmarks.processes import command_line, family, listening
from dteplanows.web.server import free_port, wait_until_online
from tests.faults.calls import HOST, Customers, boleta, call, in_ledger, running
from tests.installation import make_installation

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(
    not Path("/proc/net/tcp").exists(), reason="busca los procesos del servicio donde Linux los muestra"
)


def workers(process: int, port: int) -> set[int]:
    """The two workers of the service, once both listen."""
    limit = time.monotonic() + 30
    while len(found := listening(process, port)) < 2:
        assert time.monotonic() < limit
        time.sleep(0.01)
    return found


def test_both_workers_killed_twice_within_two_seconds(tmp_path: Path) -> None:
    """The service answers again within seconds, nothing acknowledged is missing, and nothing is doubled."""
    made = make_installation(tmp_path)
    made.close()
    with (tmp_path / "salida").open("wb") as output, running(tmp_path, output=output) as (process, port):
        customers = Customers(port)
        customers.start()
        customers.issue_another(30)
        killed = forked(process.pid) - workers(process.pid, port)  # what is no worker of the web server is left alone
        others = set(killed)
        began = time.monotonic()
        for _ in range(2):
            # Also one that has not begun to listen: it is the second death that counts.
            while len(alive := forked(process.pid) - killed) < 2:
                time.sleep(0.005)
            for one in alive:
                os.kill(one, signal.SIGKILL)
            killed |= alive
        assert time.monotonic() - began < 2
        took = customers.issue_another(20)
        assert len(workers(process.pid, port) - killed) == 2
        assert others <= forked(process.pid)
        assert all(customers.issue_another(10) < 5 for _ in range(5))
        customers.stop()
        assert process.poll() is None
    found = in_ledger(tmp_path)
    assert customers.issued.items() <= found.items()
    assert set(found) - set(customers.issued) <= customers.unanswered
    assert not customers.refused
    said = (tmp_path / "salida").read_text()
    assert said.count("SRV-150") == 4
    assert "lo terminó la señal SIGKILL. Se inicia otro en 0.1 segundos, y el servicio sigue." in said
    assert took < 15


def forked(process: int) -> set[int]:
    """The workers of the web server, from their first moment: what the process that has loaded the program started."""
    loaded = [one for one in family(process) if b"forkserver" in command_line(one)]
    return {worker for one in loaded[:1] for worker in family(one)} - set(loaded[:1])


@pytest.mark.parametrize("server", ["granian", "waitress"])
@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_a_service_that_is_told_to_stop_answers_what_it_has_issued(
    tmp_path: Path, told: signal.Signals, server: str
) -> None:
    make_installation(tmp_path).close()
    with running(tmp_path, "--servidor", server) as (process, port):
        customers = Customers(port)
        customers.start()
        for _ in range(20):
            customers.issue_another(30)
        for one in list(family(process.pid)):  # as systemd does, and a terminal
            os.kill(one, told)
        assert process.wait(60) == 0
        customers.stop()
    assert in_ledger(tmp_path) == customers.issued
    assert not [text for text in customers.refused.values() if "SRV-065" not in text]


@pytest.mark.parametrize("server", ["granian", "waitress"])
def test_a_call_that_takes_long_is_answered_before_the_end(tmp_path: Path, server: str) -> None:
    make_installation(tmp_path).close()
    with running(tmp_path, "--servidor", server) as (process, port), ThreadPoolExecutor(1) as pool:
        answer = pool.submit(call, port, boleta(*range(1, 301)))
        # The file is committed in parts: once the first is there, the call is under way.
        limit = time.monotonic() + 60
        while not in_ledger(tmp_path):
            assert time.monotonic() < limit
            time.sleep(0.02)
        process.terminate()
        before = len(in_ledger(tmp_path))
        assert html.unescape(answer.result(90)).count("<Resultado>True</Resultado>") == 301
        assert process.wait(60) == 0
    assert before < len(in_ledger(tmp_path)) == 300


def test_sighup_reaches_every_process_and_ends_none(tmp_path: Path) -> None:
    make_installation(tmp_path, cafs=False).close()
    seen = tmp_path / "visto"
    script = (
        "import os, sys; from dteplanows.process import hangups\n"
        "from dteplanows.settings import load; from dteplanows.web import server\n"
        "def note(): os.write(os.open(sys.argv[2], os.O_WRONLY | os.O_APPEND | os.O_CREAT), b'%d\\n' % os.getpid())\n"
        "hangups.on_hangup(note)\n"
        "if __name__ == '__main__': server.serve(load(directorio=sys.argv[1], puerto=int(sys.argv[3])), print)\n"
    )
    (tmp_path / "servicio.py").write_text(script)
    port = free_port(HOST)
    process = subprocess.Popen(
        [sys.executable, str(tmp_path / "servicio.py"), str(tmp_path), str(seen), str(port)], cwd=ROOT
    )
    try:
        assert wait_until_online(HOST, port, lambda: process.poll() is None)
        before = workers(process.pid, port)
        for _ in range(2):
            process.send_signal(signal.SIGHUP)
            time.sleep(0.5)
        limit = time.monotonic() + 30
        while len(told := seen.read_text().split() if seen.exists() else []) < 8:
            assert time.monotonic() < limit
            time.sleep(0.05)
        assert set(Counter(told).values()) == {2}
        assert {str(one) for one in (process.pid, *before)} < set(told)
        assert workers(process.pid, port) == before
    finally:
        process.terminate()
        assert process.wait(60) == 0
