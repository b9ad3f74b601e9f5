"""Settings that belong to the ledger itself."""

from __future__ import annotations

import json
from collections.abc import Mapping

from dteplanows.ledger.engines.base import Database
from dteplanows.ledger.events import AJUSTES, Events, NewEvent
from dteplanows.ledger.repository import Repository
from dteplanows.ledger.tables import AJUSTE

_IN_USE = "ajustes_en_uso"
_GET = "SELECT valor FROM ajuste WHERE clave = ?"


class KeptSettings(Repository):
    """The part of the ledger that holds what an installation has to remember of itself."""

    def __init__(self, db: Database, events: Events) -> None:
        super().__init__(db)
        self.events = events

    def get(self, clave: str) -> str:
        """A setting; empty when it was never set."""
        row = self.db.connection.execute(_GET, (clave,)).fetchone()
        return str(row[0]) if row else ""

    def save(self, clave: str, valor: str) -> None:
        """Set a setting. It must not be a secret in clear."""
        with self.db.writing():
            insert = AJUSTE.model.insert(clave=clave, valor=valor)
            target = [AJUSTE.field("clave")]
            self.db.run(insert.on_conflict(conflict_target=target, update={"valor": valor}))

    def note_in_use(self, values: Mapping[str, str], usual: Mapping[str, str]) -> None:
        """Note which settings the service is started with, and, as an event, which are others than the last time.

        :param values: every setting by name, none of them a secret.
        :param usual: the same where nobody has set anything: what an installation that was never started had.
        """
        with self.db.writing():
            known = self.get(_IN_USE)
            before = json.loads(known) if known else usual
            self.events.change(NewEvent(AJUSTES, "al comenzar el servicio", antes=before, despues=values))
            self.save(_IN_USE, json.dumps(dict(values), ensure_ascii=False))
