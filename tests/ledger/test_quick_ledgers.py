"""The databases that tests make quickly are those that the program makes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from dteplanows.ledger.engines.sqlite import steps
from tests import quick_ledgers


def form(connection: sqlite3.Connection) -> list[tuple[object, ...]]:
    objects = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name").fetchall()
    columns = [
        (table, *column)
        for kind, table, *_ in objects if kind == "table"
        for column in connection.execute(f"PRAGMA table_xinfo({table})")
    ]  # fmt: skip
    return [(steps.version_of(connection),), *objects, *columns]


def test_a_quick_one_is_like_one_that_took_all_steps() -> None:
    forms = []
    for make in (quick_ledgers.take_steps, quick_ledgers.make_quickly, quick_ledgers.make_quickly):
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
            make(connection, Path("nueva"))
            forms.append(form(connection))
            tables = [name for kind, name, *_ in forms[-1][1:] if kind == "table"]
            assert len(tables) > 20
            own = [one for one in tables if one != "sqlite_sequence"]
            assert [one for one in own if connection.execute(f"SELECT 1 FROM {one} LIMIT 1").fetchone()] == []
            assert not connection.execute("SELECT 1 FROM sqlite_sequence WHERE seq > 0").fetchone()
    assert forms[0] == forms[1] == forms[2]
