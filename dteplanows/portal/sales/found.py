"""The document that the address of a page names."""

from __future__ import annotations

from flask import abort, request

from dteplanows.ledger.rows import StoredDocument
from dteplanows.portal.current import company
from dteplanows.portal.sales import document
from dteplanows.portal.services import services


def stored_at(tipo: int, folio: int) -> StoredDocument:
    """The document that the address names; without one the request ends."""
    which = request.args.get("documento", 0, type=int)
    found = document.find(services().ledger, company(), tipo, folio, which)
    if found is None:
        abort(404)
    return found


def live_at(tipo: int, folio: int) -> StoredDocument:
    """The live document of that type and folio; without one the request ends."""
    found = document.find(services().ledger, company(), tipo, folio)
    if found is None:
        abort(404)
    return found
