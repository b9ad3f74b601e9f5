"""How the ledger reaches its SQLite database: one connection per thread, new ones after a fork, writers in turn.

Durability: WAL with ``synchronous=FULL`` syncs the log on every COMMIT, so what a transaction wrote is on the disk when
:meth:`Connected.transaction` returns. A process that dies before that has changed nothing.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import cast

from peewee import SqliteDatabase

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Refused
from dteplanows.ledger.migrations import check_version

BUSY_SECONDS = 60
"""How long a writer waits for those of other processes before ``sqlite3.OperationalError`` is raised."""

_PRAGMAS = (("synchronous", 2), ("foreign_keys", 1))
_UNUSABLE = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)

_ABANDONED: list[SqliteDatabase] = []
"""Databases of the parent process. SQLite forbids a child even to close them, so they are kept and never touched."""


class Connected:
    """Base of the ledger: the connection of the calling thread and the transactions on it."""

    def __init__(self, path: Path) -> None:
        """:param path: file of a database that :func:`prepare` has seen."""
        self.path = path
        self._use_new_database()

    def _use_new_database(self) -> None:
        self._pid = os.getpid()
        self._turn = threading.Lock()
        self._database = SqliteDatabase(str(self.path), pragmas=_PRAGMAS, timeout=BUSY_SECONDS)

    @property
    def database(self) -> SqliteDatabase:
        """For peewee's queries, which name the database they run on."""
        if self._pid != os.getpid():
            _ABANDONED.append(self._database)
            self._use_new_database()
        return self._database

    @property
    def connection(self) -> sqlite3.Connection:
        """The calling thread's connection, opened when there is none."""
        return cast(sqlite3.Connection, self.database.connection())  # type: ignore[no-untyped-call]

    def close(self) -> None:
        """Close the calling thread's connection; those of other threads close when their threads end."""
        self.database.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside happens wholly and durably, or, on any exception, not at all.

        Holds the write lock from the beginning, so what is read inside stays true until the end. Does not nest.
        """
        connection = self.connection
        if connection.in_transaction:
            raise RuntimeError("a transaction of this thread is already open")
        # Threads queue here, which is fair and prompt; SQLite's own lock, between processes, is polled.
        with self._turn:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[None]:
        """The transaction that is open, or else a new one."""
        if self.connection.in_transaction:
            yield
            return
        with self.transaction():
            yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Everything read inside is from one moment; writers are neither stopped nor waited for."""
        connection = self.connection
        if connection.in_transaction:
            yield
            return
        connection.execute("BEGIN")
        try:
            yield
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")


def prepare(path: Path) -> None:
    """Make the file of the database when there is none, readable only for its owner, and see that it can be used.

    :raises Refused: the database is newer than this program (AUT-020), damaged or something else (AUT-023), or on a
        disk where SQLite's WAL does not work (AUT-024).
    """
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    try:
        with closing(sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
            check_version(connection, path)
            if _enter_wal(connection) != "wal":
                raise Refused([problem("AUT-024", value=str(path.parent))])
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", None) in _UNUSABLE:
            raise Refused([problem("AUT-023", value=str(path))]) from None
        raise


def _enter_wal(connection: sqlite3.Connection) -> str:
    """Switch to WAL. SQLite does not wait by itself when another process is switching too."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            return str(connection.execute("PRAGMA journal_mode = WAL").fetchone()[0])
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
