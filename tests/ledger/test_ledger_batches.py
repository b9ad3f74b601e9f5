"""Bulk mode's queue: how much may wait, whose turn it is, and how long a refused file is kept."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

import pytest

from dteplanows.document import clock
from dteplanows.document.catalogue import problem
from dteplanows.document.outcome import DocumentOutcome
from dteplanows.document.problem import Refused
from dteplanows.ledger.batch_rows import NewBatch, StoredBatch
from dteplanows.ledger.rows import ReceivedFile
from dteplanows.ledger.store import Ledger
from tests.engines import only_sqlite
from tests.ledger.example import COMPANY, RECEIVED, load_caf, new_document, rut

OTHER = replace(COMPANY, rut=rut(76000333))
THIRD = replace(COMPANY, rut=rut(76000444))
MOMENT = datetime(2026, 3, 31, 10)


def receive(ledger: Ledger, content: bytes, company: str = COMPANY.rut, most: int = 0) -> int:
    return ledger.batches.receive(NewBatch("pruebas", company, "ana", False, ReceivedFile("1", content)), most)


def take(ledger: Ledger) -> StoredBatch | None:
    """The next batch, by a worker that gives it back at once."""
    batch = ledger.batches.take("w", lambda worker: False)
    if batch:
        ledger.batches.give_back(batch, "w")
    return batch


def end(ledger: Ledger, accepted: bool = False, at: datetime = MOMENT) -> StoredBatch:
    """Take the next batch and be done with its only document."""
    batch = ledger.batches.take("w", lambda worker: False)
    assert batch
    batch = ledger.batches.count(batch, "w", 1)
    with ledger.transaction():
        outcome = DocumentOutcome(7, 33, at, accepted, () if accepted else (problem("SRV-020"),))
        batch = ledger.batches.advance(batch, "w", [outcome])
    ledger.connection.execute("UPDATE lote SET terminado = ? WHERE id = ?", (at.isoformat(" "), batch.id))
    return batch


# --- how much may wait ------------------------------------------------------------------------------------------


def test_a_company_has_a_bounded_number_of_batches_that_are_not_done(ledger: Ledger) -> None:
    ledger.companies.save(OTHER)
    assert [receive(ledger, bytes([number]), most=2) for number in (1, 2)] == [1, 2]
    with pytest.raises(Refused) as caught:
        receive(ledger, b"three", most=2)
    (found,) = caught.value.problems
    assert (found.code, "2 archivos" in found.message) == ("SRV-190", True)
    assert ledger.files.find(ReceivedFile("1", b"three").sha256) is None
    assert receive(ledger, b"other", OTHER.rut, most=2) == 3
    end(ledger)
    assert receive(ledger, b"three", most=2) == 4


# --- whose turn it is -------------------------------------------------------------------------------------------


class Turn(NamedTuple):
    company: str
    batch: int


def turns(ledger: Ledger, count: int) -> list[Turn]:
    return [Turn(one.rut_emisor, one.id) for one in (take(ledger) for _ in range(count)) if one]


def test_companies_take_turns_however_many_batches_one_has(ledger: Ledger) -> None:
    for one in (OTHER, THIRD):
        ledger.companies.save(one)
    many = [receive(ledger, bytes([number])) for number in range(5)]
    few = receive(ledger, b"few", OTHER.rut)
    single = receive(ledger, b"single", THIRD.rut)
    found = turns(ledger, 9)
    assert [one.company for one in found] == [COMPANY.rut, OTHER.rut, THIRD.rut] * 3
    # Of one company's batches each has its turn too.
    assert [one.batch for one in found] == [many[0], few, single, many[1], few, single, many[2], few, single]


def test_a_company_whose_batches_end_at_once_has_no_more_turns_than_others(ledger: Ledger) -> None:
    ledger.companies.save(OTHER)
    for number in range(4):
        receive(ledger, bytes([number]))
    receive(ledger, b"large", OTHER.rut)
    assert end(ledger).rut_emisor == COMPANY.rut
    assert turns(ledger, 1)[0].company == OTHER.rut
    assert end(ledger).rut_emisor == COMPANY.rut
    assert turns(ledger, 1)[0].company == OTHER.rut


def test_a_company_that_comes_late_is_served_next(ledger: Ledger) -> None:
    ledger.companies.save(OTHER)
    receive(ledger, b"a"), receive(ledger, b"b")
    turns(ledger, 5)
    late = receive(ledger, b"late", OTHER.rut)
    assert turns(ledger, 1) == [Turn(OTHER.rut, late)]


# --- how long a refused file is kept ----------------------------------------------------------------------------

LATER = MOMENT + timedelta(days=1)


def content(ledger: Ledger, data: bytes) -> bytes | None:
    found = ledger.files.find(ReceivedFile("1", data).sha256)
    return found.contenido if found else None


def test_a_file_of_which_nothing_was_issued_is_forgotten_in_time(ledger: Ledger) -> None:
    number = receive(ledger, b"refused")
    assert ledger.batches.forget_refused_files(LATER) == 0
    end(ledger)
    assert ledger.batches.forget_refused_files(MOMENT) == 0
    assert content(ledger, b"refused") == b"refused"
    assert ledger.batches.forget_refused_files(LATER) == 1
    assert ledger.batches.forget_refused_files(LATER) == 0
    assert content(ledger, b"refused") == b""
    batch = ledger.batches.find(number)
    assert batch and batch.estado == "terminado" and len(list(ledger.batches.outcomes(number))) == 1
    # It comes again.
    receive(ledger, b"refused")
    assert content(ledger, b"refused") == b"refused"
    assert ledger.batches.forget_refused_files(LATER) == 0
    end(ledger, at=clock.now())
    assert ledger.batches.forget_refused_files(LATER) == 0


def test_a_file_that_something_was_issued_of_is_kept_for_ever(ledger: Ledger) -> None:
    data = b"issued by another call"
    file = ReceivedFile("1", data)
    receive(ledger, data)
    ledger.documents.record(replace(new_document(7, load_caf(ledger, 1, 10)), archivo=file))
    end(ledger)
    assert ledger.batches.forget_refused_files(LATER) == 0
    receive(ledger, data)  # once more: the document is still there
    end(ledger)
    assert ledger.batches.forget_refused_files(LATER) == 0
    assert content(ledger, data) == data


def test_a_file_of_which_a_purchase_was_entered_is_kept(ledger: Ledger) -> None:
    receive(ledger, b"purchase")
    ledger.received.record(replace(RECEIVED, archivo=ReceivedFile("1", b"purchase")))
    end(ledger)
    assert ledger.batches.forget_refused_files(LATER) == 0


def test_a_forgotten_file_that_is_issued_later_is_whole_again(ledger: Ledger) -> None:
    receive(ledger, b"again")
    end(ledger)
    ledger.batches.forget_refused_files(LATER)
    ledger.documents.record(replace(new_document(7, load_caf(ledger, 1, 10)), archivo=ReceivedFile("1", b"again")))
    assert content(ledger, b"again") == b"again"
    assert ledger.batches.forget_refused_files(LATER) == 0


@only_sqlite
def test_the_queue_is_looked_at_quickly_among_many_batches(ledger: Ledger) -> None:
    receive(ledger, b"x")
    end(ledger)
    columns = ", ".join(row[1] for row in ledger.connection.execute("PRAGMA table_info(lote)") if row[1] != "id")
    for _ in range(15):  # 32 768 batches that ended
        ledger.connection.execute(f"INSERT INTO lote ({columns}) SELECT {columns} FROM lote")
    receive(ledger, b"y")
    begin = time.perf_counter()
    for _ in range(20):
        assert take(ledger)
    assert time.perf_counter() - begin < 2
