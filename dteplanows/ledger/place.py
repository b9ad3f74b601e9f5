"""Where a ledger lies."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from dteplanows.settings import Settings


class Place(NamedTuple):
    """The folder of an installation, and what of it lies elsewhere."""

    directory: Path
    base: str = ""
    """Address of the database in PostgreSQL; empty for SQLite in the folder."""
    marca: Path | None = None
    """Folder of the mark; None for the same folder."""


def place_of(settings: Settings) -> Place:
    """Where the ledger of *settings* lies."""
    return Place(settings.directorio, settings.base, settings.carpeta_marca)
