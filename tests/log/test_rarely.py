"""The same line only once in a while."""

from __future__ import annotations

from unittest.mock import patch

from dteplanows.log.rarely import Rarely


def test_the_same_is_said_again_after_a_while_and_something_else_at_once() -> None:
    with patch("dteplanows.log.rarely.time.monotonic") as now:
        now.return_value = 1000.0
        one = Rarely(300)
        assert [one.admits("a"), one.admits("a"), one.admits("b")] == [True, False, True]
        now.return_value = 1299.9
        assert not one.admits("a")
        now.return_value = 1300.0
        assert [one.admits("a"), one.admits("a")] == [True, False]


def test_what_is_over_is_not_kept() -> None:
    with patch("dteplanows.log.rarely.time.monotonic") as now:
        now.return_value = 0.0
        one = Rarely(1)
        for second in range(100):
            now.return_value = float(second)
            assert one.admits(second)
        assert len(one._until) == 1
