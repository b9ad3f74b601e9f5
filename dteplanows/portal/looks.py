"""The looks at the installation that the pages of one process share."""

from __future__ import annotations

from collections.abc import Sequence

from flask import current_app

from dteplanows import status
from dteplanows.portal.board.looked import Key, Looked
from dteplanows.portal.services import services
from dteplanows.status.rows import Row

_KEY = "dteplanows.looked"


def looked() -> Looked:
    """The looks of this process."""
    given = services()

    def look(key: Key) -> Sequence[Row]:
        if key is None:
            return status.of_installation(given.ledger, given.settings)
        found = next((one for one in given.ledger.companies.all() if (one.ambiente, one.rut) == key), None)
        return status.of_company(given.ledger, given.settings, found) if found else ()

    known: Looked = current_app.extensions.setdefault(_KEY, Looked(look, given.ledger.close))
    return known
