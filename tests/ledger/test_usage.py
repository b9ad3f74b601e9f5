"""What happened lately in the ledger, and which processes live."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dteplanows.document import clock
from dteplanows.ledger import presence
from dteplanows.ledger.batch_rows import NewBatch
from dteplanows.ledger.rows import ReceivedFile, Series
from dteplanows.ledger.store import Ledger
from tests.ledger.example import COMPANY, load_caf, new_document

NOW = datetime(2026, 5, 20, 12)


def issue(ledger: Ledger, days: list[int]) -> None:
    """Documents of so many days ago, in that order; every third is of another type."""
    cafs = {tipo: load_caf(ledger, 1, 1000, tipo) for tipo in (33, 39)}
    for number, ago in enumerate(days, 1):
        tipo = 39 if number % 3 == 0 else 33
        ledger.documents.record(replace(new_document(number, cafs[tipo], tipo), creado=NOW - timedelta(days=ago)))


def test_nothing_was_issued(ledger: Ledger) -> None:
    assert ledger.usage.newest_document() is None
    assert ledger.usage.issued_since(NOW - timedelta(days=30)) == {}
    assert ledger.usage.count_since(NOW - timedelta(days=30)) == 0
    assert abs(ledger.usage.first_document() - clock.now()) < timedelta(seconds=5)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 60), min_size=1, max_size=40), st.integers(0, 61))
def test_documents_are_counted_from_a_day_on(
    tmp_path_factory: pytest.TempPathFactory, ago: list[int], day: int
) -> None:
    ledger = Ledger(tmp_path_factory.mktemp("uso"))
    ledger.companies.save(COMPANY)
    ledger.connection.execute("PRAGMA synchronous = OFF")
    days = sorted(ago, reverse=True)
    issue(ledger, days)
    expected = Counter(39 if number % 3 == 0 else 33 for number, one in enumerate(days, 1) if one <= day)
    since = NOW - timedelta(days=day)
    assert ledger.usage.issued_since(since) == {Series("pruebas", COMPANY.rut, tipo): n for tipo, n in expected.items()}
    assert ledger.usage.count_since(since) == expected.total()
    assert ledger.usage.newest_document() == NOW - timedelta(days=days[-1])
    assert ledger.usage.first_document() == NOW - timedelta(days=days[0])
    ledger.close()


def test_batches_that_wait(ledger: Ledger) -> None:
    assert ledger.usage.waiting_batches() == (0, None)
    ledger.batches.receive(NewBatch("pruebas", COMPANY.rut, "ana", False, ReceivedFile("1", b"uno")))
    ledger.batches.receive(NewBatch("pruebas", COMPANY.rut, "ana", False, ReceivedFile("1", b"dos")))
    ledger.connection.execute("UPDATE lote SET recibido = '2026-05-01 10:00:00' WHERE id = 2")
    assert ledger.usage.waiting_batches() == (2, datetime(2026, 5, 1, 10))
    ledger.connection.execute("UPDATE lote SET estado = 'terminado' WHERE id = 2")
    assert ledger.usage.waiting_batches().files == 1


def test_the_ledger_can_be_read(ledger: Ledger) -> None:
    assert ledger.usage.is_readable()


# --- presence -------------------------------------------------------------------------------------------------

HOLDER = """
import sys
from pathlib import Path
from dteplanows.ledger import presence
with presence.held(Path(sys.argv[1]), "trabajador"):
    print("ya", flush=True)
    sys.stdin.read()
"""

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such locks")


@posix
def test_who_lives_is_known_also_within_the_process(tmp_path: Path) -> None:
    assert presence.alive(tmp_path, "servicio") is False
    with ExitStack() as stack:
        stack.enter_context(presence.held(tmp_path, "servicio", "127.0.0.1 8080"))
        assert presence.alive(tmp_path, "servicio") is True
        assert presence.alive(tmp_path, "trabajador") is False
        assert presence.words(tmp_path, "servicio") == ["127.0.0.1 8080"]
    assert presence.alive(tmp_path, "servicio") is False


@posix
def test_one_that_ends_leaves_what_the_other_told(tmp_path: Path) -> None:
    with presence.held(tmp_path, "servicio", "127.0.0.1 1"):
        with presence.held(tmp_path, "servicio", "127.0.0.1 2"):
            assert presence.words(tmp_path, "servicio") == ["127.0.0.1 2", "127.0.0.1 1"]
        assert presence.alive(tmp_path, "servicio") is True
        assert "127.0.0.1 1" in presence.words(tmp_path, "servicio")
    with presence.held(tmp_path, "servicio", "127.0.0.1 3"):
        assert presence.words(tmp_path, "servicio") == ["127.0.0.1 3"]


@posix
def test_a_killed_process_does_not_live(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        with presence.held(tmp_path, "trabajador"):
            assert presence.alive(tmp_path, "trabajador") is True
        assert presence.alive(tmp_path, "trabajador") is True
        process.kill()
        process.wait(30)
    assert presence.alive(tmp_path, "trabajador") is False


def test_where_nothing_can_be_written_nobody_is_told(tmp_path: Path) -> None:
    with presence.held(tmp_path / "no-existe", "servicio", "x"):
        assert not presence.alive(tmp_path / "no-existe", "servicio")
        assert presence.words(tmp_path / "no-existe", "servicio") == []
