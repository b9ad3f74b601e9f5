"""What the checks of a database find, and that the bounded one is bounded and finds what hot copies suffer."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from dteplanows.ledger.engines.sqlite.integrity import SMALL, bounded_check, full_check
from dteplanows.ledger.store import DATABASE_FILE, Ledger
from tests.ledger.example import COMPANY, load_caf, new_document

DOCUMENTS = 400


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database of some documents, in one file."""
    with closing(Ledger(tmp_path)) as ledger:
        ledger.companies.save(COMPANY)
        caf_id = load_caf(ledger, 1, DOCUMENTS)
        with ledger.transaction():
            for folio in range(1, DOCUMENTS + 1):
                ledger.documents.record(new_document(folio, caf_id))
        ledger.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return tmp_path / DATABASE_FILE


def found(database: Path, small: int) -> list[str]:
    with closing(sqlite3.connect(database)) as connection:
        return bounded_check(connection, small)


def pages(database: Path, name: str, kind: str = "leaf") -> list[int]:
    """The pages of a table or index, in the order of their rows."""
    query = "SELECT pageno FROM dbstat WHERE name = ? AND pagetype = ? ORDER BY path"
    with closing(sqlite3.connect(database)) as connection:
        try:
            return [page for (page,) in connection.execute(query, (name, kind))]
        except sqlite3.OperationalError:
            pytest.skip("this SQLite does not tell where its pages are")


def content(database: Path, page: int) -> bytes:
    """The bytes of a page, counted from 1."""
    with database.open("rb") as file:
        file.seek((page - 1) * 4096)
        return file.read(4096)


def overwrite(database: Path, page: int, content: bytes = b"\xff" * 4096) -> None:
    with database.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(content)


@pytest.mark.parametrize("small", [SMALL, 0], ids=["small", "large"])
def test_a_sound_database_has_nothing(database: Path, small: int) -> None:
    assert found(database, small) == []
    with closing(sqlite3.connect(database)) as connection:
        assert full_check(connection) == []


@pytest.mark.parametrize("small", [SMALL, 0], ids=["small", "large"])
@pytest.mark.parametrize("name", ["documento", "evento", "archivo", "sqlite_autoindex_documento_1", "evento_documento"])
def test_damage_at_the_end_of_a_table_or_index_is_found(database: Path, name: str, small: int) -> None:
    overwrite(database, pages(database, name)[-1])
    assert found(database, small)


@pytest.mark.parametrize("small", [SMALL, 0], ids=["small", "large"])
def test_damage_of_long_values_is_found(database: Path, small: int) -> None:
    with closing(Ledger(database.parent)) as ledger:
        caf_id = load_caf(ledger, DOCUMENTS + 1, DOCUMENTS + 1)
        ledger.documents.record(replace(new_document(DOCUMENTS + 1, caf_id), xml=b"x" * 20_000))
        ledger.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    overwrite(database, pages(database, "documento", "overflow")[2], b"\xff" * 4 + b"x" * 4092)
    assert found(database, small)


@pytest.mark.parametrize("small", [SMALL, 0], ids=["small", "large"])
@pytest.mark.parametrize("name", ["sqlite_autoindex_documento_1", "evento"])
def test_an_older_page_is_found(database: Path, name: str, small: int) -> None:
    """As a copy has it that took one page before a document was recorded and the others after it."""
    every = pages(database, name) + pages(database, name, "internal")  # a new leaf changes the page above alone
    before = {page: content(database, page) for page in every}
    with closing(Ledger(database.parent)) as ledger:
        caf_id = load_caf(ledger, DOCUMENTS + 1, DOCUMENTS + 10)
        ledger.documents.record(new_document(DOCUMENTS + 1, caf_id))
        ledger.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    page, older = next((page, older) for page, older in before.items() if content(database, page) != older)
    overwrite(database, page, older)
    assert found(database, small)


def test_a_file_that_is_no_database_is_found(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"esto no es una base " * 1000)
    with closing(sqlite3.connect(tmp_path / "x")) as connection:
        assert "not a database" in bounded_check(connection)[0]
        assert "not a database" in full_check(connection)[0]


def test_the_full_check_finds_rows_that_refer_to_nothing(database: Path) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("UPDATE evento SET documento_id = 99999 WHERE documento_id = 7")
        assert any("documento" in one for one in full_check(connection))


def large(path: Path, rows: int) -> sqlite3.Connection:
    """A database of that many rows, each with an entry in an index of another order."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("CREATE TABLE t (a INTEGER, b TEXT)")
    connection.execute("CREATE INDEX i ON t (b, a)")
    connection.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
        "INSERT INTO t SELECT i, 'x' || (i * 7919 % 99991) FROM n",
        (rows,),
    )
    return connection


@pytest.mark.parametrize("seconds", [0.0, 0.2])
def test_the_bounded_check_takes_no_longer_of_a_large_database(tmp_path: Path, seconds: float) -> None:
    """Of a hundred times the rows the least that it does is as many steps of SQLite's machine, within a half."""
    steps = []
    for name, rows in (("a", 2_000), ("b", 200_000)):
        with closing(large(tmp_path / name, rows)) as connection:
            counted = [0]

            def count(counted: list[int] = counted) -> int:
                counted[0] += 1
                return 0

            connection.set_progress_handler(count, 10)
            began = time.monotonic()
            assert bounded_check(connection, 0, seconds) == []
            taken = time.monotonic() - began
            steps.append(counted[0])
    assert taken < seconds + 2
    if not seconds:
        assert steps[1] < steps[0] * 1.5


def test_with_the_time_it_goes_further_back(tmp_path: Path) -> None:
    """An entry of the index is gone whose row is neither among the newest nor at the end of the index."""
    with closing(large(tmp_path / "b", 20_000)) as connection:
        root, schema = connection.execute("SELECT rootpage, sql FROM sqlite_master WHERE name = 'i'").fetchone()
        connection.execute("PRAGMA writable_schema = 1")
        # Without its index for a moment: what is written then does not come into it.
        connection.execute("DELETE FROM sqlite_master WHERE name = 'i'")
        connection.execute("PRAGMA writable_schema = RESET")
    with closing(sqlite3.connect(tmp_path / "b", isolation_level=None)) as connection:
        connection.execute("UPDATE t SET b = 'otro' WHERE a = 9000")
        connection.execute("PRAGMA writable_schema = 1")
        connection.execute("INSERT INTO sqlite_master VALUES ('index', 'i', 't', ?, ?)", (root, schema))
    with closing(sqlite3.connect(tmp_path / "b")) as connection:
        assert bounded_check(connection, 0, seconds=0) == []
        assert bounded_check(connection, 0, seconds=30) == ["row 9000 of t is missing from index i"]
        assert full_check(connection)


def test_rows_out_of_order_are_found(database: Path) -> None:
    """As where an older page stands in the place of another."""
    there = pages(database, "evento")
    with database.open("rb") as file:
        file.seek((there[0] - 1) * 4096)
        older = file.read(4096)
    overwrite(database, there[-2], older)
    with closing(sqlite3.connect(database)) as connection:
        assert bounded_check(connection, 0)
