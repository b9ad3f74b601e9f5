"""The page ``f29``."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from dteplanows.archive import f29 as form
from dteplanows.archive.totals import daily
from dteplanows.ledger.finding import Wanted
from dteplanows.portal.current import company
from dteplanows.portal.months import month_of
from dteplanows.portal.services import services

f29 = Blueprint("f29", __name__)


@f29.get("/<ambiente>/<rut>/f29")
def f29_page() -> ResponseReturnValue:
    """The lines of the form that the sales of a month feed."""
    month = month_of(request.args)
    found = form.lines(daily(services().ledger, company(), Wanted(month.desde, month.hasta)))
    return render_template("f29.html", month=month, lines=found, iva=form.iva(found))
