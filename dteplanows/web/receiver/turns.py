"""How many pages one address may open in a minute, in this process."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

MINUTE = 60.0

MOST_KNOWN = 20_000
"""Addresses that are remembered; of more, those that came first are forgotten."""


class Turns:
    """Counts by address. Threads share one."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        """:param most: turns of one address in a minute; 0 for any number.
        :param clock: seconds.
        """
        self._most = most
        self._clock = clock
        self._known: OrderedDict[str, tuple[float, int]] = OrderedDict()
        self._turn = threading.Lock()

    def wait(self, address: str, weight: int = 1) -> int:
        """Take a turn of *address*; 0 where it has one, else the whole seconds until it has one again.

        :param weight: how many turns it counts as.
        """
        if not self._most:
            return 0
        with self._turn:
            now = self._clock()
            began, taken = self._known.get(address, (now, 0))
            if now - began >= MINUTE:
                began, taken = now, 0
            if taken >= self._most:
                return max(1, round(began + MINUTE - now))
            self._known[address] = began, taken + weight
            if len(self._known) > MOST_KNOWN:
                self._known.popitem(last=False)
            return 0
