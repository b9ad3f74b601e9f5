"""What a call costs the caller of the real service, beside another state of the program, in the same run.

Starts the service as a customer does (granian, one worker, a ledger of its own) and sends ``Procesar``, ``Validar`` and
``Online`` over one kept connection; every ``Procesar`` carries another file, as no two invoices are the same. With
``--against`` the same calls go to a second service, of another commit or folder, in turns of a few calls each; each
pair of neighbouring turns gives one ratio, and the median of the ratios is what is told: what else the machine does
meets both. Beside the time on the wall stands the processor's time of all processes of the service, which a busy
machine changes less, and the floor: two RSA signatures and one durable commit of SQLite.

With ``--delivery`` the second service is the same one that sends nothing to the SII. Otherwise none sends anything.

Fails when the ratio of ``Procesar`` on the wall is above ``--at-most``, and on any answer that is not as it should be.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import re
import select
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from itertools import count
from pathlib import Path
from typing import NamedTuple

from benchmarks import road
from benchmarks.load_clients import MARK, is_whole
from benchmarks.processes import family, memory
from dteplanows.soap.asmx.addresses import PATH
from dteplanows.web import server

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"

_TURN = {"Procesar": 2, "Validar": 2, "Online": 4}
"""Calls of one kind to one service before the other has its turn: the fewer, the more alike are the two of a pair."""

_WARM = 30
"""Calls of each kind before anything is measured: the first ones fill what a process remembers."""

_SETTLING = 0.001
"""Seconds after a turn until its processor time is read: some work is done after the answer."""

_GOOD = {
    "Procesar": re.compile(b"Resultado&gt;True&lt;.*&lt;Folio&gt;([0-9]+)&lt;/Folio&gt;"),
    "Validar": re.compile(b"Resultado&gt;True&lt;"),
    "Online": re.compile(b"Online=1"),
}


class CannotMeasureError(Exception):
    """There is nothing to measure; the text says why."""


class Turn(NamedTuple):
    """Seconds per call of one turn."""

    wall: float
    processor: float


# --- The services ---------------------------------------------------------------------------------------------


@contextmanager
def checkout(what: str) -> Iterator[Path]:
    """The folder of another state of the program: *what* itself, or the commit of that name in a folder of its own.

    :raises CannotMeasureError: it is neither.
    """
    if (Path(what) / "dteplanows" / "__main__.py").is_file():
        yield Path(what).resolve()
        return
    with tempfile.TemporaryDirectory(prefix="dteplanows-against-") as name:
        folder = Path(name).resolve() / "checkout"
        made = _git("worktree", "add", "--detach", str(folder), what)
        if made.returncode:
            raise CannotMeasureError(f"{what} is no folder of the program and no commit: {made.stderr.strip()}")
        try:
            yield folder
        finally:
            _git("worktree", "remove", "--force", str(folder))


def python_of(folder: Path) -> str:
    """The Python with the libraries of what is in *folder*: its own, or else the one that runs here."""
    own = folder / ".venv" / "bin" / "python"
    return str(own) if own.is_file() else sys.executable


def _git(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["git", "-C", str(ROOT), *arguments], check=False, capture_output=True, text=True)


class Service:
    """A running service with the one connection to it."""

    def __init__(self, folder: Path, directory: Path, deliver: bool = False) -> None:
        """:param folder: the state of the program.
        :param directory: an empty one, for its data.
        :param deliver: whether what is issued goes on to a simulator of its own, meanwhile.
        :raises CannotMeasureError: it does not start, or another state of the program would.
        """
        delivers = {
            "DTEPLANOWS_SII_ENVIAR": str(deliver), "DTEPLANOWS_SIMULADOR_AUTOMATICO": str(deliver),
            "DTEPLANOWS_SII_SIMULADOR": f"http://{HOST}:{server.free_port(HOST)}",
        }  # fmt: skip
        self._environment = {**os.environ, **delivers, "PYTHONPATH": str(folder)}
        self._folder, self._directory = folder, directory
        self._python = python_of(folder)
        where = self._run("-c", "import dteplanows; print(dteplanows.__path__[0])")
        if not where.strip().startswith(str(folder)):
            raise CannotMeasureError(f"The program of {folder} is not the one that would run, but {where.strip()}.")
        self.port = server.free_port(HOST)
        port = ("--port", str(self.port))
        self._run("-m", "dteplanows", "demo", "--dir", str(directory), *port, "--once")
        access = json.loads((directory / "demo.json").read_text("utf-8"))
        self.login = _texts({"Usuario": access["usuario"], "Rut": access["rut"], "Clave": access["clave"]})
        """The XML inside ``login``."""
        serve = ("serve", *port, "--trabajadores", "1", "--servidor", "granian", "--sin-lotes")
        said = directory / "salida.txt"
        with said.open("wb") as output:
            self._process = subprocess.Popen(
                [self._python, "-m", "dteplanows", "--dir", str(directory), *serve],
                stdout=output, stderr=output, cwd=folder, env=self._environment,
            )  # fmt: skip
        if not server.wait_until_online(HOST, self.port, lambda: self._process.poll() is None):
            self.close()
            raise CannotMeasureError(f"The service of {folder} does not answer: {said.read_text('utf-8')[-1500:]}")
        self._family = list(family(self._process.pid))
        self._connection = self._connect()
        self._numbers = count(1)
        self._file = road.sample_file().replace(b"COD-001", MARK)
        self.folios: list[int] = []
        """What ``Procesar`` answered."""

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [self._python, *arguments],
            check=False, capture_output=True, text=True, cwd=self._folder, env=self._environment,
        )  # fmt: skip
        if done.returncode:
            raise CannotMeasureError(f"{arguments[-1]}: {done.stdout[-500:]}{done.stderr[-1500:]}")
        return done.stdout

    def _connect(self) -> socket.socket:
        connection = socket.create_connection((HOST, self.port), 60)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def _keep_connected(self) -> None:
        """Connect anew where the service has ended a connection on which nobody called for long."""
        if select.select([self._connection], [], [], 0)[0]:
            self._connection.close()
            self._connection = self._connect()

    def close(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(60)

    def memory(self) -> int:
        """MiB of its largest process: the worker that answered."""
        return max(memory(one) for one in self._family)

    def turn(self, kind: str) -> Turn:
        """A few calls of one kind, one after another."""
        requests = [self.request(kind) for _ in range(_TURN[kind])]
        self._keep_connected()
        processor, begin = self._processor(), time.perf_counter()
        answers = [self._call(one) for one in requests]
        wall = time.perf_counter() - begin
        time.sleep(_SETTLING)
        processor = self._processor() - processor
        for one in answers:
            self._judge(kind, one)
        return Turn(wall / len(requests), processor / len(requests))

    def once(self, kind: str) -> None:
        """One call."""
        self._keep_connected()
        self._judge(kind, self._call(self.request(kind)))

    def _judge(self, kind: str, answer: bytes) -> None:
        found = _GOOD[kind].search(answer)
        if not found or not answer.startswith(b"HTTP/1.1 200 "):
            raise CannotMeasureError(f"{kind}: {answer.decode('utf-8', 'replace')}")
        self.folios += [int(folio) for folio in found.groups()]

    def _processor(self) -> float:
        """Seconds of processor of all its processes so far. The number of a process's clock is Linux's own."""
        return sum(time.clock_gettime((~one << 3) | 2) for one in self._family)

    def _call(self, request: bytes) -> bytes:
        self._connection.sendall(request)
        answer = self._connection.recv(65536)
        while not is_whole(answer):
            more = self._connection.recv(65536)
            if not more:
                raise CannotMeasureError(f"The service closed the connection: {answer!r}")
            answer += more
        return answer

    def envelope(self, kind: str, login: str = "") -> bytes:
        """A call of that kind; every file is another one.

        :param login: more XML inside ``login``.
        """
        inside = ""
        if kind != "Online":
            file = base64.b64encode(self._file.replace(MARK, b"%08d" % next(self._numbers))).decode()
            inside = f"<login>{self.login}{login}</login><file>{file}</file><formato>1</formato>"
        return (
            '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">'
            f'<soap:Body><{kind} xmlns="http://tempuri.org">{inside}</{kind}></soap:Body></soap:Envelope>'
        ).encode()

    def request(self, kind: str) -> bytes:
        """The same with the headers of HTTP."""
        body = self.envelope(kind)
        return (
            f"POST {PATH} HTTP/1.1\r\nHost: {HOST}:{self.port}\r\nContent-Type: text/xml; charset=utf-8\r\n"
            f'SOAPAction: "http://tempuri.org/{kind}"\r\nContent-Length: {len(body)}\r\n\r\n'
        ).encode() + body


def _texts(parts: dict[str, str]) -> str:
    return "".join(f"<{name}>{base64.b64encode(text.encode()).decode()}</{name}>" for name, text in parts.items())


@contextmanager
def running(folder: Path, deliver: bool = False) -> Iterator[Service]:
    """The service of *folder* until the end of the block.

    :raises CannotMeasureError: see :class:`Service`; and at the end when a folio was answered twice or left out.
    """
    with ExitStack() as stack:
        name = stack.enter_context(tempfile.TemporaryDirectory(prefix="dteplanows-data-"))
        one = stack.enter_context(closing(Service(folder, Path(name), deliver)))
        yield one
        if len(one.folios) != len(set(one.folios)):
            raise CannotMeasureError(f"The service of {folder} has given a folio twice.")


# --- The measuring --------------------------------------------------------------------------------------------


class Figures(NamedTuple):
    """What a run found; the turns at the same place of each list are neighbours in time."""

    turns: dict[str, list[list[Turn]]]
    """By kind of call and by service."""
    floor: list[float]
    """Seconds of two signatures and a commit."""
    memory: list[int]
    """MiB of the worker of each service, at the end."""

    def ratios(self, kind: str, figure: Callable[[Turn], float]) -> list[float]:
        """The first service's figure by that of the second, for each pair of turns."""
        ours, theirs = self.turns[kind]
        return [figure(one) / figure(other) for one, other in zip(ours, theirs, strict=True)]


