"""Threads that answer calls while an event loop goes on.

``ThreadPoolExecutor`` with ``run_in_executor`` makes two futures and several locks for each call, and wakes the thread
that has been idle longest. Here the thread that was busy last gets the next call: its connection to the database and
the processor's caches are still warm.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, NamedTuple


class _Work(NamedTuple):
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[None]
    function: Callable[..., object]
    arguments: tuple[Any, ...]


class Threads:
    """Up to a number of threads, each started when all others are busy."""

    def __init__(self, number: int) -> None:
        """:param number: how many calls are answered at once."""
        self._number = number
        self._turn = threading.Lock()
        self._started = 0
        self._idle: list[SimpleQueue[_Work]] = []
        self._waiting: deque[_Work] = deque()

    def run(self, function: Callable[..., object], *arguments: Any) -> asyncio.Future[None]:
        """Call *function* in a thread; what it raises, the future raises. From an event loop."""
        loop = asyncio.get_running_loop()
        work = _Work(loop, loop.create_future(), function, arguments)
        with self._turn:
            if self._idle:
                self._idle.pop().put(work)
            elif self._started < self._number:
                self._started += 1
                threading.Thread(target=self._serve, args=(work,), daemon=True).start()
            else:
                self._waiting.append(work)
        return work.done

    def _serve(self, first: _Work) -> None:
        given: SimpleQueue[_Work] = SimpleQueue()
        work: _Work | None = first
        while True:
            _do(work or given.get())
            with self._turn:
                work = self._waiting.popleft() if self._waiting else None
                if work is None:
                    self._idle.append(given)


def _do(work: _Work) -> None:
    failure: BaseException | None = None
    try:
        work.function(*work.arguments)
    except BaseException as raised:  # noqa: BLE001 - whoever waits for it gets it
        failure = raised
    with suppress(RuntimeError):  # the loop has ended
        work.loop.call_soon_threadsafe(_tell, work.done, failure)


def _tell(done: asyncio.Future[None], failure: BaseException | None) -> None:
    if done.done():  # nobody waits any more
        return
    if failure:
        done.set_exception(failure)
    else:
        done.set_result(None)
