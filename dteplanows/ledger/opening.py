"""Opening the database of a ledger: it is there, or it may be made."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import NOWHERE, Refused
from dteplanows.ledger.engines.base import DATABASE, Connection, Database
from dteplanows.ledger.engines.exchange import Exchange
from dteplanows.ledger.engines.sqlite.database import Sqlite, prepare
from dteplanows.ledger.engines.sqlite.exchange import SqliteExchange
from dteplanows.ledger.in_use import InUse
from dteplanows.ledger.place import Place
from dteplanows.ledger.table import Table
from dteplanows.ledger.vault import KEY_FILE
from dteplanows.ledger.watermark import FILE as MARK_FILE
from dteplanows.ledger.watermark import Watermark

_OF_AN_INSTALLATION = (KEY_FILE, "dteplanows.toml", f"{DATABASE}-wal", f"{DATABASE}-turno", MARK_FILE)
"""Files that tell that there was a database, or that somebody prepared the directory for one."""

_OF_A_SERVER = (KEY_FILE, MARK_FILE)
"""The same where the database lies elsewhere: the settings must be there, for they say where."""


class New(Enum):
    """Whether a database that is not there may be made."""

    NEVER = "never"
    IN_EMPTY = "in empty"
    """In a directory without anything of an installation, which may have lost its database."""
    ANYWHERE = "anywhere"
    """A person says that it is a new one."""


def open_database(place: Place, new: New) -> Database:
    """The database at *place*, in whatever form it is; the directory is made when it is not there.

    :raises Refused: as :class:`~dteplanows.ledger.store.Ledger`.
    """
    if place.base:
        return _open_postgresql(place, new)
    file = place.directory / DATABASE
    _must_be_there(place.directory, new, file)
    _make(place.directory)
    in_use = InUse(file)
    prepare(file)
    in_use.opened(file)
    return Sqlite(file, watermark_at(place), in_use)


def is_there(place: Place) -> bool:
    """Whether there is a database at *place*."""
    if not place.base:
        return _is_database(place.directory / DATABASE)
    found = _postgresql(place)
    try:
        return found.version != 0
    finally:
        found.close()


def _is_database(path: Path) -> bool:
    """Whether there is a file in which anything stands: of an empty one SQLite would make a new database."""
    return path.exists() and path.stat().st_size > 0


def exchange_at(place: Place, staging: Path) -> Exchange:
    """The way to replace the database at *place*, by one that is made ready in the folder *staging*."""
    if place.base:
        _must_have_driver()
        module = import_module("dteplanows.ledger.engines.postgresql.exchange")
        found: Exchange = module.PostgresqlExchange(place, staging)
        return found
    return SqliteExchange(place, staging)


class Loading(Protocol):
    """A new database that is filled with the rows of another."""

    name: str

    @property
    def connection(self) -> Connection:
        """For reading what is there."""

    def last(self, table: Table[Any]) -> tuple[Any, ...] | None:
        """The highest key of *table* that was copied; None for none."""

    def add(self, table: Table[Any], rows: Sequence[Sequence[Any]]) -> None:
        """Copy some rows, with all their columns, durably."""

    def finish(self, document: int, batch: int) -> None:
        """Make it a ledger whose next document and batch have those ids, or higher ones."""

    def close(self) -> None:
        """Leave it, finished or not."""


def loading_into(base: str, installation: str) -> Loading:
    """The database *base*, to be filled with the ledger of *installation*.

    :raises Refused: it cannot be reached or is not empty (BAS-037, BAS-070, BAS-072, BAS-078).
    """
    _must_have_driver()
    module = import_module("dteplanows.ledger.engines.postgresql.loading")
    found: Loading = module.Loading(base, installation)
    return found


def watermark_at(place: Place) -> Watermark:
    """The mark of the ledger at *place*."""
    return Watermark((place.marca or place.directory) / MARK_FILE)


def _open_postgresql(place: Place, new: New) -> Database:
    found = _postgresql(place)
    try:
        signs = [name for name in _OF_A_SERVER if (place.directory / name).exists()]
        # Asked after that, for another process may make it meanwhile, the database first.
        if new is not New.ANYWHERE and (signs or new is New.NEVER) and not found.version:
            raise Refused([problem("BAS-073", value=found.name)])
        _make(place.directory)
    except Refused:
        found.close()
        raise
    return found


def _postgresql(place: Place) -> Database:
    _must_have_driver()
    module = import_module("dteplanows.ledger.engines.postgresql.database")
    found: Database = module.Postgresql(place.base, watermark_at(place))
    return found


def _must_have_driver() -> None:
    """:raises Refused: the library for PostgreSQL is not installed (BAS-072)."""
    if find_spec("psycopg") is None:
        raise Refused([problem("BAS-072")])


def _make(directory: Path) -> None:
    if not directory.exists():
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)


def _must_be_there(directory: Path, new: New, file: Path) -> None:
    """:raises Refused: the database is not in *directory* and may not be made there (BAS-010, BAS-011)."""
    if new is New.ANYWHERE or _is_database(file):
        return
    signs = [name for name in _OF_AN_INSTALLATION if (directory / name).exists()]
    # Asked again, for another process may have made all of it meanwhile, the database first.
    if _is_database(file):
        return
    if signs:
        facts: dict[str, object] = {"missing": ", ".join(signs), "file": file.name}
        raise Refused([problem("BAS-010", NOWHERE, str(directory), **facts)])
    if new is New.NEVER:
        raise Refused([problem("BAS-011", value=str(directory), file=file.name)])
