"""Sessions at the SII, which all workers share. A token opens the company's door, so it is kept sealed."""

from __future__ import annotations

import json
from typing import NamedTuple

from dteplanows.ledger.deliveries import PART
from dteplanows.ledger.delivery_tables import SESION_SII, KeptToken
from dteplanows.ledger.engines.base import Database
from dteplanows.ledger.repository import Repository
from dteplanows.ledger.secrets import Secrets

_WHICH = "certificado = ? AND ambiente = ? AND familia = ? AND servidor = ?"


class SessionKey(NamedTuple):
    """What a session is good for."""

    certificado: str
    ambiente: str
    familia: str
    servidor: str


class Sessions(Repository):
    """The part of the ledger that holds sessions."""

    def __init__(self, db: Database, secrets: Secrets) -> None:
        super().__init__(db)
        self._secrets = secrets

    def find(self, key: SessionKey) -> tuple[dict[str, str], float] | None:
        """What is kept for *key* and since when (Unix time), or None."""
        row = self.db.connection.execute(f"{SESION_SII.select} WHERE {_WHICH}", key).fetchone()
        if row is None:
            return None
        found = SESION_SII.row(row)
        return json.loads(self._secrets.unseal(found.sellado)), found.momento

    def save(self, key: SessionKey, kept: dict[str, str], moment: float) -> None:
        """Keep something for *key* in place of what there is."""
        with self.db.writing(PART):
            self.forget(key)
            row = KeptToken(*key, self._secrets.seal(json.dumps(kept).encode()), moment)
            self.db.connection.execute(SESION_SII.insert(), SESION_SII.values(row))

    def forget(self, key: SessionKey) -> None:
        """Forget what is kept for *key*."""
        with self.db.writing(PART):
            self.db.connection.execute(f"DELETE FROM sesion_sii WHERE {_WHICH}", key)
