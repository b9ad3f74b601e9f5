"""Who may come in: wrong passwords bring a growing wait, and one user's calls do not take every thread.

Failures are counted twice. Those of one user from one address bring a wait that doubles. Those of all users from one
address fill a measure that empties slowly: whoever invents a new name for each call would else never wait, and make
those who call rightly wait behind comparisons of passwords. Who has come in with the same name and password before
passes that measure, for others may share the address, and such a call compares nothing.

What is counted lies in the memory of the process: it is gone after a restart, and with several workers each counts for
itself, so that up to so many times the failures pass before all of them refuse. A password costs a fifth of a second
to try anyway; this keeps the machine free for those who know theirs.
"""

from __future__ import annotations

import hashlib
import math
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Refused
from dteplanows.outcome import Credentials
from dteplanows.soap.limits import Limits

WRONG = "AUT-001"
"""The refusal that counts as a failure."""

_REMEMBERED = 10_000
"""Pairs of user and address, and addresses; above, the one that failed longest ago is forgotten."""

_WELCOME = 4096
"""Names with the passwords that opened something; above, the one that came in longest ago is forgotten."""

_USERS = 10
"""How many times the failures of one user an address may have."""

_EMPTYING = 10.0
"""Seconds in which one failure of an address is forgotten: slower than any flood, faster than an ERP that waits."""

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


class _Measure(NamedTuple):
    """Failures from one address: how many are not forgotten, as of when."""

    level: float
    last: float

    def at(self, now: float) -> float:
        """Those that are not forgotten at the moment *now*."""
        return max(0.0, self.level - (now - self.last) / _EMPTYING)


class Entrance:
    """Counts failures and calls under way. Threads share one."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._failed: OrderedDict[_Key, _Failures] = OrderedDict()
        self._measures: OrderedDict[str, _Measure] = OrderedDict()
        self._welcome: OrderedDict[bytes, None] = OrderedDict()
        self._key = secrets.token_bytes(32)
        self._under_way: dict[str, int] = {}
        self._turn = threading.Condition()

    @contextmanager
    def trying(self, who: Credentials, address: str) -> Iterator[None]:
        """Surround the check of a password; what it raises decides whether the password was right.

        :raises Refused: too many of this user (AUT-013) or of all users of the address (AUT-015) were wrong, and the
            time to wait is not over. Nothing was checked then.
        """
        if not self._limits.failures:
            yield
            return
        keys = [(name[:_LONGEST_NAME].casefold(), address) for name in who.usuarios]
        digest = self._digest(who)
        self._must_not_wait(who, keys)
        self._must_not_flood(digest, address)
        try:
            yield
        except Refused as refused:
            if any(one.code == WRONG for one in refused.problems):
                self._note_failure(keys)
                self._fill(digest, address)
            raise
        with self._turn:
            for key in keys:
                self._failed.pop(key, None)
            self._welcome[digest] = None
            self._welcome.move_to_end(digest)
            if len(self._welcome) > _WELCOME:
                self._welcome.popitem(last=False)

    @contextmanager
    def calling(self, usuario: str) -> Iterator[None]:
        """Surround the work of a call of *usuario*, whose password is right.

        :raises Refused: the user has too many calls under way, and none of them ended in time (AUT-014).
        """
        most = self._limits.calls
        if not most:
            yield
            return
        user = usuario.casefold()
        with self._turn:
            if not self._turn.wait_for(lambda: self._under_way.get(user, 0) < most, self._limits.queue_seconds):
                raise Refused([problem("AUT-014", value=usuario, maximo=most)])
            self._under_way[user] = self._under_way.get(user, 0) + 1
        try:
            yield
        finally:
            with self._turn:
                self._under_way[user] -= 1
                if not self._under_way[user]:
                    del self._under_way[user]
                self._turn.notify_all()

    def _digest(self, who: Credentials) -> bytes:
        """What stands for the name and the password in memory, where neither may lie."""
        keyed = hashlib.blake2b(key=self._key, digest_size=32)
        for part in (*who.usuarios, "", *who.claves):
            data = part.encode("utf-8", "surrogatepass")
            keyed.update(len(data).to_bytes(8, "big") + data)
        return keyed.digest()

    def _must_not_flood(self, digest: bytes, address: str) -> None:
        now = time.monotonic()
        with self._turn:
            measure = self._measures.get(address)
            if measure is None or digest in self._welcome:
                return
            above = measure.at(now) - (self._limits.failures * _USERS - 1)
        if above > 0:
            raise Refused([problem("AUT-015", value=address or "desconocida", espera=_wait_text(above * _EMPTYING))])

    def _fill(self, digest: bytes, address: str) -> None:
        now = time.monotonic()
        with self._turn:
            # The password was changed meanwhile.
            self._welcome.pop(digest, None)
            measure = self._measures.get(address, _Measure(0.0, now))
            self._measures[address] = _Measure(measure.at(now) + 1, now)
            self._measures.move_to_end(address)
            if len(self._measures) > _REMEMBERED:
                self._measures.popitem(last=False)

    def _must_not_wait(self, who: Credentials, keys: list[_Key]) -> None:
        now = time.monotonic()
        with self._turn:
            left = max((self._failed[key].until - now for key in keys if key in self._failed), default=0.0)
        if left > 0:
            raise Refused([problem("AUT-013", value=who.usuarios[0], espera=_wait_text(left))])

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


def _wait_text(seconds: float) -> str:
    """A wait in words, in whole seconds, not too short."""
    whole = math.floor(seconds) + 1
    return "1 segundo" if whole == 1 else f"{whole} segundos"
