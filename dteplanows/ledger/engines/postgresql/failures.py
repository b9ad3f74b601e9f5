"""What PostgreSQL's states mean to whoever called."""

from __future__ import annotations

import psycopg

ENGINE = "PostgreSQL"
"""What a person calls it."""

_BY_STATE = {
    "55P03": "SRV-003",  # lock_not_available
    "40P01": "SRV-003",  # deadlock_detected
    "40001": "SRV-003",  # serialization_failure
    "53100": "BAS-003",  # disk_full
    "25006": "BAS-004",  # read_only_sql_transaction
    "58030": "BAS-005",  # io_error
    "XX001": "BAS-007",  # data_corrupted
    "XX002": "BAS-007",  # index_corrupted
}

_OURS = (psycopg.IntegrityError, psycopg.ProgrammingError, psycopg.DataError, psycopg.NotSupportedError)
"""Those that a fault of this program brings about, and not the database's state."""


def code_of(failure: psycopg.Error) -> str:
    """The code of the reason; empty for a fault of this program."""
    if code := _BY_STATE.get(failure.sqlstate or ""):
        return code
    if isinstance(failure, _OURS):
        return ""
    return "BAS-076" if is_gone(failure) else "BAS-008"


def is_gone(failure: psycopg.Error) -> bool:
    """Whether the server could not be reached, or ended the connection."""
    state = failure.sqlstate or ""
    if not state:
        return isinstance(failure, psycopg.OperationalError | psycopg.InterfaceError)
    return state[:2] in ("08", "28", "3D") or state[:3] in ("57P", "530", "533")


def is_busy(failure: psycopg.Error) -> bool:
    """Whether others kept what was needed for too long."""
    return code_of(failure) == "SRV-003"


def is_damage(failure: psycopg.Error) -> bool:
    """Whether what is stored is damaged."""
    return (failure.sqlstate or "") in ("XX001", "XX002")


def is_full(failure: psycopg.Error) -> bool:
    """Whether the server's disk is full."""
    return failure.sqlstate == "53100"


def name_of(failure: psycopg.Error) -> str:
    """PostgreSQL's name for *failure*."""
    return f"{type(failure).__name__} {failure.sqlstate or ''}".strip()
