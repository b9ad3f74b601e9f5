"""The page ``compras``."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from dteplanows.portal.current import company
from dteplanows.portal.months import month_of
from dteplanows.portal.purchases import view_model
from dteplanows.portal.services import services

purchases = Blueprint("purchases", __name__)


@purchases.get("/<ambiente>/<rut>/compras")
def purchases_page() -> ResponseReturnValue:
    """What the company received in a month."""
    month = month_of(request.args)
    shown = view_model.shown(services().ledger, company(), month, request.args)
    return render_template("purchases.html", month=month, shown=shown)
