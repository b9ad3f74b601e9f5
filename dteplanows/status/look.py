"""What every check is given."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from dteplanows.document import clock
from dteplanows.document.company import Company
from dteplanows.document.problem import Problem
from dteplanows.ledger import faults
from dteplanows.ledger.store import Ledger
from dteplanows.settings import Settings
from dteplanows.signer.certificate import utc_now
from dteplanows.status.rows import Row, State

INSTALLATION = "Instalación"
"""The group of what belongs to no company."""


class Look(NamedTuple):
    """One look at one installation, all of it as of one moment."""

    ledger: Ledger
    settings: Settings
    now: datetime
    """Local moment in Chile, without zone."""
    moment: datetime
    """The same in UTC."""
    companies: tuple[Company, ...]

    @property
    def today(self) -> date:
        """Local day in Chile."""
        return self.now.date()

    def at_most(self, company: Company, state: State) -> State:
        """*state*, but no more than an aviso for a company in ``pruebas``: nobody is woken for a trial."""
        return State.AVISO if company.ambiente == "pruebas" and state is State.GRAVE else state


def look_at(ledger: Ledger, settings: Settings) -> Look:
    """A look at the installation of *ledger* now."""
    return Look(ledger, settings, clock.now(), utc_now(), tuple(ledger.companies.all()))


def group_of(company: Company) -> str:
    """The group of what belongs to *company*."""
    return f"{company.razon_social}, RUT {company.rut}, {company.ambiente}"


def problem_row(found: Problem) -> Row:
    """Says why the ledger cannot be opened, or nothing is issued from it."""
    return Row(INSTALLATION, "Base de datos", State.GRAVE, found.message, found.remedy, {"codigo": found.code})


def unreadable_row(failure: BaseException) -> Row:
    """The one row of an installation whose ledger was opened and cannot be read."""
    name = faults.name_of(failure)
    text = f"La base de datos se abrió, pero no se puede leer ({name})."
    remedy = (
        "Revise el disco y sus permisos. Si la base está dañada, detenga el servicio y restaure el último respaldo."
    )
    return Row(INSTALLATION, "Base de datos", State.GRAVE, text, remedy, {"codigo": name})


def upgraded_row(text: str) -> Row:
    """Says that this very look brought the database up to date: nobody else will say it."""
    return Row(INSTALLATION, "Base de datos", State.OK, text)
