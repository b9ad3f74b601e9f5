"""Delivery at full size: facturas and boletas issued, sent to the simulator and followed to the SII's last word.

    python3 run.py benchmark delivery --documents 40000
    python3 run.py benchmark delivery --documents 40000 --kills 3 --verify

What is timed is the way from due to final state, with the worker and the simulator as processes of their own; beside
it, in the same run and on a copy of the same ledger, the same envelopes are only built, signed and durably stored. The
simulator takes what comes unread, or with ``--verify`` judges everything; its own processor time is told apart. With
``--kills`` worker and simulator are each killed so many times on the way. At the end both sides are counted: every
document has its final state, and none was sent in two envelopes that were taken.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import urllib3
from cryptography.hazmat.primitives import serialization

from benchmarks.bulk import bulk_file
from benchmarks.processes import memory, processor
from dteplanows import issuing
from dteplanows.accounts.callers import Callers
from dteplanows.bulk import queue
from dteplanows.bulk.receipt import Batches
from dteplanows.demo import prepare
from dteplanows.document.outcome import Credentials
from dteplanows.folios.authority import TestAuthority
from dteplanows.folios.caf import TEST_AUTHORITY
from dteplanows.issuing.submission import submitted
from dteplanows.ledger.delivery_states import FINAL
from dteplanows.ledger.rows import ReceivedFile
from dteplanows.ledger.store import Ledger
from dteplanows.settings import load
from dteplanows.sii.addresses import addresses_of
from dteplanows.sii.client import Client
from dteplanows.sii.delivery import forming
from dteplanows.sii.delivery.context import Delivery
from dteplanows.sii.service import Sii
from dteplanows.web import server

HOST = "127.0.0.1"
_DELAY = 0.2
"""Seconds that the simulator takes to its last state."""


class Sample(NamedTuple):
    """One look at the run."""

    seconds: float
    final: int
    worker: int
    """Resident memory in MiB."""


class Processes:
    """The worker and the simulator; either may be killed and comes back."""

    def __init__(self, directory: Path, port: int, verify: bool) -> None:
        self._directory, self._port, self._verify = directory, port, verify
        self.spent = 0.0
        """Processor seconds of simulators that were killed."""
        self.simulator, self.worker = self._start_simulator(), self._start_worker()

    def kill_worker(self) -> None:
        """By SIGKILL, in the midst of what it does."""
        _kill(self.worker)
        self.worker = self._start_worker()

    def kill_simulator(self) -> None:
        """By SIGKILL, in the midst of what it does."""
        self.spent += processor(self.simulator.pid)
        _kill(self.simulator)
        self.simulator = self._start_simulator()

    def end(self) -> None:
        """Stop both."""
        self.spent += processor(self.simulator.pid)
        for one in (self.worker, self.simulator):
            one.terminate()
            one.wait(30)

    def _start_worker(self) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ, "DTEPLANOWS_SII_SIMULADOR": f"http://{HOST}:{self._port}",
            "DTEPLANOWS_SII_ESPERA_FACTURAS": "0", "DTEPLANOWS_SII_ESPERA_BOLETAS": "0",
        }  # fmt: skip
        command = [sys.executable, "-m", "dteplanows", "--dir", str(self._directory), "worker"]
        log = self._directory / "worker.log"
        with log.open("wb") as out:
            process = subprocess.Popen(command, env=environment, stdout=out, stderr=out)
        while not log.stat().st_size and process.poll() is None:
            time.sleep(0.02)
        return process

    def _start_simulator(self) -> subprocess.Popen[bytes]:
        command = [
            sys.executable, "-m", "dteplanows", "--dir", str(self._directory), "simulador", "--port", str(self._port),
            "--demora", str(_DELAY), *_authority(self._directory),
        ]  # fmt: skip
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        address = f"http://{HOST}:{self._port}/control/opciones"
        for _ in range(200):
            try:
                urllib3.request("POST", address, json={"verificar": self._verify, "correo": "nunca"}, retries=False)
                return process
            except urllib3.exceptions.HTTPError:
                time.sleep(0.1)
        raise SystemExit("the simulator does not start")


def issue(directory: Path, documents: int) -> None:
    """Issue facturas and boletas, half and half."""
    settings = load(directorio=directory, maximo_lote=documents, sii_enviar=False)
    access = prepare(settings, lambda line: None)
    issuer = issuing.open_issuer(settings)
    account = Callers(issuer.ledger).authenticate(Credentials((access.usuario,), access.rut, (access.clave,)))
    file = ReceivedFile("1", bulk_file(documents, 2))
    Batches(issuer).receive(submitted(account, file))
    worker = queue.worker_of(settings, issuer)
    while worker.work_once():
        pass
    issuer.ledger.close()


def form_only(directory: Path) -> float:
    """Seconds to build, sign and durably store the envelopes of all that is due."""
    settings = load(directorio=directory)
    ledger = Ledger(directory)
    addresses = addresses_of(settings)
    delivery = Delivery(ledger, Sii(Client(), addresses), "benchmark")
    begin = time.monotonic()
    forming.form(delivery)
    seconds = time.monotonic() - begin
    ledger.close()
    return seconds


def watch(directory: Path, processes: Processes, documents: int, kills: int) -> list[Sample]:
    """Look at the run until every document has its final state."""
    begin, samples, killed = time.monotonic(), list[Sample](), 0
    marks = ", ".join("?" * len(FINAL))
    with closing(sqlite3.connect(directory / "dteplanows.sqlite3", timeout=60)) as base:
        while True:
            (final,) = base.execute(f"SELECT COUNT(*) FROM entrega WHERE estado IN ({marks})", FINAL).fetchone()
            (sent,) = base.execute("SELECT COUNT(*) FROM entrega WHERE estado <> 'pendiente'").fetchone()
            samples.append(Sample(time.monotonic() - begin, final, memory(processes.worker.pid)))
            if final == documents:
                return samples
            if killed < kills and sent >= documents * (killed + 1) // (kills + 1):
                killed += 1
                processes.kill_worker()
                print(f"  {samples[-1].seconds:6.1f} s: worker killed, {sent} in envelopes, {final} final", flush=True)
                time.sleep(0.5)
                processes.kill_simulator()
                print("           and the simulator", flush=True)
            time.sleep(0.25)


def compare(directory: Path, documents: int) -> str:
    """What is wrong with what arrived; empty when both sides agree and nothing arrived twice."""
    with closing(sqlite3.connect(directory / "dteplanows.sqlite3")) as base:
        ours = dict(base.execute("SELECT estado, COUNT(*) FROM entrega GROUP BY estado").fetchall())
        tracks = {one for (one,) in base.execute("SELECT track_id FROM envio WHERE estado = 'procesado'")}
    with closing(sqlite3.connect(directory / "simulador" / "simulador.sqlite")) as base:
        theirs = dict(base.execute("SELECT estado, COUNT(*) FROM document GROUP BY estado").fetchall())
        (keys,) = base.execute("SELECT COUNT(*) FROM (SELECT DISTINCT company, tipo, folio FROM document)").fetchone()
        (envelopes,) = base.execute("SELECT COUNT(*) FROM envelope WHERE state = 'EPR'").fetchone()
    print(f"  states here: {ours}; there: {theirs}; envelopes: {len(tracks)} with TRACKID here, {envelopes} there")
    if ours != {"aceptado": documents}:
        return f"not every document is accepted: {ours}"
    if theirs != {"DOK": documents} or keys != documents:
        return f"the simulator has something else: {theirs}, {keys} different"
    return ""


def run(directory: Path, documents: int, kills: int, verify: bool) -> int:
    """The exit code: 0 when everything is as promised."""
    begin = time.monotonic()
    issue(directory, documents)
    print(f"{documents} documents issued in {time.monotonic() - begin:.0f} s", flush=True)
    copy = directory.with_name("copy")
    shutil.copytree(directory, copy)
    alone = form_only(copy)
    shutil.rmtree(copy)
    processes = Processes(directory, server.free_port(HOST), verify)
    try:
        samples = watch(directory, processes, documents, kills)
    finally:
        processes.end()
    for at in range(10):
        one = samples[at * (len(samples) - 1) // 9]
        print(f"  {one.seconds:7.1f} s {one.final:8} final {one.worker:6} MiB")
    seconds = samples[-1].seconds
    judged = f"{'verifying everything' if verify else 'accepting unread'}, {processes.spent:.1f} s of processor"
    print(f"delivered: {documents / seconds:.0f} documents/s (the simulator: {judged})")
    print(f"built, signed and durably stored alone: {documents / alone:.0f} documents/s")
    print(f"ratio: {alone / seconds:.2f}; without the simulator's time: {alone / (seconds - processes.spent):.2f}")
    wrong = compare(directory, documents)
    print(wrong or "every document has its final state, and none arrived twice")
    return 1 if wrong else 0


def _authority(directory: Path) -> list[str]:
    """The public key of the test authority, which the simulator has to know to judge what it stamped."""
    path = directory / "autoridad-publica.pem"
    authority = TestAuthority.from_pem(load(directorio=directory).autoridad_de_prueba.read_bytes())
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    path.write_bytes(authority.public_key.public_bytes(serialization.Encoding.PEM, form))
    return ["--clave-caf", f"{TEST_AUTHORITY}={path}"]


def _kill(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()


def main() -> int:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=10_000, help="half facturas, half boletas")
    parser.add_argument("--kills", type=int, default=0, help="how often worker and simulator are killed")
    parser.add_argument("--verify", action="store_true", help="the simulator judges everything")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        return run(Path(folder) / "datos", given.documents, given.kills, given.verify)


if __name__ == "__main__":
    sys.exit(main())
