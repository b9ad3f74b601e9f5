"""The components of the pages, each as it looks, for whoever makes a page."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Place

COLOURS = (
    "ground", "surface", "surface-sunken", "surface-raised", "line", "line-strong", "text", "text-muted", "accent",
    "accent-strong", "accent-soft", "ok", "ok-soft", "warn", "warn-soft", "bad", "bad-soft", "focus",
)  # fmt: skip
"""The tokens of colour that have a meaning."""

style = Blueprint("style", __name__)


@style.get("/estilo")
def style_page() -> ResponseReturnValue:
    """All components, in all their states."""
    example = problem("TXT-002", Place(line=5, section="Detalle", field="Descripcion", position=3), "7")
    return render_template("style.html", colours=COLOURS, problems=[example])
