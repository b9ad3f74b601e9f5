"""The page ``integracion``, and the example files that it offers."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template
from flask.typing import ResponseReturnValue

from dteplanows.document.samples import samples
from dteplanows.portal import current
from dteplanows.portal.integration.view_model import MOST_LOOKED_AT, types_of
from dteplanows.portal.services import services

integration = Blueprint("integration", __name__)


@integration.get("/<ambiente>/<rut>/integracion")
def integration_page() -> ResponseReturnValue:
    """Types and cases of the company."""
    types = types_of(services().ledger, current.company())
    return render_template("integration.html", types=types, most=MOST_LOOKED_AT)


@integration.get("/<ambiente>/<rut>/integracion/ejemplo/<name>")
def example_file(name: str) -> ResponseReturnValue:
    """An example file, with today as its day of issue."""
    data = samples().get(name)
    if data is None:
        abort(404)
    return Response(data, mimetype="application/octet-stream",
                    headers={"Content-Disposition": f'attachment; filename="{name}"'})  # fmt: skip
