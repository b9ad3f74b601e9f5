"""How the ledger reaches its SQLite database: one connection per thread, none across a fork, writers in turn.

Durability: WAL with ``synchronous=FULL`` syncs the log on every COMMIT, so what a transaction wrote is on the disk when
:meth:`Connected.transaction` returns. A process that dies before that has changed nothing.

Forking: SQLite notes inside the process which locks it holds. A child inherits the note but not the locks; it would
wait for itself, or lose its log to a parent that believes itself alone. So the forking thread's connection is closed
before the fork and both sides open new ones; where other threads hold connections, the child is refused the database.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, cast
from weakref import WeakSet

from peewee import SqliteDatabase

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Refused
from dteplanows.ledger.identity import Identity
from dteplanows.ledger.migrations import check_version
from dteplanows.ledger.rows import Series
from dteplanows.ledger.turns import Turns
from dteplanows.ledger.watermark import Mark, Watermark

BUSY_SECONDS = 20.0
"""How long a writer waits, for those of other threads and of other processes together, before :class:`Busy` is raised:
an ERP's call that gets no answer before its own timeout does not know what became of it."""

_NOTICED = 0.5
"""Seconds of waiting in this process that shorten the wait for other processes. Telling SQLite so costs a statement."""

_TURNS = "-turno"
"""What the name of the database is followed by in that of the file of :class:`Turns`."""

_PRAGMAS = (("synchronous", 2), ("foreign_keys", 1))
_UNUSABLE = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)

_UNKNOWN = (sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_DIR_FSYNC)
"""How a COMMIT fails of which it is not known whether it was done."""

_ALIVE: WeakSet[Connected] = WeakSet()
_LINKS: WeakSet[Link] = WeakSet()
_INHERITED: list[Link] = []
"""Connections of the parent process. SQLite forbids a child even to close them: they are kept and never touched."""


_done = threading.local()
"""How many transactions each thread has finished."""


class Busy(sqlite3.OperationalError):
    """Another program, or another thread that waits for one, kept the database for too long. Nothing was written."""


class Link(sqlite3.Connection):
    """A connection that is known to be open, whichever thread it belongs to."""

    files: Identity | None = None
    """The files that it must be a connection to."""

    def __init__(self, path: str, *arguments: Any, **options: Any) -> None:
        super().__init__(path, *arguments, **options)
        self.path = str(Path(path).resolve())
        _LINKS.add(self)

    def close(self) -> None:
        if self.files:
            self.files.closing(self, super().close)
        else:
            super().close()
        _LINKS.discard(self)


class _Guarded(SqliteDatabase):
    """peewee's database, which opens no other file than the one that is known."""

    files: Identity

    def _connect(self) -> sqlite3.Connection:
        link = self.files.opened(super()._connect)  # type: ignore[misc]
        if isinstance(link, Link):
            link.files = self.files
        return link


