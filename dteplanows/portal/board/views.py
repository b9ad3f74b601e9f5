"""The page ``tablero``."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from dteplanows.portal import current
from dteplanows.portal.board import view_model
from dteplanows.portal.board.looked import Key
from dteplanows.portal.looks import looked
from dteplanows.portal.services import services

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
    shown = view_model.board(ledger, services().settings, current.company(), [looked().at(one) for one in keys])
    return render_template("board.html", board=shown)
