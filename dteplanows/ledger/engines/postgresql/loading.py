"""Filling a new database of PostgreSQL with the rows of another, as they are there: also after an interruption."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Refused
from dteplanows.ledger.engines.base import Connection
from dteplanows.ledger.engines.postgresql.database import IN_USE, name_of
from dteplanows.ledger.engines.postgresql.form import HALF, migrate, version_of
from dteplanows.ledger.engines.postgresql.session import Session, adapt
from dteplanows.ledger.steps import newest_step
from dteplanows.ledger.table import Table
from dteplanows.ledger.tables import TABLES

_REMEMBER = "CREATE TABLE copia (instalacion TEXT NOT NULL)"
_OF_ISSUING = ("documento_guarda_sus_datos", "documento_se_entrega", "documento_reemplaza_rechazado")
"""The triggers that would fill tables which are copied themselves, or look at what is copied later."""


class Loading:
    """A database that is being filled. Until :meth:`finish` no program opens it as a ledger."""

    def __init__(self, base: str, installation: str) -> None:
        """:param base: address of the database, which must be there.
        :param installation: tells the ledger whose rows they are from others.
        :raises Refused: it cannot be reached (BAS-070), is in use (BAS-037), or has other data (BAS-078).
        """
        self.name = name_of(base)
        try:
            self._session = Session(lambda: _connect(base))
        except psycopg.Error as error:
            reason = " ".join(str(error).split())
            raise Refused([problem("BAS-070", value=self.name, reason=reason)]) from None
        if self._session.execute("SELECT pg_try_advisory_lock(?)", (IN_USE,)).fetchone() != (True,):
            self.close()
            raise Refused([problem("BAS-037", value=self.name)])
        self._begin(installation)

    def _begin(self, installation: str) -> None:
        version = version_of(self._session)
        if version == 0:
            with self._at_once():
                migrate(self._session, self.name)
                self._session.execute("UPDATE formato SET numero = ?", (HALF,))
                self._session.execute(_REMEMBER)
                self._session.execute("INSERT INTO copia (instalacion) VALUES (?)", (installation,))
            return
        row = self._session.execute("SELECT instalacion FROM copia").fetchone() if version == HALF else None
        if row != (installation,):
            self.close()
            raise Refused([problem("BAS-078", value=self.name)])

    @property
    def connection(self) -> Connection:
        """For reading what is there."""
        return self._session

    def last(self, table: Table[Any]) -> tuple[Any, ...] | None:
        """The highest key of *table* that was copied; None for none."""
        key = ", ".join(table.key)
        order = ", ".join(f"{one} DESC" for one in table.key)
        return self._session.execute(f"SELECT {key} FROM {table.name} ORDER BY {order} LIMIT 1").fetchone()

    def add(self, table: Table[Any], rows: Sequence[Sequence[Any]]) -> None:
        """Copy some rows, with all their columns, durably."""
        names = [one.name for one in table.columns]
        marks = ", ".join("?" * len(names))
        with self._at_once():
            triggers = _OF_ISSUING if table.name == "documento" else ()
            for trigger in triggers:
                self._session.execute(f"ALTER TABLE documento DISABLE TRIGGER {trigger}")
            statement = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks})"
            self._session.executemany(statement, rows)
            for trigger in triggers:
                self._session.execute(f"ALTER TABLE documento ENABLE TRIGGER {trigger}")

    def finish(self, document: int, batch: int) -> None:
        """Make it a ledger: whatever is added gets numbers behind those that are there.

        :param document: the lowest id that a new document may have; *batch*, that a batch may.
        """
        least = {"documento": document, "lote": batch}
        with self._at_once():
            for table in TABLES:
                if table.key == ("id",):
                    number = f"pg_get_serial_sequence('{table.name}', 'id')"
                    behind = f"(SELECT COALESCE(MAX(id), 0) + 1 FROM {table.name})"
                    query = f"SELECT setval({number}, GREATEST(?, {behind}), false)"
                    self._session.execute(query, (least.get(table.name, 1),))
            self._session.execute("DROP TABLE copia")
            self._session.execute("UPDATE formato SET numero = ?", (newest_step(),))

    def close(self) -> None:
        """Leave it, finished or not."""
        self._session.close()

    @contextmanager
    def _at_once(self) -> Iterator[None]:
        self._session.at_once("BEGIN")
        try:
            yield
            self._session.at_once("COMMIT")
        finally:
            if self._session.in_transaction:
                self._session.at_once("ROLLBACK")


def _connect(base: str) -> psycopg.Connection[Any]:
    link = psycopg.connect(base, autocommit=True, client_encoding="utf8")
    adapt(link)
    return link
