"""Threads that answer calls while an event loop goes on."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter

import pytest

from dteplanows.web.threads import Threads


def test_no_more_calls_than_threads_and_none_is_lost() -> None:
    turn = threading.Lock()
    at_once = most = done = 0

    def work() -> None:
        nonlocal at_once, most, done
        with turn:
            at_once += 1
            most = max(most, at_once)
        time.sleep(0.002)
        with turn:
            at_once -= 1
            done += 1

    async def all_of_them() -> None:
        threads = Threads(3)
        await asyncio.gather(*(threads.run(work) for _ in range(100)))

    asyncio.run(all_of_them())
    assert (most, done, at_once) == (3, 100, 0)


def test_the_thread_that_was_busy_last_gets_the_next_call() -> None:
    used: list[int] = []

    def work() -> None:
        used.append(threading.get_ident())

    async def one_by_one() -> None:
        threads = Threads(4)
        await asyncio.gather(*(threads.run(time.sleep, 0.01) for _ in range(4)))
        for _ in range(50):
            await threads.run(work)
            await asyncio.sleep(0)

    asyncio.run(one_by_one())
    # Who has told a result may not be idle yet when the next call comes. By turns each would have a quarter.
    assert sum(calls for _, calls in Counter(used).most_common(2)) >= 40


def test_what_a_call_raises_is_raised_where_it_is_waited_for() -> None:
    def fail() -> None:
        raise KeyError("why")

    async def wait() -> None:
        threads = Threads(1)
        with pytest.raises(KeyError, match="why"):
            await threads.run(fail)
        await threads.run(time.sleep, 0)

    asyncio.run(wait())


def test_a_call_that_nobody_waits_for_any_more_is_done_all_the_same() -> None:
    done = threading.Event()

    def set_soon() -> None:
        time.sleep(0.01)
        done.set()

    async def leave() -> None:
        threads = Threads(1)
        waiting = threads.run(set_soon)
        waiting.cancel()
        await asyncio.sleep(0.05)
        await threads.run(time.sleep, 0)

    asyncio.run(leave())
    assert done.is_set()
