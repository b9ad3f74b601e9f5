"""Lines of unknown callers: the first ones, then counted."""

from __future__ import annotations

import time

from dteplanows.log.repeated import FIRST, Counted, Key, Repeated

MOMENT = "2026-03-31T10:00:0"


class Told:
    def __init__(self, window: float = 60.0) -> None:
        self.counted: list[Counted] = []
        self.repeated = Repeated(self.counted.extend, window)

    def send(self, key: Key, times: int, usuario: str = "ana") -> int:
        return sum(self.repeated.admits(key, f"{MOMENT}{number % 10}", usuario) for number in range(times))


def test_205_wrong_passwords_are_ten_lines_and_one_that_counts_195() -> None:
    told, key = Told(), Key("Procesar", "AUT-001", "203.0.113.7")
    assert told.send(key, 205) == FIRST == 10
    assert told.counted == []
    told.repeated.flush()
    (one,) = told.counted
    assert (one.key, one.veces, one.usuarios) == (key, 195, ("ana",))
    assert one.desde <= one.hasta
    told.repeated.flush()
    assert len(told.counted) == 1


def test_each_address_and_reason_has_its_own_lines() -> None:
    told = Told()
    for code in ("AUT-001", "AUT-013"):
        for ip in ("203.0.113.7", "203.0.113.8"):
            assert told.send(Key("Procesar", code, ip), 3) == 3
    told.repeated.flush()
    assert told.counted == []


def test_a_new_minute_has_lines_again_and_the_old_one_is_told() -> None:
    told, key = Told(0.05), Key("", "", "203.0.113.7")
    assert told.send(key, 12) == 10
    time.sleep(0.1)
    assert told.send(key, 1) == 1
    assert [one.veces for one in told.counted] == [2]


def test_it_is_told_also_when_nobody_calls_any_more() -> None:
    told = Told(0.05)
    told.send(Key("", "", "203.0.113.7"), 12)
    limit = time.monotonic() + 10
    while not told.counted and time.monotonic() < limit:
        time.sleep(0.01)
    assert [one.veces for one in told.counted] == [2]


def test_many_addresses_fill_neither_the_log_nor_the_memory() -> None:
    told = Told()
    keys = [Key("Procesar", "AUT-001", f"2001:db8::{number:x}") for number in range(5000)]
    assert sum(told.send(key, 1, f"u{key.ip}") for key in keys) == 200
    told.repeated.flush()
    assert sum(one.veces for one in told.counted) == 4800
    assert len(told.counted) <= 1001
    assert max(len(one.usuarios) for one in told.counted) == 5
