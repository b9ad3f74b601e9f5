"""Who may come in: wrong passwords bring a growing wait, and one user's calls do not take every thread.

Failures are counted three times. Those of one user from one address bring a wait that doubles. Those of all users from
one address fill a measure that empties slowly: otherwise someone who invents a new name for each call would never wait.
Those of one user from all addresses fill another: once it is full, an address that has failed with that user waits
regardless of its own count, and every other address has a single try. An address of IPv6 is its first 64 bits, which
one customer has.

A caller who came in with the same name and password before skips all of this, because others may share the address or
guess at the name; such a call compares nothing. All others wait for their comparison in a bounded line.

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
from functools import lru_cache
from ipaddress import IPv4Address, ip_address, ip_network
from typing import NamedTuple, TypeVar

from dteplanows.document.catalogue import problem
from dteplanows.document.outcome import Credentials
from dteplanows.document.problem import Refused
from dteplanows.soap.limits import Limits
from dteplanows.soap.login.comparison_line import ComparisonLine

WRONG = "AUT-001"
"""The refusal that counts as a failure."""

_REMEMBERED = 10_000
"""Pairs of user and address, users, and addresses; above, the one that failed longest ago is forgotten."""

_PROVEN = 4096
"""Names with the passwords that opened something; above, the one that came in first is forgotten."""

_USERS = 10
"""How many times the failures of one user an address may have."""

_ADDRESSES = 3
"""How many times the failures that one address may have a user may have from all of them."""

_EMPTYING = 10.0
"""Seconds in which one failure of a measure is forgotten: slower than any flood, faster than an ERP that waits."""

_NAME_LIMIT = 200
"""Characters of a name that are remembered: whoever guesses may send megabytes."""

_FORGIVEN = 3600
"""Seconds without a failure after which counting begins anew."""

_Key = tuple[str, str]
"""A user, and the network that it calls from."""

_K = TypeVar("_K", str, bytes, _Key)
_V = TypeVar("_V")


class _Failures:
    """Failures in a row of one user from one address."""

    __slots__ = ("count", "last", "until")

    def __init__(self) -> None:
        self.count = 0
        self.last = 0.0
        self.until = 0.0


class _Measure(NamedTuple):
    """Failures of one user or from one address: how many are not forgotten, as of when."""

    level: float
    last: float

    def at(self, now: float) -> float:
        """Those that are not forgotten at the moment *now*."""
        return max(0.0, self.level - (now - self.last) / _EMPTYING)


class LoginLimits:
    """Counts failures and calls under way. Threads share one."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._line = ComparisonLine()
        self._failed: OrderedDict[_Key, _Failures] = OrderedDict()
        self._by_address: OrderedDict[str, _Measure] = OrderedDict()
        self._by_user: OrderedDict[str, _Measure] = OrderedDict()
        self._proven: OrderedDict[bytes, None] = OrderedDict()
        self._came_in: OrderedDict[_Key, None] = OrderedDict()
        self._key = secrets.token_bytes(32)
        self._under_way: dict[str, int] = {}
        self._changed = threading.Condition()

    @contextmanager
    def trying(self, who: Credentials, address: str) -> Iterator[None]:
        """Surround the check of a password; what it raises decides whether the password was right.

        :raises Refused: too many of this user from this address (AUT-013) or from all (AUT-041), or of all users of
            the address (AUT-015), were wrong and the time to wait is not over; or too many passwords wait to be
            compared (AUT-040). Nothing was checked then.
        """
        digest = self._digest(who)
        keys = [(name[:_NAME_LIMIT].casefold(), network_of(address)) for name in who.usuarios]
        if digest in self._proven:
            with self._counting(digest, keys):
                yield
            return
        if self._limits.failures:
            self._must_not_wait(who, keys)
            self._must_not_flood(address)
        with self._line.place(digest, keys[0][1]), self._counting(digest, keys):
            yield

    @contextmanager
    def _counting(self, digest: bytes, keys: list[_Key]) -> Iterator[None]:
        """Count what becomes of a check."""
        try:
            yield
        except Refused as refused:
            if any(one.code == WRONG for one in refused.problems):
                self._note_failure(digest, keys)
            raise
        if digest not in self._proven or any(key in self._failed for key in keys):
            self._note_success(digest, keys)

    @contextmanager
    def calling(self, usuario: str) -> Iterator[None]:
        """Surround the work of a call of *usuario*, whose password is right.

        :raises Refused: the user has too many calls under way, and none of them ended in time (AUT-014).
        """
        limit = self._limits.calls
        if not limit:
            yield
            return
        user = usuario.casefold()
        with self._changed:
            if not self._changed.wait_for(lambda: self._under_way.get(user, 0) < limit, self._limits.queue_seconds):
                raise Refused([problem("AUT-014", value=usuario, maximo=limit)])
            self._under_way[user] = self._under_way.get(user, 0) + 1
        try:
            yield
        finally:
            with self._changed:
                self._under_way[user] -= 1
                if not self._under_way[user]:
                    del self._under_way[user]
                self._changed.notify_all()

    def _digest(self, who: Credentials) -> bytes:
        """What stands for the name and the password in memory, where neither may lie."""
        keyed = hashlib.blake2b(key=self._key, digest_size=32)
        for part in (*who.usuarios, "", *who.claves):
            data = part.encode("utf-8", "surrogatepass")
            keyed.update(len(data).to_bytes(8, "big") + data)
        return keyed.digest()

    def _must_not_flood(self, address: str) -> None:
        now = time.monotonic()
        with self._changed:
            measure = self._by_address.get(network_of(address))
        above = measure.at(now) - (self._limits.failures * _USERS - 1) if measure else 0.0
        if above > 0:
            raise Refused([problem("AUT-015", value=address or "desconocida", espera=_wait_text(above * _EMPTYING))])

    def _must_not_wait(self, who: Credentials, keys: list[_Key]) -> None:
        now = time.monotonic()
        with self._changed:
            left = max((self._failed[key].until - now for key in keys if key in self._failed), default=0.0)
            above = max((self._above(key, now) for key in keys), default=0.0)
        if left > 0:
            raise Refused([problem("AUT-013", value=who.usuarios[0], espera=_wait_text(left))])
        if above > 0:
            raise Refused([problem("AUT-041", value=who.usuarios[0], espera=_wait_text(above * _EMPTYING))])

    def _above(self, key: _Key, now: float) -> float:
        """By how much the user of *key* is above its measure, where this address has to wait for it."""
        measure = self._by_user.get(key[0])
        if measure is None or key not in self._failed or key in self._came_in:
            return 0.0
        return measure.at(now) - (self._limits.failures * _ADDRESSES - 1)

    def _note_success(self, digest: bytes, keys: list[_Key]) -> None:
        with self._changed:
            for key in keys:
                self._failed.pop(key, None)
                _remember(self._came_in, key, None)
            _remember(self._proven, digest, None, _PROVEN)

    def _note_failure(self, digest: bytes, keys: list[_Key]) -> None:
        """One more; each above the allowed number doubles the wait."""
        now = time.monotonic()
        with self._changed:
            # Proven before, the password was changed meanwhile.
            self._proven.pop(digest, None)
            if not self._limits.failures:
                return
            for key in keys:
                one = self._failed.get(key) or _Failures()
                one.count = 1 if now - one.last > _FORGIVEN else one.count + 1
                one.last = now
                above = one.count - self._limits.failures
                if above >= 0:
                    one.until = now + min(self._limits.wait_limit, 2 ** min(above, 30))
                _remember(self._failed, key, one)
            for measures, name in ((self._by_address, keys[0][1]), (self._by_user, keys[0][0])):
                measure = measures.get(name, _Measure(0.0, now))
                _remember(measures, name, _Measure(measure.at(now) + 1, now))


@lru_cache(maxsize=4096)
def network_of(address: str) -> str:
    """What counts as one address: one of IPv4 itself, of IPv6 the 64 bits that a provider gives to one customer."""
    try:
        found = ip_address(address)
    except ValueError:
        return address[:_NAME_LIMIT]
    return address if isinstance(found, IPv4Address) else str(ip_network((found.packed[:8] + bytes(8), 64)))


def _remember(memory: OrderedDict[_K, _V], key: _K, value: _V, limit: int = 0) -> None:
    """Remember *value*, and no more than so many."""
    memory[key] = value
    memory.move_to_end(key)
    if len(memory) > (limit or _REMEMBERED):
        memory.popitem(last=False)


def _wait_text(seconds: float) -> str:
    """A wait in words, in whole seconds, not too short."""
    whole = math.floor(seconds) + 1
    return "1 segundo" if whole == 1 else f"{whole} segundos"
