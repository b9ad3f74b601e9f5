"""Passwords of users: kept as salted scrypt hashes, and verified without paying for scrypt on each call.

A call carries the password every time, and scrypt is slow on purpose. So a process remembers which password it has
compared with which hash, and how that went. It remembers neither of them: the key of the memory is a keyed digest made
with a random key of the process. A changed password has a new hash, so nothing remembered fits it any more.

Only one comparison runs at a time. After a start the calls of many clients come at once, all with the same few
passwords: the first pays for each, and the others find the answer remembered.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from base64 import b64decode, b64encode

_N, _R, _P = 2**14, 8, 5
"""scrypt's cost: 16 MiB and a fifth of a second (OWASP's recommendation for this amount of memory)."""

_MEMORY = 64 * 1024 * 1024
_REMEMBERED = 4096


def hash_password(clave: str) -> str:
    """A new salted hash of *clave*, as text that names its own cost: ``scrypt$N$r$p$salt$hash``."""
    salt = secrets.token_bytes(16)
    return _text(_N, _R, _P, salt, _derive(clave, salt, _N, _R, _P))


def verify_password(clave: str, stored: str) -> bool:
    """Whether *clave* is the password of the hash *stored*. Takes as long when it is not."""
    _, n, r, p, salt, expected = stored.split("$")
    derived = _derive(clave, b64decode(salt), int(n), int(r), int(p))
    return hmac.compare_digest(derived, b64decode(expected))


class Verifier:
    """Verifies passwords and remembers the answers. Threads may share one."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._right: dict[bytes, None] = {}
        self._wrong: dict[bytes, None] = {}
        self._turn = threading.Lock()
        self._nobody = _text(_N, _R, _P, secrets.token_bytes(16), secrets.token_bytes(64))

    def verify(self, usuario: str, clave: str, stored: str) -> bool:
        """Whether *clave* is the password of the hash *stored*, which belongs to *usuario*."""
        digest = self._digest(usuario, clave, stored)
        known = self._known(digest)
        if known is not None:
            return known
        with self._turn:
            # Asked again: another thread may have found out while this one waited.
            known = self._known(digest)
            if known is None:
                known = verify_password(clave, stored)
                _remember(self._right if known else self._wrong, digest)
            return known

    def _known(self, digest: bytes) -> bool | None:
        """What is remembered; None for nothing."""
        if digest in self._right:
            return True
        return False if digest in self._wrong else None

    def verify_nobody(self, usuario: str, clave: str) -> None:
        """The work of a wrong password, for a user that does not exist: the time must not tell who exists."""
        self.verify(usuario, clave, self._nobody)

    def _digest(self, *parts: str) -> bytes:
        keyed = hashlib.blake2b(key=self._key, digest_size=32)
        for part in parts:
            data = part.encode("utf-8", "surrogatepass")
            keyed.update(len(data).to_bytes(8, "big") + data)
        return keyed.digest()


def _remember(memory: dict[bytes, None], digest: bytes) -> None:
    """Wrong guesses cannot push the right answers out: each kind has its own memory."""
    if len(memory) >= _REMEMBERED:
        memory.clear()
    memory[digest] = None


def _derive(clave: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    data = clave.encode("utf-8", "surrogatepass")
    return hashlib.scrypt(data, salt=salt, n=n, r=r, p=p, maxmem=_MEMORY, dklen=64)


def _text(n: int, r: int, p: int, salt: bytes, derived: bytes) -> str:
    return f"scrypt${n}${r}${p}${b64encode(salt).decode()}${b64encode(derived).decode()}"
