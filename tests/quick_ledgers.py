"""New databases of SQLite in the form that the steps give them, without taking each step.

Thousands of tests make a ledger, and most of that time is the steps': SQLite reads its whole schema anew for each
ALTER TABLE. The first database of a process takes them; what it became is what the others are made as. A database that
has a form already, and tests that change the steps, take them all.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

from dteplanows.ledger.engines.sqlite import steps

_FORM = (
    "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' "
    "ORDER BY CASE type WHEN 'table' THEN 0 WHEN 'index' THEN 1 ELSE 2 END, rowid"
)
_STEPS = steps.MIGRATIONS
_found: list[str] = []

take_steps: Callable[[sqlite3.Connection, Path], None] = steps.migrate
"""What the program does."""


def make_quickly(connection: sqlite3.Connection, path: Path) -> None:
    """In place of :func:`~dteplanows.ledger.engines.sqlite.steps.migrate`."""
    if steps.version_of(connection) or steps.MIGRATIONS is not _STEPS:
        take_steps(connection, path)
    elif not _found:
        take_steps(connection, path)
        _found.extend(statement for (statement,) in connection.execute(_FORM))
    else:
        for statement in _found:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(_STEPS)}")


def use() -> None:
    """Make the databases of this process so."""
    steps.migrate = make_quickly
