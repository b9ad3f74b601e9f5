"""Replacing a database of SQLite: in a folder of its own the new file is made ready, and then given the name."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import datetime
from pathlib import Path

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Refused
from dteplanows.ledger.durable import sync
from dteplanows.ledger.engines.base import DATABASE, Copy
from dteplanows.ledger.engines.exchange import Aside, Exchange, Old, free_name
from dteplanows.ledger.engines.sqlite import integrity
from dteplanows.ledger.engines.sqlite.database import copy_of, last_batch_of
from dteplanows.ledger.engines.sqlite.failures import is_busy
from dteplanows.ledger.in_use import alone
from dteplanows.ledger.place import Place

_LOCK_SECONDS = 2.0

_FILES = (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", f"{DATABASE}-journal")


class SqliteExchange(Exchange):
    """One replacing of a database of SQLite."""

    part = DATABASE

    @property
    def place(self) -> Place:
        return self.target._replace(directory=self.staging)

    @property
    def _ready(self) -> Path:
        return self.staging / DATABASE

    @property
    def _there(self) -> Path:
        return self.target.directory / DATABASE

    def alone(self) -> AbstractContextManager[None]:
        return alone(self._there)

    def take_in(self, file: Path) -> None:
        file.replace(self._ready)

    @contextmanager
    def copy(self) -> Iterator[Copy]:
        with closing(sqlite3.connect(self._ready, isolation_level=None)) as link:
            yield copy_of(link)

    @contextmanager
    def old(self) -> Iterator[Old | None]:
        if not self._there.exists():
            yield None
            return
        try:
            _take_in_log(self._there)
        except sqlite3.DatabaseError as error:
            if is_busy(error):
                raise Refused([problem("BAS-037", value=str(self.target.directory))]) from error
        with closing(sqlite3.connect(str(self._there), isolation_level=None)) as link:
            yield Old(link, lambda: last_batch_of(link), lambda: integrity.full_check(link))

    def put_in_place(self, moment: datetime) -> Aside | None:
        """A crash between leaves none in place, which the program does not take for a new installation: its key is
        there."""
        _make_one_file(self._ready)
        directory = self.target.directory
        there = [name for name in _FILES if (directory / name).exists()]
        aside = free_name(directory, moment)
        try:
            for name in there:
                aside.mkdir(mode=0o700, exist_ok=True)
                (directory / name).replace(aside / name)
            self._ready.replace(self._there)
        except BaseException:
            for name in there:
                if (aside / name).exists():
                    (aside / name).replace(directory / name)
            raise
        for one in (aside, directory):
            if one.exists():
                sync(one)
        return Aside(aside, str(aside)) if there else None

    def discard(self) -> None:
        """The folder goes with all that is in it."""


def _take_in_log(old: Path) -> None:
    """Take the log of the database in, alone with it."""
    with closing(sqlite3.connect(str(old), timeout=_LOCK_SECONDS, isolation_level=None)) as connection:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _make_one_file(database: Path) -> None:
    """Take the log into the database, durably."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode = DELETE")
    sync(database)
