"""Passwords of users: kept as salted argon2id hashes, and verified without paying for argon2id on each call.

Older versions kept scrypt hashes. They are good, and each becomes one of argon2id when its user comes in. Both take
about as much memory and time, so that a login's time does not tell whether a user exists that has not come in since.

A call carries the password every time, and both are slow on purpose. So a process remembers which password it has
compared with which hash, and how that went. It remembers neither of them: the key of the memory is a keyed digest made
with a random key of the process. A changed password has a new hash, so nothing remembered fits it any more.

Hashes of one user name share a salt, so that one comparison tells which of a user's companies a password opens, however
many they are; what a login costs, and how long it takes, does not tell who exists.

Two comparisons run at a time. After a start the calls of many clients come at once, all with the same few passwords:
the first pays for each, and the others find the answer remembered.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from base64 import b64decode, b64encode
from collections.abc import Iterable
from typing import NamedTuple

from argon2.low_level import Type, hash_secret_raw

_KIB, _PASSES, _LANES = 2**14, 20, 1
"""Cost of argon2id: 16 MiB and a fifth of a second, many times OWASP's least and as much as scrypt took before."""

_ARGON, _SCRYPT = "argon2id", "scrypt"

_SCRYPT_MEMORY = 64 * 1024 * 1024
_LENGTH = 64
_REMEMBERED = 4096

AT_ONCE = 2
"""Comparisons that run at a time: each takes a processor and 16 MiB."""

MEMORY_AT_ONCE = AT_ONCE * 1024 * _KIB
"""Bytes that they take together."""


class _Way(NamedTuple):
    """How a hash was made."""

    name: str
    cost: tuple[int, int, int]
    """KiB, passes and lanes of argon2id; N, r and p of scrypt."""
    salt: bytes


def hash_password(clave: str, like: str = "") -> str:
    """A new salted hash of *clave*, as text that names its own cost: ``argon2id$KiB$passes$lanes$salt$hash$number``.

    The number is another one each time: the same password set anew is told from the one before, whose tokens end.

    :param like: another hash of the same user name, whose salt is taken where it is of this kind; empty for none.
    """
    way = _parts(like)[0] if is_current(like) else _new_way()
    return _text(way, _derive(clave, way))


def renumbered(stored: str) -> str:
    """The hash *stored* as if its password had been set anew."""
    return "$".join((*stored.split("$")[:6], secrets.token_hex(4)))


def is_current(stored: str) -> bool:
    """Whether a hash was made as new ones are."""
    return stored.startswith(f"{_ARGON}${_KIB}${_PASSES}${_LANES}$")


def salt_of(stored: str) -> str:
    """What two hashes have in common that one comparison serves: their cost and their salt."""
    return "$".join(stored.split("$")[:5])


def matching(clave: str, stored: Iterable[str]) -> frozenset[str]:
    """Those of the hashes *stored* that *clave* is the password of. Takes one comparison for each salt among them."""
    derived: dict[str, bytes] = {}
    found = set()
    for one in stored:
        way, expected = _parts(one)
        group = salt_of(one)
        if group not in derived:
            derived[group] = _derive(clave, way)
        if hmac.compare_digest(derived[group], expected):
            found.add(one)
    return frozenset(found)


class Verifier:
    """Verifies passwords and remembers the answers. Threads may share one."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._right: dict[bytes, frozenset[str]] = {}
        self._wrong: dict[bytes, frozenset[str]] = {}
        self._turn = threading.Semaphore(AT_ONCE)
        self._same = tuple(threading.Lock() for _ in range(64))
        self._nobody = _text(_new_way(), secrets.token_bytes(_LENGTH))

    def verify(self, usuario: str, clave: str, *stored: str) -> frozenset[str]:
        """Those of the hashes *stored* that *clave* is the password of; they belong to *usuario* and have one salt."""
        digest = self._digest(usuario, clave, *stored)
        known = self._known(digest)
        if known is not None:
            return known
        with self._same[digest[0] % len(self._same)], self._turn:
            # Asked again: another thread may have found out while this one waited.
            known = self._known(digest)
            if known is None:
                known = matching(clave, stored)
                _remember(self._right if known else self._wrong, digest, known)
            return known

    def _known(self, digest: bytes) -> frozenset[str] | None:
        """What is remembered; None for nothing."""
        found = self._right.get(digest)
        return self._wrong.get(digest) if found is None else found

    def verify_nobody(self, usuario: str, clave: str) -> None:
        """The work of a wrong password, for a user that does not exist: the time must not tell who exists."""
        self.verify(usuario, clave, self._nobody)

    def _digest(self, *parts: str) -> bytes:
        keyed = hashlib.blake2b(key=self._key, digest_size=32)
        for part in parts:
            data = part.encode("utf-8", "surrogatepass")
            keyed.update(len(data).to_bytes(8, "big") + data)
        return keyed.digest()


def _remember(memory: dict[bytes, frozenset[str]], digest: bytes, answer: frozenset[str]) -> None:
    """Wrong guesses cannot push the right answers out: each kind has its own memory."""
    if len(memory) >= _REMEMBERED:
        memory.clear()
    memory[digest] = answer


def _new_way() -> _Way:
    return _Way(_ARGON, (_KIB, _PASSES, _LANES), secrets.token_bytes(16))


def _parts(stored: str) -> tuple[_Way, bytes]:
    """How a text made by :func:`hash_password` was made, and the hash in it."""
    name, *cost, salt, derived, _ = (*stored.split("$"), "")[:7]
    first, second, third = map(int, cost)
    return _Way(name, (first, second, third), b64decode(salt)), b64decode(derived)


def _derive(clave: str, way: _Way) -> bytes:
    data = clave.encode("utf-8", "surrogatepass")
    first, second, third = way.cost
    if way.name == _SCRYPT:
        return hashlib.scrypt(data, salt=way.salt, n=first, r=second, p=third, maxmem=_SCRYPT_MEMORY, dklen=_LENGTH)
    return hash_secret_raw(data, way.salt, second, first, third, _LENGTH, Type.ID)


def _text(way: _Way, derived: bytes) -> str:
    cost = "$".join(map(str, way.cost))
    number = secrets.token_hex(4)
    return f"{way.name}${cost}${b64encode(way.salt).decode()}${b64encode(derived).decode()}${number}"
