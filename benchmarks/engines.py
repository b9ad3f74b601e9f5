"""Where a ledger of a measurement lies, on either engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dteplanows.ledger.place import Place
from tests.postgresql import server

ENGINES = ("sqlite", "postgresql")


@contextmanager
def place_of(engine: str, folder: Path, *, durable: bool = False) -> Iterator[Place]:
    """Where a new ledger may lie, with a server of its own for PostgreSQL.

    :param durable: that server waits for the disk, as a customer's does.
    """
    if engine == "sqlite":
        yield Place(folder / "datos")
        return
    with server(durable=durable) as one:
        yield Place(folder / "datos", one.new_database())
