"""What has not got the SII's last word: how much of it, for how long, and what waits for a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from dteplanows.ledger.delivery_states import STATES
from dteplanows.ledger.delivery_tables import IS_OPEN, IS_REMARKED
from dteplanows.ledger.engines.base import Database
from dteplanows.ledger.repository import Repository
from dteplanows.ledger.usage import Usage

DELAY: Mapping[str, timedelta] = {"boletas": timedelta(hours=1), "facturas": timedelta(hours=12)}
"""How long after its issue a document may reach the SII at most. Boletas: Res. Ex. 74 of 2020; of the others the norm
gives no hour: 12 of them are half a day in which somebody can still act."""

NEAR = 0.75
"""Part of the delay after which it is said that a document is near it."""

NOT_ARRIVED = ("pendiente", "en sobre", "detenido")
"""States of documents of which the SII knows nothing, as far as is known here."""

# The class is named so that the index of the open documents serves.
_OPEN = f"clase IN ('facturas', 'boletas') AND {IS_OPEN}"
_COUNTS = (
    f"SELECT ambiente, rut_emisor, estado, COUNT(*) FROM entrega WHERE {_OPEN} GROUP BY ambiente, rut_emisor, estado",
    f"SELECT ambiente, rut_emisor, estado, COUNT(*) FROM entrega WHERE {IS_REMARKED} "
    "GROUP BY ambiente, rut_emisor, estado",
)
_REFUSED = (
    f"SELECT motivos FROM entrega WHERE {IS_REMARKED} AND estado = 'rechazado' AND ambiente = ? AND rut_emisor = ? "
    "AND desde >= ?"
)
_ALL = "SELECT COUNT(*) FROM entrega"
_WAITING = f"""
    SELECT ambiente, rut_emisor, clase, COUNT(*), MIN(documento_id) FROM entrega
    WHERE clase = ? AND {IS_OPEN} AND estado IN ({", ".join(repr(one) for one in NOT_ARRIVED)}) AND documento_id < ?
    GROUP BY ambiente, rut_emisor, clase
"""
_STANDING = f"""
    SELECT ambiente, rut_emisor, estado, COUNT(*), MIN(desde) FROM entrega
    WHERE {_OPEN} AND desde < ? GROUP BY ambiente, rut_emisor, estado
"""
_UNSENT = (
    "SELECT ambiente, rut_emisor, COUNT(*) FROM documento "
    "WHERE NOT EXISTS (SELECT 1 FROM entrega WHERE documento_id = documento.id) GROUP BY ambiente, rut_emisor"
)
_ANY_UNSENT = "SELECT (SELECT COUNT(*) FROM documento) > (SELECT COUNT(*) FROM entrega)"
_DOCUMENT = "SELECT tipo, folio, creado FROM documento WHERE id = ?"
_BEYOND_ALL = 2**62


class Owner(NamedTuple):
    """A company in its environment."""

    ambiente: str
    rut: str


class Waiting(NamedTuple):
    """Documents that have not reached the SII, of one company and kind."""

    owner: Owner
    clase: str
    documents: int
    tipo: int
    folio: int
    """Of the one that was issued first."""
    since: datetime
    """When that was; local time in Chile."""


class Standing(NamedTuple):
    """Documents that have been in one state for long."""

    owner: Owner
    estado: str
    documents: int
    since: datetime
    """Since when the one that has been there longest."""


class Undelivered(Repository):
    """The part of the ledger that knows what is still on its way."""

    def __init__(self, db: Database, usage: Usage) -> None:
        super().__init__(db)
        self._usage = usage

    def counts(self) -> dict[Owner, dict[str, int]]:
        """How many documents of each company are in each state, but for those that are accepted as they are."""
        found: dict[Owner, dict[str, int]] = {}
        for query in _COUNTS:
            for ambiente, rut, estado, count in self.db.connection.execute(query):
                found.setdefault(Owner(ambiente, rut), {})[estado] = count
        return found

    def totals(self) -> dict[str, int]:
        """How many documents of the installation are in each state, in the order of the states."""
        by_state: dict[str, int] = {}
        for counts in self.counts().values():
            for estado, count in counts.items():
                by_state[estado] = by_state.get(estado, 0) + count
        # What is accepted is nearly all: the rest is counted and it is not.
        accepted = int(self.db.connection.execute(_ALL).fetchone()[0]) - sum(by_state.values())
        by_state["aceptado"] = max(0, accepted)
        return {one: by_state[one] for one in STATES if by_state.get(one)}

    def refused_since(self, owner: Owner, moment: datetime) -> Iterator[str]:
        """The reasons of each document of a company that the SII has refused from *moment* on, in lines."""
        for (reasons,) in self.db.connection.execute(_REFUSED, (*owner, moment.isoformat(" "))):
            yield str(reasons)

    def unsent(self) -> dict[Owner, int]:
        """How many documents of each company were issued before delivery existed and wait for a person's word."""
        if not self.db.connection.execute(_ANY_UNSENT).fetchone()[0]:
            return {}
        return {Owner(ambiente, rut): count for ambiente, rut, count in self.db.connection.execute(_UNSENT)}

    def waiting(self, issued_before: Mapping[str, datetime] | None = None) -> list[Waiting]:
        """What has not reached the SII, by company and kind, what waits longest first.

        :param issued_before: by kind, only what was issued before that moment.
        """
        found = []
        for clase in DELAY:
            bound = self._usage.first_since(issued_before[clase]) if issued_before else _BEYOND_ALL
            for ambiente, rut, kind, count, first in self.db.connection.execute(_WAITING, (clase, bound)).fetchall():
                tipo, folio, created = self.db.connection.execute(_DOCUMENT, (first,)).fetchone()
                since = datetime.fromisoformat(created)
                found.append(Waiting(Owner(ambiente, rut), kind, count, tipo, folio, since))
        return sorted(found, key=lambda one: one.since)

    def near(self, now: datetime) -> list[Waiting]:
        """What has not reached the SII and is near its delay or beyond it."""
        return self.waiting({clase: now - delay * NEAR for clase, delay in DELAY.items()})

    def standing(self, before: datetime) -> list[Standing]:
        """What has been in the same state since before that moment, by company and state."""
        rows = self.db.connection.execute(_STANDING, (before.isoformat(" "),)).fetchall()
        return [
            Standing(Owner(ambiente, rut), estado, count, datetime.fromisoformat(since))
            for ambiente, rut, estado, count, since in rows
        ]
