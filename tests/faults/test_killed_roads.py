"""The same slaughter with customers' files through the whole road: parse, validate, number, stamp, sign, record."""

from __future__ import annotations

import signal
from contextlib import closing
from pathlib import Path

import pytest

from dteplanows.document import clock
from dteplanows.folios import allocation
from dteplanows.ledger.place import Place
from dteplanows.ledger.rows import Span
from dteplanows.ledger.store import Ledger
from tests.faults import road_worker
from tests.faults.test_killed_processes import KILLS, Crew, acknowledged, kill_fifty, stored
from tests.faults.worker import AUTOMATIC, HIGHEST_EXPLICIT, MIXED
from tests.installation import COMPANY, load_caf, make_installation

CAF_LENGTH = 100_000

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="este sistema no tiene SIGKILL")


def test_four_processes_of_which_fifty_are_killed(place: Place, tmp_path: Path) -> None:
    with closing(make_installation(place, cafs=False)) as made:
        for tipo in (AUTOMATIC, MIXED):
            file = made.authority.make_caf(COMPANY.rut, COMPANY.razon_social, tipo, Span(1, CAF_LENGTH), clock.today())
            load_caf(made.ledger, COMPANY, file, made.authority)

    kill_fifty(Crew(tmp_path, road_worker.work, place.base))

    with closing(Ledger(place)) as ledger:
        there, said = stored(ledger), acknowledged(tmp_path)
        assert len({(tipo, folio) for tipo, folio, _ in said}) == len(said) > 1000
        assert {(tipo, folio): digest for tipo, folio, digest in said}.items() <= there.items()
        assert len(there) - len(said) <= KILLS

        automatic = sorted(folio for tipo, folio in there if tipo == AUTOMATIC)
        assert automatic == list(range(1, len(automatic) + 1))
        mixed = {folio for tipo, folio in there if tipo == MIXED}
        first_free = next(number for number in range(1, len(mixed) + 2) if number not in mixed)
        assert all(folio <= HIGHEST_EXPLICIT for folio in mixed if folio > first_free)
        for tipo in (AUTOMATIC, MIXED):
            (one,) = allocation.account(ledger, COMPANY, tipo)
            assert one.libres + one.emitidos + one.anulados == CAF_LENGTH
            assert one.emitidos == sum(of == tipo for of, _ in there)
        assert ledger.db.full_check() == []
