"""A file is made at full speed where nothing is issued, and in a part of the time otherwise."""

from __future__ import annotations

import threading

import pytest

from dteplanows.exports import pauses
from tests.installation import Installation
from tests.sii.documents import issue


class Clock:
    """A clock that only the test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


class Stop(threading.Event):
    """Notes how long it was waited for."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        self.waits.append(timeout)
        return False


def test_it_pauses_only_where_documents_were_issued(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, stop = Clock(), Stop()
    monkeypatch.setattr(pauses, "time", clock)
    issue(installation, 33)
    one = pauses.Pauses(installation.ledger, stop)
    clock.now += 0.1
    one.take()
    assert stop.waits == []
    issue(installation, 33)
    clock.now += 0.01
    one.take()
    assert stop.waits == []
    clock.now += 0.2
    one.take()
    assert stop.waits == [pytest.approx(1.68)]
    clock.now += 5
    one.take()
    assert len(stop.waits) == 1
    issue(installation, 33)
    clock.now += 5
    one.take()
    assert stop.waits[1:] == [2.0]
