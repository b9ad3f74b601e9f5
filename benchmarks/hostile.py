"""A thousand hostile connections, and one customer who calls rightly meanwhile: how long it waits, and the memory.

Starts the service as a customer does and lets ``hostile_clients`` send slowly, by halves, bodies of the largest size
and wrong passwords. A rightful user, who came in before, issues an invoice every 50 milliseconds.

Fails when a rightful call takes a second or is not issued, and when a worker's memory grows by more than its account.
"""

from __future__ import annotations

import argparse
import html
import http.client
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from benchmarks.hostile_clients import Plan
from benchmarks.load import HOST, ROOT, files, install, started
from benchmarks.load_clients import MARK
from benchmarks.processes import family
from dteplanows.settings import FILE, load
from dteplanows.soap.asmx.addresses import PATH
from dteplanows.soap.limits import MIB, limits_of
from dteplanows.web import server

SLOWEST = 1.0
"""Seconds that a rightful call may take."""

_PAUSE = 0.05
"""Seconds between two rightful calls."""

_KNOWN = 20
"""Rightful calls before the hostile time, whose times are shown."""

_AT_ONCE = 40
"""Rightful calls at once before that, so that each worker knows the password and has all its threads."""

_CALM = 3.0
"""Seconds after the hostile time before the memory is looked at again."""


class Found(NamedTuple):
    """What a run found."""

    before: list[float]
    """Seconds of the rightful calls before the hostile time."""
    during: list[float]
    """And during it."""
    refused: list[str]
    """Answers to rightful calls that were not issued."""
    memory: dict[int, tuple[int, int, int]]
    """Resident bytes of each worker: before, at most, and after the hostile time."""
    account: int
    """Bytes that a worker's memory may grow by."""
    answered: dict[str, int]
    """What the hostile connections were answered, by kind and status."""

    @property
    def failures(self) -> list[str]:
        """What is not as it should be."""
        found = []
        if not self.during or max(self.during) >= SLOWEST:
            found.append(f"a rightful call took {max(self.during, default=0):.2f} s")
        if self.refused:
            found.append(f"{len(self.refused)} rightful calls were not issued: {self.refused[0][:300]}")
        for process, (before, most, _) in self.memory.items():
            if most - before > self.account:
                found.append(f"worker {process} grew by {(most - before) / MIB:.0f} MiB")
        return found


class Customer:
    """Issues invoices one after another."""

    def __init__(self, port: int, login: str) -> None:
        self._port = port
        self._login = login
        self._files = files()
        self._number = 0
        self.refused: list[str] = []

    def start_at(self, number: int) -> None:
        """Number the invoices from *number* on: no two may be the same."""
        self._number = number

    def call(self) -> float:
        """Issue one more, over a new connection; the seconds it took."""
        formato, text = self._files[self._number % len(self._files)]
        self._number += 1
        file = text.replace(MARK.decode(), f"{self._number:08}").encode("latin-1")
        body = server_call(self._login, file, formato)
        began = time.monotonic()
        with closing(http.client.HTTPConnection(HOST, self._port, timeout=60)) as connection:
            connection.request("POST", PATH, body, {"Content-Type": "text/xml; charset=utf-8"})
            answer = html.unescape(connection.getresponse().read().decode())
        took = time.monotonic() - began
        if "<Resultado>True</Resultado>" not in answer:
            self.refused.append(answer)
        return took


def server_call(login: str, file: bytes, formato: str) -> bytes:
    """The envelope of a call of ``Procesar``."""
    import base64  # noqa: PLC0415

    call = f"<login>{login}</login><file>{base64.b64encode(file).decode()}</file><formato>{formato}</formato>"
    return (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        f"<Procesar>{call}</Procesar></s:Body></s:Envelope>"
    ).encode()


def warm_up(port: int, login: str) -> None:
    """Let every thread of each worker answer calls, and so take the memory that it always has."""
    customers = [Customer(port, login) for _ in range(_AT_ONCE)]
    for number, one in enumerate(customers):
        one.start_at(number * 1_000_000)
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        for _ in range(_KNOWN // 4):
            list(threads.map(Customer.call, customers))


def resident(process: int) -> tuple[int, int]:
    """Bytes in memory of *process*: now, and at most since :func:`forget_most`."""
    rows = dict(line.split(":", 1) for line in Path(f"/proc/{process}/status").read_text().splitlines() if ":" in line)
    now, most = (int(rows[name].split()[0]) * 1024 for name in ("VmRSS", "VmHWM"))
    return now, most


def forget_most(process: int) -> None:
    """Let the most that *process* has had in memory be what it has now."""
    Path(f"/proc/{process}/clear_refs").write_text("5")


@contextmanager
def hostile(plan: Plan) -> Iterator[subprocess.Popen[bytes]]:
    """The hostile connections, until their time is over."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.hostile_clients"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    )
    if process.stdin is None:
        raise AssertionError
    process.stdin.write(json.dumps(plan._asdict()).encode())
    process.stdin.close()
    process.stdin = None
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def run(directory: Path, connections: int, seconds: float, servidor: str = "granian", megas: int = 32) -> Found:
    """Measure in *directory*."""
    settings = load(directorio=directory, puerto=server.free_port(HOST), megas_por_llamada=megas)
    login, *_ = install(settings)
    (directory / FILE).write_text(f"megas_por_llamada = {megas}\n")
    words = ("serve", "--port", str(settings.puerto), "--servidor", servidor, "--sin-lotes")
    with started("dteplanows", "--dir", str(directory), *words, port=settings.puerto) as service:
        customer = Customer(settings.puerto, login)
        warm_up(settings.puerto, login)
        customer.call()
        before = [customer.call() for _ in range(_KNOWN)]
        workers = [one for one in family(service) if one != service] if servidor == "granian" else [service]
        memory = {one: resident(one)[0] for one in workers}
        for one in workers:
            forget_most(one)
        plan = Plan(HOST, settings.puerto, PATH, connections, seconds, megas * MIB * 9 // 10)
        during = []
        with hostile(plan) as clients:
            while clients.poll() is None:
                during.append(customer.call())
                time.sleep(_PAUSE)
            answered = json.loads(clients.stdout.read() if clients.stdout else b"{}")
        time.sleep(_CALM)
        looks = {one: (memory[one], *resident(one)[::-1]) for one in workers}
    return Found(before, during, customer.refused, looks, limits_of(settings).memory, answered)


def show(found: Found) -> None:
    """Print the figures."""
    for name, times in (("before", found.before), ("during", found.during)):
        print(
            f"rightful calls {name}: {len(times)}, median {statistics.median(times) * 1000:.1f} ms, "
            f"longest {max(times) * 1000:.1f} ms"
        )
    for process, (before, most, after) in found.memory.items():
        print(
            f"worker {process}: {before / MIB:.0f} MiB before, {most / MIB:.0f} MiB at most "
            f"(+{(most - before) / MIB:.0f}; the account has {found.account / MIB:.0f}), "
            f"{after / MIB:.0f} MiB after the hostile time"
        )
    for kind, number in sorted(found.answered.items()):
        print(f"  {number:8} {kind}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--connections", type=int, default=1000, help="hostile connections")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long they are hostile")
    parser.add_argument("--servidor", choices=("granian", "waitress"), default="granian", help="web server")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        found = run(Path(name), arguments.connections, arguments.seconds, arguments.servidor)
    show(found)
    print("; ".join(found.failures) or "every rightful call was issued in time, and memory stayed within its account")
    sys.exit(1 if found.failures else 0)


if __name__ == "__main__":
    main()
