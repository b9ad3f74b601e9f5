"""Moving a ledger from SQLite into PostgreSQL: every row of every table, with its number, and compared afterwards.

Where it was interrupted it goes on. Until all of it is copied and compared, no program takes the new database for a
ledger; and the old one is put aside then, so that none goes on with that.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from dteplanows.document import clock
from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Refused
from dteplanows.ledger import presence
from dteplanows.ledger.backup import installation_of
from dteplanows.ledger.engines.base import Connection
from dteplanows.ledger.opening import Loading, loading_into
from dteplanows.ledger.progress import Progress, silent
from dteplanows.ledger.store import Ledger
from dteplanows.ledger.table import Table
from dteplanows.ledger.tables import TABLES

_PAGE = 200
"""Rows that are copied, or compared, at once."""


class Copied(NamedTuple):
    """What was done."""

    rows: dict[str, int]
    """How many rows each table has."""
    name: str
    """The address of the new database, without its password."""
    aside: Path
    """Where the old database is kept."""


def copy(ledger: Ledger, base: str, progress: Progress = silent) -> Copied:
    """Copy all of *ledger* into the database *base*, and put the old one aside.

    :param base: address of an empty database in PostgreSQL, or of one that an interrupted copy has begun to fill.
    :raises Refused: the service or a worker runs (BAS-037), the new database cannot be used (BAS-070, BAS-072) or has
        other data (BAS-078), or what it has is not what the old one has (BAS-079).
    """
    if presence.alive(ledger.directory, "servicio") or presence.alive(ledger.directory, "trabajador"):
        raise Refused([problem("BAS-037", value=str(ledger.directory))])
    with ledger.transaction():  # nobody writes meanwhile
        source = ledger.connection
        with closing(loading_into(base, installation_of(source))) as target:
            for table in TABLES:
                _copy_table(source, target, table, progress)
            rows = {one.name: _compare(source, target.connection, one, progress) for one in TABLES}
            target.finish(ledger.db.next_document(), ledger.db.last_batch() + 1)
            name = target.name
    ledger.close()
    aside = ledger.path.with_name(f"{ledger.path.name}.copiada-{clock.now():%Y%m%d-%H%M%S}")
    for ending in ("-wal", "-shm", ""):  # the log goes along, should somebody have kept it open
        file = ledger.path.with_name(ledger.path.name + ending)
        if file.exists():
            file.replace(aside.with_name(aside.name + ending))
    return Copied(rows, name, aside)


def _copy_table(source: Connection, target: Loading, table: Table[Any], progress: Progress) -> None:
    (total,) = source.execute(f"SELECT COUNT(*) FROM {table.name}").fetchone()
    (done,) = target.connection.execute(f"SELECT COUNT(*) FROM {table.name}").fetchone()
    for rows in _pages(source, table, target.last(table)):
        target.add(table, rows)
        done += len(rows)
        progress(f"filas de {table.name}", done, total)


def _pages(
    connection: Connection, table: Table[Any], last: tuple[Any, ...] | None = None
) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of *table* in the order of its key, some at once; those behind *last*."""
    names, key = ", ".join(one.name for one in table.columns), ", ".join(table.key)
    places = [[one.name for one in table.columns].index(one) for one in table.key]
    while True:
        where = f"WHERE ({key}) > ({', '.join('?' * len(table.key))})" if last else ""
        query = f"SELECT {names} FROM {table.name} {where} ORDER BY {key} LIMIT ?"
        rows = connection.execute(query, (*(last or ()), _PAGE)).fetchall()
        if not rows:
            return
        yield rows
        last = tuple(rows[-1][place] for place in places)


def _compare(source: Connection, target: Connection, table: Table[Any], progress: Progress) -> int:
    """See that *table* is the same in both, row by row; gives how many rows it has.

    :raises Refused: it is not (BAS-079).
    """
    (total,) = source.execute(f"SELECT COUNT(*) FROM {table.name}").fetchone()
    (there,) = target.execute(f"SELECT COUNT(*) FROM {table.name}").fetchone()
    if there != total:
        raise Refused([problem("BAS-079", value=table.name, reason=f"tiene {there} filas y no {total}")])
    done = 0
    for mine, theirs in zip(_pages(source, table), _pages(target, table), strict=True):
        for one, other in zip(mine, theirs, strict=True):
            if tuple(map(_plain, one)) != tuple(map(_plain, other)):
                raise Refused([problem("BAS-079", value=table.name, reason=f"la fila {one[0]} es otra")])
        done += len(mine)
        progress(f"filas comparadas de {table.name}", done, total)
    return done


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview | bytearray) else value
