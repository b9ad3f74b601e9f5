"""What holds a caller back: wrong passwords in a row, and too many calls at once.

Wrong passwords of one user from one address bring a wait that doubles. Those of all users from
one address fill a measure that empties slowly: otherwise someone who invents a new name for each call would never wait.
Those of one user from all addresses fill another: once it is full, an address that has failed with that user waits
regardless of its own count, and every other address has a single try. An address of IPv6 is its first 64 bits, which
one customer has.

A caller who came in with the same name and password before skips all of this, because others may share the address or
guess at the name; such a call compares nothing, reads nothing and writes nothing. All others wait for their comparison
in a bounded line.

What is counted lies in the ledger, so that all processes of a service count together. Each remembers who came in with
it; that somebody came in with another is in the ledger too, by a digest that is worth nothing after this start of the
service (:mod:`dteplanows.process.shared_key`).
"""

from __future__ import annotations

import hashlib
import math
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from ipaddress import IPv4Address, ip_address, ip_network

from dteplanows.document.catalogue import problem
from dteplanows.document.outcome import Credentials
from dteplanows.document.problem import Refused
from dteplanows.ledger.login_attempts import LoginAttempts
from dteplanows.process.shared_key import shared_key
from dteplanows.soap.limits import Limits
from dteplanows.soap.login.comparison_line import ComparisonLine
from dteplanows.soap.login.tallies import Key, Levels, Tallies

WRONG = frozenset({"AUT-001", "AUT-077"})
"""The refusals that count as a failure: a wrong password, a wrong code of a second factor."""

_PROVEN = 4096
"""Names with the passwords that opened something; above, the one that came in first is forgotten."""

_USERS = 10
"""How many times the failures of one user an address may have."""

_ADDRESSES = 3
"""How many times the failures that one address may have a user may have from all of them."""

_NAME_LIMIT = 200
"""Characters of a name that are looked at: whoever guesses may send megabytes."""


