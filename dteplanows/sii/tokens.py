"""Tokens, kept: one for each certificate, environment and family, shared by all who ask, for the SII counts sessions.

A token ages after an hour without use; here it is given up after :data:`AGE`. One that the SII does not know any more
is dropped by whoever saw that, and the next to ask opens a session. Threads that ask at the same time wait for one
session. Where the SII said that there are too many, nobody asks again before :data:`PAUSE` is over.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from hashlib import sha256
from threading import Lock
from typing import NamedTuple, Protocol

from dteplanows.document.company import Ambiente
from dteplanows.signer.certificate import Certificate
from dteplanows.sii.addresses import Hosts
from dteplanows.sii.calls import Http
from dteplanows.sii.session import Family, Given, open_session

AGE = 50 * 60
"""Seconds that a token is used."""
PAUSE = 60 * 60
"""Seconds without another try after the SII said that there are too many sessions: as long as they live."""


class Key(NamedTuple):
    """What a token is good for."""

    certificate: str
    """SHA-256 of the certificate, hexadecimal."""
    ambiente: Ambiente
    family: Family
    server: str
    """Address that gave it: that of the simulator is good nowhere else."""


class Kept(NamedTuple):
    """What became of the last session, and when."""

    given: Given
    since: float
    """Unix time in seconds."""


class Store(Protocol):
    """Where tokens are kept; several processes share them by sharing it."""

    def get(self, key: Key) -> Kept | None:
        """What is kept for *key*."""

    def put(self, key: Key, kept: Kept | None) -> None:
        """Keep it; None forgets."""


class Memory:
    """A store of one process."""

    def __init__(self) -> None:
        self._kept: dict[Key, Kept] = {}

    def get(self, key: Key) -> Kept | None:
        """What is kept for *key*."""
        return self._kept.get(key)

    def put(self, key: Key, kept: Kept | None) -> None:
        """Keep it; None forgets."""
        if kept is None:
            self._kept.pop(key, None)
        else:
            self._kept[key] = kept


class Tokens:
    """The sessions of an installation."""

    def __init__(self, http: Http, store: Store | None = None, clock: Callable[[], float] = time.time) -> None:
        self._http, self._store, self._clock = http, store or Memory(), clock
        self._lock, self._opening = Lock(), dict[Key, Lock]()

    def get(self, certificate: Certificate, ambiente: Ambiente, family: Family, hosts: Hosts) -> Given:
        """A token, kept or new; or why there is none."""
        key = key_of(certificate, ambiente, family, hosts)
        with self._lock:
            opening = self._opening.setdefault(key, Lock())
        with opening:
            kept = self._store.get(key)
            if kept and not self._is_over(kept):
                return kept.given
            given = open_session(self._http, hosts, family, certificate)
            lasting = given.outcome.name in ("respondido", "sesiones")
            self._store.put(key, Kept(given, self._clock()) if lasting else None)
            return given

    def drop(self, key: Key, token: str) -> None:
        """Forget *token*, which the SII does not know; one that somebody else has got meanwhile stays."""
        kept = self._store.get(key)
        if kept and kept.given.value == token:
            self._store.put(key, None)

    def _is_over(self, kept: Kept) -> bool:
        """Whether what is kept serves no more; a clock that was put back ends it too."""
        lasts = PAUSE if kept.given.outcome.name == "sesiones" else AGE
        return not 0 <= self._clock() - kept.since < lasts


def key_of(certificate: Certificate, ambiente: Ambiente, family: Family, hosts: Hosts) -> Key:
    """What the token of *certificate* at *hosts* is kept by."""
    server = hosts.soap if family == "soap" else hosts.boletas
    return Key(sha256(certificate.x509_base64.encode("ascii")).hexdigest(), ambiente, family, server)
