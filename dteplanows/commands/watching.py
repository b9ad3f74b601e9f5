"""Whether there is a worker that could go on with what somebody follows."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from dteplanows.ledger import presence

LOOK = 0.5
"""Seconds between two looks at what is followed."""

WITHOUT_WORKER = 3.0
"""Seconds without any worker until it is said: the service replaces one that ends after a second."""


class Watch:
    """Looks whether a worker lives."""

    def __init__(
        self,
        directory: Path,
        role: presence.Role,
        missing: str,
        *,
        silence: float,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """
        :param missing: what is said while none lives.
        :param silence: seconds for which a worker may change nothing, where the system does not tell who lives.
        """
        self._directory, self._role, self._missing = directory, role, missing
        self._silence, self._now = silence, now
        self._last_life = now()
        self._done = -1
        self._said = False

    def look(self, done: int) -> str:
        """What there is to say; empty when nothing is new.

        :param done: how much is done.
        """
        lives = presence.alive(self._directory, self._role)
        moved = done != self._done
        self._done = done
        if lives or (lives is None and moved):
            self._last_life = self._now()
        patience = WITHOUT_WORKER if lives is not None else self._silence + WITHOUT_WORKER
        alone = self._now() - self._last_life >= patience
        if alone == self._said:
            return ""
        self._said = alone
        return self._missing if alone else "Hay un trabajador de nuevo."
