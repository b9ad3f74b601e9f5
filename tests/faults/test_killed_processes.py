"""Processes that issue at once, and are killed at any moment, neither double nor lose nor skip a folio."""

from __future__ import annotations

import hashlib
import multiprocessing
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import NamedTuple

import pytest

from dteplanows.folios import allocation
from dteplanows.ledger.place import Place
from dteplanows.ledger.store import Ledger
from tests import forked
from tests.faults import road_worker, worker
from tests.faults.worker import ACKNOWLEDGED, AUTOMATIC, DATA, HIGHEST_EXPLICIT, MIXED, STOP
from tests.ledger.example import COMPANY, load_caf

PROCESSES = 4
KILLS = 50
CAF_LENGTH = 500
ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="este sistema no tiene SIGKILL")


class Crew:
    """Four workers; one that dies is replaced.

    They are processes of their own, forked from a server that has imported what they need and opened nothing: fifty
    times the start of an interpreter would take longer than all that they issue.
    """

    def __init__(
        self, directory: Path, work: Callable[[Path, int, str], None] = worker.work, base: str = ""
    ) -> None:
        """:param base: of a database that is not in the directory."""
        self.directory = directory
        self._base = base
        self._work = work
        self._seeds = 0
        self._processes = multiprocessing.get_context("forkserver")
        self._processes.set_forkserver_preload([worker.__name__, road_worker.__name__])
        self.members = [self._hire() for _ in range(PROCESSES)]

    def _hire(self) -> BaseProcess:
        self._seeds += 1
        one = self._processes.Process(target=self._work, args=(self.directory, self._seeds, self._base))
        one.start()
        return one

    def kill(self, number: int) -> None:
        """Kill one with SIGKILL and put another in its place."""
        victim = self.members[number]
        victim.kill()
        victim.join(30)
        assert victim.exitcode == -signal.SIGKILL
        self.members[number] = self._hire()

    def stop(self) -> None:
        """Let all finish the document they are at."""
        (self.directory / STOP).touch()
        for one in self.members:
            one.join(60)
            assert one.exitcode == 0


def acknowledged_count(directory: Path) -> int:
    path = directory / ACKNOWLEDGED
    return path.read_bytes().count(b"\n") if path.exists() else 0


def wait_for_work(directory: Path, beyond: int) -> None:
    """Until more documents than *beyond* were acknowledged, so that every kill meets a busy crew."""
    deadline = time.monotonic() + 30
    while acknowledged_count(directory) <= beyond:
        assert time.monotonic() < deadline, "the workers issue nothing"
        time.sleep(0.002)


