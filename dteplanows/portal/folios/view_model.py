"""What is left of the folios of a company, type by type, and which of them nobody gets for now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from dteplanows import status
from dteplanows.document import clock
from dteplanows.document.company import Company
from dteplanows.document.elements import DOCUMENT_NAMES
from dteplanows.folios import held_back
from dteplanows.folios.age import last_day
from dteplanows.folios.allocation import CafAccount
from dteplanows.folios.stock import quick_account
from dteplanows.ledger.rows import StoredHold
from dteplanows.ledger.store import Ledger
from dteplanows.settings import Settings
from dteplanows.status.rows import Row, State


class CafLine(NamedTuple):
    """One CAF with what became of its folios."""

    account: CafAccount
    vence: date | None
    """The last day on which it may be used; None where it does not lapse."""
    dias: int | None
    """Days until then, today included; 0 once it is over."""


class TypeCard(NamedTuple):
    """The folios of one type."""

    tipo: int
    name: str
    row: Row
    """As ``estado`` tells it."""
    cafs: tuple[CafLine, ...]
    """The newest first."""

    @property
    def libres(self) -> int:
        """Those that automatic numbering may take."""
        found: int = self.row.facts["libres"]
        return found

    @property
    def se_crean(self) -> bool:
        """More are made when they are needed."""
        return bool(self.row.facts["se_crean"])

    @property
    def kind(self) -> str:
        """How the free ones look in the bar."""
        return {State.OK: "ok", State.AVISO: "warn", State.GRAVE: "bad"}[self.row.state]

    @property
    def vencidos(self) -> int:
        """Free folios of CAFs that lapsed."""
        found: int = self.row.facts["vencidos"]
        return found

    def total(self, name: str) -> int:
        """How many folios of all CAFs became what *name* says, a field of their accounts."""
        return sum(getattr(one.account, name) for one in self.cafs)


def cards(ledger: Ledger, settings: Settings, company: Company, seen: Iterable[Row]) -> list[TypeCard]:
    """Every type for which *company* has a CAF or that it has used lately.

    :param seen: the rows of an earlier look, which know at what rate they are used.
    """
    rows = status.of_folios(ledger, settings, company, seen)
    with ledger.reading():
        accounts = [quick_account(ledger, one) for one in ledger.cafs.of(company.ambiente, company.rut)]
    return [_card(row, [one for one in accounts if one.caf.tipo == row.facts["tipo"]]) for row in rows]


def _card(row: Row, accounts: Sequence[CafAccount]) -> TypeCard:
    tipo: int = row.facts["tipo"]
    return TypeCard(tipo, DOCUMENT_NAMES.get(tipo, ""), row, tuple(map(_line, reversed(accounts))))


def _line(account: CafAccount) -> CafLine:
    last = last_day(account.caf.tipo, account.caf.fecha_autorizacion)
    return CafLine(account, last, None if last is None else max(0, (last - clock.today()).days + 1))


def held_of(ledger: Ledger, company: Company) -> list[StoredHold]:
    """The folios of *company* that are held back."""
    return [one for one in held_back.held(ledger) if one.series[:2] == (company.ambiente, company.rut)]
