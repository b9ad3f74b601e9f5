"""A SQLite database that is only read, where nothing can be written.

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

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Refused
from dteplanows.ledger.engines.base import Part
from dteplanows.ledger.engines.sqlite.database import BUSY_SECONDS, Sqlite
from dteplanows.ledger.engines.sqlite.failures import UNUSABLE
from dteplanows.ledger.engines.sqlite.identity import Identity
from dteplanows.ledger.engines.sqlite.links import Link
from dteplanows.ledger.engines.sqlite.steps import MIGRATIONS, check_version, version_of

_PRAGMAS = ("PRAGMA query_only = ON", "PRAGMA foreign_keys = ON")


class ReadOnlySqlite(Sqlite):
    """The connections to a file that is only read. Whatever would write is refused (AUT-061)."""

    def _open(self) -> None:
        # Not the base class's way: that waits in turns, which are a file too.
        self._address = _address(self.path)
        self.files = Identity(self.path)
        self._use_new_connections()

    def _connect(self) -> Link:
        # No log to compare with: where nothing can be written there may be none.
        return self._connect_anyhow()

    def _connect_anyhow(self) -> Link:
        link = sqlite3.connect(self._address, timeout=BUSY_SECONDS, isolation_level=None, factory=Link, uri=True)
        for pragma in _PRAGMAS:
            link.execute(pragma)
        return link

    def check_form(self) -> None:
        """:raises Refused: it is newer than this program (AUT-020), or older and cannot be brought up to date here
        (AUT-062)."""
        check_version(self.connection, self.path)
        if version_of(self.connection) < len(MIGRATIONS):
            raise Refused([problem("AUT-062", value=str(self.path), ruta=self.path)])

    @contextmanager
    def transaction(self, *parts: Part) -> Iterator[None]:
        """There is none here.

        :raises Refused: always (AUT-061).
        """
        raise Refused([problem("AUT-061", value=str(self.path.parent), ruta=self.path.parent)])
        yield  # a context manager is a generator


def _address(path: Path) -> str:
    """How SQLite is to open the database at *path*."""
    if not path.exists():
        raise Refused([problem("AUT-064", value=str(path), ruta=path)])
    plain = f"{path.resolve().as_uri()}?mode=ro"
    try:
        _look(plain)
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", None) in UNUSABLE:
            raise Refused([problem("AUT-023", value=str(path))]) from None
        log = path.with_name(f"{path.name}-wal")
        if log.exists() and log.stat().st_size:
            raise Refused([problem("AUT-063", value=str(log), ruta=log)]) from None
        return f"{plain}&immutable=1"
    return plain


def _look(address: str) -> None:
    with closing(sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS)) as connection:
        connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
