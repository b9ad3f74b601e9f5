"""The ledger: everything an installation must not lose, in one SQLite database of one directory.

Opened by any number of processes and threads at once. What happens inside :meth:`Ledger.transaction` is durable when it
returns, and did not happen when it raises. Secrets are sealed by the vault before they reach the database.
"""

from __future__ import annotations

import secrets
from pathlib import Path

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Refused
from dteplanows.ledger.answers import Answers
from dteplanows.ledger.books import Books
from dteplanows.ledger.cafs import Cafs
from dteplanows.ledger.connection import prepare
from dteplanows.ledger.marks import Marks
from dteplanows.ledger.migrations import migrate
from dteplanows.ledger.models import Ajuste
from dteplanows.ledger.received import Received
from dteplanows.ledger.vault import Vault, WrongKey, key_from, new_key, read_key_file, write_key_file

DATABASE_FILE = "dteplanows.sqlite3"
"""Name of the database in its directory."""

_SALT = "sal_clave_maestra"
_PROOF = "prueba_clave_maestra"
_KNOWN = b"dteplanows"
"""What the proof of the master key holds."""


class Ledger(Cafs, Books, Received, Marks, Answers):
    """One installation's data: companies, users, certificates, CAFs, documents issued and received, books, events."""

    def __init__(self, directory: Path, clave_maestra: str = "") -> None:
        """Open the ledger in *directory*; directory, database and master key are made when they are not there.

        :param clave_maestra: master key or phrase that seals the secrets; without it, the file ``clave-maestra``.
        :raises Refused: the database is newer than this program (AUT-020) or unusable (AUT-023, AUT-024), or the master
            key is another one (AUT-021) or lost (AUT-022).
        :raises OSError: the directory cannot be made or written to.
        """
        if not directory.exists():
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        prepare(directory / DATABASE_FILE)
        super().__init__(directory / DATABASE_FILE)
        self.directory = directory
        try:
            with self.rebuilding():
                migrate(self.connection, self.path)
                self._vault = self._open_vault(clave_maestra)
        except Refused:
            self.close()
            raise

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
