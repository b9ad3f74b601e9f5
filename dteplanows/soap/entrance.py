"""Who may come in: wrong passwords bring a growing wait, and one user's calls do not take every thread.

What is counted lies in the memory of the process: it is gone after a restart, and with several workers each counts for
itself, so that up to so many times the failures pass before all of them refuse. A password costs a fifth of a second
to try anyway; this keeps the machine free for those who know theirs.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Refused
from dteplanows.outcome import Credentials
from dteplanows.soap.limits import Limits

WRONG = "AUT-001"
"""The refusal that counts as a failure."""

_REMEMBERED = 10_000
"""Pairs of user and address; above, the one that failed longest ago is forgotten."""

_LONGEST_NAME = 200
"""Characters of a name that are remembered: whoever guesses may send megabytes."""

_FORGIVEN = 3600
"""Seconds without a failure after which counting begins anew."""

_Key = tuple[str, str]


class _Failures:
    """Failures in a row of one user from one address."""

    __slots__ = ("count", "last", "until")

    def __init__(self) -> None:
        self.count = 0
        self.last = 0.0
        self.until = 0.0


class Entrance:
    """Counts failures and calls under way. Threads share one."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._failed: OrderedDict[_Key, _Failures] = OrderedDict()
        self._under_way: dict[str, int] = {}
        self._turn = threading.Condition()

    @contextmanager
    def trying(self, who: Credentials, address: str) -> Iterator[None]:
        """Surround the check of a password; what it raises decides whether the password was right.

        :raises Refused: too many were wrong, and the time to wait is not over (AUT-013). Nothing was checked then.
        """
        if not self._limits.failures:
            yield
            return
        keys = [(name[:_LONGEST_NAME].casefold(), address) for name in who.usuarios]
        self._must_not_wait(keys)
        try:
            yield
        except Refused as refused:
            if any(one.code == WRONG for one in refused.problems):
                self._note_failure(keys)
            raise
        with self._turn:
            for key in keys:
                self._failed.pop(key, None)

    @contextmanager
    def calling(self, who: Credentials) -> Iterator[None]:
        """Surround the work of a call, whose password is right.

        :raises Refused: the user has too many calls under way, and none of them ended in time (AUT-014).
        """
        most = self._limits.calls
        if not most:
            yield
            return
        user = who.usuarios[0].casefold()
        with self._turn:
            if not self._turn.wait_for(lambda: self._under_way.get(user, 0) < most, self._limits.queue_seconds):
                raise Refused([problem("AUT-014", value=who.usuarios[0], maximo=most)])
            self._under_way[user] = self._under_way.get(user, 0) + 1
        try:
            yield
        finally:
            with self._turn:
                self._under_way[user] -= 1
                if not self._under_way[user]:
                    del self._under_way[user]
                self._turn.notify_all()

    def _must_not_wait(self, keys: list[_Key]) -> None:
        now = time.monotonic()
        with self._turn:
            left = max((self._failed[key].until - now for key in keys if key in self._failed), default=0.0)
        if left > 0:
            raise Refused([problem("AUT-013", value=keys[0][0], segundos=int(left) + 1)])

    def _note_failure(self, keys: list[_Key]) -> None:
        """One more; each above the allowed number doubles the wait."""
        now = time.monotonic()
        with self._turn:
            for key in keys:
                one = self._failed.setdefault(key, _Failures())
                one.count = 1 if now - one.last > _FORGIVEN else one.count + 1
                one.last = now
                self._failed.move_to_end(key)
                above = one.count - self._limits.failures
                if above >= 0:
                    one.until = now + min(self._limits.longest_wait, 2 ** min(above, 30))
            while len(self._failed) > _REMEMBERED:
                self._failed.popitem(last=False)
