"""The real service and the real agent as processes, behind a port that nobody can call: killed, and started again."""

from __future__ import annotations

import http.client
import json
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from dteplanows.ledger.print_tables import StoredPrinter
from dteplanows.printers import agents
from dteplanows.printers.agent_file import agent_file
from dteplanows.printers.agent_messages import PATH
from dteplanows.printers.managing import Facts
from dteplanows.web import server
from tests import forked
from tests.installation import Installation, make_installation
from tests.printers.house import BOLETA, issue, jobs, printer

HOST = "127.0.0.1"


class Till:
    """A receipt printer that takes so many bytes of the next job and then no more, or all of it."""

    def __init__(self) -> None:
        self.server = socket.create_server((HOST, 0))
        self.most = 0
        self.jobs: list[bytes] = []
        self.stuck, self.goes_on = threading.Event(), threading.Event()
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            line, _ = self.server.accept()
            with line:
                got, most = bytearray(), self.most
                while part := line.recv(most - len(got) if most else 65536):
                    got += part
                    if most and len(got) >= most:
                        self.stuck.set()
                        self.goes_on.wait(30)
                        break
                self.jobs.append(bytes(got))


@contextmanager
def serving(directory: Path, port: int) -> Iterator[Any]:
    command = [sys.executable, "-m", "dteplanows", "--dir", str(directory), "serve", "--port", str(port)]
    with (directory / "salida.txt").open("ab") as out:
        process = forked.Popen([*command, "--trabajadores", "1", "--sin-lotes"], stdout=out, stderr=out)
    try:
        online = server.wait_until_online(HOST, port, lambda: process.poll() is None)
        assert online, (directory / "salida.txt").read_text("utf-8")
        yield process
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def agent(path: Path) -> Iterator[Any]:
    with path.with_suffix(".salida").open("ab") as out:
        command = [sys.executable, "-m", "dteplanows", "agente-impresion", str(path)]
        process = forked.Popen(command, stdout=out, stderr=out)
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)


def until(done: Callable[[], object], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end
        time.sleep(0.05)


def asked(port: int, key: str, body: str, method: str = "POST") -> tuple[int, Any]:
    with closing(http.client.HTTPConnection(HOST, port, timeout=20)) as line:
        line.request(method, PATH, body.encode(), {"Authorization": f"Bearer {key}"})
        reply = line.getresponse()
        return reply.status, json.loads(reply.read())


class House:
    """An installation with a printer that an agent serves."""

    def __init__(self, folder: Path) -> None:
        self.directory, self.file = folder / "datos", folder / "caja.toml"
        self.made: Installation = make_installation(self.directory)
        self.one: StoredPrinter = printer(self.made, Facts("Caja", "agente", formato="generica-80"))
        self.key = agents.new_key(self.made.ledger, self.one)
        self.till, self.port = Till(), server.free_port(HOST)
        where = f"{HOST}:{self.till.server.getsockname()[1]}"
        address = f"http://{HOST}:{self.port}"
        self.file.write_text(agent_file("Caja", address, self.key) + f'impresora = "red:{where}"\n')

    def states(self) -> list[tuple[str, bool]]:
        return [(job.estado, job.reimpresion) for job in jobs(self.made)]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    found = House(tmp_path_factory.mktemp("agente"))
    yield found
    found.made.close()


def test_an_agent_prints_whatever_is_killed(house: House) -> None:
    made, till = house.made, house.till
    till.most = 100
    issue(made, BOLETA)
    issue(made, BOLETA)
    with ExitStack() as stack:
        service = stack.enter_context(serving(house.directory, house.port))
        with agent(house.file):
            assert till.stuck.wait(30)
        till.most = 0
        till.goes_on.set()
        with agent(house.file) as process:
            until(lambda: house.states() == [("impresa", True), ("impresa", False)])
            cut, again, second = till.jobs
            assert len(cut) == 100
            assert b"REIMPRESI" in again and b"REIMPRESI" not in second
            # A question waits at the service, which ends at once all the same, and the agent finds the next one.
            time.sleep(1)
            begun = time.monotonic()
            service.terminate()
            service.wait(30)
            assert time.monotonic() - begun < 8
            issue(made, BOLETA)
            stack.enter_context(serving(house.directory, house.port))
            until(lambda: house.states()[2:] == [("impresa", False)])
            # While it waits, a job comes within a moment.
            time.sleep(1)
            begun = time.monotonic()
            issue(made, BOLETA)
            until(lambda: len(till.jobs) == 5)
            assert time.monotonic() - begun < 5
            process.terminate()
            assert process.wait(10) == 0
        said = house.file.with_suffix(".salida").read_text("utf-8")
        assert said.rstrip().endswith("El agente se detuvo.")
        assert house.key not in said
        found = made.ledger.print_agents.of(house.one.id)
        assert found and found.ip == HOST and found.equipo
        _refusals(house)


def _refusals(house: House) -> None:
    """What is said to who is no agent of this printer."""
    question = json.dumps({"instancia": "0" * 32})
    status, said = asked(house.port, "otra", question)
    assert (status, said["Error"][:9]) == (401, "[AUT-090]")
    status, said = asked(house.port, house.key, question)
    assert (status, said["Error"][:9]) == (409, "[CFG-085]")
    for body in ("", "{", "[]", '{"instancia": "x"}', '{"instancia": 7}', '{"espera": "x"}', "\u00f1" * 70_000):
        status, said = asked(house.port, house.key, body)
        assert status in (400, 413), body
        assert said["Error"].startswith("[S"), body
    assert asked(house.port, house.key, '{"instancia": "x"}')[1]["Error"].startswith("[SRV-221] ")
    assert asked(house.port, house.key, question, "PUT")[0] == 405
    house.made.ledger.print_agents.remove_key(house.one)
    assert asked(house.port, house.key, question)[0] == 401
    events = [one.tipo for one in house.made.ledger.events.of()]
    assert events.count("clave de agente creada") == 1 and events.count("clave de agente quitada") == 1
    assert "agente de impresión conectado" in events
