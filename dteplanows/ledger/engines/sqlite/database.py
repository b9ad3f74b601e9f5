"""How the ledger reaches its SQLite database: one connection per thread, none across a fork, writers in turn.

Durability: WAL with ``synchronous=FULL`` syncs the log on every COMMIT, so what a transaction wrote is on the disk when
:meth:`Sqlite.transaction` returns. A process that dies before that has changed nothing.

Forking: SQLite notes inside the process which locks it holds. A child inherits the note but not the locks; it would
wait for itself, or lose its log to a parent that believes itself alone. So the forking thread's connection is closed
before the fork and both sides open new ones; where other threads hold connections, the child is refused the database.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn
from weakref import WeakSet, WeakValueDictionary

import peewee

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Refused
from dteplanows.ledger.engines.base import DATABASE, Copy, Database, Part, one_more_finished
from dteplanows.ledger.engines.errors import Busy
from dteplanows.ledger.engines.sqlite import integrity, steps
from dteplanows.ledger.engines.sqlite.copy import copy_database
from dteplanows.ledger.engines.sqlite.failures import UNUSABLE, is_busy
from dteplanows.ledger.engines.sqlite.identity import Identity
from dteplanows.ledger.engines.sqlite.links import LINKS, Link
from dteplanows.ledger.engines.sqlite.steps import check_version, version_of
from dteplanows.ledger.engines.sqlite.turns import Turns
from dteplanows.ledger.engines.words import Words
from dteplanows.ledger.in_use import InUse
from dteplanows.ledger.progress import Progress
from dteplanows.ledger.tables import DOCUMENTO
from dteplanows.ledger.under_way import FileUnderWay, UnderWay
from dteplanows.ledger.watermark import Watermark

BUSY_SECONDS = 20.0
"""How long a writer waits, for those of other threads and of other processes together, before :class:`Busy` is raised:
an ERP's call that gets no answer before its own timeout does not know what became of it."""

_NOTICED = 0.5
"""Seconds of waiting in this process that shorten the wait for other processes. Telling SQLite so costs a statement."""

_TURNS = "-turno"
"""What the name of the database is followed by in that of the file of :class:`Turns`."""

_BLOCK = 1 << 20
"""Bytes of a file that are read at once."""

_PRAGMAS = ("PRAGMA synchronous = FULL", "PRAGMA foreign_keys = ON")

_UNKNOWN = (sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_DIR_FSYNC)
"""How a COMMIT fails of which it is not known whether it was done."""

_FIRST_ID = "primer_id_de_documento"
"""Setting of the ledger. Addresses of documents that were given before it was restored must not open others: ids go on
behind them."""

_NEXT_ID = f"""
    (SELECT MAX((SELECT COALESCE(MAX(id), 0) + 1 FROM documento),
    COALESCE((SELECT CAST(valor AS INTEGER) FROM ajuste WHERE clave = '{_FIRST_ID}'), 1)))
"""
_NUMBER_FROM = (
    "INSERT INTO ajuste (clave, valor) VALUES (?, ?) ON CONFLICT (clave) DO UPDATE SET valor = excluded.valor"
)

# The index of the receivers is made of parts of 8192 documents, in each of which the receiver is looked up: ordered by
# receiver alone, each document would change a page of its own.
WORDS = Words(
    same_name="nombre = ?",
    same_value="valor = ?",
    numbers="SELECT value FROM json_each(?)",
    plain="+",
    join="CROSS JOIN",
    of_receiver=(
        "WITH RECURSIVE parte (numero) AS (SELECT (SELECT MAX(id) FROM documento) / 8192 "
        "UNION ALL SELECT numero - 1 FROM parte WHERE numero > 0) "
        "SELECT fecha_emision, documento.id FROM parte CROSS JOIN documento ON documento.id / 8192 = parte.numero "
        "AND rut_receptor = ? AND rut_emisor = ? AND ambiente = ? AND tipo IN (SELECT value FROM json_each(?)) "
        "AND fecha_emision BETWEEN ? AND ? LIMIT ?"
    ),
    has_receivers_by_day=False,
    # Each row leads to its own place in the index by date, behind the last document that it has.
    sums_of_days=(
        "SELECT suma.fecha_emision, suma.usuario, suma.tipo, COALESCE(MAX(nuevo.id), suma.hasta), COUNT(nuevo.id), "
        "suma.documentos + COUNT(nuevo.id), suma.con_iva + COALESCE(SUM(nuevo.iva <> 0), 0), "
        "suma.con_exento + COALESCE(SUM(nuevo.monto_exento <> 0), 0), "
        "suma.monto_neto + COALESCE(SUM(nuevo.monto_neto), 0), "
        "suma.monto_exento + COALESCE(SUM(nuevo.monto_exento), 0), suma.iva + COALESCE(SUM(nuevo.iva), 0), "
        "suma.monto_total + COALESCE(SUM(nuevo.monto_total), 0) "
        "FROM suma_diaria AS suma LEFT JOIN documento AS nuevo INDEXED BY documento_por_fecha "
        "ON nuevo.ambiente = suma.ambiente AND nuevo.rut_emisor = suma.rut_emisor AND nuevo.usuario = suma.usuario "
        "AND nuevo.tipo = suma.tipo AND nuevo.fecha_emision = suma.fecha_emision AND nuevo.id > suma.hasta "
        "WHERE suma.ambiente = ? AND suma.rut_emisor = ? AND suma.fecha_emision BETWEEN ? AND ? "
        "GROUP BY suma.fecha_emision, suma.usuario, suma.tipo"
    ),
)

