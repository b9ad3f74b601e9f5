"""What a look at the installation found, kept for a minute: with a million documents it takes half a second.

Who asks later gets what is known, with its moment, and a new look is begun beside. Only what is too old to be shown is
waited for.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

from dteplanows.document import clock
from dteplanows.ledger import faults

log = logging.getLogger(__name__)

FRESH = 60.0
"""Seconds in which nothing is looked at anew."""

SHOWN = 120.0
"""Seconds in which what is known is still shown while a new look is under way: who comes back later waits for one, for
what was mended meanwhile would read as undone."""

Key = tuple[str, str] | None
"""A company by environment and RUT; None for the installation itself."""


T = TypeVar("T")


class Seen(NamedTuple, Generic[T]):
    """What a look found."""

    rows: Sequence[T]
    moment: datetime
    """Local moment in Chile."""
    since: float
    """The same on the clock that only goes forward."""


class Looked(Generic[T]):
    """The looks of one process. Threads share it."""

    def __init__(self, look: Callable[[Key], Sequence[T]], ended: Callable[[], None]) -> None:
        """:param look: looks at a company or at the installation.
        :param ended: called at the end of a thread that has looked.
        """
        self._look = look
        self._ended = ended
        self._seen: dict[Key, Seen[T]] = {}
        self._turns: dict[Key, threading.Lock] = {}

    def at(self, key: Key) -> Seen[T]:
        """What is known of *key*."""
        seen = self._seen.get(key)
        age = time.monotonic() - seen.since if seen else SHOWN
        if seen is None or age >= SHOWN:
            with self._turns.setdefault(key, threading.Lock()):
                seen = self._seen.get(key)
                if seen is None or time.monotonic() - seen.since >= SHOWN:
                    seen = self._anew(key)
        elif age >= FRESH:
            threading.Thread(target=self._beside, args=(key,), daemon=True).start()
        return seen

    def soon(self, key: Key) -> Seen[T] | None:
        """What is known of *key*, without waiting: None for nothing yet. A new look is begun when it is time."""
        seen = self._seen.get(key)
        if seen is None or time.monotonic() - seen.since >= FRESH:
            threading.Thread(target=self._beside, args=(key,), daemon=True).start()
        return seen

    def _anew(self, key: Key) -> Seen[T]:
        since, moment = time.monotonic(), clock.now()
        seen = self._seen[key] = Seen(self._look(key), moment, since)
        return seen

    def _beside(self, key: Key) -> None:
        """Look anew, unless another thread does already; the next who asks sees it."""
        turn = self._turns.setdefault(key, threading.Lock())
        if not turn.acquire(blocking=False):
            return
        try:
            seen = self._seen.get(key)
            if seen is None or time.monotonic() - seen.since >= FRESH:
                self._anew(key)
        except Exception as failure:  # noqa: BLE001 - what is known stays; the next one tries again
            log.warning("No se pudo revisar la instalación para el tablero: %s", faults.in_words(failure))
        finally:
            turn.release()
            self._ended()
