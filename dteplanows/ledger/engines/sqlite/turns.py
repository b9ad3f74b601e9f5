"""Writers of several processes in turn.

SQLite lets a writer that finds the database locked sleep, longer each time, and try again. Meanwhile a busy process
takes the lock back for its next thread, so the other's callers wait for seconds. Here every writer passes a gate before
it waits for its turn, and the one that waits keeps the gate: a process that has just written finds it shut and comes
after. Both are locks of the system on one byte of a file, which end with the process, however that ends.

This is about order alone. What keeps two writers apart is SQLite's own lock: a writer that does not get its turn in
time, as on Windows, which has no such locks, goes on to wait for that one.
"""

from __future__ import annotations

import os
import sys
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform != "win32":
    import fcntl

_GATE, _TURN = 0, 1
"""The bytes of the file."""

_PAUSE = 0.0002
"""Seconds between two tries: well below what a transaction takes, for nobody writes meanwhile."""

_PATIENCE = 2.0
"""Seconds to wait for a turn: longer than any transaction, unless its process was stopped."""


class Turns:
    """The turns of one process, whose threads must come one by one: to the system, locks are of the whole process."""

    def __init__(self, path: Path) -> None:
        """:param path: the file; made when it is not there."""
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        weakref.finalize(self, os.close, self._file)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for the turn of this process, and have it inside."""
        limit = time.monotonic() + _PATIENCE
        through = self._wait(_GATE, limit)
        has_turn = through and self._wait(_TURN, limit)
        if through:
            self._free(_GATE)
        try:
            yield
        finally:
            if has_turn:
                self._free(_TURN)

    def _wait(self, byte: int, limit: float) -> bool:
        while not self._take(byte):
            if time.monotonic() > limit:
                return False
            time.sleep(_PAUSE)
        return True

    if sys.platform == "win32":

        def _take(self, byte: int) -> bool:
            return True

        def _free(self, byte: int) -> None:
            pass

    else:

        def _take(self, byte: int) -> bool:
            try:
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, byte)
            except (BlockingIOError, PermissionError):  # POSIX leaves to the system which of the two it is
                return False
            return True

        def _free(self, byte: int) -> None:
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, byte)
