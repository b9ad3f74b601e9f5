"""The page ``guias``."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from dteplanows.document import clock
from dteplanows.portal.current import company
from dteplanows.portal.guias import view_model
from dteplanows.portal.months import month_of
from dteplanows.portal.sales import book, query
from dteplanows.portal.services import services

guias = Blueprint("guias", __name__)

_WHERE = ("desde_fila", "hasta_fila")


@guias.get("/<ambiente>/<rut>/guias")
def guias_page() -> ResponseReturnValue:
    """The guías of a month; of ``parte`` only what they were for, for the page's own script."""
    ledger, month = services().ledger, month_of(request.args)
    overview = view_model.overview(ledger, company(), month)
    reads = overview.issued <= view_model.MOST_READ
    if request.args.get("parte") == "motivos" or "motivos" in request.args:
        found = view_model.reasons(ledger, company(), month) if reads else []
        if request.args.get("parte") == "motivos":
            return render_template("guias_reasons.html", reasons=found)
    else:
        found = []
    where = {name: request.args.get(name, "") for name in _WHERE}
    asked = query.read({"mes": month.text, "tipo": str(view_model.GUIA), **where}, clock.today(), book.PAGE)
    listed = book.listed(ledger, company(), asked)
    return render_template(
        "guias.html", month=month, overview=overview, reads=reads, reasons=found, listed=listed,
        guias=view_model.named(ledger, listed), most=view_model.MOST_READ, has_reasons="motivos" in request.args,
    )  # fmt: skip
