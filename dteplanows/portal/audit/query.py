"""What a page of the audit was asked for, as its address says it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from dteplanows.ledger.events import WantedEvents

_LONGEST = 100


class Asked(NamedTuple):
    """Filters and place; what is not understood is left out, and named."""

    quien: str
    sobre: str
    tipo: str
    desde: date | None
    hasta: date | None
    before: int
    after: int
    errors: Mapping[str, str]
    """By field, the key of the text that says what is wrong with it."""

    def wanted(self, ambiente: str = "", rut: str = "") -> WantedEvents:
        """As the ledger is asked, for a company or for all of them."""
        first = datetime.combine(self.desde, time.min) if self.desde else None
        last = datetime.combine(self.hasta + timedelta(days=1), time.min) if self.hasta else None
        return WantedEvents(first, last, self.tipo, self.quien, rut, ambiente, self.sobre)

    @property
    def filters(self) -> dict[str, Any]:
        """The filters as an address has them."""
        days = {"desde": self.desde, "hasta": self.hasta}
        texts = {"quien": self.quien, "sobre": self.sobre, "tipo": self.tipo}
        return {name: str(one) for name, one in (*texts.items(), *days.items()) if one}


def asked(given: Mapping[str, str]) -> Asked:
    """What the values of an address ask for."""
    errors: dict[str, str] = {}

    def day(name: str) -> date | None:
        text = given.get(name, "").strip()
        try:
            found = date.fromisoformat(text) if text else None
        except ValueError:
            found = None
        # The last days of the calendar have no day after them.
        if text and (found is None or found.year not in range(1900, 9000)):
            errors[name] = "audit.wrong_day"
            return None
        return found

    def text(name: str) -> str:
        return given.get(name, "").strip()[:_LONGEST]

    def number(name: str) -> int:
        text = given.get(name, "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0

    texts = text("quien"), text("sobre"), text("tipo")
    return Asked(*texts, day("desde"), day("hasta"), number("antes"), number("despues"), errors)
