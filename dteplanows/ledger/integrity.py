"""Whether a SQLite database is sound: wholly, which takes as long as it is large, or by what a second can show.

A database that was copied while a program wrote to it is most often damaged where it was written last: at the right
edge of its tables and indexes. So that is what the bounded check of a large one reads, and rows here and there.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator

SECONDS = 1.0
"""What the bounded check may take, and one of its steps besides."""

SMALL = 64 * 2**20
"""Bytes of a database that is checked wholly also in a bounded time."""

_MOST = 20
"""Findings after which no more are looked for."""

_NEWEST, _SCATTERED = 100, 100
"""Rows of each table that the bounded check reads at its end, and between."""

_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"


def full_check(connection: sqlite3.Connection) -> list[str]:
    """What is wrong with the database as SQLite tells it, in its own words; the first findings of many."""
    try:
        found = [str(row[0]) for row in connection.execute(f"PRAGMA integrity_check({_MOST})")]
        broken = connection.execute("SELECT * FROM pragma_foreign_key_check LIMIT ?", (_MOST,))
        links = [f"row {row[1]} of {row[0]} refers to a row of {row[2]} that is missing" for row in broken]
    except sqlite3.DatabaseError as error:
        return [str(error)]
    return [one for one in found if one != "ok"] + links


def bounded_check(connection: sqlite3.Connection, small: int = SMALL, seconds: float = SECONDS) -> list[str]:
    """What is wrong with the database as far as a bounded time shows it; a small one is checked wholly but for the
    content of its indexes.

    :param small: bytes up to which it counts as small.
    """
    limit = time.monotonic() + seconds
    found: list[str] = []
    try:
        pages, size = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
        if pages * size <= small:
            checked = (str(row[0]) for row in connection.execute(f"PRAGMA quick_check({_MOST})"))
            found = [one for one in checked if one != "ok"]
            if found:
                return found
        for (table,) in connection.execute(_TABLES).fetchall():
            found += _look_at(connection, str(table))
            if found or time.monotonic() > limit:
                break
    except sqlite3.DatabaseError as error:
        return [str(error)]
    return found


def _look_at(connection: sqlite3.Connection, table: str) -> list[str]:
    """What is wrong at the end of *table* and of its indexes, and with some rows between."""
    # Asked one by one: for both at once SQLite reads the whole table.
    lowest, highest = (connection.execute(f"SELECT {end}(rowid) FROM {table}").fetchone()[0] for end in ("MIN", "MAX"))
    if highest is None:
        return []
    rows = connection.execute(f"SELECT rowid, * FROM {table} ORDER BY rowid DESC LIMIT {_NEWEST}").fetchall()
    step = max(1, (highest - lowest) // _SCATTERED)
    for begin in range(lowest, highest, step):
        connection.execute(f"SELECT * FROM {table} WHERE rowid >= ? ORDER BY rowid LIMIT 1", (begin,)).fetchall()
    return [
        one
        for index, columns, partial in _indexes(connection, table)
        for one in _compare(connection, table, index, columns, [] if partial else [row[0] for row in rows])
    ]


def _indexes(connection: sqlite3.Connection, table: str) -> Iterator[tuple[str, list[str], bool]]:
    """Name, columns and partiality of each index of *table*."""
    for row in connection.execute(f"PRAGMA index_list({table})").fetchall():
        columns = [str(one[2]) for one in connection.execute(f"PRAGMA index_info({row[1]})")]
        yield str(row[1]), columns, bool(row[4])


def _compare(
    connection: sqlite3.Connection, table: str, index: str, columns: list[str], rowids: list[int]
) -> Iterator[str]:
    """Where the end of *index* names rows that are not there, or has not those of *rowids*."""
    order = ", ".join(f"{one} DESC" for one in columns)
    if rowids:
        named = f"SELECT rowid FROM {table} INDEXED BY {index} ORDER BY {order} LIMIT {_NEWEST}"
        for (rowid,) in connection.execute(named).fetchall():
            there = connection.execute(f"SELECT {columns[0]} FROM {table} NOT INDEXED WHERE rowid = ?", (rowid,))
            if there.fetchone() is None:
                yield f"index {index} names row {rowid} of {table}, which is missing"
    same = " AND ".join(f"a.{one} IS b.{one}" for one in columns)
    for rowid in rowids:
        query = (
            f"SELECT 1 FROM {table} AS a NOT INDEXED JOIN {table} AS b INDEXED BY {index} ON {same} "
            "WHERE a.rowid = ? AND b.rowid = ? LIMIT 1"
        )
        if connection.execute(query, (rowid, rowid)).fetchone() is None:
            yield f"row {rowid} of {table} is missing from index {index}"
