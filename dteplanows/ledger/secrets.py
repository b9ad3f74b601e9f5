"""Secrets of the ledger: all of them are sealed by one master key, of which the ledger keeps a proof."""

from __future__ import annotations

import secrets
from pathlib import Path

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Refused
from dteplanows.ledger.kept_settings import KeptSettings
from dteplanows.ledger.vault import Vault, WrongKey, key_from, new_key, read_key_file, write_key_file

_SALT = "sal_clave_maestra"
PROOF = "prueba_clave_maestra"
"""Setting with something known, sealed by the master key: it tells one installation from another, too."""

_KNOWN = b"dteplanows"
"""What the proof of the master key holds."""


class Secrets:
    """Seals and opens secrets of one ledger, and keeps random ones for it."""

    def __init__(self, settings: KeptSettings, vault: Vault) -> None:
        self._settings = settings
        self.vault = vault

    @property
    def fingerprint(self) -> str:
        """Tells the master key from others, and nothing else of it."""
        return self.vault.fingerprint

    def get(self, clave: str) -> bytes:
        """A random secret of this ledger, made and kept, sealed, when it is first asked for; always the same."""
        sealed = self._settings.get(clave)
        if not sealed:
            with self._settings.db.writing():
                # Asked again under the write lock: another process may have made it meanwhile.
                sealed = self._settings.get(clave)
                if not sealed:
                    sealed = self.seal(secrets.token_bytes(32))
                    self._settings.save(clave, sealed)
        return self.unseal(sealed)

    def seal(self, secret: bytes) -> str:
        """*secret* as text that may be kept in a setting."""
        return self.vault.seal(secret).decode("ascii")

    def unseal(self, sealed: str) -> bytes:
        """What :meth:`seal` was given."""
        return self.vault.open(sealed.encode("ascii"))


def open_vault(settings: KeptSettings, directory: Path, clave_maestra: str, may_make: bool = True) -> Vault:
    """The vault, with proof that the master key is the one of this database. Under the write lock.

    :param clave_maestra: master key or phrase; without it, the file in *directory*.
    :param may_make: a new database gets a new master key.
    :raises Refused: the master key is another one (AUT-021) or lost (AUT-022).
    """
    proof = settings.get(PROOF)
    text = clave_maestra.strip() or read_key_file(directory)
    if text:
        key = key_from(text, _salt(settings))
    elif proof or not may_make:
        raise Refused([problem("AUT-022", value=settings.db.name)])
    else:
        key = new_key()
        write_key_file(directory, key)
    vault = Vault(key)
    if not proof:
        if may_make:
            settings.save(PROOF, vault.seal(_KNOWN).decode("ascii"))
        return vault
    try:
        vault.open(proof.encode("ascii"))
    except WrongKey:
        raise Refused([problem("AUT-021", value=settings.db.name)]) from None
    return vault


def _salt(settings: KeptSettings) -> bytes:
    salt = settings.get(_SALT)
    if not salt:
        salt = secrets.token_hex(16)
        settings.save(_SALT, salt)
    return bytes.fromhex(salt)
