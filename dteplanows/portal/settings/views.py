"""The pages ``ajustes`` and ``ajustes/NOMBRE``."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dteplanows.document.problem import Problem, Refused
from dteplanows.ledger.events import NewEvent
from dteplanows.portal import forms
from dteplanows.portal.afterwards import say
from dteplanows.portal.services import services
from dteplanows.portal.settings import view_model
from dteplanows.settings import FILE, Settings
from dteplanows.settings.changing import change

settings = Blueprint("settings", __name__)


@settings.get("/instalacion/ajustes")
def settings_page() -> ResponseReturnValue:
    """Every setting."""
    given = services().settings
    found = view_model.families(given)
    pending = [one for _, members in found for one in members if one.next is not None]
    return render_template("settings.html", families=found, pending=pending, file=given.directorio / FILE)


@settings.route("/instalacion/ajustes/<name>", methods=["GET", "POST"])
def setting_page(name: str) -> ResponseReturnValue:
    """One setting; with a value, that one is written into the file."""
    if name not in Settings.model_fields:
        abort(404)
    if request.method != "POST":
        return _page(name)
    ledger = services().ledger
    try:
        before, after = change(services().settings, name, request.form.get("valor", ""))
    except Refused as refused:
        return forms.refused(_page(name, refused.problems), refused.problems)
    ledger.events.change(NewEvent("ajuste cambiado", name, antes={name: before}, despues={name: after}))
    say("settings.changed", name=name)
    return redirect(url_for("settings.settings_page"))


def _page(name: str, problems: Sequence[Problem] = ()) -> str:
    given = services().settings
    return render_template(
        "setting.html", one=view_model.one(given, name), problems=problems, file=given.directorio / FILE,
        written=request.form.get("valor"),
    )  # fmt: skip
