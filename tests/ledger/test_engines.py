"""What is special to an engine stands in its room, and nowhere else."""

from __future__ import annotations

import re
from pathlib import Path

import dteplanows

PACKAGE = Path(dteplanows.__file__).parent
ENGINES = PACKAGE / "ledger" / "engines"

SPECIAL = re.compile(
    r"import sqlite3|sqlite3\.|psycopg|PRAGMA|AUTOINCREMENT|\browid\b|sqlite_(master|sequence|error)|json_each|NOCASE"
    r"|lastrowid|blobopen|ON CONFLICT ABORT|INSERT OR |BEGIN IMMEDIATE|\bpg_(?!dump\b|restore\b)\w+|\bVALUES \(%s"
    r"|= %s\b|setval|nextval|plpgsql|\bbytea\b|json_array_elements|LIMIT -1|\bUNLOGGED\b|advisory",
)
"""Words of one engine: its driver, its settings, its own tables, its way to write a value."""

ALLOWED = {
    ("ledger/opening.py", "psycopg"),
}
"""The one place that looks whether a driver is installed."""


def test_nothing_of_one_engine_stands_outside_its_room() -> None:
    """The simulated SII has a memory of its own, which is no ledger."""
    found = {
        (str(path.relative_to(PACKAGE)), match[0])
        for path in PACKAGE.rglob("*.py")
        if not path.is_relative_to(ENGINES) and not path.is_relative_to(PACKAGE / "simulator")
        for match in SPECIAL.finditer(path.read_text("utf-8"))
    }
    assert found - ALLOWED == set()


def test_the_words_are_found_where_they_belong() -> None:
    """A pattern that matches nothing would prove nothing."""
    text = "".join(path.read_text("utf-8") for path in ENGINES.rglob("*.py"))
    for one in ("PRAGMA", "psycopg", "sqlite_sequence", "advisory", "json_each", "plpgsql"):
        assert SPECIAL.search(text) and one in text
