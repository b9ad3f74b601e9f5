"""What SQLite's result codes mean to whoever called."""

from __future__ import annotations

import sqlite3

ENGINE = "SQLite"
"""What a person calls it."""

FULL = "BAS-003"

_BY_CODE = {
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_READONLY: "BAS-004",
    sqlite3.SQLITE_PERM: "BAS-004",
    sqlite3.SQLITE_IOERR: "BAS-005",
    sqlite3.SQLITE_CANTOPEN: "BAS-006",
    sqlite3.SQLITE_CORRUPT: "BAS-007",
    sqlite3.SQLITE_NOTADB: "BAS-007",
    sqlite3.SQLITE_BUSY: "SRV-003",
    sqlite3.SQLITE_LOCKED: "SRV-003",
}
"""By the primary result code."""

_OURS = (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_MISUSE,
         sqlite3.SQLITE_RANGE, sqlite3.SQLITE_TOOBIG)  # fmt: skip
"""Those that a fault of this program brings about, and not the database's state."""

_GROWING = (sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE)
"""What SQLite says where a file could not grow: a write; the shared memory of the log, when a database is opened."""

UNUSABLE = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)


def code_of(failure: sqlite3.Error) -> str:
    """The code of the reason; empty for a fault of this program."""
    extended = _extended(failure)
    if not extended or extended & 0xFF in _OURS:
        return ""
    return _BY_CODE.get(extended & 0xFF, "BAS-008")


def could_not_grow(failure: BaseException) -> bool:
    """Whether a file could not grow, which SQLite tells of a full disk at times."""
    return isinstance(failure, sqlite3.Error) and _extended(failure) in _GROWING


def name_of(failure: sqlite3.Error) -> str:
    """SQLite's name for *failure*."""
    return str(getattr(failure, "sqlite_errorname", "") or type(failure).__name__)


def is_damage(failure: sqlite3.Error) -> bool:
    """Whether the file is damaged, or none of a database."""
    return _extended(failure) & 0xFF in UNUSABLE


def is_full(failure: sqlite3.Error) -> bool:
    """Whether the disk is full."""
    return _extended(failure) == sqlite3.SQLITE_FULL


def is_busy(failure: BaseException) -> bool:
    """Whether another connection has the database."""
    return isinstance(failure, sqlite3.Error) and _extended(failure) & 0xFF == sqlite3.SQLITE_BUSY


def _extended(failure: sqlite3.Error) -> int:
    return int(getattr(failure, "sqlite_errorcode", None) or 0)
