"""The certificates with which companies sign, sealed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache

from dteplanows.document import clock
from dteplanows.document.company import Ambiente
from dteplanows.ledger.companies import Companies
from dteplanows.ledger.engines.base import Database
from dteplanows.ledger.events import Events, NewEvent
from dteplanows.ledger.repository import Repository
from dteplanows.ledger.rows import NewCertificate, StoredCertificate
from dteplanows.ledger.tables import CERTIFICADO
from dteplanows.ledger.vault import Vault

_INSERT = CERTIFICADO.insert("secreto", "cargado")
_SELECT = f"SELECT secreto, {CERTIFICADO.listed} FROM certificado"
_CURRENT = "SELECT MAX(id) FROM certificado WHERE ambiente = ? AND rut = ? AND ? BETWEEN valid_from AND valid_until"


class Certificates(Repository):
    """The part of the ledger that holds signing certificates."""

    def __init__(self, db: Database, events: Events, companies: Companies, vault: Vault) -> None:
        super().__init__(db)
        self.events = events
        self.companies = companies
        self._vault = vault

    def save(self, one: NewCertificate) -> int:
        """Save a signing certificate with its key, sealed; the company signs with it while it is valid. Gives its id.

        :raises Refused: there is no such company (AUT-004).
        """
        with self.db.writing():
            self.companies.must_exist(one.ambiente, one.rut)
            self.events.note(
                NewEvent("certificado cargado", one.titular, one.ambiente, one.rut, despues=_of_certificate(one))
            )
            sealed = self._vault.seal(one.certificate)
            return self.db.insert(_INSERT, CERTIFICADO.values(one, sealed, clock.now().isoformat(" ")))

    def current(self, ambiente: Ambiente, rut: str, moment: datetime) -> int:
        """Which certificate the company signs with at *moment* (naive UTC), without reading it; 0 for none.

        Of those that are valid then, the one saved last: one that would replace another that is valid longer is only
        saved when a person says so (:mod:`dteplanows.accounts.certificates`).
        """
        values = (ambiente, rut, _text(moment))
        (found,) = self.db.connection.execute(_CURRENT, values).fetchone()
        return int(found or 0)

    def find(self, certificate_id: int) -> StoredCertificate | None:
        """The certificate of that id, or None."""
        found = self._read("WHERE id = ?", (certificate_id,))
        return found[0] if found else None

    def of(self, ambiente: Ambiente | None = None, rut: str | None = None) -> list[StoredCertificate]:
        """All certificates, or those of one company, by company and in the order in which they were saved."""
        wanted = [(name, value) for name, value in (("ambiente", ambiente), ("rut", rut)) if value is not None]
        where = "WHERE " + " AND ".join(f"{name} = ?" for name, _ in wanted) if wanted else ""
        return self._read(f"{where} ORDER BY ambiente, rut, id", [value for _, value in wanted])

    def remove(self, one: StoredCertificate) -> None:
        """Forget a certificate and its key; its id is never given again."""
        with self.db.writing():
            self.db.connection.execute("DELETE FROM certificado WHERE id = ?", (one.id,))
            self.events.note(
                NewEvent("certificado quitado", one.titular, one.ambiente, one.rut, antes=_of_certificate(one))
            )

    def _read(self, which: str, values: Sequence[object]) -> list[StoredCertificate]:
        rows = self.db.connection.execute(f"{_SELECT} {which}", values)
        return [self._stored(*row) for row in rows]

    def _stored(self, sealed: bytes, *row: object) -> StoredCertificate:
        return CERTIFICADO.row(row, _unseal=self._opener(bytes(sealed)))

    def _opener(self, sealed: bytes) -> Callable[[], bytes]:
        return lambda: self._vault.open(sealed)


def _of_certificate(one: NewCertificate | StoredCertificate) -> dict[str, str]:
    """What an event tells of a certificate."""
    return {
        "titular": one.titular, "rut_firmante": one.rut_firmante,
        "valido_desde": str(one.valid_from), "valido_hasta": str(one.valid_until),
    }  # fmt: skip


@lru_cache(maxsize=4)
def _text(moment: datetime) -> str:
    """*moment* as the tables have it. Kept: the calls of one second ask for one moment."""
    return moment.isoformat(" ", "seconds")
