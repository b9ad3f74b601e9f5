"""Where secrets are sealed before they are stored: certificates with their keys, and CAFs.

The master key seals them (Fernet: AES-128-CBC with HMAC-SHA256). It comes from the settings, or from the file
``clave-maestra`` beside the database, which is made on first use and readable only for its owner. Whoever copies the
database without the master key holds no secret; whoever loses the master key must load certificate and CAFs again.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Refused
from dteplanows.ledger.durable import sync
from dteplanows.process.secrecy import must_be_private
from dteplanows.process.system_errors import in_words

KEY_FILE = "clave-maestra"
"""Name of the file with the master key, beside the database."""

_SCRYPT_MEMORY = 64 * 1024 * 1024


class WrongKey(Exception):  # noqa: N818 - named for what is the matter
    """The master key is not the one that sealed."""


class Vault:
    """Seals and opens secrets with one master key, which it never shows."""

    __slots__ = ("_fernet", "fingerprint")

    def __init__(self, key: bytes) -> None:
        """:param key: as :func:`new_key` or :func:`key_from` gives it."""
        self._fernet = Fernet(key)
        self.fingerprint = fingerprint(key)
        """Tells this master key from others, and nothing else of it."""

    def __repr__(self) -> str:
        return "Vault(<oculta>)"

    def seal(self, secret: bytes) -> bytes:
        """*secret*, sealed; each time other bytes."""
        return self._fernet.encrypt(secret)

    def open(self, sealed: bytes) -> bytes:
        """What was sealed.

        :raises WrongKey: it was sealed with another master key, or changed since.
        """
        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken:
            raise WrongKey from None


def fingerprint(key: bytes) -> str:
    """Eight digits that tell a master key from others, as two groups of four."""
    digest = hashlib.sha256(b"dteplanows clave maestra" + key).hexdigest()
    return f"{digest[:4]}-{digest[4:8]}"


def new_key() -> bytes:
    """A new random master key."""
    return Fernet.generate_key()


def key_from(text: str, salt: bytes) -> bytes:
    """The master key that *text* stands for: a key as it is in the key file, or any phrase, which is then stretched.

    :param salt: random bytes kept with the database; they matter for phrases only.
    """
    text = text.strip()
    if _is_key(text):
        return text.encode("ascii")
    stretched = hashlib.scrypt(text.encode(), salt=salt, n=2**15, r=8, p=1, maxmem=_SCRYPT_MEMORY, dklen=32)
    return base64.urlsafe_b64encode(stretched)


def write_key_file(directory: Path, key: bytes) -> None:
    """Write the key file: whole or not at all, durable on return, readable only for its owner.

    The caller sees to it that only one process does this at a time.
    """
    target = directory / KEY_FILE
    draft = directory / f".{KEY_FILE}.{os.getpid()}"
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key + b"\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(target)
    sync(directory)


def read_key_file(directory: Path) -> str:
    """What the key file says; empty when there is no such file.

    :raises Refused: others can read it (CFG-020), or this user cannot (CFG-029).
    """
    try:
        must_be_private(directory / KEY_FILE)
        return (directory / KEY_FILE).read_text(encoding="utf-8", errors="replace").strip()
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise Refused([problem("CFG-029", value=str(directory / KEY_FILE), reason=in_words(error))]) from None


def _is_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)) == 32
    except (binascii.Error, ValueError):
        return False
