"""A database that another program keeps: told as what it is, and soon. What was issued is not denied."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from dteplanows.document.outcome import Outcome
from dteplanows.ledger import passwords
from dteplanows.ledger.engines.errors import Busy
from dteplanows.ledger.engines.sqlite import database as connection
from dteplanows.ledger.faults import told
from tests.installation import FIRST_FOLIO, Installation, make_installation
from tests.soap.document_calls import call
from tests.soap.soap_support import Caller, b64
from tests.soap.test_document_operations import issue, sample

WAIT = 0.3


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    monkeypatch.setattr(passwords, "_KIB", 8)  # what a password costs is not looked at here
    monkeypatch.setattr(connection, "BUSY_SECONDS", WAIT)
    with closing(make_installation(tmp_path)) as one:
        yield one


@contextmanager
def kept_by_another_program(made: Installation) -> Iterator[None]:
    with closing(sqlite3.connect(made.ledger.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


def test_it_is_told_and_nothing_is_issued(made: Installation) -> None:
    caller, file = Caller(made.issuer), b64(sample("factura33.txt"))

    with kept_by_another_program(made):
        answer = call(caller, "Procesar", plain=True, file=file, formato=1)
        folio = call(caller, "EliminarDoc", tpomov="C", folio=12, tipo=30)

    error = answer.document().findtext("Detalle/Documento/Error") or ""
    assert error.startswith("[SRV-003] ") and "no se emitió" in error
    assert "[SRV-003] " in folio.result()
    assert issue(made, "factura33.txt") == FIRST_FOLIO
    assert "SRV-003" not in call(caller, "Procesar", plain=True, file=file, formato=1).result()


def test_what_waits_behind_others_waits_no_longer(made: Installation) -> None:
    waits = []

    def write() -> None:
        begin = time.monotonic()
        with pytest.raises(Busy), made.ledger.transaction():
            raise AssertionError("begun")
        waits.append(time.monotonic() - begin)

    with kept_by_another_program(made):
        threads = [threading.Thread(target=write) for _ in range(8)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()

    assert len(waits) == 8
    assert max(waits) < 4 * WAIT
    with made.ledger.transaction():
        pass


def test_a_shortened_wait_is_as_long_as_before_the_next_time(
    made: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_NOTICED", -1.0)
    link = made.ledger.connection
    with made.ledger.transaction():
        pass
    assert link.execute("PRAGMA busy_timeout").fetchone() == (int(WAIT * 1000),)


def test_after_a_part_was_issued_it_is_not_said_that_nothing_was(
    made: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def process(*arguments: object) -> Outcome:
        with made.ledger.transaction():
            pass
        raise Busy("ocupada")

    monkeypatch.setattr(made.issuer, "process", process)
    answer = call(Caller(made.issuer), "Procesar", plain=True, file=b64("x"), formato=1)
    assert "[BAS-009]" in answer.result()
    assert "no se sabe" in answer.result()


def test_only_a_busy_database_is_busy(made: Installation) -> None:
    with pytest.raises(sqlite3.OperationalError) as wrong:
        made.ledger.connection.execute("esto no es SQL")
    assert told(wrong.value) is None
    assert told(OSError("disco")) is None
    wrapped = RuntimeError("de otra biblioteca")
    wrapped.__cause__ = Busy("ocupada")
    found = told(wrapped)
    assert found
    assert found.code == "SRV-003"
