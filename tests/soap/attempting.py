"""Attempts to come in, as one process of a service counts them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dteplanows.document.catalogue import problem
from dteplanows.document.outcome import Credentials
from dteplanows.document.problem import Refused
from dteplanows.ledger.login_attempts import LoginAttempts
from dteplanows.ledger.store import Ledger
from dteplanows.soap.limits import Limits
from dteplanows.soap.login.attempts import LoginLimits

ANA = Credentials(("ana",), "1-9", ("x",))
HERE, THERE = "203.0.113.7", "203.0.113.8"


class Clock:
    """The clock of the login limits, moved by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr("dteplanows.soap.login.tallies.clock.instant", lambda: self.now)


Make = Callable[[Limits], LoginLimits]


@pytest.fixture
def attempts(tmp_path: Path) -> Iterator[LoginAttempts]:
    """Where the failures of a test are counted."""
    ledger = Ledger(tmp_path / "datos")
    yield ledger.login_attempts
    ledger.close()


@pytest.fixture
def limits(attempts: LoginAttempts) -> Make:
    """Makes what one process of a service has; several made by a test count together."""
    return lambda given: LoginLimits(given, attempts)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def attempt(one: LoginLimits, *, right: bool = False, who: Credentials = ANA, address: str = HERE) -> str:
    """What the attempt is refused with; empty for none."""
    try:
        with one.trying(who, address):
            if not right:
                raise Refused([problem("AUT-001")])
    except Refused as refused:
        return refused.problems[0].code
    return ""


def somebody(number: int) -> Credentials:
    return Credentials((f"inventado{number}",), "1-9", ("x",))
