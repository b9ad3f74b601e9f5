"""What happened: to documents, and to whatever the operator or a user changed; who did it, and what was before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

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


class Events(Repository):
    """The part of the ledger that remembers what happened."""

    def note(
        self,
        tipo: str,
        detalle: str,
        documento_id: int | None = None,
        *,
        ambiente: str = "",
        rut_emisor: str = "",
        momento: datetime | None = None,
        antes: Mapping[str, Any] | None = None,
        despues: Mapping[str, Any] | None = None,
    ) -> None:
        """Note that something happened, to a document or otherwise, and who did it. Nothing of it may be a secret."""
        row = StoredEvent(
            0, documento_id, ambiente, rut_emisor, momento or clock.now(), tipo, detalle, call.who(),
            dict(antes or {}), dict(despues or {}),
        )  # fmt: skip
        with self.db.writing("eventos"):
            self.db.connection.execute(_INSERT, EVENTO.values(row))

    def change(
        self,
        tipo: str,
        detalle: str,
        antes: Mapping[str, Any],
        despues: Mapping[str, Any],
        *,
        ambiente: str = "",
        rut_emisor: str = "",
    ) -> None:
        """Note what of *antes* is otherwise in *despues*; nothing where all is as it was.

        :param antes: empty for what was not there.
        """
        names = [one for one in {**antes, **despues} if antes.get(one) != despues.get(one)]
        if not names:
            return
        before, after = ({one: given[one] for one in names if one in given} for given in (antes, despues))
        self.note(tipo, detalle, ambiente=ambiente, rut_emisor=rut_emisor, antes=before, despues=after)

    def of(self, documento_id: int | None = None) -> list[StoredEvent]:
        """What happened to a document, or, without one, everything that happened; in order."""
        query, values = _SELECT, list[object]()
        if documento_id is not None:
            query, values = f"{query} WHERE documento_id = ?", [documento_id]
        return [EVENTO.row(row) for row in self.db.connection.execute(f"{query} ORDER BY id", values)]

    def changes(
        self,
        desde: datetime | None = None,
        hasta: datetime | None = None,
        *,
        tipo: str = "",
        quien: str = "",
        rut: str = "",
        ambiente: str = "",
        most: int = 0,
    ) -> Iterator[StoredEvent]:
        """What happened but for the issuing of documents, in order.

        :param hasta: up to that moment, excluded.
        :param quien: a part of who did it, whatever its case.
        :param most: only the last ones; 0 for all.
        """
        query, values = f"{_SELECT} WHERE tipo <> '{EMITIDO}'", list[object]()
        for condition, value in (
            ("momento >= ?", desde and desde.isoformat(" ")), ("momento < ?", hasta and hasta.isoformat(" ")),
            ("tipo = ?", tipo), ("replace(lower(quien), lower(?), '') <> lower(quien)", quien), ("rut_emisor = ?", rut),
            ("ambiente = ?", ambiente),
        ):  # fmt: skip
            if value:
                query, values = f"{query} AND {condition}", [*values, value]
        if most:
            query = f"SELECT * FROM ({query} ORDER BY id DESC LIMIT ?) AS last"
            values.append(most)
        for row in self.db.connection.execute(f"{query} ORDER BY id", values):
            yield EVENTO.row(row)
