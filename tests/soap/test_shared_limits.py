"""Failures are counted by all processes of a service together, and who is known costs nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dteplanows.document.catalogue import problem
from dteplanows.document.outcome import Credentials
from dteplanows.document.problem import Refused
from dteplanows.ledger.engines.base import finished
from dteplanows.ledger.login_attempts import LoginAttempts
from dteplanows.ledger.place import Place
from dteplanows.ledger.store import Ledger
from dteplanows.soap.limits import USUAL
from dteplanows.soap.login import attempts as login_limits
from dteplanows.soap.login import tallies
from dteplanows.soap.login.attempts import LoginLimits
from tests.soap.attempting import HERE, Clock, Make, attempt, somebody


@pytest.fixture
def both(place: Place) -> Iterator[tuple[LoginLimits, LoginLimits]]:
    """What two processes of a service have, each with a ledger of its own."""
    ledgers = [Ledger(place), Ledger(place)]
    given = USUAL._replace(failures=2)
    one, other = (LoginLimits(given, ledger.login_attempts) for ledger in ledgers)
    yield one, other
    for ledger in ledgers:
        ledger.close()


def test_processes_count_together(both: tuple[LoginLimits, LoginLimits]) -> None:
    one, other = both
    codes = [attempt(one), attempt(other), attempt(one), attempt(other)]

    assert codes == ["AUT-001", "AUT-001", "AUT-013", "AUT-013"]
    assert {attempt(both[number % 2], who=somebody(number)) for number in range(18)} == {"AUT-001"}
    assert {attempt(each, who=somebody(99)) for each in both} == {"AUT-015"}


def test_who_came_in_by_one_process_is_known_to_the_other(both: tuple[LoginLimits, LoginLimits]) -> None:
    one, other = both
    guess = Credentials(("ana",), "1-9", ("adivinada",))
    assert attempt(one, right=True) == ""
    assert [attempt(one, who=guess) for _ in range(3)] == ["AUT-001", "AUT-001", "AUT-013"]
    assert attempt(other, right=True) == ""
    # With another password it opens nothing any more, in neither.
    assert attempt(one) == "AUT-001"
    assert attempt(other, who=Credentials(("ana",), "1-9", ("y",))) in ("AUT-001", "AUT-013")


def test_another_start_of_the_service_knows_no_password(
    place: Place, monkeypatch: pytest.MonkeyPatch, time: Clock
) -> None:
    ledger = Ledger(place)
    given = USUAL._replace(failures=2)
    attempt(LoginLimits(given, ledger.login_attempts), right=True)
    monkeypatch.setattr(login_limits, "shared_key", lambda: b"otra" * 8)
    one = LoginLimits(given, ledger.login_attempts)
    for _ in range(2):
        attempt(one, who=Credentials(("ana",), "1-9", ("adivinada",)))
    assert attempt(one, right=True) == "AUT-013"
    # But that it came in from here is: guesses from elsewhere do not keep it out.
    time.now += 10
    for number in range(10):
        attempt(one, who=Credentials(("ana",), "1-9", ("adivinada",)), address=f"198.51.100.{number}")
    assert attempt(one, right=True) == ""
    ledger.close()


def test_a_success_that_is_known_writes_nothing(both: tuple[LoginLimits, LoginLimits]) -> None:
    one, other = both
    attempt(one, right=True)
    before = finished()
    for _ in range(3):
        assert attempt(one, right=True) == attempt(other, right=True) == ""
    assert finished() == before


def test_a_call_of_who_is_known_asks_the_database_nothing(
    limits: Make, attempts: LoginAttempts, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = limits(USUAL)
    attempt(one, right=True)
    monkeypatch.setattr(attempts, "db", None)
    assert attempt(one, right=True) == ""
    with pytest.raises(AttributeError):
        attempt(one, who=somebody(1))


@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), Refused([problem("SRV-003")])])
def test_what_the_ledger_does_not_take_is_counted_all_the_same(
    limits: Make, attempts: LoginAttempts, time: Clock, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    def fail(*arguments: object) -> None:
        raise failure

    for name in ("count", "note_success", "forget_known"):
        monkeypatch.setattr(attempts, name, fail)
    monkeypatch.setattr(tallies, "_HERE", 50)
    one = limits(USUAL._replace(failures=2))
    assert [attempt(one) for _ in range(3)] == ["AUT-001", "AUT-001", "AUT-013"]
    time.now += 2
    assert attempt(one, right=True) == ""
    assert [attempt(one, who=somebody(1)) for _ in range(3)] == ["AUT-001", "AUT-001", "AUT-013"]
    for number in range(100):
        attempt(one, who=somebody(number), address=f"198.51.100.{number}")
    assert len(one._tallies._here) == 50


def test_a_clock_that_was_wrong_keeps_nobody_out(limits: Make, time: Clock) -> None:
    one = limits(USUAL._replace(failures=1))
    time.now += 10**9
    assert [attempt(one), attempt(one)] == ["AUT-001", "AUT-013"]
    time.now -= 10**9
    assert attempt(one, right=True) == ""


def test_codes_are_counted_by_themselves(limits: Make, time: Clock) -> None:
    one = limits(USUAL._replace(failures=2))

    def code(*, right: bool = False) -> str:
        try:
            with one.trying_code("Ana", HERE):
                if not right:
                    raise Refused([problem("AUT-077")])
        except Refused as refused:
            return refused.problems[0].code
        return ""

    assert [code(), attempt(one, right=True), code(), attempt(one, right=True)] == ["AUT-077", "", "AUT-077", ""]
    assert code(right=True) == "AUT-013"
    time.now += 2
    assert [code(right=True), code(), code()] == ["", "AUT-077", "AUT-077"]
    # A code that was right is nothing that is known: guessing the next one waits.
    assert code(right=True) == "AUT-013"