class Aftermath(NamedTuple):
    """What is left where four processes issued at once and fifty were killed."""

    directory: Path
    place: Place


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def aftermath(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Aftermath:
    directory = tmp_path_factory.mktemp("matanza")
    base = request.getfixturevalue("postgresql").new_database() if request.param == "postgresql" else ""
    place = Place(directory / DATA, base)
    with closing(Ledger(place)) as ledger:
        ledger.companies.save(COMPANY)
        for number in range(200):
            for tipo in (AUTOMATIC, MIXED):
                load_caf(ledger, number * CAF_LENGTH + 1, (number + 1) * CAF_LENGTH, tipo)
    kill_fifty(Crew(directory, base=base))
    return Aftermath(directory, place)


def kill_fifty(crew: Crew) -> None:
    """Kill at fifty random moments, one process after the other, then let the crew finish."""
    chance = random.Random()
    try:
        for number in range(KILLS):
            wait_for_work(crew.directory, acknowledged_count(crew.directory) + 20)
            time.sleep(chance.random() * 0.1)
            crew.kill(number % PROCESSES)
        crew.stop()
    finally:
        for one in crew.members:
            if one.is_alive():
                one.kill()
                one.join(30)


def acknowledged(directory: Path) -> list[tuple[int, int, str]]:
    lines = (directory / ACKNOWLEDGED).read_text(encoding="ascii").splitlines()
    return [(int(tipo), int(folio), digest) for tipo, folio, digest in (line.split() for line in lines)]


def stored(ledger: Ledger) -> dict[tuple[int, int], str]:
    rows = ledger.connection.execute("SELECT tipo, folio, xml FROM documento").fetchall()
    assert max(Counter((tipo, folio) for tipo, folio, _ in rows).values()) == 1
    return {(tipo, folio): hashlib.sha256(xml).hexdigest() for tipo, folio, xml in rows}


def test_no_folio_is_doubled_and_no_acknowledged_document_is_lost(aftermath: Aftermath) -> None:
    ledger = Ledger(aftermath.place)
    there, said = stored(ledger), acknowledged(aftermath.directory)
    assert len(said) > 1000
    assert len({(tipo, folio) for tipo, folio, _ in said}) == len(said)
    assert {(tipo, folio): digest for tipo, folio, digest in said}.items() <= there.items()
    # Committed but killed before it could say so: at most the one document each victim was at.
    assert len(there) - len(said) <= KILLS


def test_automatic_numbers_have_no_gap(aftermath: Aftermath) -> None:
    folios = sorted(folio for tipo, folio in stored(Ledger(aftermath.place)) if tipo == AUTOMATIC)
    assert folios == list(range(1, len(folios) + 1))


def test_mixed_numbers_have_only_gaps_that_explicit_numbers_made(aftermath: Aftermath) -> None:
    folios = sorted(folio for tipo, folio in stored(Ledger(aftermath.place)) if tipo == MIXED)
    first_free = next(number for number in range(1, len(folios) + 2) if number not in set(folios))
    assert all(folio <= HIGHEST_EXPLICIT for folio in folios if folio > first_free)


def test_free_issued_and_void_add_up(aftermath: Aftermath) -> None:
    ledger = Ledger(aftermath.place)
    there = stored(ledger)
    for tipo in (AUTOMATIC, MIXED):
        cafs = allocation.account(ledger, COMPANY, tipo)
        assert {one.libres + one.emitidos + one.anulados for one in cafs} == {CAF_LENGTH}
        assert sum(one.emitidos for one in cafs) == sum(of == tipo for of, _ in there)


def test_every_document_has_its_file_and_its_event(aftermath: Aftermath) -> None:
    ledger = Ledger(aftermath.place)
    connection = ledger.connection
    (documents,) = connection.execute("SELECT COUNT(*) FROM documento").fetchone()
    issued = "SELECT COUNT(DISTINCT documento_id), COUNT(*) FROM evento WHERE tipo = 'emitido'"
    assert connection.execute(issued).fetchone() == (documents, documents)
    assert connection.execute("SELECT COUNT(*) FROM archivo").fetchone() == (documents,)
    assert ledger.db.full_check() == []


DIE_AFTER = """
import os, signal, sys
from pathlib import Path
from dteplanows.folios import allocation
from dteplanows.ledger.store import Ledger
from tests.ledger.example import COMPANY, TODAY, new_document
ledger = Ledger(Path(sys.argv[1]))
with ledger.transaction():
    taken = allocation.take(ledger, COMPANY, 33, 0, TODAY)
    if sys.argv[2] == "record":
        ledger.documents.record(new_document(taken.folio, taken.caf_id))
    if sys.argv[2] != "commit":
        os.kill(os.getpid(), signal.SIGKILL)
    ledger.documents.record(new_document(taken.folio, taken.caf_id))
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize(("step", "issued"), [("take", 0), ("record", 0), ("commit", 1)])
def test_a_document_is_issued_wholly_or_not_at_all(tmp_path: Path, step: str, issued: int) -> None:
    with closing(Ledger(tmp_path)) as ledger:
        ledger.companies.save(COMPANY)
        load_caf(ledger, 1, 10)
    done = forked.run([sys.executable, "-c", DIE_AFTER, str(tmp_path), step], cwd=ROOT, check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL
    with closing(Ledger(tmp_path)) as ledger:
        (one,) = allocation.account(ledger, COMPANY, 33)
        assert (one.emitidos, one.libres, one.siguiente) == (issued, 10 - issued, 1 + issued)
        assert [one.tipo for one in ledger.events.of()].count("emitido") == issued
