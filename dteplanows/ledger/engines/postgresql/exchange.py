"""Replacing a database of PostgreSQL: a new one is made ready on the same server, and then given the name."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.sql import SQL, Identifier

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Refused
from dteplanows.ledger.engines.base import DUMP, Copy
from dteplanows.ledger.engines.exchange import Aside, Exchange, Old, free_name
from dteplanows.ledger.engines.postgresql import checks
from dteplanows.ledger.engines.postgresql.database import IN_USE, last_batch_of, name_of
from dteplanows.ledger.engines.postgresql.form import version_of
from dteplanows.ledger.engines.postgresql.programs import address, major, program, run
from dteplanows.ledger.engines.postgresql.session import Session, adapt
from dteplanows.ledger.place import Place

_PATIENCE = 2.0
"""Seconds to wait for whoever closes at this moment."""

_MAINTENANCE = "postgres"
"""The database from which others are made and named."""



class PostgresqlExchange(Exchange):
    """One replacing of a database of PostgreSQL."""

    part = DUMP

    def __init__(self, place: Place, staging: Path) -> None:
        super().__init__(place, staging)
        self._name = str(conninfo_to_dict(place.base).get("dbname"))
        self._made = f"{self._name}_restaurando_{os.getpid()}"
        self._guard: Session | None = None

    @property
    def place(self) -> Place:
        return self.target._replace(directory=self.staging, base=self._at(self._made))

    @contextmanager
    def alone(self) -> Iterator[None]:
        self._guard = self._session(self._name) if self._is_there(self._name) else None
        try:
            if self._guard and not self._is_alone(self._guard):
                raise Refused([problem("BAS-037", value=name_of(self.target.base))])
            yield
        finally:
            if self._guard:
                self._guard.close()

    def take_in(self, file: Path) -> None:
        self._serve(SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(Identifier(self._made)))
        with closing(self._session(self._made)) as session:
            tool = program("pg_restore", major(session))
        where, environment = address(self.place.base)
        run([tool, "--no-owner", "--no-privileges", "--exit-on-error", f"--dbname={where}", str(file)], environment)
        file.unlink()

    @contextmanager
    def copy(self) -> Iterator[Copy]:
        with closing(self._session(self._made)) as session:
            yield Copy(session, version_of(session), checks.full_check(session))

    @contextmanager
    def old(self) -> Iterator[Old | None]:
        session = self._guard
        if session is None or not version_of(session):
            yield None
            return
        yield Old(session, lambda: last_batch_of(session), lambda: checks.full_check(session))

    def put_in_place(self, moment: datetime) -> Aside | None:
        aside = f"{self._name}_reemplazada_{moment:%Y%m%d_%H%M%S}"
        while self._is_there(aside):
            aside += "_otra"
        there = self._guard is not None
        if self._guard:
            # Nobody comes in between: the name is another database's before it can be opened again.
            self._serve(SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(Identifier(self._name)))
            self._guard.close()
        try:
            with closing(self._maintenance()) as link, link.transaction():
                if there:
                    link.execute(_rename(self._name, aside))
                link.execute(_rename(self._made, self._name))
        except BaseException:
            if there:
                self._serve(SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(Identifier(self._name)))
            raise
        if not there:
            return None
        self._serve(SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(Identifier(aside)))
        return Aside(free_name(self.target.directory, moment), name_of(self._at(aside)))

    def discard(self) -> None:
        with suppress(psycopg.Error):
            for name in self._left():
                self._serve(SQL("DROP DATABASE IF EXISTS {}").format(Identifier(name)))

    def _left(self) -> list[str]:
        """Databases that were made ready and have not taken the place."""
        query = "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
        with closing(self._maintenance()) as link:
            return [name for (name,) in link.execute(query, (f"{self._name}_restaurando_",))]

    # --- the server ------------------------------------------------------------------------------------------

    def _at(self, name: str) -> str:
        return make_conninfo(self.target.base, dbname=name)

    def _maintenance(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self._at(_MAINTENANCE), autocommit=True)

    def _serve(self, statement: Any) -> None:
        with closing(self._maintenance()) as link:
            link.execute(statement)

    def _is_there(self, name: str) -> bool:
        with closing(self._maintenance()) as link:
            return link.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone() is not None

    def _session(self, name: str) -> Session:
        def connect() -> psycopg.Connection[Any]:
            link = psycopg.connect(self._at(name), autocommit=True, client_encoding="utf8")
            adapt(link)
            return link

        return Session(connect)

    def _is_alone(self, guard: Session) -> bool:
        limit = time.monotonic() + _PATIENCE
        while guard.execute("SELECT pg_try_advisory_lock(?)", (IN_USE,)).fetchone() != (True,):
            if time.monotonic() > limit:
                return False
            time.sleep(0.05)
        return True


def _rename(before: str, after: str) -> Any:
    return SQL("ALTER DATABASE {} RENAME TO {}").format(Identifier(before), Identifier(after))
