"""The month that a page of a book is about, as its address says it, and the ways to the others."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import NamedTuple

from dteplanows.document import clock
from dteplanows.portal.sales.book import month_name, months
from dteplanows.portal.sales.query import first_of, neighbours, whole_month


class Month(NamedTuple):
    """A month."""

    desde: date
    hasta: date
    is_wrong: bool = False
    """The address says something that is no month; it is the present one then."""

    @property
    def text(self) -> str:
        """As an address has it, AAAA-MM."""
        return f"{self.desde:%Y-%m}"

    @property
    def name(self) -> str:
        """In words."""
        return month_name(self.text)

    @property
    def earlier(self) -> str:
        """The month before it, AAAA-MM."""
        return neighbours(self.desde)[0]

    @property
    def later(self) -> str:
        """The month behind it."""
        return neighbours(self.desde)[1]

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The months that can be chosen, each with its name."""
        return months(clock.today(), self.text)


def month_of(given: Mapping[str, str]) -> Month:
    """The month that the arguments *given* of an address mean."""
    text = given.get("mes", "").strip()
    with suppress(ValueError):
        return Month(*whole_month(first_of(text)))
    return Month(*whole_month(clock.today()), is_wrong=bool(text))
