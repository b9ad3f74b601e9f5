"""The server of PostgreSQL crashes while two application processes issue: nothing is doubled or lost."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from dteplanows.document import clock
from dteplanows.folios import allocation
from dteplanows.ledger.place import Place
from dteplanows.ledger.rows import Span
from dteplanows.ledger.store import Ledger
from tests.faults import road_worker
from tests.faults.test_killed_processes import acknowledged, acknowledged_count, stored
from tests.faults.worker import AUTOMATIC, DATA, MIXED, STOP
from tests.installation import COMPANY, load_caf, make_installation
from tests.postgresql import Server, missing, server

CRASHES = 6
PROCESSES = 2
CAF_LENGTH = 100_000

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())


@pytest.fixture
def own_server() -> Iterator[Server]:
    """One that keeps what it says is kept, and that may be stopped."""
    with server(durable=True) as one:
        yield one


def wait_for(directory: Path, beyond: int) -> None:
    deadline = time.monotonic() + 60
    while acknowledged_count(directory) <= beyond:
        assert time.monotonic() < deadline, "the processes issue nothing"
        time.sleep(0.01)


def test_a_server_that_is_stopped_at_once_while_two_processes_issue(own_server: Server, tmp_path: Path) -> None:
    place = Place(tmp_path / DATA, own_server.new_database())
    with closing(make_installation(place, cafs=False)) as made:
        for tipo in (AUTOMATIC, MIXED):
            file = made.authority.make_caf(COMPANY.rut, COMPANY.razon_social, tipo, Span(1, CAF_LENGTH), clock.today())
            load_caf(made.ledger, COMPANY, file, made.authority)
    processes = multiprocessing.get_context("spawn")
    crew = [
        processes.Process(target=road_worker.work, args=(tmp_path, number, place.base)) for number in range(PROCESSES)
    ]
    for one in crew:
        one.start()
    try:
        # Whoever opens its ledger at the moment of a crash is refused, and ends.
        while len(list(tmp_path.glob(f"{road_worker.READY}*"))) < PROCESSES:
            assert all(one.is_alive() for one in crew)
            time.sleep(0.01)
        for _ in range(CRASHES):
            wait_for(tmp_path, acknowledged_count(tmp_path) + 20)
            time.sleep(random.random() * 0.2)
            own_server.stop("immediate")
            own_server.start()
        wait_for(tmp_path, acknowledged_count(tmp_path) + 20)
        (tmp_path / STOP).touch()
        for one in crew:
            one.join(60)
            assert one.exitcode == 0
    finally:
        for one in crew:
            one.kill()
            one.join(30)

    with closing(Ledger(place)) as ledger:
        there, said = stored(ledger), acknowledged(tmp_path)
        assert len({(tipo, folio) for tipo, folio, _ in said}) == len(said) > CRASHES * 20
        assert {(tipo, folio): digest for tipo, folio, digest in said}.items() <= there.items()
        # Committed as the server crashed: of each process at most the one document it was at.
        assert len(there) - len(said) <= CRASHES * PROCESSES
        automatic = sorted(folio for tipo, folio in there if tipo == AUTOMATIC)
        assert automatic == list(range(1, len(automatic) + 1))
        for tipo in (AUTOMATIC, MIXED):
            (caf,) = allocation.account(ledger, COMPANY, tipo)
            assert caf.libres + caf.emitidos + caf.anulados == CAF_LENGTH
            assert caf.emitidos == sum(of == tipo for of, _ in there)
        assert ledger.db.full_check() == []
