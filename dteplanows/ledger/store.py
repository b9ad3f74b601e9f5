"""The ledger: everything an installation must not lose, in one SQLite database of one directory.

Opened by any number of processes and threads at once. What happens inside :meth:`Ledger.transaction` is durable when it
returns, and did not happen when it raises. Secrets are sealed by the vault before they reach the database.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from enum import Enum
from pathlib import Path

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import NOWHERE, Refused
from dteplanows.ledger.answers import Answers
from dteplanows.ledger.backup import DATABASE
from dteplanows.ledger.books import Books
from dteplanows.ledger.cafs import Cafs
from dteplanows.ledger.connection import prepare
from dteplanows.ledger.events import AJUSTES
from dteplanows.ledger.finding import Finding
from dteplanows.ledger.in_use import InUse
from dteplanows.ledger.marks import Marks
from dteplanows.ledger.migrations import migrate
from dteplanows.ledger.models import Ajuste
from dteplanows.ledger.received import Received
from dteplanows.ledger.upgrade import Upgrade, save_before
from dteplanows.ledger.usage import Usage
from dteplanows.ledger.vault import KEY_FILE, Vault, WrongKey, key_from, new_key, read_key_file, write_key_file
from dteplanows.ledger.watermark import FILE as MARK_FILE
from dteplanows.ledger.watermark import Watermark

DATABASE_FILE = DATABASE
"""Name of the database in its directory."""

_SALT = "sal_clave_maestra"
_SETTINGS = "ajustes_en_uso"
_PROOF = "prueba_clave_maestra"
_KNOWN = b"dteplanows"
"""What the proof of the master key holds."""


_OF_AN_INSTALLATION = (KEY_FILE, "dteplanows.toml", f"{DATABASE_FILE}-wal", f"{DATABASE_FILE}-turno", MARK_FILE)
"""Files that tell that there was a database, or that somebody prepared the directory for one."""


class New(Enum):
    """Whether a database that is not there may be made."""

    NEVER = "never"
    IN_EMPTY = "in empty"
    """In a directory without anything of an installation, which may have lost its database."""
    ANYWHERE = "anywhere"
    """A person says that it is a new one."""


class Ledger(Cafs, Books, Received, Marks, Usage, Finding, Answers):
    """One installation's data: companies, users, certificates, CAFs, documents issued and received, books, events."""

    def __init__(
        self,
        directory: Path,
        clave_maestra: str = "",
        new: New = New.IN_EMPTY,
        marca: Path | None = None,
        *,
        keep_before_upgrade: bool = True,
    ) -> None:
        """Open the ledger in *directory*; directory, database and master key are made when they are not there.

        :param clave_maestra: master key or phrase that seals the secrets; without it, the file ``clave-maestra``.
        :param new: whether they may be made.
        :param marca: folder of the mark; None for *directory*.
        :param keep_before_upgrade: back an older database up before its form is changed.
        :raises Refused: the database is newer than this program (AUT-020) or unusable (AUT-023, AUT-024), it is not
            there and may not be made (BAS-010, BAS-011), the master key is another one (AUT-021) or lost (AUT-022), the
            database is being replaced (BAS-041), or it is older and cannot be backed up (BAS-042).
        :raises OSError: the directory cannot be made or written to.
        """
        _must_be_there(directory, new)
        if not directory.exists():
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._in_use = InUse(directory / DATABASE_FILE)
        prepare(directory / DATABASE_FILE)
        super().__init__(directory / DATABASE_FILE)
        self.directory = directory
        self.watermark = Watermark((marca or directory) / MARK_FILE)
        self.upgrade: Upgrade | None = None
        """What opening it changed, for the person to know."""
        try:
            with self.rebuilding():
                if keep_before_upgrade:
                    self.upgrade = save_before(self.connection, self.path)
                migrate(self.connection, self.path)
                self._vault = self._open_vault(clave_maestra)
        except Refused:
            self.close()
            raise

    @property
    def key_fingerprint(self) -> str:
        """Tells the master key from others, and nothing else of it."""
        return self._vault.fingerprint

    def setting(self, clave: str) -> str:
        """A setting that belongs to the ledger itself; empty when it was never set."""
        row = Ajuste.select(Ajuste.valor).where(Ajuste.clave == clave).tuples().execute(self.database)
        return next((str(valor) for (valor,) in row), "")

    def save_setting(self, clave: str, valor: str) -> None:
        """Set a setting of the ledger. It must not be a secret in clear."""
        with self.writing():
            Ajuste.insert(clave=clave, valor=valor).on_conflict(
                conflict_target=[Ajuste.clave], update={"valor": valor}
            ).execute(self.database)

    def note_settings(self, values: Mapping[str, str], usual: Mapping[str, str]) -> None:
        """Note which settings the service is started with, and, as an event, which are others than the last time.

        :param values: every setting by name, none of them a secret.
        :param usual: the same where nobody has set anything: what an installation that was never started had.
        """
        with self.writing():
            known = self.setting(_SETTINGS)
            before = json.loads(known) if known else usual
            self.change(AJUSTES, "al comenzar el servicio", before, values)
            self.save_setting(_SETTINGS, json.dumps(dict(values), ensure_ascii=False))

    def secret(self, clave: str) -> bytes:
        """A random secret of this ledger, made and kept, sealed, when it is first asked for; always the same."""
        sealed = self.setting(clave)
        if not sealed:
            with self.writing():
                # Asked again under the write lock: another process may have made it meanwhile.
                sealed = self.setting(clave)
                if not sealed:
                    sealed = self.seal(secrets.token_bytes(32))
                    self.save_setting(clave, sealed)
        return self.unseal(sealed)

    def seal(self, secret: bytes) -> str:
        """*secret* as text that may be kept in a setting."""
        return self._vault.seal(secret).decode("ascii")

    def unseal(self, sealed: str) -> bytes:
        """What :meth:`seal` was given."""
        return self._vault.open(sealed.encode("ascii"))

    def _open_vault(self, clave_maestra: str) -> Vault:
        """The vault, with proof that the master key is the one of this database. Under the write lock."""
        proof = self.setting(_PROOF)
        text = clave_maestra.strip() or read_key_file(self.directory)
        if text:
            key = key_from(text, self._salt())
        elif proof:
            raise Refused([problem("AUT-022", value=str(self.path))])
        else:
            key = new_key()
            write_key_file(self.directory, key)
        vault = Vault(key)
        if not proof:
            self.save_setting(_PROOF, vault.seal(_KNOWN).decode("ascii"))
            return vault
        try:
            vault.open(proof.encode("ascii"))
        except WrongKey:
            raise Refused([problem("AUT-021", value=str(self.path))]) from None
        return vault

    def _salt(self) -> bytes:
        salt = self.setting(_SALT)
        if not salt:
            salt = secrets.token_hex(16)
            self.save_setting(_SALT, salt)
        return bytes.fromhex(salt)


def _must_be_there(directory: Path, new: New) -> None:
    """:raises Refused: the database is not in *directory* and may not be made there (BAS-010, BAS-011)."""
    if new is New.ANYWHERE or (directory / DATABASE_FILE).exists():
        return
    signs = [name for name in _OF_AN_INSTALLATION if (directory / name).exists()]
    # Asked again, for another process may have made all of it meanwhile, the database first.
    if (directory / DATABASE_FILE).exists():
        return
    if signs:
        facts: dict[str, object] = {"missing": ", ".join(signs), "file": DATABASE_FILE}
        raise Refused([problem("BAS-010", NOWHERE, str(directory), **facts)])
    if new is New.NEVER:
        raise Refused([problem("BAS-011", value=str(directory), file=DATABASE_FILE)])
