"""Pauses of whoever makes files while documents are issued: a call of an ERP comes first.

A low priority leaves the processor to others, but not what processors share with one another, nor the database's own
work for a file. So a file is made at full speed where nothing is issued, and otherwise in a part of the time.
"""

from __future__ import annotations

import threading
import time

from dteplanows.ledger.store import Ledger

_LONGEST = 2.0
"""Seconds that a pause takes at most."""
_TIMES = 8.0
"""A pause takes so many times as long as the work before it."""
_SHORTEST = 0.02
"""Seconds of work before which it is not looked whether anything is issued."""


class Pauses:
    """Those of one file."""

    def __init__(self, ledger: Ledger, stop: threading.Event) -> None:
        """:param stop: ends a pause."""
        self._ledger, self._stop = ledger, stop
        self._begun = time.monotonic()
        self._newest = ledger.documents.newest()

    def take(self) -> None:
        """Pause where documents were issued since the last time."""
        worked = time.monotonic() - self._begun
        if worked < _SHORTEST:
            return
        newest = self._ledger.documents.newest()
        if newest != self._newest:
            self._newest = newest
            self._stop.wait(min(_TIMES * worked, _LONGEST))
        self._begun = time.monotonic()
