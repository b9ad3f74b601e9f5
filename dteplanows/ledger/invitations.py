"""Invitations: links by which a person sets the password of a user, each good once and for some days."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from dteplanows.document import clock
from dteplanows.document.company import Ambiente, Company
from dteplanows.ledger.companies import Companies
from dteplanows.ledger.engines.base import Database
from dteplanows.ledger.events import Events, NewEvent
from dteplanows.ledger.logins import normal
from dteplanows.ledger.people_tables import INVITACION, Invitation
from dteplanows.ledger.repository import Repository
from dteplanows.ledger.rows import Rol

_OPEN = "terminada IS NULL AND vence > ?"


class NewInvitation(NamedTuple):
    """An invitation on its way into the ledger."""

    clave: str
    """SHA-256, hexadecimal, of what its link shows."""
    usuario: str
    company: Company
    rol: Rol
    correo: str
    vence: datetime


class Invitations(Repository):
    """The part of the ledger that holds them."""

    def __init__(self, db: Database, events: Events, companies: Companies) -> None:
        super().__init__(db)
        self.events = events
        self.companies = companies

    def save(self, new: NewInvitation) -> None:
        """Keep an invitation; those of the same user that may still be accepted end.

        :raises Refused: there is no such company (AUT-004).
        """
        company, now = new.company, clock.now()
        with self.db.writing():
            self.companies.must_exist(company.ambiente, company.rut)
            for one in self.of(company.ambiente, company.rut):
                if normal(one.usuario) == normal(new.usuario):
                    self._end(one.id, now)
            row = Invitation(
                0, new.clave, new.usuario, company.ambiente, company.rut, new.rol, new.correo, now, new.vence
            )
            self.db.insert(INVITACION.insert(), INVITACION.values(row))
            despues = {"rol": new.rol, "vence": f"{new.vence:%d-%m-%Y %H:%M}", "correo": new.correo}
            told = NewEvent("usuario invitado", new.usuario, company.ambiente, company.rut, despues=despues)
            self.events.note(told)

    def of(self, ambiente: Ambiente, rut: str) -> list[Invitation]:
        """Those of a company that may still be accepted, the newest first."""
        query = f"{INVITACION.select} WHERE ambiente = ? AND rut = ? AND {_OPEN} ORDER BY id DESC"
        values = (ambiente, rut, clock.now().isoformat(" "))
        return [INVITACION.row(row) for row in self.db.connection.execute(query, values)]

    def find(self, clave: str) -> Invitation | None:
        """The one of that digest that may still be accepted, or None."""
        query = f"{INVITACION.select} WHERE clave = ? AND {_OPEN}"
        row = self.db.connection.execute(query, (clave, clock.now().isoformat(" "))).fetchone()
        return INVITACION.row(row) if row else None

    def accept(self, one: Invitation) -> bool:
        """Let *one* be accepted by whoever asks; False where somebody else was faster. In a transaction."""
        return self._end(one.id, clock.now())

    def withdraw(self, number: int, ambiente: Ambiente, rut: str) -> str | None:
        """Let an invitation of a company be accepted no more; whose it was, or None where there is none."""
        with self.db.writing():
            found = next((one for one in self.of(ambiente, rut) if one.id == number), None)
            if found is None:
                return None
            self._end(number, clock.now())
            self.events.note(NewEvent("invitación retirada", found.usuario, ambiente, rut, antes={"rol": found.rol}))
        return found.usuario

    def _end(self, number: int, moment: datetime) -> bool:
        order = "UPDATE invitacion SET terminada = ? WHERE id = ? AND terminada IS NULL"
        return self.db.connection.execute(order, (moment.isoformat(" "), number)).rowcount == 1
