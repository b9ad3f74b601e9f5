"""How engines fail, told in one way."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from dteplanows.ledger.engines.sqlite import failures as of_sqlite


class Unusable(Exception):  # noqa: N818 - named for what is the matter
    """The database cannot be used now. What was being done has not happened."""


class Busy(Unusable):
    """Another program, or another thread that waits for one, kept the database for too long. Nothing was written."""


class Replaced(Unusable):
    """The database, or a file that belongs to it, is another one than this process opened, or is gone."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} no es el archivo que se abrió")
        self.name = name


def of_databases() -> tuple[type[Exception], ...]:
    """The exceptions with which databases fail."""
    return (Unusable, *_of_drivers("Error"))


def failing() -> tuple[type[Exception], ...]:
    """Those and the system's own."""
    return (OSError, *of_databases())


def passing() -> tuple[type[Exception], ...]:
    """Those that may be better when the same is tried again."""
    return (Unusable, *_of_drivers("OperationalError"))


def violations() -> tuple[type[Exception], ...]:
    """Those with which a rule of the database refuses a row."""
    return _of_drivers("IntegrityError")


def code_of(failure: BaseException) -> str:
    """The code of the reason why the database could not be used; empty where *failure* tells of none."""
    if isinstance(failure, Busy):
        return "SRV-003"
    engine = _engine_of(failure)
    return str(engine.code_of(failure)) if engine else ""


def name_of(failure: BaseException) -> str:
    """The engine's own name for *failure*; empty for what is none of a database."""
    engine = _engine_of(failure)
    return str(engine.name_of(failure)) if engine else ""


def text_of(failure: BaseException) -> str:
    """What the engine says, for a person; empty for what is none of a database."""
    engine = _engine_of(failure)
    return f"{engine.ENGINE} dice {engine.name_of(failure)}: {failure}" if engine else ""


def is_damage(failure: BaseException) -> bool:
    """Whether it comes from the content of the database, and not from a lock or a full disk."""
    engine = _engine_of(failure)
    return bool(engine and engine.is_damage(failure))


def is_full(failure: BaseException) -> bool:
    """Whether a disk is full."""
    engine = _engine_of(failure)
    return bool(engine and engine.is_full(failure))


def _engine_of(failure: BaseException) -> Any:
    """The module that knows what *failure* means; None for what is none of a database."""
    if isinstance(failure, sqlite3.Error):
        return of_sqlite
    if isinstance(failure, _of_drivers("Error")):
        return import_module("dteplanows.ledger.engines.postgresql.failures")
    return None


def _of_drivers(name: str) -> tuple[type[Exception], ...]:
    return tuple(getattr(one, name) for one in _drivers())


def _drivers() -> Iterator[object]:
    yield sqlite3
    if psycopg := sys.modules.get("psycopg"):
        yield psycopg
