"""What stops a restoring, and what it leaves then."""

from __future__ import annotations

import gc
import os
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from dteplanows.accounts.callers import Callers
from dteplanows.document.problem import Refused
from dteplanows.ledger.engines.base import DATABASE
from dteplanows.ledger.engines.exchange import Aside
from dteplanows.ledger.engines.sqlite import exchange as sqlite_exchange
from dteplanows.ledger.engines.sqlite import steps as migrations
from dteplanows.ledger.engines.sqlite.exchange import SqliteExchange
from dteplanows.ledger.rows import Series
from dteplanows.ledger.store import Ledger
from dteplanows.recovery import restoring
from dteplanows.recovery.restoring import Options, check, restore
from tests.installation import COMPANY
from tests.recovery.support import FACTURAS, backed_up, brought_back, codes, folio, install, issue, names


@pytest.mark.skipif(os.name != "posix", reason="los candados de archivo son los de POSIX")
def test_a_ledger_that_is_open_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dteplanows.ledger.in_use._PATIENCE", 0.1)
    settings = install(tmp_path / "datos", facturas=1)
    path = backed_up(tmp_path / "datos")
    with closing(Ledger(tmp_path / "datos")):
        assert codes(lambda: brought_back(path, settings)) == ["BAS-037"]
    gc.collect()
    with closing(sqlite3.connect(tmp_path / "datos" / DATABASE)) as foreign:
        monkeypatch.setattr("dteplanows.ledger.engines.sqlite.exchange._LOCK_SECONDS", 0.1)
        foreign.execute("SELECT COUNT(*) FROM documento").fetchone()
        assert codes(lambda: brought_back(path, settings)) == ["BAS-037"]
    brought_back(path, settings)


@pytest.mark.skipif(os.name != "posix", reason="los candados de archivo son los de POSIX")
def test_nobody_opens_a_ledger_that_is_being_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dteplanows.ledger.in_use._PATIENCE", 0.1)
    settings = install(tmp_path / "datos", facturas=1)
    path = backed_up(tmp_path / "datos")
    found = []

    def ask(*_: object) -> dict[Series, int]:
        found.extend(codes(lambda: Ledger(tmp_path / "datos")))
        return {}

    restore(check(path), settings, Options(ask))
    assert found == ["BAS-041"]


def test_a_backup_of_a_newer_program_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path / "datos", facturas=1)
    path = backed_up(tmp_path / "datos")
    monkeypatch.setattr(restoring, "newest_step", lambda: len(migrations.MIGRATIONS) - 1)
    assert codes(lambda: check(path)) == ["BAS-036"]


def test_a_backup_of_an_older_program_is_brought_up_to_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = install(tmp_path / "datos", facturas=1)
    path = backed_up(tmp_path / "datos")
    newer = (*migrations.MIGRATIONS, ("CREATE TABLE nueva (id INTEGER)",))
    monkeypatch.setattr(migrations, "MIGRATIONS", newer)
    brought_back(path, settings, replace=True)
    with closing(Ledger(tmp_path / "datos")) as ledger:
        assert ledger.db.version == len(newer)
        assert ledger.upgrade is None


@pytest.mark.parametrize(
    ("where", "step"),
    [(restoring, "_extract"), (sqlite_exchange, "_make_one_file"), (SqliteExchange, "put_in_place")],
)
def test_a_failing_disk_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: object, step: str
) -> None:
    settings = install(tmp_path / "datos", facturas=2)
    path = backed_up(tmp_path / "datos")
    before = names(tmp_path / "datos")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(where, step, fail)
    with pytest.raises(Refused) as refused:
        brought_back(path, settings)
    (one,) = refused.value.problems
    assert (one.code, "el disco está lleno" in one.message) == ("BAS-048", True)
    assert names(tmp_path / "datos") == before
    assert issue(tmp_path / "datos", facturas=1) == [folio(3)]


def test_half_a_replacement_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = install(tmp_path / "datos", facturas=2)
    path = backed_up(tmp_path / "datos")
    replace = Path.replace

    def fail(one: Path, target: Path) -> Path:
        if one.parent.name.startswith(".restaurando") and one.name == DATABASE:
            raise failure
        return replace(one, target)

    with monkeypatch.context() as failing:
        failing.setattr(Path, "replace", fail)
        failure: BaseException = PermissionError(13, "Permission denied")
        assert codes(lambda: brought_back(path, settings)) == ["BAS-048"]
        failure = KeyboardInterrupt()
        with pytest.raises(KeyboardInterrupt):
            brought_back(path, settings)
    assert issue(tmp_path / "datos", facturas=1) == [folio(3)]


def test_what_a_killed_restoring_left_is_cleared_by_the_next(tmp_path: Path) -> None:
    settings = install(tmp_path / "datos", facturas=1)
    path = backed_up(tmp_path / "datos")
    (tmp_path / "datos" / ".restaurando-1").mkdir()
    (tmp_path / "datos" / ".restaurando-1" / DATABASE).write_bytes(b"x")
    brought_back(path, settings)
    assert not [one for one in names(tmp_path / "datos") if one.startswith(".")]


def test_one_that_was_killed_before_the_last_step_is_done_again(tmp_path: Path) -> None:
    """The database is aside, and none in its place: nothing but restoring goes on from there."""
    settings = install(tmp_path / "datos", facturas=2)
    path = backed_up(tmp_path / "datos")
    issue(tmp_path / "datos", facturas=1)
    aside = tmp_path / "datos" / "reemplazada-20261124-103059"
    aside.mkdir()
    for name in (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm"):
        if (tmp_path / "datos" / name).exists():
            (tmp_path / "datos" / name).replace(aside / name)
    assert codes(lambda: Ledger(tmp_path / "datos")) == ["BAS-010"]
    brought_back(path, settings)
    assert issue(tmp_path / "datos", facturas=1) == [folio(4)]


def test_a_result_that_is_not_the_backup_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = install(tmp_path / "datos", facturas=2)
    path = backed_up(tmp_path / "datos")
    put_in_place = SqliteExchange.put_in_place

    def put_another(exchange: SqliteExchange, moment: datetime) -> Aside | None:
        shutil.copy(tmp_path / "otra" / DATABASE, exchange.staging / DATABASE)
        return put_in_place(exchange, moment)

    shutil.copytree(tmp_path / "datos", tmp_path / "otra")
    issue(tmp_path / "otra", facturas=1)
    with closing(sqlite3.connect(tmp_path / "otra" / DATABASE)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    monkeypatch.setattr(SqliteExchange, "put_in_place", put_another)
    assert codes(lambda: brought_back(path, settings)) == ["BAS-040"]


def test_restoring_twice_within_a_second_keeps_both(tmp_path: Path) -> None:
    settings = install(tmp_path / "datos", facturas=1)
    path = backed_up(tmp_path / "datos")
    asides = {brought_back(path, settings).aside for _ in range(3)}
    assert len(asides) == 3


def test_a_person_is_asked_with_what_is_known(tmp_path: Path) -> None:
    settings = install(tmp_path / "datos", facturas=1)
    path = backed_up(tmp_path / "datos")
    asked = []

    def ask(ledger: Ledger, known: bool) -> dict[Series, int]:
        asked.append((restoring.highest_folios(ledger), known))
        assert FACTURAS in restoring.known_series(ledger)
        return {}

    restore(check(path), settings, Options(ask))
    assert asked == [({FACTURAS: folio(1)}, True)]
    assert Callers(Ledger(tmp_path / "datos")).operator("pruebas", COMPANY.rut)
