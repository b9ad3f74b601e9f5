"""The numbered steps that bring a database to the form this program knows.

A step, once published, is never changed; a new form is a new step. All missing steps run in one transaction that holds
the write lock, so several processes may open the same database at once and a crash leaves it as it was. The number of
the last step done is kept in SQLite's ``user_version``.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Refused
from dteplanows.ledger.engines.sqlite.first_step import FIRST
from dteplanows.ledger.engines.sqlite.newer_steps import ANSWERS, CHANGES_AND_TURNS, HELD_BACK, OPERATOR, TRIGGERS
from dteplanows.ledger.engines.sqlite.older_steps import (
    AVISOS_OF_USERS,
    BATCHES,
    BOOKS,
    FOLIOS_FROM_ELSEWHERE,
    OPERATIONS,
    PAPER,
    RECEIVED_DOCUMENTS,
    REFERENCES,
    REPAROS,
    TAXED_PRICES,
    TRANSPORT,
)
from dteplanows.ledger.steps import newest_step, step

_PUBLISHED: tuple[tuple[str, ...], ...] = (
    FIRST, REPAROS, BATCHES, REFERENCES, BOOKS, RECEIVED_DOCUMENTS, OPERATIONS, PAPER,
    TRANSPORT, AVISOS_OF_USERS, FOLIOS_FROM_ELSEWHERE, TAXED_PRICES, HELD_BACK, CHANGES_AND_TURNS, OPERATOR,
    ANSWERS,
)  # fmt: skip

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    *_PUBLISHED,
    *(
        (*step(number, "sqlite"), *TRIGGERS.get(number, ()))
        for number in range(len(_PUBLISHED) + 1, newest_step() + 1)
    ),
)
"""The statements of every step, in order; the first is number 1. Those after the published ones follow from the
tables."""


def version_of(connection: sqlite3.Connection) -> int:
    """Number of the last step done; 0 for an empty database."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def check_version(connection: sqlite3.Connection, path: Path) -> None:
    """Stop when the database is newer than this program.

    :raises Refused: it is (AUT-020).
    """
    found = version_of(connection)
    if found > len(MIGRATIONS):
        raise Refused([problem("AUT-020", value=str(path), encontrado=found, conocido=len(MIGRATIONS))])


def _insert_reparos(connection: sqlite3.Connection) -> None:
    """Do the second step of a database that was made before it came between the first and the third."""
    version = version_of(connection)
    columns = {row[1] for row in connection.execute("PRAGMA table_info(empresa)")}
    if version > 1 and "reparos" not in columns:
        for statement in REPAROS:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {version + 1}")


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Do the missing steps. The caller holds the write lock, has foreign keys not looked at, and commits.

    :raises Refused: the database is newer than this program (AUT-020).
    """
    check_version(connection, path)
    _insert_reparos(connection)
    for number, statements in enumerate(MIGRATIONS[version_of(connection) :], version_of(connection) + 1):
        for statement in statements:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {number}")
