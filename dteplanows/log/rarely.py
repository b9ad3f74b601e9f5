"""The same line of the log only once in a while: what is tried every few seconds fails every few seconds."""

from __future__ import annotations

import threading
import time
from collections.abc import Hashable


class Rarely:
    """Knows what was said lately. Threads share it."""

    def __init__(self, seconds: float) -> None:
        """:param seconds: after these the same is said once more."""
        self._seconds = seconds
        self._lock = threading.Lock()
        self._until: dict[Hashable, float] = {}

    def admits(self, what: Hashable) -> bool:
        """Whether *what* is to be said now; then it is not for a while."""
        now = time.monotonic()
        with self._lock:
            if now < self._until.get(what, now):
                return False
            self._until = {one: until for one, until in self._until.items() if until > now}
            self._until[what] = now + self._seconds
            return True
