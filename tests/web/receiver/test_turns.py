from __future__ import annotations

import pytest

from dteplanows.web.receiver import turns
from dteplanows.web.receiver.turns import Turns


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_an_address_has_so_many_turns_in_a_minute() -> None:
    clock = Clock()
    one = Turns(3, clock)
    assert [one.wait("a") for _ in range(4)] == [0, 0, 0, 60]
    assert one.wait("b") == 0, "of another address nothing is known"
    clock.now += 45
    assert one.wait("a") == 15
    clock.now += 15
    assert one.wait("a") == 0


def test_a_heavy_turn_counts_as_several() -> None:
    one = Turns(20, Clock())
    assert [one.wait("a", 10), one.wait("a", 10), one.wait("a")] == [0, 0, 60]


def test_without_a_limit_nobody_waits() -> None:
    one = Turns(0, Clock())
    assert not any(one.wait("a") for _ in range(1000))


def test_only_so_many_addresses_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "MOST_KNOWN", 2)
    one = Turns(1, Clock())
    assert [one.wait(address) for address in ("a", "b", "c", "b", "a")] == [0, 0, 0, 60, 0]
