"""A worker of batches that is killed leaves nothing lost, doubled or skipped, and the next one goes on behind it."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from dteplanows.bulk.queue import Worker
from dteplanows.document import clock
from dteplanows.folios import allocation
from dteplanows.ledger.batches import Overtaken
from dteplanows.ledger.rows import Span
from dteplanows.ledger.store import Ledger
from tests import forked
from tests.faults.road_worker import BOLETA
from tests.installation import COMPANY, Installation, load_caf, make_installation

DOCUMENTS = 2000
SPOILED = {7, 500, 1999}
"""Documents of the file, from 1, that contradict themselves."""
ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="este sistema no tiene SIGKILL")


def bulk_file(documents: int, spoiled: set[int] | frozenset[int] = frozenset()) -> bytes:
    """Boletas with automatic numbers, each with its place in the file as the name of its article."""
    return "".join(
        BOLETA.format(folio=0, today=clock.today(), note=number, total=1190).replace(
            "0;0;0;1190;", "0;0;0;9190;" if number in spoiled else "0;0;0;1190;"
        )
        for number in range(1, documents + 1)
    ).encode()


def with_folios(directory: Path, folios: int) -> Installation:
    """An installation whose boletas are numbered from 1 on."""
    made = make_installation(directory, cafs=False)
    file = made.authority.make_caf(COMPANY.rut, COMPANY.razon_social, 39, Span(1, folios), clock.today())
    load_caf(made.ledger, COMPANY, file, made.authority)
    return made


def hire(directory: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "dteplanows", "--dir", str(directory), "worker"]
    worker = forked.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert worker.stdout is not None
    # From here on it stops cleanly when it is asked to.
    assert b"Atiende los lotes y los env" in worker.stdout.readline()
    return worker


def wait_for(ledger: Ledger, track_id: int, documents: int, crew: list[subprocess.Popen[bytes]]) -> None:
    """Until that many documents of the batch are done."""
    deadline = time.monotonic() + 120
    while (batch := ledger.batches.find(track_id)) and batch.hechos < documents:
        assert time.monotonic() < deadline, batch
        assert any(one.poll() is None for one in crew), "the workers have ended"
        time.sleep(0.005)


def holder_of(ledger: Ledger, crew: list[subprocess.Popen[bytes]]) -> subprocess.Popen[bytes]:
    """Who of *crew* works on the batch; until somebody does, it is still the one that was killed last."""
    deadline = time.monotonic() + 120
    while True:
        (name,) = ledger.connection.execute("SELECT trabajador FROM lote").fetchone()
        for one in crew:
            if f":{one.pid}:" in name:
                return one
        assert time.monotonic() < deadline, ledger.batches.newest(1)
        time.sleep(0.005)


def notes_of(ledger: Ledger) -> list[tuple[int, int]]:
    """Folio and place in the file of every document issued, by folio."""
    rows = ledger.connection.execute("SELECT folio, xml FROM documento ORDER BY folio")
    found = [(folio, re.search(rb"Ficha (\d+)<", bytes(xml))) for folio, xml in rows]
    return [(folio, int(match[1])) for folio, match in found if match]


def test_two_thousand_documents_and_three_killed_workers(tmp_path: Path) -> None:
    made = with_folios(tmp_path, 10_000)
    # All are there before the first is killed: while a new one starts, the others may come to the end of the file.
    crew = [hire(tmp_path) for _ in range(4)]
    killed = []
    try:
        track_id = made.send_later(bulk_file(DOCUMENTS, SPOILED), "1")
        for documents in (100, 700, 1300):
            wait_for(made.ledger, track_id, documents, crew)
            holder = holder_of(made.ledger, crew)
            holder.kill()
            crew.remove(holder)
            killed.append(holder)
            _, errors = holder.communicate(timeout=30)
            assert holder.returncode == -signal.SIGKILL, errors.decode()
        wait_for(made.ledger, track_id, DOCUMENTS, crew)
        for one in crew:
            one.terminate()
            _, errors = one.communicate(timeout=60)
            assert one.returncode == 0, errors.decode()
    finally:
        for one in (*crew, *killed):
            one.kill()
            one.wait(30)

    issued = DOCUMENTS - len(SPOILED)
    batch, outcome = made.batches.state(made.account, track_id)
    assert (batch.estado, batch.total, batch.hechos, batch.rechazados) == ("terminado", DOCUMENTS, DOCUMENTS, 3)
    assert outcome is not None
    assert [number for number, one in enumerate(outcome.documents, 1) if not one.accepted] == sorted(SPOILED)
    # Every document once, numbered in the order of the file, without a gap; and the answer says the same.
    good = [number for number in range(1, DOCUMENTS + 1) if number not in SPOILED]
    assert notes_of(made.ledger) == list(enumerate(good, 1))
    assert [one.folio for one in outcome.documents if one.accepted] == list(range(1, issued + 1))
    (caf,) = allocation.account(made.ledger, COMPANY, 39)
    assert (caf.emitidos, caf.siguiente) == (issued, issued + 1)
    assert made.ledger.connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    made.close()


def test_several_workers_share_the_batches(tmp_path: Path) -> None:
    made = with_folios(tmp_path, 10_000)
    for number in range(12):
        made.send_later(bulk_file(60) + b"\n" * number, "1")
    stop = threading.Event()
    workers = [threading.Thread(target=Worker(made.issuer, 100).run, args=(stop,)) for _ in range(4)]
    for one in workers:
        one.start()
    deadline = time.monotonic() + 60
    while any(one.estado != "terminado" for one in made.ledger.batches.newest(100)):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    stop.set()
    for one in workers:
        one.join(30)

    assert Counter(number for _, number in notes_of(made.ledger)) == dict.fromkeys(range(1, 61), 12)
    assert [folio for folio, _ in notes_of(made.ledger)] == list(range(1, 12 * 60 + 1))


def test_of_two_workers_at_the_same_chunk_one_rolls_back(tmp_path: Path) -> None:
    made = with_folios(tmp_path, 100)
    made.send_later(bulk_file(10), "1")
    slow, quick = Worker(made.issuer, 100), Worker(made.issuer, 100)
    batch = made.ledger.batches.take(slow.name, lambda worker: False)
    assert batch is not None
    work = slow._open(batch)
    batch = made.ledger.batches.count(batch, slow.name, work.file.total)
    assert made.ledger.batches.take(quick.name, lambda worker: False) is None, "it is being worked on"

    made.ledger.batches.give_back(batch, slow.name)  # as if its time had run out
    assert quick.work_once()
    with pytest.raises(Overtaken):
        slow._issue(batch, work, list(work.file.documents()))

    assert notes_of(made.ledger) == [(number, number) for number in range(1, 11)]
