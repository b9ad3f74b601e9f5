"""What is done before a database is brought to a newer form: a backup beside it, for whoever must go back.

A database without documents needs none.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from dteplanows.document import clock
from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Refused
from dteplanows.ledger.backup import Origin, make_backup
from dteplanows.ledger.engines.base import Database


class Upgrade(NamedTuple):
    """A database that was brought to a newer form."""

    before: int
    after: int
    backup: Path

    def text(self) -> str:
        """What the person is told."""
        return (
            f"La base de datos pasó del formato {self.before} al {self.after}. Antes se guardó un respaldo en "
            f"{self.backup}: consérvelo hasta ver que todo funciona, y después bórrelo."
        )


def save_before(db: Database, directory: Path) -> Upgrade | None:
    """Back the database up into *directory* if steps are missing and it has documents. Inside :meth:`Database.forming`.

    :raises Refused: the backup cannot be made (BAS-042 and why), so the form must not be changed.
    """
    version, newest = db.version, db.newest
    if not 0 < version < newest or not db.connection.execute("SELECT 1 FROM documento LIMIT 1").fetchone():
        return None
    target = directory / f"antes-del-formato-{newest}-{clock.now():%Y%m%d-%H%M%S}.zip"
    try:
        make_backup(db, target, Origin("", False, {}))
    except Refused as refused:
        raise Refused([problem("BAS-042", value=db.name, desde=version, hasta=newest), *refused.problems]) from None
    return Upgrade(version, newest, target)
