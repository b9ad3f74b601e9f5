"""The page ``tablero``."""

from __future__ import annotations

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from dteplanows.portal import current
from dteplanows.portal.access import may
from dteplanows.portal.board import view_model
from dteplanows.portal.board.looked import Key
from dteplanows.portal.looks import looked, months
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
    month = months().soon(current.company_key())
    more = month.rows[0] if month and month.rows else None
    looks = [looked().at(one) for one in keys]
    shown = view_model.board(ledger, services().settings, current.company(), looks, more)
    return render_template("board.html", board=shown, page_of=_page_of)


def _page_of(row: Row) -> str:
    """The address of the page where the person sees to *row*; empty where there is none, or it may not be asked for."""
    endpoint = view_model.page_of(row)
    return url_for(endpoint) if endpoint and may(current.person(), endpoint, current.company_key()) else ""
