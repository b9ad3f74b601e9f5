"""What the ledger asks of its database, whichever engine it is."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, NamedTuple, NoReturn, Protocol

import peewee

from dteplanows.ledger import last_failure
from dteplanows.ledger.engines.words import Words
from dteplanows.ledger.progress import Progress
from dteplanows.ledger.rows import Series
from dteplanows.ledger.under_way import UnderWay
from dteplanows.ledger.watermark import Mark, Watermark

Part = Series | str
"""What of the ledger a transaction needs for itself: the folios of a series, or something that has a name."""

_done = threading.local()
"""How many transactions each thread has finished."""


class Cursor(Protocol):
    """The rows of a statement, as plain tuples."""

    @property
    def rowcount(self) -> int:
        """How many rows were changed."""

    def fetchone(self) -> Any:
        """The next row, or None."""

    def fetchall(self) -> list[Any]:
        """All rows that are left."""

    def __iter__(self) -> Iterator[Any]: ...

    def close(self) -> None:
        """Read no further."""


class Connection(Protocol):
    """A thread's own connection. Statements have ``?`` for each value."""

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""

    def execute(self, statement: str, values: Sequence[Any] = ..., /) -> Cursor:
        """Run one statement."""

    def executemany(self, statement: str, values: Iterable[Sequence[Any]], /) -> Cursor:
        """Run a statement once for each of *values*."""


DATABASE = "dteplanows.sqlite3"
"""Name of the database in SQLite, in its directory and in a backup."""

DUMP = "dteplanows.pgdump"
"""Name of the part of a backup that holds a database of PostgreSQL."""


class Copy(NamedTuple):
    """A copy of a database, to be looked at before it is kept."""

    connection: Connection
    """Reads exactly what was copied."""
    version: int
    """The number of its form."""
    complaints: list[str]
    """What the engine finds wrong with it."""


class _Noted(threading.local):
    """What the transaction that a thread has open has issued."""

    def __init__(self) -> None:
        self.marks: dict[Series, Mark] = {}
        """By series, the highest folio and the last document."""
        self.floor = 0
        """The highest document that this process knew when the transaction began."""


