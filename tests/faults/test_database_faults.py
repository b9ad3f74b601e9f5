"""What can be wrong with a database: each has its code, says surely whether something was issued, and is logged."""

from __future__ import annotations

import json
import os
import resource
import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import peewee
import pytest

from dteplanows.bulk.queue import Worker
from dteplanows.document.outcome import Outcome
from dteplanows.folios import allocation
from dteplanows.ledger import faults, passwords
from dteplanows.ledger.store import DATABASE_FILE, Ledger
from tests import forked
from tests.commands.command_line import run
from tests.faults.test_killed_processes import ROOT
from tests.installation import COMPANY, FIRST_FOLIO, Installation, make_installation
from tests.soap.document_calls import call
from tests.soap.soap_support import Caller, b64
from tests.soap.test_document_operations import issue, sample

FILE = b64(sample("factura33.txt"))


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    monkeypatch.setattr(passwords, "_KIB", 8)
    one = make_installation(tmp_path / "datos")
    yield one
    with suppress(Exception):
        one.close()


def refused_with(made: Installation, code: str) -> str:
    """What a call is told that is refused with *code*, and that nothing was issued."""
    answer = call(Caller(made.issuer), "Procesar", plain=True, file=FILE, formato=1)
    document = answer.document()
    error = document.findtext("Detalle/Documento/Error") or ""
    assert error.startswith(f"[{code}] "), error
    assert "Con esta llamada no se emitió ni se guardó nada" in error
    assert "emiti" not in (document.findtext("Mensaje") or "")
    return error


def test_a_full_database(made: Installation, caplog: pytest.LogCaptureFixture) -> None:
    """SQLite's own limit stands in for a full disk: both end in SQLITE_FULL."""
    link = made.ledger.connection
    (pages,) = link.execute("PRAGMA page_count").fetchone()
    link.execute(f"PRAGMA max_page_count = {pages}")
    (free,) = link.execute("PRAGMA freelist_count").fetchone()
    assert not free
    assert "SQLITE_FULL" in refused_with(made, "BAS-003")
    assert "BAS-003 en Procesar: SQLITE_FULL; " in caplog.text
    assert "MiB libres en " in caplog.text
    (account,) = allocation.account(made.ledger, COMPANY, 33)
    assert account.emitidos == 0
    assert faults.cannot_store() == "BAS-003"
    link.execute("PRAGMA max_page_count = 1000000")
    assert issue(made, "factura33.txt") == FIRST_FOLIO
    assert faults.cannot_store() == ""


def test_a_disk_without_room_is_known_before_a_call(made: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    made.ledger.usage.is_readable()
    assert faults.cannot_store() == ""
    monkeypatch.setattr(faults, "_free", lambda directory: 2**20 - 1)
    assert faults.cannot_store() == "BAS-003"


def test_a_database_that_may_only_be_read(made: Installation) -> None:
    link = made.ledger.connection
    link.execute("PRAGMA query_only = ON")
    assert "SQLITE_READONLY" in refused_with(made, "BAS-004")
    link.execute("PRAGMA query_only = OFF")
    assert issue(made, "factura33.txt") == FIRST_FOLIO


def damage(path: Path) -> None:
    """Overwrite all pages but the first."""
    with closing(sqlite3.connect(path)) as link:
        (size,) = link.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        length = file.seek(0, os.SEEK_END)
        file.seek(size)
        file.write(b"\xa5" * (length - size))


def test_a_damaged_page(made: Installation) -> None:
    made.close()
    damage(made.ledger.path)
    assert "SQLITE_CORRUPT" in refused_with(made, "BAS-007")


def test_another_thing_in_the_place_of_the_log(made: Installation) -> None:
    made.close()
    made.ledger.path.with_name(f"{DATABASE_FILE}-wal").mkdir()
    assert "SQLITE_CANTOPEN" in refused_with(made, "BAS-006")
    made.ledger.path.with_name(f"{DATABASE_FILE}-wal").rmdir()
    assert issue(made, "factura33.txt") == FIRST_FOLIO


LIMITED = """
import json, resource, sys
from pathlib import Path
from typing import Any, cast
from dteplanows.issuing import Issuer
from dteplanows.ledger import passwords
from dteplanows.ledger.store import Ledger
from tests.soap.soap_support import Caller
from tests.faults.test_database_faults import FILE, call
passwords._KIB, passwords._PASSES = 8, 1
ledger = Ledger(Path(sys.argv[1]))
caller = Caller(Issuer(ledger))
call(caller, "Online")
log = ledger.path.with_name(ledger.path.name + "-wal").stat().st_size
most = max(log, ledger.path.stat().st_size) + 8192
resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
answers = []
for _ in range(40):
    document = call(caller, "Procesar", plain=True, file=FILE, formato=1).document()
    one = document.find("Detalle/Documento")
    answers.append([int(one.findtext("Folio")), one.findtext("Error") or ""])
print(json.dumps(answers))
"""


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="este sistema no limita el largo de un archivo")
def test_a_file_that_may_not_grow(made: Installation) -> None:
    """The system refuses the write itself, in the middle of a transaction."""
    made.close()
    command = [sys.executable, "-c", LIMITED, str(made.ledger.directory)]
    done = forked.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout)
    failed = [error for _, error in answers if error]
    assert failed
    assert {error[:9] for error in failed} <= {"[BAS-005]", "[BAS-003]"}
    assert all("no se emitió ni se guardó nada" in error for error in failed)
    with closing(Ledger(made.ledger.directory)) as ledger:
        there = [folio for (folio,) in ledger.connection.execute("SELECT folio FROM documento ORDER BY folio")]
        assert there == [folio for folio, error in answers if not error]
        assert there == list(range(FIRST_FOLIO, FIRST_FOLIO + len(there)))
        assert ledger.connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.parametrize(
    ("code", "name", "wanted"),
    [
        (sqlite3.SQLITE_IOERR_READ, "SQLITE_IOERR_READ", "BAS-005"),
        (sqlite3.SQLITE_PROTOCOL, "SQLITE_PROTOCOL", "BAS-008"),
        (sqlite3.SQLITE_LOCKED, "SQLITE_LOCKED", "SRV-003"),
        (sqlite3.SQLITE_ERROR, "SQLITE_ERROR", ""),
        (sqlite3.SQLITE_CONSTRAINT_UNIQUE, "SQLITE_CONSTRAINT_UNIQUE", ""),
    ],
)
def test_codes_that_no_test_can_bring_about(code: int, name: str, wanted: str) -> None:
    failure = sqlite3.OperationalError("x")
    failure.sqlite_errorcode, failure.sqlite_errorname = code, name
    wrapped = peewee.OperationalError(failure)
    wrapped.__context__ = failure
    found = faults.told(wrapped)
    assert (found.code if found else "") == wanted
    assert found is None or name in found.text() or wanted == "SRV-003"


