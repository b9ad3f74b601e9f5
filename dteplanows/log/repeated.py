"""Lines of callers whom nobody knows, so that whoever guesses passwords or knocks at addresses does not fill the log.

In every minute the first ones of each address and reason are lines of their own; the others are counted, and one line
says at the end of the minute how many they were and whom they claimed to be.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import NamedTuple

WINDOW = 60.0
"""Seconds after which counting begins anew."""

FIRST = 10
"""Lines of one address and reason in that time."""

_MOST_LINES = 200
"""Of all addresses together."""

_MOST_KEYS = 1000
"""Addresses and reasons that are counted apart; those beyond are counted together."""

_MOST_NAMES = 5

_REST = "(otras)"


class Key(NamedTuple):
    """What is counted together."""

    operacion: str
    codigos: str
    """The reasons, separated by blanks."""
    ip: str


class Counted(NamedTuple):
    """Lines that were not written."""

    key: Key
    veces: int
    desde: str
    hasta: str
    usuarios: tuple[str, ...]
    """Whom they claimed to be; five at most."""


class _Count:
    __slots__ = ("desde", "hasta", "names", "total", "written")

    def __init__(self) -> None:
        self.total = self.written = 0
        self.desde = self.hasta = ""
        self.names: dict[str, None] = {}

    @property
    def left_out(self) -> int:
        return self.total - self.written


class Repeated:
    """Counts for one process. Threads share it."""

    def __init__(self, tell: Callable[[list[Counted]], None], window: float = WINDOW) -> None:
        """:param tell: writes what was counted, in a thread of its own or in that of the next caller."""
        self._tell = tell
        self._window = window
        self._lock = threading.Lock()
        self._counts: dict[Key, _Count] = {}
        self._lines = 0
        self._end = 0.0
        self._waits = False

    def admits(self, key: Key, moment: str, usuario: str) -> bool:
        """Whether the line is to be written; else it is counted."""
        counted: list[Counted] = []
        with self._lock:
            now = time.monotonic()
            if now >= self._end:
                counted = self._drain()
                self._end = now + self._window
            if key not in self._counts and len(self._counts) >= _MOST_KEYS:
                key = Key(_REST, key.codigos if len(self._counts) < 2 * _MOST_KEYS else _REST, _REST)
            count = self._counts.setdefault(key, _Count())
            count.total += 1
            admitted = count.written < FIRST and self._lines < _MOST_LINES
            if admitted:
                count.written += 1
                self._lines += 1
            else:
                count.desde = count.desde or moment
                count.hasta = moment
                if usuario and len(count.names) < _MOST_NAMES:
                    count.names[usuario] = None
                self._wait()
        if counted:
            self._tell(counted)
        return admitted

    def flush(self) -> None:
        """Tell what was counted so far."""
        with self._lock:
            self._waits = False
            self._end = 0.0
            counted = self._drain()
        if counted:
            self._tell(counted)

    def _wait(self) -> None:
        """Let the end of the time be noticed even if nobody calls any more."""
        if not self._waits:
            self._waits = True
            timer = threading.Timer(max(0.0, self._end - time.monotonic()), self.flush)
            timer.daemon = True
            timer.start()

    def _drain(self) -> list[Counted]:
        counted = [
            Counted(key, one.left_out, one.desde, one.hasta, tuple(one.names))
            for key, one in self._counts.items()
            if one.left_out
        ]
        self._counts.clear()
        self._lines = 0
        return counted
