"""The account of what the bodies of calls take: in memory while there is room, on disk beyond, and all given back."""

from __future__ import annotations

import errno
import tempfile
import threading
from pathlib import Path
from typing import Any

import pytest

from dteplanows.soap.asmx.faults import Broken
from dteplanows.web import bodies
from dteplanows.web.bodies import SMALL, Account, Body

KIB = 1024
PIECE = bytes(range(256)) * 64
"""16 KiB."""


def arrived(account: Account, size: int) -> Body:
    """A body of *size* bytes that has arrived."""
    one = Body(account)
    whole = (PIECE * (size // len(PIECE) + 1))[:size]
    for at in range(0, size, len(PIECE)):
        one.add(whole[at : at + len(PIECE)])
    return one


def taken(account: Account) -> tuple[int, int, int]:
    return account.arriving.taken, account.working.taken, account.disk.taken


def code(broken: pytest.ExceptionInfo[Broken]) -> tuple[int, str]:
    return broken.value.status, broken.value.problem.code


@pytest.mark.parametrize("size", [0, 1, 5, 16 * KIB, 40_000, SMALL, SMALL + 1, 300_000])
@pytest.mark.parametrize("step", [-1, 7_000, 10**9])
def test_what_is_read_is_what_arrived(tmp_path: Path, size: int, step: int) -> None:
    account = Account(8 * SMALL, tmp_path)
    one = arrived(account, size)
    assert one.work()
    parts = []
    while part := one.read(step):
        parts.append(part)
    assert b"".join(parts) == (PIECE * 20)[:size]
    one.end()
    assert taken(account) == (0, 0, 0)
    assert list(tmp_path.iterdir()) == []


def test_a_large_body_takes_no_memory_until_it_has_arrived(tmp_path: Path) -> None:
    account = Account(8 * SMALL, tmp_path)
    one = arrived(account, SMALL)
    assert taken(account) == (SMALL, 0, 0)
    one.add(b"x")
    assert taken(account) == (0, 0, SMALL + 1)
    assert one.work()
    assert taken(account) == (0, SMALL + 1, SMALL + 1)
    one.read()
    assert taken(account) == (0, SMALL + 1, 0)


def test_small_bodies_go_to_disk_where_the_memory_for_those_on_their_way_is_taken(tmp_path: Path) -> None:
    account = Account(8 * 100 * KIB, tmp_path)
    halves = [arrived(account, 50 * KIB) for _ in range(5)]
    assert account.arriving.taken == 100 * KIB
    assert account.disk.taken == 150 * KIB
    for one in halves:
        assert one.work()
        assert one.read() == (PIECE * 20)[: 50 * KIB]
        one.end()
    assert taken(account) == (0, 0, 0)


def test_large_calls_leave_memory_and_disk_to_small_ones(tmp_path: Path) -> None:
    account = Account(8 * SMALL, tmp_path)
    large = [arrived(account, 2 * SMALL) for _ in range(4)]
    assert [one.work() for one in large] == [True, False, False, False]
    small = [arrived(account, SMALL // 2) for _ in range(7)]
    assert [one.work() for one in small] == [True] * 6 + [False]
    while True:
        try:
            large.append(arrived(account, 2 * SMALL))
        except Broken:
            break
    assert account.disk.taken > 40 * SMALL
    full = arrived(account, 100)
    assert full.work() is False
    large[0].end()
    assert full.work()


def test_a_call_that_is_alone_is_never_refused(tmp_path: Path) -> None:
    account = Account(KIB, tmp_path, 1200 * KIB)
    one = arrived(account, 900 * KIB)
    assert one.work() and len(one.read()) == 900 * KIB


def test_beyond_the_disk_a_call_is_told_to_come_back(tmp_path: Path) -> None:
    account = Account(SMALL, tmp_path)
    with pytest.raises(Broken) as broken:
        for _ in range(20):
            arrived(account, 2 * SMALL)
    assert code(broken) == (503, "SRV-064")


class _Full:
    """A file on a full disk."""

    def write(self, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    def close(self) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("opens", [True, False])
def test_a_full_disk_is_told(monkeypatch: pytest.MonkeyPatch, opens: bool) -> None:
    def temporary(**options: Any) -> _Full:
        if opens:
            return _Full()
        raise OSError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(tempfile, "TemporaryFile", temporary)
    account = Account(8 * SMALL)
    one = Body(account)
    with pytest.raises(Broken) as broken:
        for _ in range(20):
            one.add(PIECE)
    assert code(broken) == (503, "SRV-066")
    one.end()
    assert taken(account) == (0, 0, 0)


def test_threads_share_an_account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "SMALL", 30 * KIB)
    account = Account(400 * KIB, tmp_path)

    def call() -> None:
        for number in range(50):
            one = arrived(account, 1 + number * 777)
            one.work()
            one.read()
            one.end()

    threads = [threading.Thread(target=call) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert taken(account) == (0, 0, 0)
