"""What companies have chosen for what they print."""

from __future__ import annotations

from collections.abc import Mapping

from dteplanows.document.company import Company
from dteplanows.ledger.companies import Companies
from dteplanows.ledger.design_tables import DISENO, DesignOutline, StoredDesign
from dteplanows.ledger.engines.base import Database
from dteplanows.ledger.events import Events, NewEvent
from dteplanows.ledger.repository import Repository

CHANGED = "diseño cambiado"
"""Event of another design, or another logo."""
_WHICH = "ambiente = ? AND rut = ?"


class Designs(Repository):
    """The part of the ledger that holds designs."""

    def __init__(self, db: Database, events: Events, companies: Companies) -> None:
        super().__init__(db)
        self.events = events
        self.companies = companies

    def find(self, company: Company) -> StoredDesign | None:
        """What *company* has chosen; None when it has chosen nothing."""
        query = f"{DISENO.select} WHERE {_WHICH}"
        row = self.db.connection.execute(query, (company.ambiente, company.rut)).fetchone()
        return DISENO.row(row) if row else None

    def outline(self, company: Company) -> DesignOutline | None:
        """The same without the logo, which may be much to read."""
        query = f"SELECT nombre, archivo, length(logo), momento FROM diseno WHERE {_WHICH}"
        row = self.db.connection.execute(query, (company.ambiente, company.rut)).fetchone()
        return DesignOutline(*row) if row else None

    def save(self, company: Company, new: StoredDesign, antes: Mapping[str, str], despues: Mapping[str, str]) -> None:
        """Keep *new* in place of what there was, and note what is otherwise.

        :param antes: what the company's design says by name, before; nothing where there was none.
        :param despues: the same from now on.
        :raises Refused: there is no such company (AUT-004).
        """
        with self.db.writing():
            self.companies.must_exist(company.ambiente, company.rut)
            name, ambiente, rut = company.razon_social, company.ambiente, company.rut
            self.events.change(NewEvent(CHANGED, name, ambiente, rut, antes=antes, despues=despues))
            self.db.connection.execute(f"DELETE FROM diseno WHERE {_WHICH}", (company.ambiente, company.rut))
            self.db.connection.execute(DISENO.insert(), DISENO.values(new))