_UNDER_WAY = "-en-curso"
"""What the name of the database is followed by in that of the file of :class:`FileUnderWay`."""

_ALL_UNDER_WAY: WeakValueDictionary[str, FileUnderWay] = WeakValueDictionary()
_MAKING = threading.Lock()

_SPEECH = peewee.SqliteDatabase(None)
"""Puts queries of the models into SQLite's words; it is never connected."""

_ALIVE: WeakSet[Sqlite] = WeakSet()
_INHERITED: list[Link] = []
"""Connections of the parent process. SQLite forbids a child even to close them: they are kept and never touched."""


class Sqlite(Database):
    """The connections to one file, and the transactions on them."""

    words = WORDS
    backup_part = DATABASE

    def __init__(self, path: Path, watermark: Watermark, in_use: InUse | None = None) -> None:
        """:param path: file of a database that :func:`prepare` has seen.
        :param in_use: says that it is open, as long as this object lives.
        """
        super().__init__(str(path), watermark)
        self._in_use = in_use
        self.path = path
        self._open()

    def _open(self) -> None:
        self._turns = Turns(self.path.with_name(self.path.name + _TURNS))
        self.files = Identity(self.path)
        self._use_new_connections()
        _ALIVE.add(self)

    def _use_new_connections(self) -> None:
        self._pid = os.getpid()
        self._turn = threading.Lock()
        self._local = threading.local()

    @property
    def version(self) -> int:
        return version_of(self.connection)

    @property
    def newest(self) -> int:
        return len(steps.MIGRATIONS)

    def forming(self) -> AbstractContextManager[None]:
        return self.rebuilding()

    def migrate(self) -> None:
        steps.migrate(self.connection, self.path)

    @property
    def connection(self) -> sqlite3.Connection:
        if self._pid != os.getpid():
            _must_not_be_inherited(self.path)
            self.files = self.files.anew()
            self._use_new_connections()
        if time.monotonic() > self.files.due:
            self.files.look()
        try:
            link: Link = self._local.link
        except AttributeError:
            link = self._local.link = self._connect()
        return link

    def _connect(self) -> Link:
        """A new connection, to no other file than the one that is known."""
        link = self.files.opened(self._connect_anyhow)
        link.files = self.files
        return link

    def _connect_anyhow(self) -> Link:
        link = sqlite3.connect(str(self.path), timeout=BUSY_SECONDS, isolation_level=None, factory=Link)
        for pragma in _PRAGMAS:
            link.execute(pragma)
        return link

    def close(self) -> None:
        if self._pid == os.getpid() and (link := self._local.__dict__.pop("link", None)):
            link.close()

    def _before_fork(self) -> None:
        link = self._local.__dict__.get("link") if self._pid == os.getpid() else None
        if link and not link.in_transaction:
            self.close()

    @contextmanager
    def transaction(self, *parts: Part) -> Iterator[None]:
        # One writer at a time: whatever the parts are, all of the ledger is this thread's.
        connection = self.connection
        if connection.in_transaction:
            raise RuntimeError("a transaction of this thread is already open")
        with self._in_turn(connection):
            try:
                self.files.check()
                self._begin_noting()
                yield
                _commit(connection)
                one_more_finished()
                # What went into a file that was moved away meanwhile must not be told as done.
                self.files.check()
                self._note_committed()
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

    def insert(self, statement: str, values: Sequence[Any]) -> int:
        return int(self.connection.execute(statement, values).lastrowid or 0)

    def run(self, query: peewee.BaseQuery) -> sqlite3.Cursor:
        context: Any = _SPEECH.get_sql_context()  # some releases of peewee's types do not type it
        statement, values = context.sql(query).query()
        return self.connection.execute(statement, values)

    def document_insert(self) -> str:
        plain = DOCUMENTO.insert()
        return plain.replace("(", "(id, ", 1).replace("VALUES (", f"VALUES ({_NEXT_ID}, ", 1)

    def next_document(self) -> int:
        return int(self.connection.execute(f"SELECT {_NEXT_ID}").fetchone()[0])

    def number_documents_from(self, identifier: int) -> None:
        self.connection.execute(_NUMBER_FROM, (_FIRST_ID, str(identifier)))

    def under_way(self) -> UnderWay:
        return _under_way_of(self.path)

    def size(self) -> int:
        return sum(one.stat().st_size for one in self.path.parent.glob(f"{self.path.name}*") if one.is_file())

    def last_batch(self) -> int:
        return last_batch_of(self.connection)

    def number_batches_from(self, identifier: int) -> None:
        self.connection.execute("DELETE FROM sqlite_sequence WHERE name = 'lote'")
        self.connection.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('lote', ?)", (identifier - 1,))

    def pieces_of_file(self, sha256: str) -> Iterator[bytes]:
        (row,) = self.connection.execute("SELECT rowid FROM archivo WHERE sha256 = ?", (sha256,)).fetchone()
        with self.connection.blobopen("archivo", "contenido", row, readonly=True) as blob:
            while block := blob.read(_BLOCK):
                yield block

    @contextmanager
    def copied(self, target: Path, progress: Progress) -> Iterator[Copy]:
        copy_database(self.path, target, BUSY_SECONDS, progress)
        with closing(sqlite3.connect(target, isolation_level=None)) as link:
            yield copy_of(link)

    def full_check(self) -> list[str]:
        return integrity.full_check(self.connection)

    def bounded_check(self) -> list[str]:
        return integrity.bounded_check(self.connection)

    def for_children(self) -> None:
        self.files.for_children()

    def give_up(self) -> NoReturn:
        self.files.give_up(self.path)


