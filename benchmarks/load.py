"""Many keep-alive clients at once, beside the same clients at a Spyne service that does nothing, in one run.

Starts the service as a customer does, with folios and users enough, and lets the clients of ``load_clients`` issue
invoices of several kinds, one after another each, every file another one. Every answer is checked, and afterwards the
ledger: it must hold exactly the folios that were answered, without a gap. Before and after, the same clients send
envelopes of the same size to ``load_nothing``, a plain Spyne service behind the same web server. Every user has called
before: a password is compared once after a start, on purpose slowly, and of one address only a few at a time.

Fails on an error, on a p99 of more than five times the median, and on memory that still grows in the second half.
"""

from __future__ import annotations

import argparse
import base64
import http.client
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from importlib import resources
from pathlib import Path
from typing import NamedTuple

from benchmarks import road
from benchmarks.engines import ENGINES, place_of
from benchmarks.load_clients import MARK, Plan, Report, requests
from benchmarks.load_nothing import ANSWER
from benchmarks.processes import family, memory, processor
from dteplanows import demo
from dteplanows.document import clock
from dteplanows.folios.authority import authority_in
from dteplanows.folios.caf import read_caf
from dteplanows.ledger.place import Place
from dteplanows.ledger.rows import Series, Span
from dteplanows.ledger.store import DATABASE_FILE, Ledger
from dteplanows.settings import Settings, load
from dteplanows.settings.file import FILE
from dteplanows.soap.asmx.addresses import PATH
from dteplanows.web import server

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
_USERS = 8
"""Users of the company, as the tills and offices of a real one; the clients are shared out among them."""

_FOLIOS = 1_000_000
"""Folios of each type, for CAFs made on the way would be measured too."""

_SAMPLES = {
    "factura33.txt": (b"OC-4471", MARK),
    "factura33.xml": (b"ARR-07", MARK),
    "factura34.txt": (b"CAP-12", MARK),
    "boleta39.txt": (b"780200100", MARK),
}
"""Files of the demonstration, and what in each gives way to the number of the call."""

_GOOD = "&lt;Resultado&gt;True&lt;.*&lt;Folio&gt;([0-9]+)&lt;/Folio&gt;&lt;TipoDte&gt;([0-9]+)&lt;"
_CALLS_BEFORE = 8
"""Of each user, each on a connection of its own: one of several processes takes it."""

_TIMES_MEDIAN = 5
"""Times the median that p99 may take."""

_GROWTH = 1.05
"""Times the memory of half-way that the memory at the end may be."""


class Look(NamedTuple):
    """One look at the service's processes, by process."""

    seconds: float
    memory: dict[int, int]
    """In MiB, of pages that processes share each its part."""
    processor: dict[int, float]
    """Seconds of processor since the process began."""


class Outcome(NamedTuple):
    """What a run found."""

    before: Report
    service: Report
    after: Report
    looks: list[Look]
    log: int
    """Bytes of SQLite's write-ahead log at the end."""
    wrong: str
    """What the ledger has otherwise than answered; empty when nothing."""

    @property
    def errors(self) -> list[str]:
        """What went wrong; empty when nothing did. Times and memory are not errors."""
        reports = (self.before, self.service, self.after)
        return [*(error for one in reports for error in one.shown), *([self.wrong] if self.wrong else [])]


# --- the installation -----------------------------------------------------------------------------------------


def install(settings: Settings) -> list[str]:
    """The demonstration's company with folios enough and several users; the XML inside ``login`` of each."""
    access = demo.prepare(settings, lambda line: None)
    maker = authority_in(settings.autoridad_de_prueba)
    ledger = Ledger(Place(settings.directorio, settings.base), settings.clave_maestra)
    (company,) = ledger.companies.all()
    first = demo.FIRST_FOLIO + demo.FOLIOS_OF_EACH
    for tipo in (33, 34, 39):
        file = maker.make_caf(company.rut, company.razon_social, tipo, Span(first, first + _FOLIOS - 1), clock.today())
        caf = read_caf(file, maker.public_key)
        ledger.cafs.save(Series.of(company, tipo), Span(caf.desde, caf.hasta), caf.fecha_autorizacion, caf.to_trusted())
    users = [f"CAJA-{number}" for number in range(1, _USERS + 1)]
    for user in users:
        ledger.users.save(user, access.clave, company.ambiente, company.rut)
    ledger.close()
    return [_login({"Usuario": user, "Rut": access.rut, "Clave": access.clave, "Puerto": "0"}) for user in users]


