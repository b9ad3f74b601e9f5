"""What is looked at before the service begins: whether the database is sound, in a bounded time."""

from __future__ import annotations

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Refused
from dteplanows.ledger.store import Ledger
from dteplanows.recovery.backups import as_signed

_NEWEST = 20
"""Documents whose digest is looked at."""

_LAST = "SELECT tipo, folio, xml FROM documento ORDER BY id DESC LIMIT ?"


def check_at_start(ledger: Ledger) -> None:
    """See that a database was not damaged, as those are that are copied while a program writes to them.

    :raises Refused: it is (BAS-043).
    """
    found = ledger.db.bounded_check()
    if not found:
        newest = ledger.connection.execute(_LAST, (_NEWEST,)).fetchall()
        found = [
            f"el documento de tipo {row[0]} y folio {row[1]} no es el que se firmó"
            for row in newest
            if not as_signed(row[2])
        ]
    if found:
        raise Refused([problem("BAS-043", value=ledger.db.name, reason=found[0])])