class Database(ABC):
    """How the ledger reaches its database: one connection per thread, and transactions on it."""

    words: Words
    numbers_are_dense = True
    """The ids of documents have no gaps."""

    def __init__(self, name: str, watermark: Watermark) -> None:
        """:param name: what a person is told that it is."""
        self.name = name
        self.watermark = watermark
        self._noted = _Noted()
        self._last_id = 0
        self._last_lock = threading.Lock()

    @property
    @abstractmethod
    def version(self) -> int:
        """Number of the last step done to the form of the database; 0 for an empty one."""

    @property
    @abstractmethod
    def newest(self) -> int:
        """Number of the newest step that this program knows."""

    @abstractmethod
    def forming(self) -> AbstractContextManager[None]:
        """A transaction in which the form of the database may be changed."""

    @abstractmethod
    def migrate(self) -> None:
        """Do the missing steps, inside :meth:`forming`.

        :raises Refused: the database is newer than this program (AUT-020).
        """

    # --- connections and transactions ------------------------------------------------------------------------

    @property
    @abstractmethod
    def connection(self) -> Connection:
        """The calling thread's connection, opened when there is none.

        :raises RuntimeError: the process was forked while another connection to the database was open.
        :raises Replaced: the database is another one than this process opened first.
        """

    @property
    def questions(self) -> Connection:
        """The same for questions whose best way depends on their values: it is looked for each time."""
        return self.connection

    @abstractmethod
    def close(self) -> None:
        """Close the calling thread's connection; those of other threads close when their threads end."""

    @abstractmethod
    def transaction(self, *parts: Part) -> AbstractContextManager[None]:
        """Everything inside happens wholly and durably, or, on any exception, not at all.

        Nobody else changes *parts* of the ledger meanwhile, so what is read of them stays true until the end. Does not
        nest.

        :param parts: none for all of the ledger.
        :raises Busy: others kept the database for too long.
        :raises Replaced: the database is another one than this process opened first.
        """

    def hold(self, part: Part) -> None:  # noqa: B027 - where one writes at a time, all is held
        """Have *part* of the ledger too, inside a transaction, until its end.

        Whoever has held something so takes nothing else after it: else two could wait for each other.
        """

    @contextmanager
    def writing(self, *parts: Part) -> Iterator[None]:
        """The transaction that is open, or else a new one."""
        if self.connection.in_transaction:
            yield
            return
        with self.transaction(*parts):
            yield

    @abstractmethod
    def reading(self) -> AbstractContextManager[None]:
        """Everything read inside is from one moment; writers are neither stopped nor waited for."""

    def for_children(self) -> None:  # noqa: B027 - an engine that has nothing to tell them says nothing
        """Let processes that this one starts open this very database, or none."""

    # --- statements ------------------------------------------------------------------------------------------

    @abstractmethod
    def insert(self, statement: str, values: Sequence[Any]) -> int:
        """Run an INSERT of one row into a table that has an ``id``; gives that."""

    @abstractmethod
    def run(self, query: peewee.BaseQuery) -> Cursor:
        """Run a query that was put together from the models."""

    @abstractmethod
    def pieces_of_file(self, sha256: str) -> Iterator[bytes]:
        """The content of a received file, piece by piece."""

    @abstractmethod
    def document_insert(self) -> str:
        """The statement that inserts an issued document: its id is higher than those of all before it."""

    @abstractmethod
    def next_document(self) -> int:
        """The lowest id that the next document may have. Inside a transaction."""

    @abstractmethod
    def number_documents_from(self, identifier: int) -> None:
        """Let no document that is recorded from now on have a lower id. Inside a transaction."""

    @abstractmethod
    def under_way(self) -> UnderWay:
        """The calls that are under way; one object for the process."""

    @abstractmethod
    def last_batch(self) -> int:
        """The highest id that a batch ever had; 0 for none."""

    @abstractmethod
    def number_batches_from(self, identifier: int) -> None:
        """Let no batch that is received from now on have a lower id. Inside a transaction."""

    @abstractmethod
    def size(self) -> int:
        """Bytes that the database takes."""

    # --- soundness -------------------------------------------------------------------------------------------

    @abstractmethod
    def full_check(self) -> list[str]:
        """What is wrong with the database as the engine tells it, in its own words; the first findings of many."""

    @abstractmethod
    def bounded_check(self) -> list[str]:
        """The same as far as about a second shows it."""

    backup_part: str
    """Name of the part of a backup that holds the database."""

    @abstractmethod
    def copied(self, target: Path, progress: Progress) -> AbstractContextManager[Copy]:
        """Copy the database, with all that is committed when this begins, to the new file *target*.

        The file is whole and durable inside. Others may write meanwhile.

        :raises Refused: a program that makes it is missing (BAS-074), or fails (BAS-075).
        """

    # --- what is issued --------------------------------------------------------------------------------------

    @abstractmethod
    def give_up(self) -> NoReturn:
        """Stop for good: what the database holds is not what this process wrote.

        :raises Replaced: always.
        """

    def note_issued(self, series: Series, folio: int, identifier: int) -> None:
        """Remember for the mark that a document is recorded, should the transaction be committed.

        :raises Replaced: the database has less than this process put into it.
        """
        noted = self._noted
        if identifier <= noted.floor:
            self.give_up()
        self.watermark.reserve(series)
        before = noted.marks.get(series)
        highest = before.folio if before and before.folio > folio else folio
        noted.marks[series] = Mark(series, highest, identifier, folio)

    def _begin_noting(self) -> None:
        noted = self._noted
        noted.floor = self._last_id
        noted.marks.clear()

    def _note_committed(self) -> None:
        """Bring the mark up to what was committed, as long as nobody else issues of the same series."""
        last_failure.forget()
        marks = self._noted.marks
        if not marks:
            return
        with self._last_lock:
            self._last_id = max(self._last_id, *(one.documento_id for one in marks.values()))
        self.watermark.write(marks.values())


def finished() -> int:
    """How many transactions this thread has finished, or may have: if no more than before, nothing was written."""
    return int(getattr(_done, "count", 0))


def one_more_finished() -> None:
    """A transaction of this thread is finished, or may be."""
    _done.count = finished() + 1


@contextmanager
def uncounted() -> Iterator[None]:
    """What this thread writes inside does not count as :func:`finished`: nobody could ask for it."""
    before = finished()
    try:
        yield
    finally:
        _done.count = before
