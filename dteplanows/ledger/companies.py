"""Companies that issue."""

from __future__ import annotations

from dataclasses import asdict
from functools import lru_cache

from dteplanows.document.catalogue import problem
from dteplanows.document.company import Ambiente, Company
from dteplanows.document.problem import Refused
from dteplanows.ledger.company_table import EMPRESA
from dteplanows.ledger.engines.base import Database
from dteplanows.ledger.events import Events, NewEvent
from dteplanows.ledger.repository import Repository


class Companies(Repository):
    """The part of the ledger that knows who issues."""

    def __init__(self, db: Database, events: Events) -> None:
        super().__init__(db)
        self.events = events

    def save(self, company: Company) -> None:
        """Insert *company*, or change the one of that environment and RUT."""
        model = EMPRESA.model
        values = asdict(company)
        target = [EMPRESA.field("ambiente"), EMPRESA.field("rut")]
        with self.db.writing():
            known = self.find(company.ambiente, company.rut)
            antes = asdict(known) if known else {}
            event = NewEvent(
                f"empresa {'cambiada' if known else 'creada'}", company.razon_social, company.ambiente, company.rut,
                antes=_plain(antes), despues=_plain(values),
            )  # fmt: skip
            self.events.change(event)
            self.db.run(model.insert(**values).on_conflict(conflict_target=target, update=values))

    def find(self, ambiente: Ambiente, rut: str) -> Company | None:
        """The company of that environment and RUT, or None."""
        found = self._companies("WHERE ambiente = ? AND rut = ?", (ambiente, rut))
        return found[0] if found else None

    def all(self) -> list[Company]:
        """All companies, by environment and name."""
        return self._companies("ORDER BY ambiente, razon_social, rut", ())

    def _companies(self, clause: str, values: tuple[str, ...]) -> list[Company]:
        rows = self.db.connection.execute(f"SELECT {EMPRESA.listed} FROM empresa {clause}", values)
        return [company_of(*row) for row in rows]

    def must_exist(self, ambiente: Ambiente, rut: str) -> None:
        """:raises Refused: there is no such company (AUT-004)."""
        if self.find(ambiente, rut) is None:
            raise Refused([problem("AUT-004", value=rut, ambiente=ambiente)])


def _plain(facts: dict[str, object]) -> dict[str, object]:
    """*facts* of a company as an event shows them."""
    return {name: " ".join(one) if isinstance(one, tuple) else one for name, one in facts.items()}


@lru_cache(maxsize=256)
def company_of(*row: object) -> Company:
    """The company of a row. Kept by the row's own values: another row is another company."""
    return EMPRESA.row(row)
