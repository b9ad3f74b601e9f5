from __future__ import annotations

import threading
import time

import pytest

from dteplanows.portal.board.looked import FRESH, SHOWN, Key, Looked
from dteplanows.status.rows import Row, State


class Looks:
    """Counts the looks, and moves the clock."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        self.times = 0
        self.ended = threading.Event()
        self.fails = False
        self.one = Looked(self.look, self.ended.set)
        monkeypatch.setattr(time, "monotonic", lambda: self.now)

    def look(self, key: Key) -> list[Row]:
        if self.fails:
            raise ValueError
        self.times += 1
        return [Row("", str(self.times), State.OK, "")]

    def name(self, key: Key = None) -> str:
        """Which look is shown."""
        return self.one.at(key).rows[0].name

    def later(self, seconds: float) -> str:
        self.now += seconds
        return self.name()

    def wait(self) -> None:
        """Until the look beside has ended."""
        assert self.ended.wait(5)
        self.ended.clear()


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> Looks:
    return Looks(monkeypatch)


def test_for_a_minute_nothing_is_looked_at_anew(looks: Looks) -> None:
    assert [looks.name(), looks.later(FRESH - 1)] == ["1", "1"]
    assert looks.name(("pruebas", "1-9")) == "2"


def test_then_what_is_known_is_shown_and_a_look_begun_beside(looks: Looks) -> None:
    looks.name()
    assert looks.later(FRESH) == "1"
    looks.wait()
    assert looks.name() == "2"


def test_what_is_too_old_is_not_shown(looks: Looks) -> None:
    looks.name()
    assert looks.later(SHOWN) == "2"
    assert looks.later(120) == "3", "what was mended two minutes ago must not read as undone"


def test_a_look_that_fails_leaves_what_is_known_and_is_tried_again(looks: Looks) -> None:
    looks.name()
    looks.fails = True
    assert looks.later(FRESH) == "1"
    looks.wait()
    looks.fails = False
    assert looks.name() == "1"
    looks.wait()
    assert looks.name() == "2"


def test_many_who_ask_at_once_wait_for_one_look(looks: Looks) -> None:
    def slow(key: Key) -> list[Row]:
        time.sleep(0.05)
        return Looks.look(looks, key)

    looks.one = Looked(slow, lambda: None)
    threads = [threading.Thread(target=looks.name) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert looks.times == 1
