"""Scheduled backups: when they are made, by whom, how many are kept, and what is said when one fails."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from dteplanows.bulk import worker
from dteplanows.document import clock
from dteplanows.ledger.backup import backups_of, installation_of, name_for, open_backup
from dteplanows.ledger.store import Ledger
from dteplanows.process.beside import ProcessBeside
from dteplanows.recovery import schedule
from dteplanows.recovery.backups import last_backup
from dteplanows.recovery.schedule import Schedule, scheduled
from dteplanows.settings import Settings, load
from tests.recovery.support import install


class Clock:
    """Chile's clock, to be moved."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.moment = datetime(2026, 11, 24, 10)
        monkeypatch.setattr(clock, "now", lambda: self.moment)

    def later(self, **much: int) -> None:
        self.moment += timedelta(**much)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    install(tmp_path / "datos", facturas=1)
    folder = str(tmp_path / "respaldos")
    return load(directorio=tmp_path / "datos", respaldo_carpeta=folder, respaldo_horas=6, respaldo_copias=3)


def there(settings: Settings, ledger: Ledger) -> list[Path]:
    return backups_of(Path(settings.respaldo_carpeta), installation_of(ledger.connection))


def test_a_backup_is_made_when_it_is_time(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    now = Clock(monkeypatch)
    with closing(Ledger(settings.directorio)) as ledger:
        one = Schedule(settings, ledger)
        assert one.work_once()
        assert not one.work_once()
        now.later(hours=5, minutes=59)
        assert not one.work_once()
        now.later(minutes=1)
        assert one.work_once()
        assert len(there(settings, ledger)) == 2
        assert last_backup(ledger).momento == now.moment
        assert open_backup(there(settings, ledger)[-1]).manifest.documentos == 1


def test_a_clock_that_was_ahead_does_not_stop_the_backups(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    now = Clock(monkeypatch)
    with closing(Ledger(settings.directorio)) as ledger:
        now.later(days=400)
        assert Schedule(settings, ledger).work_once()
        now.later(days=-400)
        assert Schedule(settings, ledger).work_once()


def test_the_newest_are_kept_and_files_of_others_stay(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    now = Clock(monkeypatch)
    folder = Path(settings.respaldo_carpeta)
    folder.mkdir()
    others = [folder / name_for("deadbeef", datetime(2020, 1, 1)), folder / "dteplanows-a-mano.zip"]
    for one in others:
        one.touch()
    with closing(Ledger(settings.directorio)) as ledger:
        for _ in range(5):
            assert Schedule(settings, ledger).work_once()
            now.later(hours=6)
        kept = there(settings, ledger)
    assert len(kept) == 3
    assert kept[-1].name.endswith("-20261125-100000.zip")
    assert all(one.exists() for one in others)


def test_a_failure_is_logged_noted_and_tried_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    now = Clock(monkeypatch)
    folder = Path(settings.respaldo_carpeta)
    folder.write_text("un archivo donde debía haber una carpeta")
    with closing(Ledger(settings.directorio)) as ledger:
        one = Schedule(settings, ledger)
        assert not one.work_once()
        assert "No se hizo el respaldo programado" in caplog.text
        last = last_backup(ledger)
        assert (last.momento, last.fallo) == (None, now.moment)
        assert str(folder) in last.motivo
        folder.unlink()
        now.later(minutes=14)
        assert not one.work_once()
        now.later(minutes=1)
        assert one.work_once()
        assert (last_backup(ledger).fallo, last_backup(ledger).motivo) == (None, "")


def test_a_refused_backup_is_logged_with_its_reason(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("dteplanows.ledger.engines.sqlite.database.copy_database", fail)
    with closing(Ledger(settings.directorio)) as ledger:
        assert not Schedule(settings, ledger).work_once()
        assert "No hay espacio" in last_backup(ledger).motivo
    assert "BAS-031" in caplog.text


def test_of_two_programs_one_makes_it(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    gate = threading.Barrier(2)

    def work() -> None:
        with closing(Ledger(settings.directorio)) as ledger:
            gate.wait()
            made.append(Schedule(settings, ledger).work_once())

    threads = [threading.Thread(target=work) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(made) == [False, True]


def test_it_runs_beside_the_work_and_ends_with_it(settings: Settings) -> None:
    stop = threading.Event()
    with closing(Ledger(settings.directorio)) as ledger, scheduled(settings, ledger, stop):
        limit = time.monotonic() + 30
        while not last_backup(ledger).momento and time.monotonic() < limit:
            time.sleep(0.05)
        assert last_backup(ledger).momento
    assert stop.is_set()


def test_one_under_way_is_left_at_the_end(settings: Settings) -> None:
    stop = threading.Event()
    with closing(Ledger(settings.directorio)) as ledger:
        one = Schedule(settings, ledger)
        claim = one._claim
        one._claim = lambda: (stop.set(), claim())[1]  # type: ignore[method-assign, func-returns-value]
        one.run(stop)
        assert there(settings, ledger) == []
        assert last_backup(ledger).momento is None


def test_what_nobody_foresaw_is_logged_and_does_not_end_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stop = threading.Event()

    def fail(one: Schedule, _: threading.Event) -> bool:
        if len(caplog.records) == 1:
            stop.set()
        raise ZeroDivisionError

    monkeypatch.setattr(schedule, "_LOOK", 0.01)
    monkeypatch.setattr(Schedule, "work_once", fail)
    with closing(Ledger(settings.directorio)) as ledger, caplog.at_level(logging.ERROR):
        Schedule(settings, ledger).run(stop)
    assert [one.getMessage().count("ZeroDivisionError") for one in caplog.records] == [1, 1]


def test_no_backups_where_the_settings_want_none(tmp_path: Path) -> None:
    install(tmp_path, facturas=1)
    settings = load(directorio=tmp_path)
    with closing(Ledger(tmp_path)) as ledger, scheduled(settings, ledger, threading.Event()):
        time.sleep(0.1)
        assert last_backup(ledger).momento is None


def test_the_service_has_a_worker_for_the_backups_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[ProcessBeside] = []

    def start(one: ProcessBeside) -> None:
        started.append(one)

    monkeypatch.setattr(ProcessBeside, "start", start)
    monkeypatch.setattr(ProcessBeside, "stop", lambda one: None)
    with worker.running(load(directorio=tmp_path, procesar_lotes=False, respaldo_carpeta=str(tmp_path))):
        assert len(started) == 1