def _login(parts: dict[str, str]) -> str:
    return "".join(f"<{name}>{base64.b64encode(text.encode()).decode()}</{name}>" for name, text in parts.items())


def files() -> list[tuple[str, str]]:
    """Format and text of the files that the clients send in turn, with MARK in each."""
    found = [("1", road.sample_file().replace(b"COD-001", MARK))]
    for name, (old, new) in _SAMPLES.items():
        file = resources.files("dteplanows").joinpath("muestras", name).read_bytes().replace(old, new)
        found.append(("2" if name.endswith(".xml") else "1", file))
    return [(formato, file.decode("latin-1")) for formato, file in found]


@contextmanager
def started(*command: str, port: int) -> Iterator[int]:
    """A service as a process of its own, until the end of the block; its process."""
    process = subprocess.Popen([sys.executable, "-m", *command], stdout=subprocess.DEVNULL, cwd=ROOT)
    try:
        if not _answers(port, process):
            raise SystemExit(f"{command[0]} does not answer.")
        yield process.pid
    finally:
        process.terminate()
        process.wait(60)


def _answers(port: int, process: subprocess.Popen[bytes]) -> bool:
    """Wait for any answer at all: the service that does nothing knows no ``Online``."""
    limit = time.monotonic() + 60
    while time.monotonic() < limit and process.poll() is None:
        with suppress(OSError), closing(http.client.HTTPConnection(HOST, port, timeout=5)) as connection:
            connection.request("GET", f"{PATH}?wsdl")
            connection.getresponse().read()
            return True
        time.sleep(0.1)
    return False


# --- the run --------------------------------------------------------------------------------------------------


def look(service: int, begin: float) -> Look:
    """Look at the processes of the service."""
    processes = list(family(service))
    return Look(
        time.monotonic() - begin,
        {one: memory(one) for one in processes},
        {one: processor(one) for one in processes},
    )


