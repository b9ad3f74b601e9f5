"""Seeds and tokens. Both are kept in memory: who restarts the SII's servers ends every session too."""

from __future__ import annotations

import secrets
import threading
from typing import NamedTuple

from dteplanows.simulator.moments import Clock
from dteplanows.simulator.options import Behaviour

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_LENGTH = 13


class Holder(NamedTuple):
    """Whose a token is."""

    rut: str
    family: str
    """``soap`` or ``boleta``: a token of one is nothing to the other."""


class TokenError(Exception):
    """Why a token is not taken: ``falta``, ``inexistente`` or ``inactivo``."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class Tokens:
    """What authenticates the callers."""

    def __init__(self, clock: Clock, behaviour: Behaviour) -> None:
        self._clock = clock
        self._behaviour = behaviour
        self._lock = threading.Lock()
        self._seeds: dict[str, float] = {}
        self._tokens: dict[str, tuple[Holder, float]] = {}
        self._ended: set[str] = set()

    def seed(self) -> str:
        """A new seed."""
        with self._lock:
            now = self._clock.now()
            for old in [one for one, made in self._seeds.items() if made + self._behaviour.semilla_dura < now]:
                del self._seeds[old]
            seed = f"{secrets.randbelow(10**12):012d}"
            self._seeds[seed] = now
            return seed

    def use_seed(self, seed: str) -> bool:
        """Whether *seed* is one of ours, in time and used for the first time."""
        with self._lock:
            made = self._seeds.pop(seed, None)
            return made is not None and made + self._behaviour.semilla_dura >= self._clock.now()

    def token(self, holder: Holder) -> str | None:
        """A new token; None where its owner has too many."""
        with self._lock:
            now = self._clock.now()
            for old in [one for one, (_, used) in self._tokens.items() if self._is_old(used, now)]:
                self._end(old)
            if sum(one.rut == holder.rut for one, _ in self._tokens.values()) >= self._behaviour.sesiones:
                return None
            token = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
            self._tokens[token] = (holder, now)
            return token

    def holder(self, token: str, family: str) -> Holder:
        """Whose *token* is; its hour begins anew.

        :raises TokenError: it is not good in *family*.
        """
        if not token:
            raise TokenError("falta")
        with self._lock:
            now = self._clock.now()
            found = self._tokens.get(token)
            if found and self._is_old(found[1], now):
                self._end(token)
                found = None
            if found and found[0].family == family:
                self._tokens[token] = (found[0], now)
                return found[0]
            raise TokenError("inactivo" if token in self._ended else "inexistente")

    def end_all(self) -> int:
        """End every token; how many."""
        with self._lock:
            tokens = list(self._tokens)
            for one in tokens:
                self._end(one)
            return len(tokens)

    def _end(self, token: str) -> None:
        del self._tokens[token]
        self._ended.add(token)

    def _is_old(self, used: float, now: float) -> bool:
        return used + self._behaviour.token_dura < now
