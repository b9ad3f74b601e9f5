"""The looks at the installation that the pages of one process share."""

from __future__ import annotations

from collections.abc import Sequence

from flask import current_app

from dteplanows import status
from dteplanows.portal.board import month
from dteplanows.portal.board.looked import Key, Looked
from dteplanows.portal.board.month import Month
from dteplanows.portal.services import services
from dteplanows.status.rows import Row

_KEY, _MONTHS = "dteplanows.looked", "dteplanows.months"


def looked() -> Looked[Row]:
    """The looks of this process."""
    given = services()

    def look(key: Key) -> Sequence[Row]:
        if key is None:
            return status.of_installation(given.ledger, given.settings)
        found = next((one for one in given.ledger.companies.all() if (one.ambiente, one.rut) == key), None)
        return status.of_company(given.ledger, given.settings, found) if found else ()

    known: Looked[Row] = current_app.extensions.setdefault(_KEY, Looked(look, given.ledger.close))
    return known


def months() -> Looked[Month]:
    """What is known of the month of each company, which takes too long to wait for."""
    given = services()

    def look(key: Key) -> Sequence[Month]:
        found = next((one for one in given.ledger.companies.all() if (one.ambiente, one.rut) == key), None)
        return (month.of_company(given.ledger, found),) if found else ()

    known: Looked[Month] = current_app.extensions.setdefault(_MONTHS, Looked(look, given.ledger.close))
    return known