class LoginLimits:
    """Counts failures and calls under way. Threads share one."""

    def __init__(self, limits: Limits, attempts: LoginAttempts) -> None:
        """:param attempts: where the failures are counted."""
        self._limits = limits
        self._line = ComparisonLine()
        self._tallies = Tallies(attempts)
        self._proven: OrderedDict[str, None] = OrderedDict()
        self._failed_here: OrderedDict[Key, None] = OrderedDict()
        """Who has failed in this process, though somebody may be known there: its next success ends the count."""
        self._key = shared_key()
        self._under_way: dict[str, int] = {}
        self._changed = threading.Condition()

    @contextmanager
    def trying(self, who: Credentials, address: str) -> Iterator[None]:
        """Surround the check of a password; what it raises decides whether the password was right.

        :param address: where the call comes from, or what else tells one caller from others.
        :raises Refused: too many of this user from this address (AUT-013) or from all (AUT-041), or of all users of
            the address (AUT-015), were wrong and the time to wait is not over; or too many passwords wait to be
            compared (AUT-040). Nothing was checked then.
        """
        digest = self._digest(who)
        keys = [Key(name[:_NAME_LIMIT].casefold(), network_of(address)) for name in who.usuarios]
        if digest in self._proven or self._tallies.is_known(digest):
            with self._counting(digest, keys):
                yield
            return
        self._must_not_wait(who.usuarios[0], address, keys)
        with self._line.place(digest.encode(), keys[0].network), self._counting(digest, keys):
            yield

    @contextmanager
    def trying_code(self, usuario: str, address: str) -> Iterator[None]:
        """Surround the check of what *usuario* shows beside a password that was right. Its failures are counted by
        themselves, for whoever guesses a code has the password.

        :raises Refused: as :meth:`trying`.
        """
        keys = [Key(f"{usuario[:_NAME_LIMIT].casefold()}\n", network_of(address))]
        self._must_not_wait(usuario, address, keys)
        with self._counting("", keys):
            yield

    @contextmanager
    def _counting(self, digest: str, keys: list[Key]) -> Iterator[None]:
        """Count what becomes of a check.

        :param digest: of the name and the password; empty for what is to be shown every time anew.
        """
        try:
            yield
        except Refused as refused:
            if any(one.code in WRONG for one in refused.problems):
                self._note_failure(digest, keys)
            raise
        if digest not in self._proven or any(key in self._failed_here for key in keys):
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

    def _digest(self, who: Credentials) -> str:
        """What stands for the name and the password, neither of which may lie anywhere."""
        keyed = hashlib.blake2b(key=self._key, digest_size=32)
        for part in (*who.usuarios, "", *who.claves):
            data = part.encode("utf-8", "surrogatepass")
            keyed.update(len(data).to_bytes(8, "big") + data)
        return keyed.hexdigest()

    def _must_not_wait(self, usuario: str, address: str, keys: list[Key]) -> None:
        if not self._limits.failures:
            return
        levels = self._tallies.levels(keys)
        left = max(self._wait(levels, key) for key in keys)
        if left > 0:
            raise Refused([problem("AUT-013", value=usuario, espera=_wait_text(left))])
        above = max(self._above(levels, key) for key in keys)
        if above > 0:
            raise Refused([problem("AUT-041", value=usuario, espera=_wait_text(levels.seconds(above)))])
        above = levels.of_network - (self._limits.failures * _USERS - 1)
        if above > 0:
            where = problem("AUT-015", value=address or "desconocida", espera=_wait_text(levels.seconds(above)))
            raise Refused([where])

    def _wait(self, levels: Levels, key: Key) -> float:
        """Seconds for which the user of *key* has still to wait at its address; each failure above the allowed number
        doubles the wait."""
        count, since = levels.in_a_row(key)
        above = count - self._limits.failures
        return min(self._limits.wait_limit, 2 ** min(above, 30)) - since if above >= 0 else 0.0

    def _above(self, levels: Levels, key: Key) -> float:
        """By how much the user of *key* is above its measure, where this address has to wait for it."""
        if not levels.in_a_row(key)[0] or levels.came_in(key):
            return 0.0
        return levels.of_user(key) - (self._limits.failures * _ADDRESSES - 1)

    def _note_success(self, digest: str, keys: list[Key]) -> None:
        with self._changed:
            for key in keys:
                self._failed_here.pop(key, None)
            if digest:
                _remember(self._proven, digest, _PROVEN)
        self._tallies.note_success(keys, digest)

    def _note_failure(self, digest: str, keys: list[Key]) -> None:
        with self._changed:
            # Proven before, the password was changed meanwhile.
            self._proven.pop(digest, None)
            for key in keys if self._limits.failures else ():
                _remember(self._failed_here, key, _PROVEN)
        self._tallies.forget(digest)
        if self._limits.failures:
            self._tallies.note_failure(keys)


@lru_cache(maxsize=4096)
def network_of(address: str) -> str:
    """What counts as one address: one of IPv4 itself, of IPv6 the 64 bits that a provider gives to one customer."""
    try:
        found = ip_address(address)
    except ValueError:
        return address[:_NAME_LIMIT]
    return address if isinstance(found, IPv4Address) else str(ip_network((found.packed[:8] + bytes(8), 64)))


def _remember(memory: OrderedDict[str, None] | OrderedDict[Key, None], key: str | Key, limit: int) -> None:
    """Remember *key*, and no more than so many."""
    memory[key] = None  # type: ignore[index]
    memory.move_to_end(key)  # type: ignore[arg-type]
    if len(memory) > limit:
        memory.popitem(last=False)


def _wait_text(seconds: float) -> str:
    """A wait in words, in whole seconds, not too short."""
    whole = math.floor(seconds) + 1
    return "1 segundo" if whole == 1 else f"{whole} segundos"
