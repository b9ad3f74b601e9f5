"""A clock behind the newest document, or one that jumped, dates nothing until it is right or a person says it is."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from dteplanows.bulk.queue import Worker
from dteplanows.document import clock
from dteplanows.issuing import Issuer
from dteplanows.ledger import clock_watch
from dteplanows.ledger.clock_watch import Bounds, ClockWatch, accept
from dteplanows.ledger.place import Place
from dteplanows.settings import load
from tests.commands.command_line import run
from tests.installation import FIRST_FOLIO, Installation, make_installation
from tests.soap.test_document_operations import issue, sample

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0


class Time:
    """A clock and the time that passes, each of which the test moves."""

    def __init__(self) -> None:
        self.now = time.time()
        self.passed = 1000.0

    def pass_by(self, seconds: float) -> None:
        self.now += seconds
        self.passed += seconds


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch) -> Time:
    one = Time()
    monkeypatch.setattr(clock, "instant", lambda: one.now)
    monkeypatch.setattr(clock_watch, "elapsed", lambda: one.passed)
    return one


@pytest.fixture
def made(tmp_path: Path, moved: Time) -> Iterator[Installation]:
    """An installation with one document of this moment."""
    with closing(make_installation(tmp_path / "datos")) as one:
        issue(one, "factura33.txt")
        yield one


def codes(watch: ClockWatch) -> list[str]:
    return [one.code for one in watch.at_start()]


def refused(made: Installation) -> list[str]:
    (one,) = made.issue(sample("factura33.txt"), "1").documents
    return [] if one.accepted else [problem.code for problem in one.problems]


def test_a_clock_that_goes_on_is_believed(made: Installation, moved: Time) -> None:
    watch = ClockWatch(made.ledger)
    for seconds in (0.0, 1.0, HOUR, 20 * DAY):
        moved.pass_by(seconds)
        assert codes(watch) == []


def test_behind_the_newest_document(made: Installation, moved: Time) -> None:
    moved.now -= 9 * MINUTE
    assert codes(ClockWatch(made.ledger)) == []
    moved.now -= 2 * MINUTE
    watch = ClockWatch(made.ledger)
    (one,) = watch.at_start()
    assert one.code == "BAS-025"
    assert f"{datetime.fromtimestamp(moved.now, clock.SANTIAGO):%H:%M:%S}" in one.text()
    moved.pass_by(2 * MINUTE)
    assert codes(watch) == []


def test_it_goes_back_while_the_service_runs(made: Installation, moved: Time) -> None:
    assert refused(made) == []
    moved.pass_by(HOUR)
    moved.now -= 2 * HOUR
    assert refused(made) == ["BAS-025"]
    moved.now += 2 * HOUR
    assert refused(made) == []


def test_a_clock_that_was_behind_at_the_start_and_is_put_right_is_believed(made: Installation, moved: Time) -> None:
    moved.now -= DAY
    watch = ClockWatch(made.ledger)
    assert codes(watch) == ["BAS-025"]
    moved.pass_by(5.0)
    moved.now += DAY
    assert codes(watch) == []
    moved.now += 2 * HOUR
    assert codes(watch) == ["BAS-026"]


def test_it_jumps_before_the_first_file_of_a_process(made: Installation, moved: Time) -> None:
    """Of several workers one may get its first file long after it began."""
    watch = ClockWatch(made.ledger)
    moved.pass_by(HOUR)
    moved.now += 30 * DAY
    assert codes(watch) == ["BAS-026"]


def test_a_clock_put_right_before_the_first_file_is_believed(made: Installation, moved: Time) -> None:
    moved.now -= DAY
    watch = ClockWatch(made.ledger)
    moved.pass_by(HOUR)
    moved.now += DAY
    assert codes(watch) == []


def test_a_clock_that_was_ahead_and_is_put_right_is_believed(made: Installation, moved: Time) -> None:
    """What was issued meanwhile is not dated ahead of the clock: it is believed at once."""
    watch = ClockWatch(made.ledger)
    assert codes(watch) == []
    moved.pass_by(3 * HOUR)
    moved.now -= HOUR
    assert codes(watch) == []


def test_it_jumps_ahead(made: Installation, moved: Time) -> None:
    watch = ClockWatch(made.ledger)
    assert codes(watch) == []
    moved.pass_by(DAY)
    moved.now += 59 * MINUTE
    assert codes(watch) == []
    moved.now += 2 * MINUTE
    (one,) = watch.problems()
    assert one.code == "BAS-026"
    moved.pass_by(DAY)
    assert codes(watch) == ["BAS-026"]
    moved.now -= HOUR
    assert codes(watch) == []


def test_it_is_put_right_little_by_little(made: Installation, moved: Time) -> None:
    watch = ClockWatch(made.ledger)
    for _ in range(10_000):
        moved.pass_by(MINUTE)
        moved.now += 0.5
        assert watch.problems() == []


def test_a_person_says_that_it_is_right(made: Installation, moved: Time) -> None:
    watch = ClockWatch(made.ledger)
    assert codes(watch) == []
    moved.now += 3 * HOUR
    assert codes(watch) == ["BAS-026"]
    accept(made.ledger, "ana")
    moved.pass_by(2.0)
    assert codes(watch) == []
    moved.now += 3 * HOUR
    assert codes(watch) == ["BAS-026"]
    moved.now -= 12 * HOUR
    moved.pass_by(2.0)
    assert codes(watch) == []  # the document before does not count any more
    assert next(one.detalle for one in made.ledger.events.of() if one.tipo == "reloj aceptado").endswith("por ana")
    issue(made, "factura33.txt")
    assert codes(ClockWatch(made.ledger)) == ["BAS-025"]
    accept(made.ledger, "ana")
    assert codes(ClockWatch(made.ledger)) == []


def test_what_another_process_dated_ahead_is_noticed_within_a_second(
    place: Place, moved: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(make_installation(place)) as made:
        issue(made, "factura33.txt")
        watch = ClockWatch(made.ledger)
        assert codes(watch) == []
        moved.now += 5 * DAY
        with monkeypatch.context() as ahead:
            later = clock.now() + timedelta(days=5)
            ahead.setattr(clock, "now", lambda: later)
            issue(replace(made, issuer=Issuer(made.ledger)), "factura33.txt")
        moved.now -= 5 * DAY
        moved.pass_by(1.1)
        assert codes(watch) == ["BAS-025"]
        assert refused(made) == ["BAS-025"]
        accept(made.ledger, "ana")
        moved.pass_by(1.1)
        assert codes(watch) == refused(made) == []
        issue(made, "factura33.txt")


def test_the_ledger_is_asked_once_a_second(made: Installation, moved: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def accepted(ledger: object) -> tuple[int, str]:
        asked.append(ledger)
        return 0, ""

    monkeypatch.setattr(clock_watch, "_accepted", accepted)
    watch = ClockWatch(made.ledger)
    for _ in range(50):
        moved.pass_by(0.1)
        assert watch.problems() == []
    assert 4 <= len(asked) <= 5


def test_nothing_is_taken_and_the_worker_waits(
    made: Installation, moved: Time, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved.now -= DAY
    made.send_later(sample("factura33.txt"), "1")
    assert refused(made) == ["BAS-025"]
    worker, stop = Worker(made.issuer, 100), threading.Event()
    monkeypatch.setattr(stop, "wait", lambda seconds=None: stop.set())
    worker.run(stop)
    assert "BAS-025" in caplog.text
    moved.now += DAY
    assert issue(made, "factura33.txt") == FIRST_FOLIO + 1


def test_after_a_long_time_without_a_document_the_clock_is_worth_a_look(made: Installation, moved: Time) -> None:
    moved.now += 30 * DAY
    assert codes(ClockWatch(made.ledger)) == []
    moved.now += 3 * DAY
    assert codes(ClockWatch(made.ledger)) == ["BAS-027"]
    assert ClockWatch(made.ledger).problems() == []


def test_it_need_not_be_looked_at(made: Installation, moved: Time, tmp_path: Path) -> None:
    watch = ClockWatch(made.ledger, Bounds(0, 0))
    moved.now -= DAY
    assert watch.problems() == []
    moved.now += 5 * DAY
    assert watch.problems() == []
    (made.ledger.directory / "dteplanows.toml").write_text("reloj_atrasado = 5\nreloj_adelantado = 7\n")
    settings = load(directorio=made.ledger.directory)
    assert (settings.reloj_atrasado, settings.reloj_adelantado) == (5, 7)


@pytest.mark.parametrize("fold", [0, 1])
def test_the_hour_that_comes_twice(fold: int) -> None:
    """In April the clock of Chile shows 23:30 twice; a document of the first is not an hour ahead at the second."""
    first = datetime(2026, 4, 4, 23, 30, tzinfo=clock.SANTIAGO, fold=0)
    there = datetime(2026, 4, 4, 23, 30, tzinfo=clock.SANTIAGO, fold=fold)
    assert clock_watch._instant_of("2026-04-04 23:30:00") == first.timestamp() <= there.timestamp()
    assert datetime.fromtimestamp(first.timestamp() + HOUR, clock.SANTIAGO).hour == 23


def test_a_new_ledger_has_no_documents_to_compare_with(tmp_path: Path, moved: Time) -> None:
    moved.now -= 1000 * DAY
    with closing(make_installation(tmp_path)) as made:
        assert codes(ClockWatch(made.ledger)) == []
        assert Issuer(made.ledger).watch.at_start() == []


def test_by_command(made: Installation, moved: Time) -> None:
    directory = made.ledger.directory
    done = run(directory, "base", "reloj")
    assert done.exit_code == 0, done.output
    assert done.output.count("\n") == 1
    assert "Hora de Chile" in done.output
    moved.now -= DAY
    done = run(directory, "base", "reloj")
    assert done.exit_code == 1
    assert "BAS-025" in done.output
    assert "BAS-025" not in run(directory, "base", "reloj", "--aceptar").output
    assert run(directory, "base", "reloj").exit_code == 0
