"""Copies of a SQLite database, made while others write to it.

SQLite's backup begins anew whenever another connection writes between two of its steps, so under steady writing it
never ends. It does not while its own connection keeps a read transaction open: all steps then read one moment, and in
WAL mode nobody waits for that.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from dteplanows.ledger.durable import sync
from dteplanows.ledger.engines.sqlite.links import Link
from dteplanows.ledger.progress import Progress, silent

_PAGES = 2000
"""Pages of one step: some milliseconds."""


def copy_database(source: Path, target: Path, timeout: float, progress: Progress = silent) -> None:
    """Copy the database *source*, with all that is committed when this begins, to the new file *target*.

    :param timeout: seconds to wait for a lock.

    The copy is durable on return, one file without a log, and readable only for its owner.

    :raises sqlite3.Error: it cannot be read, or the disk of *target* is full.
    :raises OSError: *target* cannot be made.
    """
    os.close(os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))

    def told(status: int, remaining: int, total: int) -> None:
        progress("páginas copiadas", total - remaining, total)

    with (
        closing(sqlite3.connect(str(source), timeout=timeout, isolation_level=None, factory=Link)) as read,
        closing(sqlite3.connect(str(target), isolation_level=None, factory=Link)) as written,
    ):
        read.execute("BEGIN")
        read.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
        read.backup(written, pages=_PAGES, progress=told, sleep=0)
        read.execute("ROLLBACK")
        written.execute("PRAGMA journal_mode = DELETE")
    sync(target)
