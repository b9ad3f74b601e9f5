"""The printer of an address."""

from __future__ import annotations

from flask import abort

from dteplanows.ledger.print_tables import StoredPrinter
from dteplanows.portal import current
from dteplanows.portal.services import services


def printer_at(number: int) -> StoredPrinter:
    """The printer of that id among those that the company may use; where there is none the request ends."""
    for one in services().ledger.printers.of(current.company()):
        if one.id == number:
            return one
    abort(404)
