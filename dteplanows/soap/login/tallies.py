"""How many wrong passwords there were: of one user from one address, of the user, and from the address.

They are kept in the ledger. What it does not take, as on a full disk, this process counts for itself.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from dteplanows.document import clock
from dteplanows.document.problem import Refused
from dteplanows.ledger.engines.errors import failing
from dteplanows.ledger.login_attempts import LoginAttempts
from dteplanows.ledger.people_tables import Tally

_EMPTYING = 10.0
"""Seconds in which one failure of a measure is forgotten: slower than any flood, faster than an ERP that waits."""

_FORGIVEN = 3600.0
"""Seconds without a failure after which counting begins anew."""

_BEHIND = 60.0
"""Seconds that the clocks of two machines may differ. What is said to come later is of a clock that was wrong."""

_HERE = 10_000
"""Tallies that this process keeps where the ledger takes none."""


class Key(NamedTuple):
    """A user, and the network that it calls from."""

    usuario: str
    network: str

    @property
    def pair(self) -> str:
        """The digest of both."""
        return _digest("par", self.usuario, self.network)

    @property
    def all(self) -> tuple[str, str, str]:
        """The digests of both, of the user, and of the network."""
        return self.pair, _digest("usuario", self.usuario), _digest("red", self.network)


class Levels:
    """The failures of some users from one network, as of one moment."""

    def __init__(self, keys: Sequence[Key], tallies: Mapping[str, Tally], known: frozenset[str], now: float) -> None:
        self._tallies, self._known, self._now = tallies, known, now
        self.of_network = self._measure(keys[0].all[2])
        """Those from the network that are not forgotten."""

    def in_a_row(self, key: Key) -> tuple[int, float]:
        """How many the user has had from the network, and seconds since the last one."""
        one = self._tallies.get(key.pair)
        return (int(one.nivel), max(0.0, self._now - one.momento)) if one else (0, 0.0)

    def of_user(self, key: Key) -> float:
        """Those of the user from all networks that are not forgotten."""
        return self._measure(key.all[1])

    def came_in(self, key: Key) -> bool:
        """Whether the user came in from the network before."""
        return key.pair in self._known

    def seconds(self, above: float) -> float:
        """How long it takes until so many failures of a measure are forgotten."""
        return above * _EMPTYING

    def _measure(self, digest: str) -> float:
        one = self._tallies.get(digest)
        return _level(one, self._now) if one else 0.0


class Tallies:
    """The failures that the ledger knows. Threads share one."""

    def __init__(self, attempts: LoginAttempts) -> None:
        self._attempts = attempts
        self._here: OrderedDict[str, Tally] = OrderedDict()

    def is_known(self, digest: str) -> bool:
        """Whether another process of this service has seen somebody come in with what *digest* stands for."""
        return bool(self._attempts.known([digest]))

    def levels(self, keys: Sequence[Key]) -> Levels:
        """The failures of *keys*, all of one network."""
        now = clock.instant()
        wanted = _all(keys)
        return Levels(keys, self._good(self._attempts.tallies(wanted), wanted, now), self._attempts.known(wanted), now)

    def note_failure(self, keys: Sequence[Key]) -> None:
        """One more of each of *keys*, all of one network."""
        now, wanted = clock.instant(), _all(keys)
        pairs = {one.pair for one in keys}
        # Of a login that may be read in two ways each reading is a user; the measures count it once.
        counted = [*(one.pair for one in keys), *keys[0].all[1:]]

        def grown(before: Mapping[str, Tally]) -> list[Tally]:
            good = self._good(before, wanted, now)
            return [Tally(one, _more(good.get(one), now, in_a_row=one in pairs), now) for one in counted]

        try:
            self._attempts.count(wanted, grown, now - _FORGIVEN)
        except _unwritable():
            for one in grown({}):
                self._here[one.clave] = one
                self._here.move_to_end(one.clave)
            while len(self._here) > _HERE:
                self._here.popitem(last=False)

    def note_success(self, keys: Sequence[Key], digest: str) -> None:
        """Somebody came in: nothing is written where all of it is known.

        :param digest: of the name and the password; empty for what is to be shown every time anew.
        """
        pairs = [one.pair for one in keys]
        for one in pairs:
            self._here.pop(one, None)
        with _as_far_as_possible():
            failed = list(self._attempts.tallies(pairs))
            wanted = [*pairs, *([digest] if digest else ())]
            known = self._attempts.known(wanted)
            fresh = [one for one in wanted if one not in known]
            if failed or fresh:
                self._attempts.note_success(fresh, failed, clock.instant())

    def forget(self, digest: str) -> None:
        """What *digest* stands for opens nothing any more."""
        with _as_far_as_possible():
            if digest and self._attempts.known([digest]):
                self._attempts.forget_known([digest])

    def _good(self, found: Mapping[str, Tally], wanted: Sequence[str], now: float) -> dict[str, Tally]:
        """The tallies that count now, those of this process with them."""
        own = {one: self._here[one] for one in wanted if one in self._here}
        newest = {**found, **{name: one for name, one in own.items() if one.nivel > found.get(name, _NONE).nivel}}
        return {name: one for name, one in newest.items() if now - _FORGIVEN <= one.momento <= now + _BEHIND}


_NONE = Tally("", 0.0, 0.0)


@contextmanager
def _as_far_as_possible() -> Iterator[None]:
    """A ledger that cannot be written to now lets people in all the same."""
    try:
        yield
    except _unwritable():
        pass


def _unwritable() -> tuple[type[Exception], ...]:
    """What a ledger raises that cannot be written to."""
    return (Refused, *failing())


def _all(keys: Sequence[Key]) -> list[str]:
    return list(dict.fromkeys(digest for one in keys for digest in one.all))


def _more(before: Tally | None, now: float, *, in_a_row: bool) -> float:
    """One failure more than *before*: of those in a row, or of a measure."""
    if before is None:
        return 1.0
    return before.nivel + 1 if in_a_row else _level(before, now) + 1


def _level(one: Tally, now: float) -> float:
    """The failures of a measure that are not forgotten."""
    return max(0.0, one.nivel - max(0.0, now - one.momento) / _EMPTYING)


def _digest(kind: str, *parts: str) -> str:
    """*parts* as they are kept: what somebody types as a name may be a password."""
    text = "\0".join((kind, *parts))
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
