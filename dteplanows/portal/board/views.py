"""The page ``tablero``."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from dteplanows import status
from dteplanows.portal import current
from dteplanows.portal.board import view_model
from dteplanows.portal.board.looked import Key, Looked
from dteplanows.portal.services import services
from dteplanows.status.rows import Row

board = Blueprint("board", __name__)


@board.get("/<ambiente>/<rut>/tablero")
def board_page() -> ResponseReturnValue:
    """Today and the month of the company."""
    ledger = services().ledger
    # What belongs to the machine is for whoever has everything on it, and not for one customer of many.
    is_whole = current.person().best == "operador" or (
        current.rol() == "administrador" and len(current.person().companies) == len(ledger.companies.all())
    )
    keys: list[Key] = [current.company_key(), *([None] if is_whole else [])]
    shown = view_model.board(ledger, services().settings, current.company(), [_looked().at(one) for one in keys])
    return render_template("board.html", board=shown)


def _looked() -> Looked:
    """The looks of this process."""
    given = services()

    def look(key: Key) -> Sequence[Row]:
        if key is None:
            return status.of_installation(given.ledger, given.settings)
        found = next((one for one in given.ledger.companies.all() if (one.ambiente, one.rut) == key), None)
        return status.of_company(given.ledger, given.settings, found) if found else ()

    known: Looked = current_app.extensions.setdefault("dteplanows.looked", Looked(look, given.ledger.close))
    return known
