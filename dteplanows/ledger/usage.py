"""How much happened lately: what the state of an installation is judged by."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from dteplanows.document import clock
from dteplanows.ledger.repository import Repository
from dteplanows.ledger.rows import Series

_NEWEST = "SELECT id, creado FROM documento ORDER BY id DESC LIMIT 1"
_FROM = "SELECT id, creado FROM documento WHERE id >= ? ORDER BY id LIMIT 1"
_COUNT = (
    "SELECT ambiente, rut_emisor, tipo, COUNT(*) FROM documento WHERE id >= ? AND reemplaza = 0 "
    "GROUP BY ambiente, rut_emisor, tipo"
)
_COUNT_FROM = "SELECT COUNT(*) FROM documento WHERE id >= ?"
_WAITING = "SELECT COUNT(*), MIN(recibido) FROM lote WHERE estado <> 'terminado'"


class Waiting(NamedTuple):
    """Files of bulk mode that are not done."""

    files: int
    oldest: datetime | None
    """When the first of them was received; local, without zone."""


class Usage(Repository):
    """The part of the ledger that counts over time."""

    def newest_document(self) -> datetime | None:
        """When the last document was recorded; local moment in Chile, without zone. None when there is none."""
        row = self.db.connection.execute(_NEWEST).fetchone()
        return datetime.fromisoformat(row[1]) if row else None

    def issued_since(self, moment: datetime) -> dict[Series, int]:
        """Folios used from *moment* on, by company and type."""
        rows = self.db.connection.execute(_COUNT, (self.first_since(moment),))
        return {Series(*row[:3]): row[3] for row in rows}

    def count_since(self, moment: datetime) -> int:
        """About how many documents were recorded from *moment* on; where it can be told, without looking at each."""
        first = self.first_since(moment)
        if not self.db.numbers_are_dense:
            return int(self.db.connection.execute(_COUNT_FROM, (first,)).fetchone()[0])
        row = self.db.connection.execute(_NEWEST).fetchone()
        return max(0, row[0] - first + 1) if row else 0

    def first_document(self) -> datetime:
        """When the first document was recorded; now when there is none."""
        row = self.db.connection.execute(_FROM, (0,)).fetchone()
        return datetime.fromisoformat(row[1]) if row else clock.now()

    def waiting_batches(self) -> Waiting:
        """The files of bulk mode that are not done."""
        files, oldest = self.db.connection.execute(_WAITING).fetchone()
        return Waiting(files, datetime.fromisoformat(oldest) if oldest else None)

    def is_readable(self) -> bool:
        """Whether a row can be read; whatever keeps it from that is raised."""
        return self.db.connection.execute("SELECT COUNT(*) FROM ajuste").fetchone() is not None

    def first_since(self, moment: datetime) -> int:
        """The lowest id of the documents recorded from *moment* on; one above all when there is none.

        There is no index on the moment: ids grow with it, so that twenty looks find it among a million.
        """
        newest = self.db.connection.execute(_NEWEST).fetchone()
        low, high = 1, (newest[0] if newest else 0) + 1
        text = moment.isoformat(" ")
        while low < high:
            middle = (low + high) // 2
            row = self.db.connection.execute(_FROM, (middle,)).fetchone()
            if row is None or row[1] >= text:
                high = middle
            else:
                low = row[0] + 1
        return low
