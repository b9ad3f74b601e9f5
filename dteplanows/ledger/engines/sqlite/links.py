"""Connections to SQLite that the process knows of, whichever thread they belong to."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any
from weakref import WeakSet

from dteplanows.ledger.engines.sqlite.identity import Identity

LINKS: WeakSet[Link] = WeakSet()
"""Those that are open."""


class Link(sqlite3.Connection):
    """A connection that is known to be open, whichever thread it belongs to."""

    files: Identity | None = None
    """The files that it must be a connection to."""

    def __init__(self, path: str, *arguments: Any, **options: Any) -> None:
        super().__init__(path, *arguments, **options)
        self.path = str(Path(path).resolve())
        LINKS.add(self)

    def close(self) -> None:
        if self.files:
            self.files.closing(self, super().close)
        else:
            super().close()
        LINKS.discard(self)