def call(plan: Plan, service: int) -> tuple[Report, list[Look]]:
    """Let the clients do as planned; look at the service early, half-way and at the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.load_clients"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    )
    if process.stdin is None:
        raise AssertionError
    begin = time.monotonic()
    process.stdin.write(json.dumps(plan._asdict()).encode())
    process.stdin.close()
    process.stdin = None
    looks = []
    for share in (0.1, 0.5):
        time.sleep(max(0.0, begin + plan.seconds * share - time.monotonic()))
        looks.append(look(service, begin))
    said, _ = process.communicate()
    looks.append(look(service, begin))
    if process.returncode:
        raise SystemExit("The clients failed.")
    return Report(**json.loads(said)), looks


def check(ledger: Ledger, noted: list[list[str]]) -> str:
    """What the ledger has otherwise than was answered; empty when every folio is there once, without a gap."""
    answered = sorted((int(tipo), int(folio)) for folio, tipo in noted)
    stored = sorted(ledger.connection.execute("SELECT tipo, folio FROM documento"))
    if answered != stored:
        return f"{len(answered)} folios were answered and {len(stored)} are stored, or others"
    for tipo in {tipo for tipo, _ in stored}:
        folios = [folio for one, folio in stored if one == tipo]
        if folios != list(range(demo.FIRST_FOLIO, demo.FIRST_FOLIO + len(folios))):
            return f"type {tipo}: the folios have gaps"
    return ""


def call_once(plan: Plan) -> None:
    """Let each user call without issuing, often enough that every process of the service knows its password."""
    body = next(requests(plan)).replace(b"Procesar>", b"Validar>").replace(b"<Procesar ", b"<Validar ")
    for login in plan.logins:
        for _ in range(_CALLS_BEFORE):
            with closing(http.client.HTTPConnection(plan.host, plan.port, timeout=60)) as connection:
                headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '"http://tempuri.org/Validar"'}
                connection.request("POST", plan.path, body.replace(b"%s", login.encode(), 1), headers)
                answer = connection.getresponse().read()
                if b"Resultado&gt;True" not in answer:
                    raise SystemExit(f"A user cannot call: {answer.decode()}")


def run(place: Place, clients: int, seconds: float, workers: int | None) -> Outcome:
    """Measure.

    :param seconds: of the service's own load; the service that does nothing has a sixth of it, before and after.
    :param workers: processes of both services; None for the usual number.
    """
    directory = place.directory
    directory.mkdir(mode=0o700, exist_ok=True)
    if place.base:
        (directory / FILE).write_text(f'base = "{place.base}"\n', "utf-8")
        (directory / FILE).chmod(0o600)
    settings = load(directorio=directory, trabajadores=workers)
    logins = install(settings)
    ports = server.free_port(HOST), server.free_port(HOST)
    number = str(settings.trabajadores)
    ours = ("dteplanows", "--dir", str(directory), "serve", "--port", str(ports[0]), "--trabajadores", number)
    nothing = ("benchmarks.load_nothing", "--dir", str(directory), "--port", str(ports[1]), "--workers", number)
    plan = Plan(HOST, ports[0], PATH, clients, seconds, logins, files(), _GOOD)
    idle = plan._replace(port=ports[1], seconds=seconds / 6, answer=ANSWER)
    with started(*ours, port=ports[0]) as service, started(*nothing, port=ports[1]) as other:
        call_once(plan)
        before, _ = call(idle, other)
        report, looks = call(plan, service)
        log = 0 if place.base else (directory / f"{DATABASE_FILE}-wal").stat().st_size
        after, _ = call(idle, other)
    ledger = Ledger(place)
    wrong = check(ledger, report.noted)
    ledger.close()
    return Outcome(before, report, after, looks, log, wrong)


# --- the figures ----------------------------------------------------------------------------------------------


def quantile(values: list[float], share: int) -> float:
    """The value that *share* per cent of *values* do not exceed."""
    return statistics.quantiles(values, n=100, method="inclusive")[share - 1]


def show(outcome: Outcome) -> None:
    """Print the figures."""
    print(f"{'':26}{'calls':>8}{'calls/s':>9}{'median':>9}{'p95':>9}{'p99':>9}{'max':>9}  ms  p99/median")
    reports = {"nothing, before": outcome.before, "Procesar": outcome.service, "nothing, after": outcome.after}
    for name, one in reports.items():
        _show_times(name, one.latencies, one.seconds)
    print(f"one Procesar takes as long as {cost(outcome):.1f} calls that do nothing")
    _show_memory(outcome)
    number = sum(one.errors for one in reports.values())
    print(f"\nerrors: {number}")
    for error in outcome.errors:
        print(f"  {error[:600]}")


def _show_times(name: str, times: list[float], seconds: float) -> None:
    figures = (statistics.median(times), quantile(times, 95), quantile(times, 99), max(times))
    shown = "".join(f"{figure * 1000:9.1f}" for figure in figures)
    print(f"{name:26}{len(times):8}{len(times) / seconds:9.0f}{shown}{figures[2] / figures[0]:16.1f}")


def _show_memory(outcome: Outcome) -> None:
    early, half, end = outcome.looks
    heads = "".join(f"{f'{one.seconds:.0f} s':>9}" for one in outcome.looks)
    print(f"\n{'memory, MiB':26}{heads}{'processor s':>13}")
    for process in end.memory:
        memory = "".join(f"{one.memory.get(process, 0):9}" for one in outcome.looks)
        used = end.processor[process] - early.processor.get(process, 0.0)
        print(f"{f'process {process}':26}{memory}{used:13.1f}")
    sums = "".join(f"{sum(one.memory.values()):9}" for one in (early, half, end))
    print(f"{'all':26}{sums}\nwrite-ahead log at the end: {outcome.log / 2**20:.1f} MiB")


def cost(outcome: Outcome) -> float:
    """Calls that do nothing in the time of one Procesar."""
    idle = outcome.before, outcome.after
    rate = sum(len(one.latencies) for one in idle) / sum(one.seconds for one in idle)
    return rate * outcome.service.seconds / len(outcome.service.latencies)


def failures(outcome: Outcome) -> list[str]:
    """What is not as it should be."""
    found = ["there were errors"] if outcome.errors else []
    times = outcome.service.latencies
    if quantile(times, 99) > _TIMES_MEDIAN * statistics.median(times):
        found.append(f"p99 is more than {_TIMES_MEDIAN} times the median")
    _, half, end = (sum(one.memory.values()) for one in outcome.looks)
    if end > _GROWTH * half:
        found.append("memory grew in the second half")
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=64, help="keep-alive clients")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long they issue invoices")
    parser.add_argument("--workers", type=int, help="processes of the service; without it the usual number")
    parser.add_argument("--engine", choices=ENGINES, default=ENGINES[0])
    arguments = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as name,
        place_of(arguments.engine, Path(name), durable=True) as place,
    ):
        outcome = run(place, arguments.clients, arguments.seconds, arguments.workers)
    show(outcome)
    found = failures(outcome)
    print("; ".join(found) or "every answer is good, its folio once and without a gap; the times and the memory hold")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