@pytest.mark.parametrize(
    ("code", "free", "wanted"),
    [
        (sqlite3.SQLITE_IOERR_WRITE, 0, "BAS-003"),
        (sqlite3.SQLITE_IOERR_SHMSIZE, 0, "BAS-003"),
        (sqlite3.SQLITE_IOERR_SHMSIZE, 2**30, "BAS-005"),
        (sqlite3.SQLITE_IOERR_READ, 0, "BAS-005"),
    ],
)
def test_what_cannot_grow_on_a_full_disk_is_told_as_that(
    made: Installation, monkeypatch: pytest.MonkeyPatch, code: int, free: int, wanted: str
) -> None:
    monkeypatch.setattr(faults, "_free", lambda directory: free)
    failure = sqlite3.OperationalError("disk I/O error")
    failure.sqlite_errorcode, failure.sqlite_errorname = code, "SQLITE_IOERR_X"
    found = faults.told(failure)
    assert found is not None and found.code == wanted


def test_after_a_part_was_issued_it_is_not_said_that_nothing_was(
    made: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def process(*arguments: object) -> Outcome:
        with made.ledger.transaction():
            pass
        made.ledger.connection.execute("PRAGMA query_only = ON")
        made.ledger.settings.save("x", "y")
        raise AssertionError

    monkeypatch.setattr(made.issuer, "process", process)
    answer = call(Caller(made.issuer), "Procesar", plain=True, file=b64("x"), formato=1)
    assert "[BAS-004]" in answer.result()
    assert "no se sabe" in answer.result()
    assert "no se emitió" not in answer.result()


def test_the_command_line_says_it_without_a_traceback(made: Installation, tmp_path: Path) -> None:
    made.close()
    made.ledger.path.with_name(f"{DATABASE_FILE}-wal").mkdir()
    done = run(made.ledger.directory, "documentos")
    assert done.exit_code == 1
    assert "BAS-006" in done.output
    assert "dteplanows documentos" in " ".join(done.output.replace("│", " ").split())
    assert "Traceback" not in done.output


def test_the_worker_says_it_once_and_tries_again(
    made: Installation, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    made.send_later(sample("factura33.txt"), "1")
    worker, stop = Worker(made.issuer, 100), threading.Event()
    waits: list[float | None] = []

    def wait(seconds: float | None = None) -> bool:
        waits.append(seconds)
        if len(waits) > 5:
            stop.set()
        return stop.is_set()

    monkeypatch.setattr(stop, "wait", wait)
    made.ledger.connection.execute("PRAGMA query_only = ON")
    worker.run(stop)
    assert caplog.text.count("BAS-004: SQLITE_READONLY") == 1
    assert 5.0 in waits
    made.ledger.connection.execute("PRAGMA query_only = OFF")
    assert worker.work_once()
    (account,) = allocation.account(made.ledger, COMPANY, 33)
    assert account.emitidos == 1