class Connected:
    """Base of the ledger: the connection of the calling thread and the transactions on it."""

    watermark: Watermark

    def __init__(self, path: Path) -> None:
        """:param path: file of a database that :func:`prepare` has seen."""
        self.path = path
        self._turns = Turns(path.with_name(path.name + _TURNS))
        self.files = Identity(path)
        self._recorded: dict[Series, Mark] = {}
        """What the transaction that is open has issued: by series, the highest folio and the last document."""
        self._last_id = 0
        self._use_new_database()
        _ALIVE.add(self)

    def _use_new_database(self) -> None:
        self._pid = os.getpid()
        self._turn = threading.Lock()
        guarded = _Guarded(str(self.path), pragmas=_PRAGMAS, timeout=BUSY_SECONDS, factory=Link)
        guarded.files = self.files
        self._database: SqliteDatabase = guarded

    @property
    def database(self) -> SqliteDatabase:
        """For peewee's queries, which name the database they run on.

        :raises RuntimeError: the process was forked while another connection to the database was open.
        :raises Replaced: the file is another one than this process opened first.
        """
        if self._pid != os.getpid():
            _must_not_be_inherited(self.path)
            self.files = self.files.anew()
            self._use_new_database()
        if time.monotonic() > self.files.due:
            self.files.look()
        return self._database

    @property
    def connection(self) -> sqlite3.Connection:
        """The calling thread's connection, opened when there is none.

        :raises RuntimeError: the process was forked while another connection to the database was open.
        """
        return cast(sqlite3.Connection, self.database.connection())  # type: ignore[no-untyped-call]

    def close(self) -> None:
        """Close the calling thread's connection; those of other threads close when their threads end."""
        if self._pid == os.getpid():
            self._database.close()

    def _before_fork(self) -> None:
        if self._pid != os.getpid() or self._database.is_closed():
            return
        link = cast(sqlite3.Connection, self._database.connection())  # type: ignore[no-untyped-call]
        if not link.in_transaction:
            self._database.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside happens wholly and durably, or, on any exception, not at all.

        Holds the write lock from the beginning, so what is read inside stays true until the end. Does not nest.

        :raises Busy: others kept the database for too long.
        :raises Replaced: the file is another one than this process opened first.
        """
        connection = self.connection
        if connection.in_transaction:
            raise RuntimeError("a transaction of this thread is already open")
        with self._in_turn(connection):
            try:
                self.files.check()
                self._recorded.clear()
                yield
                _commit(connection)
                _done.count = finished() + 1
                # What went into a file that was moved away meanwhile must not be told as done.
                self.files.check()
                if self._recorded:
                    self._note_recorded()
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    @contextmanager
    def _in_turn(self, connection: sqlite3.Connection) -> Iterator[None]:
        """Wait for the turn of this thread and begin; the waits of a thread behind others are one wait."""
        limit = time.monotonic() + BUSY_SECONDS
        if not self._turn.acquire(timeout=BUSY_SECONDS):
            raise Busy("other threads of this process wait for the database")
        try:
            with self._turns.turn():
                _begin(connection, limit)
                yield
        finally:
            self._turn.release()

    def _note_recorded(self) -> None:
        """Bring the mark up to what was committed; the turn is still this thread's."""
        self._last_id = max(one.documento_id for one in self._recorded.values())
        self.watermark.write(self._recorded.values())

    @contextmanager
    def writing(self) -> Iterator[None]:
        """The transaction that is open, or else a new one."""
        if self.connection.in_transaction:
            yield
            return
        with self.transaction():
            yield

    @contextmanager
    def rebuilding(self) -> Iterator[None]:
        """A transaction in which tables may be made anew: foreign keys are not looked at, by this thread."""
        self.connection.execute("PRAGMA foreign_keys = OFF")
        try:
            with self.transaction():
                yield
        finally:
            self.connection.execute("PRAGMA foreign_keys = ON")

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
    _must_not_be_inherited(path)
    # Only where it is not there: closing a file ends the locks that other connections of this process have on it.
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        link = sqlite3.connect(str(path), timeout=BUSY_SECONDS, isolation_level=None, factory=Link)
        with closing(link) as connection:
            check_version(connection, path)
            if _enter_wal(connection) != "wal":
                raise Refused([problem("AUT-024", value=str(path.parent))])
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", None) in _UNUSABLE:
            raise Refused([problem("AUT-023", value=str(path))]) from None
        raise


def finished() -> int:
    """How many transactions this thread has finished, or may have: if no more than before, nothing was written."""
    return int(getattr(_done, "count", 0))


def directories() -> list[Path]:
    """Where the databases lie that this process has opened."""
    return [one.path.parent for one in _ALIVE]


def _is_busy_code(failure: BaseException) -> bool:
    code = getattr(failure, "sqlite_errorcode", None)
    return isinstance(failure, sqlite3.Error) and code is not None and code & 0xFF == sqlite3.SQLITE_BUSY


def _begin(connection: sqlite3.Connection, limit: float) -> None:
    """Take the write lock, waiting for other processes until *limit*."""
    left = max(0.0, limit - time.monotonic())
    shorter = left < BUSY_SECONDS - _NOTICED
    if shorter:
        connection.execute(f"PRAGMA busy_timeout = {int(left * 1000)}")
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if _is_busy_code(error):
            raise Busy("another program keeps the database") from error
        raise
    finally:
        if shorter:
            connection.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")


def _commit(connection: sqlite3.Connection) -> None:
    try:
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        # All of it stands in the log, though it is taken back: whoever reads the log after a crash may find it.
        if getattr(error, "sqlite_errorcode", None) in _UNKNOWN:
            _done.count = finished() + 1
        raise


def _enter_wal(connection: sqlite3.Connection) -> str:
    """Switch to WAL. SQLite does not wait by itself when another process is switching too."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            return str(connection.execute("PRAGMA journal_mode = WAL").fetchone()[0])
        except sqlite3.OperationalError as error:
            if not _is_busy_code(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _must_not_be_inherited(path: Path) -> None:
    if str(path.resolve()) in {one.path for one in _INHERITED}:
        raise RuntimeError(f"{path} was open in another thread, or in a transaction, when this process was forked")


def _before_fork() -> None:
    for one in list(_ALIVE):
        one._before_fork()


def _after_fork_in_child() -> None:
    _INHERITED.extend(_LINKS)
    _LINKS.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_child=_after_fork_in_child)
