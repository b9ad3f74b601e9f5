"""Whether a SQLite database is sound: wholly, which takes as long as it is large, or by what a second can show.

A database that was copied while a program wrote to it is most often damaged where it was written last: at the right
edge of its tables and indexes. So that is where the bounded check of a large one begins, and goes on from there.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from typing import NamedTuple

SECONDS = 1.0
"""What the bounded check may take, and one of its steps besides."""

SMALL = 64 * 2**20
"""Bytes of a database that is checked wholly also in a bounded time."""

_MOST = 20
"""Findings after which no more are looked for."""

_CHUNK = 200
"""Rows of a table, or entries of an index, that are compared at once."""

_READ = 4 * 2**20
"""Bytes of the newest rows of a table that are read with all they hold, and one row besides."""

_SCATTERED = 50
"""Rows of a table that are read between."""

_TABLES = (
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
    "AND sql NOT LIKE '%WITHOUT ROWID%' ORDER BY name"
)


def full_check(connection: sqlite3.Connection) -> list[str]:
    """What is wrong with the database as SQLite tells it, in its own words; the first findings of many."""
    try:
        return _check(connection) + [
            f"row {row[1]} of {row[0]} refers to a row of {row[2]} that is missing"
            for row in connection.execute("SELECT * FROM pragma_foreign_key_check LIMIT ?", (_MOST,))
        ]
    except sqlite3.DatabaseError as error:
        return [str(error)]


def bounded_check(connection: sqlite3.Connection, small: int = SMALL, seconds: float = SECONDS) -> list[str]:
    """What is wrong with the database as far as a bounded time shows it; a small one is checked wholly.

    :param small: bytes up to which it counts as small.
    """
    limit = time.monotonic() + seconds
    try:
        pages, size = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
        if pages * size <= small:
            return _check(connection)
        scans: list[Iterator[str]] = []
        for (table,) in connection.execute(_TABLES).fetchall():
            _read_some(connection, str(table))
            indexes = list(_indexes(connection, str(table)))
            scans.append(_scan_table(connection, str(table), indexes))
            scans += [_scan_index(connection, str(table), one) for one in indexes]
        return _take_turns(scans, limit)
    except sqlite3.DatabaseError as error:
        return [str(error)]


def _check(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute(f"PRAGMA integrity_check({_MOST})").fetchall()
    return [str(row[0]) for row in rows if row[0] != "ok"]


def _take_turns(scans: list[Iterator[str]], limit: float) -> list[str]:
    """The first finding of *scans*, a step of each after the other: all from their ends, as far as the time goes.

    Each scan has a first step; what it gives is a finding, or nothing.
    """
    first = True
    while scans and (first or time.monotonic() < limit):
        first = False
        for one in list(scans):
            found = next(one, None)
            if found:
                return [found]
            if found is None:
                scans.remove(one)
    return []


class _Index(NamedTuple):
    name: str
    columns: tuple[str, ...]
    partial: bool
    """It has not all rows."""


def _indexes(connection: sqlite3.Connection, table: str) -> Iterator[_Index]:
    for row in connection.execute(f"PRAGMA index_list({table})").fetchall():
        columns = tuple(one[2] for one in connection.execute(f"PRAGMA index_info({row[1]})"))
        # Of an expression SQLite tells no name: such an index is compared no more than one of a part of the rows.
        partial = bool(row[4]) or None in columns
        yield _Index(str(row[1]), tuple(map(str, columns)), partial)


def _read_some(connection: sqlite3.Connection, table: str) -> None:
    """Read the newest rows of *table* with all they hold, and some between.

    :raises sqlite3.DatabaseError: they cannot be read.
    """
    # Asked one by one: for both at once SQLite reads the whole table.
    lowest, highest = (connection.execute(f"SELECT {end}(rowid) FROM {table}").fetchone()[0] for end in ("MIN", "MAX"))
    if highest is None:
        return
    read = 0
    for row in connection.execute(f"SELECT * FROM {table} ORDER BY rowid DESC LIMIT {_CHUNK}"):
        read += sum(len(value) for value in row if isinstance(value, str | bytes))
        if read > _READ:
            break
    step = max(1, (highest - lowest) // _SCATTERED)
    for begin in range(lowest, highest, step):
        connection.execute(f"SELECT rowid FROM {table} WHERE rowid >= ? ORDER BY rowid LIMIT 1", (begin,)).fetchone()


def _scan_table(connection: sqlite3.Connection, table: str, indexes: list[_Index]) -> Iterator[str]:
    """From the newest row on: the rows are in order, and each is in every index. After each chunk a finding or ''."""
    missing = [
        (
            one.name,
            f"SELECT a.rowid FROM {table} AS a NOT INDEXED WHERE a.rowid BETWEEN ? AND ? AND NOT EXISTS ("
            f"SELECT 1 FROM {table} AS b INDEXED BY {one.name} WHERE "
            f"{' AND '.join(f'b.{name} IS a.{name}' for name in one.columns)} AND b.rowid = a.rowid) LIMIT 1",
        )
        for one in indexes
        if not one.partial
    ]
    last = 1 << 63
    rows = connection.execute(f"SELECT rowid FROM {table} NOT INDEXED ORDER BY rowid DESC")
    while chunk := [row[0] for row in rows.fetchmany(_CHUNK)]:
        for one in chunk:
            if one >= last:
                yield f"row {one} of {table} is out of order"
            last = one
        for name, query in missing:
            for (rowid,) in connection.execute(query, (chunk[-1], chunk[0])):
                yield f"row {rowid} of {table} is missing from index {name}"
        yield ""


def _scan_index(connection: sqlite3.Connection, table: str, index: _Index) -> Iterator[str]:
    """From its end on: the rows that an index names are there. After each chunk a finding or ''."""
    if index.partial:
        return
    order = ", ".join(f"{one} DESC" for one in index.columns)
    query = (
        f"SELECT value FROM json_each(?) WHERE NOT EXISTS "
        f"(SELECT 1 FROM {table} AS a NOT INDEXED WHERE a.rowid = value) LIMIT 1"
    )
    rows = connection.execute(f"SELECT rowid FROM {table} INDEXED BY {index.name} ORDER BY {order}")
    while chunk := [row[0] for row in rows.fetchmany(_CHUNK)]:
        for (rowid,) in connection.execute(query, (json.dumps(chunk),)):
            yield f"index {index.name} names row {rowid} of {table}, which is missing"
        yield ""
