"""A thread's connection to PostgreSQL, spoken to with the statements of the rest of the ledger.

They have ``?`` for each value, and plain values: numbers, bytes, and text for moments and days too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

import psycopg
from psycopg.adapt import Loader
from psycopg.pq import TransactionStatus
from psycopg.types.numeric import Int8Dumper


class _FlagDumper(Int8Dumper):
    """Yes and no are numbers, as in SQLite."""

    def dump(self, obj: Any) -> Any:
        return b"1" if obj else b"0"


class _WholeLoader(Loader):
    """Sums are whole numbers: there are no others here."""

    def load(self, data: Any) -> int:
        return int(bytes(data))


class Session:
    """A connection that is made anew when the server has ended it, as long as no transaction is open on it."""

    def __init__(self, connect: Callable[[], psycopg.Connection[tuple[Any, ...]]]) -> None:
        """:param connect: makes a connection that is ready to use."""
        self._connect = connect
        self._link = connect()
        self.unprepared = Unprepared(self)
        """The same connection for statements that are planned each time, with their values."""

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open, or failed and not rolled back yet."""
        return bool(self._link.pgconn.transaction_status != TransactionStatus.IDLE) and not self._link.closed

    @property
    def is_lost(self) -> bool:
        """Whether the server has ended the connection, or cannot be reached any more."""
        return bool(self._link.closed)

    def execute(self, statement: str, values: Sequence[Any] = (), /) -> psycopg.Cursor[tuple[Any, ...]]:
        """Run one statement.

        :raises psycopg.Error: as the server tells.
        """
        return self.run(statement, values)

    def run(
        self, statement: str, values: Sequence[Any], prepare: bool | None = None
    ) -> psycopg.Cursor[tuple[Any, ...]]:
        """Run one statement.

        :param prepare: False to have it planned with its values; None to have the server keep its plan once it was run
            some times.
        :raises psycopg.Error: as the server tells.
        """
        text = translated(statement)
        if self.is_lost:
            self._link = self._connect()
        within = self.in_transaction
        try:
            return self._link.execute(text, values, prepare=prepare)
        except psycopg.DataError:
            if not any(isinstance(one, str) and "\0" in one for one in values):
                raise
            # Its text has no such character. Nothing that is stored does either, so that nothing is found by it.
            return self.run(statement, [_without_nul(one) for one in values], prepare)
        except psycopg.OperationalError:
            # An idle connection tells only when it is used that the server was started anew.
            if within or not self.is_lost or not statement.lstrip().startswith(("SELECT", "WITH")):
                raise
            self._link = self._connect()
            return self._link.execute(text, values, prepare=prepare)

    def executemany(self, statement: str, values: Iterable[Sequence[Any]], /) -> psycopg.Cursor[tuple[Any, ...]]:
        """Run a statement once for each of *values*."""
        cursor = self._link.cursor()
        cursor.executemany(translated(statement), values)
        return cursor

    def at_once(self, statements: str) -> str:
        """Run statements without values in one go, anew where the server has ended the connection.

        :return: what the server says of the last.
        """
        if self.is_lost:
            self._link = self._connect()
        try:
            return self._link.execute(statements).statusmessage or ""
        except psycopg.OperationalError:
            if not self.is_lost or not statements.startswith("BEGIN"):
                raise
            self._link = self._connect()
            return self._link.execute(statements).statusmessage or ""

    def close(self) -> None:
        """Close the connection."""
        self._link.close()


class Unprepared:
    """A session whose statements are planned each time they are run."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def in_transaction(self) -> bool:
        """As the session's."""
        return self._session.in_transaction

    def execute(self, statement: str, values: Sequence[Any] = (), /) -> psycopg.Cursor[tuple[Any, ...]]:
        """Run one statement.

        :raises psycopg.Error: as the server tells.
        """
        return self._session.run(statement, values, prepare=False)

    def executemany(self, statement: str, values: Iterable[Sequence[Any]], /) -> psycopg.Cursor[tuple[Any, ...]]:
        """As the session's."""
        return self._session.executemany(statement, values)


def adapt(link: psycopg.Connection[Any]) -> None:
    """Let *link* take and give the plain values of the ledger."""
    link.adapters.register_dumper(bool, _FlagDumper)
    link.adapters.register_dumper(int, Int8Dumper)
    link.adapters.register_loader("numeric", _WholeLoader)


@lru_cache(maxsize=1024)
def translated(statement: str) -> str:
    """*statement* as the driver has it."""
    return statement.replace("%", "%%").replace("?", "%s")


def _without_nul(value: Any) -> Any:
    return value.replace("\0", "\ufffd") if isinstance(value, str) else value


