"""A ledger that is only read, where nothing can be written: a disk mounted so, a copy, a folder of somebody else.

SQLite's WAL wants to write even for reading: its index lies in a file that each reader shares. Where the database has
no log, nobody has it open and the file alone is all of it; SQLite is then told that nothing changes (``immutable``).
Where there is a log whose index is there too, it can be read as it is. A log without its index is what a crash left: it
cannot be read without writing, and the file without it is not all, so that this is refused.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from peewee import SqliteDatabase

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Refused
from dteplanows.ledger.connection import BUSY_SECONDS, Link
from dteplanows.ledger.identity import Identity
from dteplanows.ledger.migrations import MIGRATIONS, check_version, version_of
from dteplanows.ledger.passwords import Verifier
from dteplanows.ledger.store import DATABASE_FILE, Ledger
from dteplanows.ledger.vault import Vault, key_from, read_key_file

_UNUSABLE = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)


class ReadOnlyLedger(Ledger):
    """The ledger of a directory, for reading. Whatever would write is refused (AUT-061)."""

    def __init__(self, directory: Path, clave_maestra: str = "") -> None:
        """:param clave_maestra: as :class:`Ledger` takes it.
        :raises Refused: there is no database (AUT-064), it is unusable (AUT-023), of another version (AUT-020,
            AUT-062), it cannot be read without writing (AUT-063), or the master key is not there (AUT-022).
        """
        # Not the base class's way: that makes what is missing, brings the database up to date and waits in turns.
        self.directory = directory
        self.path = directory / DATABASE_FILE
        self._verifier = Verifier()
        self._address = _address(self.path)
        self.files = Identity(self.path)
        self._use_new_database()
        try:
            self._check_form()
            self._vault = self._open_vault(clave_maestra)
        except Refused:
            self.close()
            raise

    def _use_new_database(self) -> None:
        super()._use_new_database()
        pragmas = (("query_only", 1), ("foreign_keys", 1))
        self._database = SqliteDatabase(self._address, pragmas=pragmas, timeout=BUSY_SECONDS, factory=Link, uri=True)

    def _check_form(self) -> None:
        check_version(self.connection, self.path)
        if version_of(self.connection) < len(MIGRATIONS):
            raise Refused([problem("AUT-062", value=str(self.path), ruta=self.path)])

    def _open_vault(self, clave_maestra: str) -> Vault:
        text = clave_maestra.strip() or read_key_file(self.directory)
        if not text:
            raise Refused([problem("AUT-022", value=str(self.path))])
        return Vault(key_from(text, self._salt()))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """There is none here.

        :raises Refused: always (AUT-061).
        """
        raise Refused([problem("AUT-061", value=str(self.directory), ruta=self.directory)])
        yield  # a context manager is a generator


def _address(path: Path) -> str:
    """How SQLite is to open the database at *path*."""
    if not path.exists():
        raise Refused([problem("AUT-064", value=str(path), ruta=path)])
    plain = f"{path.resolve().as_uri()}?mode=ro"
    try:
        _look(plain)
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", None) in _UNUSABLE:
            raise Refused([problem("AUT-023", value=str(path))]) from None
        log = path.with_name(f"{path.name}-wal")
        if log.exists() and log.stat().st_size:
            raise Refused([problem("AUT-063", value=str(log), ruta=log)]) from None
        return f"{plain}&immutable=1"
    return plain


def _look(address: str) -> None:
    with closing(sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS)) as connection:
        connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
