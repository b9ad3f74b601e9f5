"""A ledger that is only read, where nothing can be written: a disk mounted so, a copy, a folder of somebody else."""

from __future__ import annotations

from pathlib import Path

from dteplanows.document.problem import Refused
from dteplanows.ledger.engines.sqlite.read_only import ReadOnlySqlite
from dteplanows.ledger.events import Events
from dteplanows.ledger.kept_settings import KeptSettings
from dteplanows.ledger.secrets import open_vault
from dteplanows.ledger.store import DATABASE_FILE, Ledger
from dteplanows.ledger.watermark import FILE as MARK_FILE
from dteplanows.ledger.watermark import Watermark


class ReadOnlyLedger(Ledger):
    """The ledger of a directory, for reading. Whatever would write is refused (AUT-061)."""

    def __init__(self, directory: Path, clave_maestra: str = "") -> None:
        """:param clave_maestra: as :class:`Ledger` takes it.
        :raises Refused: there is no database (AUT-064), it is unusable (AUT-023), of another version (AUT-020,
            AUT-062), it cannot be read without writing (AUT-063), or the master key is not there (AUT-022).
        """
        # Not the base class's way: that makes what is missing and brings the database up to date.
        self.directory = directory
        self.path = directory / DATABASE_FILE
        db = ReadOnlySqlite(self.path, Watermark(directory / MARK_FILE))
        try:
            db.check_form()
            vault = open_vault(KeptSettings(db, Events(db)), directory, clave_maestra, may_make=False)
        except Refused:
            db.close()
            raise
        self._compose(db, vault)
