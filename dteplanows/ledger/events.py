"""What happened: to documents, and to whatever the operator or a user changed; who did it, and what was before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from dteplanows.document import clock
from dteplanows.ledger.repository import Repository
from dteplanows.ledger.rows import StoredEvent
from dteplanows.ledger.tables import EVENTO
from dteplanows.log import call

EMITIDO = "emitido"
"""Event of a document that was issued."""

AJUSTES = "ajustes cambiados"
"""Event of settings that the service was started with, and that are others than the last time."""

INSERT = "INSERT INTO evento (documento_id, ambiente, rut_emisor, momento, tipo, detalle) VALUES (?, ?, ?, ?, ?, ?)"
"""An event of a document, for whoever records many."""

_INSERT = EVENTO.insert()
_SELECT = EVENTO.select


_NO_FACTS: Mapping[str, Any] = MappingProxyType({})


class NewEvent(NamedTuple):
    """Something that happened, on its way into the ledger. Nothing of it may be a secret."""

    tipo: str
    detalle: str
    ambiente: str = ""
    rut_emisor: str = ""
    documento_id: int | None = None
    """The document that it happened to; None for what happened otherwise."""
    momento: datetime | None = None
    """Local moment in Chile, without zone; None for now."""
    antes: Mapping[str, Any] = _NO_FACTS
    """What was changed, by name, as it was; empty where nothing was there."""
    despues: Mapping[str, Any] = _NO_FACTS
    """The same as it is since then."""


class WantedEvents(NamedTuple):
    """Which events are meant; what is empty excludes none."""

    desde: datetime | None = None
    """From that local moment on."""
    hasta: datetime | None = None
    """Up to that one, excluded."""
    tipo: str = ""
    quien: str = ""
    """A part of who did it, or from where, whatever its case."""
    rut: str = ""
    ambiente: str = ""
    detalle: str = ""
    """A part of what it happened to, whatever its case."""


class Events(Repository):
    """The part of the ledger that remembers what happened."""

    def note(self, event: NewEvent) -> None:
        """Note that something happened, to a document or otherwise, and who did it."""
        row = StoredEvent(
            0, event.documento_id, event.ambiente, event.rut_emisor, event.momento or clock.now(), event.tipo,
            event.detalle, call.who(), dict(event.antes), dict(event.despues), call.where_from(),
        )  # fmt: skip
        with self.db.writing("eventos"):
            self.db.connection.execute(_INSERT, EVENTO.values(row))

    def change(self, event: NewEvent) -> None:
        """Note of *event* what is otherwise after it than before; nothing where all is as it was."""
        antes, despues = event.antes, event.despues
        names = [one for one in {**antes, **despues} if antes.get(one) != despues.get(one)]
        if not names:
            return
        before, after = ({one: given[one] for one in names if one in given} for given in (antes, despues))
        self.note(event._replace(antes=before, despues=after))

    def of(self, documento_id: int | None = None) -> list[StoredEvent]:
        """What happened to a document, or, without one, everything that happened; in order."""
        query, values = _SELECT, list[object]()
        if documento_id is not None:
            query, values = f"{query} WHERE documento_id = ?", [documento_id]
        return [EVENTO.row(row) for row in self.db.connection.execute(f"{query} ORDER BY id", values)]

    def page(self, wanted: WantedEvents, most: int, before: int = 0, after: int = 0) -> list[StoredEvent]:
        """At most so many events that :meth:`changes` would give, the newest first.

        :param before: the id of one; only older ones. 0 from the newest on.
        :param after: the id of one; only those that come next to it, newer. 0 for no such bound.
        """
        query, values = _wanted(wanted)
        if before:
            query, values = f"{query} AND id < ?", [*values, before]
        if after:
            query, values = f"{query} AND id > ?", [*values, after]
        order = "ASC" if after else "DESC"
        found = self.db.connection.execute(f"{query} ORDER BY id {order} LIMIT ?", [*values, most]).fetchall()
        return [EVENTO.row(row) for row in (reversed(found) if after else found)]

    def types(self, wanted: WantedEvents) -> list[str]:
        """What kinds of event there are among those that *wanted* means."""
        query, values = _wanted(wanted)
        rows = self.db.connection.execute(f"SELECT DISTINCT tipo FROM ({query}) AS meant ORDER BY tipo", values)
        return [row[0] for row in rows]

    def changes(self, wanted: WantedEvents = WantedEvents(), most: int = 0) -> Iterator[StoredEvent]:  # noqa: B008 - a value
        """What happened but for the issuing of documents, in order.

        :param most: only the last ones; 0 for all.
        """
        query, values = _wanted(wanted)
        if most:
            query = f"SELECT * FROM ({query} ORDER BY id DESC LIMIT ?) AS last"
            values.append(most)
        for row in self.db.connection.execute(f"{query} ORDER BY id", values):
            yield EVENTO.row(row)


def _has(text: str) -> str:
    """The condition that a text has another one in it, whatever their case."""
    return f"replace(lower({text}), lower(?), '') <> lower({text})"


def _wanted(wanted: WantedEvents) -> tuple[str, list[object]]:
    """The query of the events that *wanted* means, with its values."""
    query, values = f"{_SELECT} WHERE tipo <> '{EMITIDO}'", list[object]()
    desde, hasta, tipo, quien, rut, ambiente, detalle = wanted
    for condition, value in (
        ("momento >= ?", desde and desde.isoformat(" ")), ("momento < ?", hasta and hasta.isoformat(" ")),
        ("tipo = ?", tipo), (_has("quien || ' ' || desde"), quien), (_has("detalle"), detalle), ("rut_emisor = ?", rut),
        ("ambiente = ?", ambiente),
    ):  # fmt: skip
        if value:
            query, values = f"{query} AND {condition}", [*values, value]
    return query, values