def _under_way_of(database: Path) -> FileUnderWay:
    """The one of this process: POSIX ends the locks of a process on a file with any of its descriptors."""
    path = database.resolve().with_name(database.name + _UNDER_WAY)
    with _MAKING:
        found = _ALL_UNDER_WAY.get(str(path))
        if found is None or not found.is_at(path):
            found = _ALL_UNDER_WAY[str(path)] = FileUnderWay(path)
        return found


def last_batch_of(link: sqlite3.Connection) -> int:
    """The highest id that a batch ever had; 0 for none."""
    row = link.execute("SELECT seq FROM sqlite_sequence WHERE name = 'lote'").fetchone()
    return int(row[0]) if row else 0


def copy_of(link: sqlite3.Connection) -> Copy:
    """A copy that *link* is a connection to."""
    return Copy(link, version_of(link), [f"SQLite dice: {one}" for one in integrity.full_check(link)])


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
        if getattr(error, "sqlite_errorcode", None) in UNUSABLE:
            raise Refused([problem("AUT-023", value=str(path))]) from None
        raise


def directories() -> list[Path]:
    """Where the databases lie that this process has opened."""
    return [one.path.parent for one in _ALIVE]


def _begin(connection: sqlite3.Connection, limit: float) -> None:
    """Take the write lock, waiting for other processes until *limit*."""
    left = max(0.0, limit - time.monotonic())
    shorter = left < BUSY_SECONDS - _NOTICED
    if shorter:
        connection.execute(f"PRAGMA busy_timeout = {int(left * 1000)}")
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if is_busy(error):
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
            one_more_finished()
        raise


def _enter_wal(connection: sqlite3.Connection) -> str:
    """Switch to WAL. SQLite does not wait by itself when another process is switching too."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            return str(connection.execute("PRAGMA journal_mode = WAL").fetchone()[0])
        except sqlite3.OperationalError as error:
            if not is_busy(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _must_not_be_inherited(path: Path) -> None:
    if str(path.resolve()) in {one.path for one in _INHERITED}:
        raise RuntimeError(f"{path} was open in another thread, or in a transaction, when this process was forked")


def _before_fork() -> None:
    for one in list(_ALIVE):
        one._before_fork()


def _after_fork_in_child() -> None:
    _INHERITED.extend(LINKS)
    LINKS.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_child=_after_fork_in_child)
