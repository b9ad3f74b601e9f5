"""Whether a database in PostgreSQL is sound, as far as it tells by itself."""

from __future__ import annotations

import re
from typing import Any

import psycopg

from dteplanows.ledger.engines.base import Connection
from dteplanows.ledger.engines.postgresql.form import HALF, version_of
from dteplanows.ledger.table import Table
from dteplanows.ledger.tables import TABLES

_MOST = 20
"""Findings after which no more are looked for."""

_NEWEST = 200
"""Rows of each table that are read in a bounded time."""

_REFERENCE = re.compile(r"FOREIGN KEY \((.+?)\) REFERENCES (\w+) \((.+?)\)")


def full_check(connection: Connection) -> list[str]:
    """What is wrong: rows that cannot be read, and those that refer to rows that are missing; the first of many."""
    found: list[str] = []
    try:
        for table in _tables(connection):
            # All that a row holds is read, where it lies apart too.
            connection.execute(f"SELECT SUM(octet_length(CAST(one.* AS text))) FROM {table.name} AS one").fetchone()
            for constraint in table.schema.constraints:
                if reference := _REFERENCE.fullmatch(constraint):
                    found += _orphans(connection, table.name, *reference.groups())
    except psycopg.DatabaseError as error:
        found.append(str(error).strip())
    return found[:_MOST]


def bounded_check(connection: Connection) -> list[str]:
    """What is wrong with the newest rows of each table."""
    try:
        for table in _tables(connection):
            order = ", ".join(f"{one} DESC" for one in table.key)
            connection.execute(f"SELECT * FROM {table.name} ORDER BY {order} LIMIT {_NEWEST}").fetchall()
    except psycopg.DatabaseError as error:
        return [str(error).strip()]
    return []


def _tables(connection: Connection) -> list[Table[Any]]:
    """Those of the form that the database has: an older one is backed up, and looked at, before it gets the rest."""
    version = version_of(connection)
    return [one for one in TABLES if version == HALF or one.schema.since <= version]


def _orphans(connection: Connection, table: str, columns: str, other: str, theirs: str) -> list[str]:
    pairs = list(zip(columns.split(", "), theirs.split(", "), strict=True))
    same = " AND ".join(f"b.{there} = a.{here}" for here, there in pairs)
    there = " AND ".join(f"a.{here} IS NOT NULL" for here, _ in pairs)
    query = f"SELECT COUNT(*) FROM {table} AS a WHERE {there} AND NOT EXISTS (SELECT 1 FROM {other} AS b WHERE {same})"
    (count,) = connection.execute(query).fetchone()
    return [f"{count} rows of {table} refer to rows of {other} that are missing"] if count else []
