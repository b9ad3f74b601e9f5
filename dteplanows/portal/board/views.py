"""The page ``tablero``."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

board = Blueprint("board", __name__)


@board.get("/<ambiente>/<rut>/tablero")
def board_page() -> ResponseReturnValue:
    """Today and the month of the company."""
    return render_template("board.html")