def measure(services: list[Service], seconds: float) -> Figures:
    """Call all services in turns for that long."""
    turns: dict[str, list[list[Turn]]] = {kind: [[] for _ in services] for kind in _TURN}
    floors: list[float] = []
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        bench = road.make_bench(Path(name))
        stack.callback(bench.issuer.ledger.close)
        floor = road.floor(bench, Path(name))
        for one in services:
            for kind, calls in _TURN.items():
                for _ in range(_WARM // calls):
                    one.turn(kind)
        # Whoever is always second would find the processor's caches as the first left them.
        order = list(range(len(services)))
        end = time.monotonic() + seconds
        while time.monotonic() < end or not floors:
            begin = time.perf_counter()
            for _ in range(_TURN["Procesar"]):
                floor()
            floors.append((time.perf_counter() - begin) / _TURN["Procesar"])
            for kind in _TURN:
                for number in order:
                    turns[kind][number].append(services[number].turn(kind))
            order.reverse()
    return Figures(turns, floors, [one.memory() for one in services])


def wall(turn: Turn) -> float:
    """Seconds on the wall."""
    return turn.wall


def processor(turn: Turn) -> float:
    """Seconds of processor."""
    return turn.processor


def show(figures: Figures, names: list[str]) -> None:
    """Print the figures."""
    floor = statistics.median(figures.floor)
    print(f"{len(figures.floor)} rounds; two RSA signatures + one commit: {floor * 1e6:.0f} µs")
    for title, figure in (("wall", wall), ("processor", processor)):
        print(f"\n{f'{title}, µs per call':24}" + "".join(f"{name[:24]:>26}" for name in names), end="")
        print("     ratio   middle half" if len(names) > 1 else "")
        for kind, all_of_them in figures.turns.items():
            middles = [statistics.median(figure(one) for one in turns) for turns in all_of_them]
            print(f"{kind:24}" + "".join(f"{middle * 1e6:26.0f}" for middle in middles), end="")
            print("" if len(names) < 2 else _spread(figures.ratios(kind, figure)))
    for name, resident in zip(names, figures.memory, strict=True):
        calls = sum(len(turns[0]) * _TURN[kind] for kind, turns in figures.turns.items())
        print(f"\nmemory of the worker of {name} after {calls} calls: {resident} MiB", end="")
    print(f"\nProcesar by the floor: {statistics.median(map(wall, figures.turns['Procesar'][0])) / floor:.2f}")


def _spread(ratios: list[float]) -> str:
    low, middle, high = statistics.quantiles(ratios, n=4) if len(ratios) > 1 else [ratios[0]] * 3
    return f"{middle:10.3f}   {low:.3f} to {high:.3f}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long to measure")
    parser.add_argument("--against", metavar="COMMIT_OR_PATH", help="another state of the program, to measure beside")
    parser.add_argument("--delivery", action="store_true", help="delivering to the SII, beside the same without it")
    parser.add_argument("--at-most", type=float, default=1.05, help="the ratio that Procesar may have")
    arguments = parser.parse_args()
    if sys.platform != "linux":
        sys.exit("Only Linux tells a process's time on the processor as exactly as this needs it.")
    try:
        with ExitStack() as stack:
            services = [stack.enter_context(running(ROOT, arguments.delivery))]
            other = "itself without delivery" if arguments.delivery else arguments.against
            if other:
                folder = ROOT if arguments.delivery else stack.enter_context(checkout(other))
                services.append(stack.enter_context(running(folder)))
            figures = measure(services, arguments.seconds)
    except CannotMeasureError as error:
        sys.exit(str(error))
    show(figures, ["this folder", *([other] if other else [])])
    if not other:
        return
    ratio = statistics.median(figures.ratios("Procesar", wall))
    print(f"Procesar takes {ratio:.3f} times as long as that of {other}; at most {arguments.at_most:g}")
    sys.exit(1 if ratio > arguments.at_most else 0)


if __name__ == "__main__":
    main()
