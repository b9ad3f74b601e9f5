"""The page ``simulador`` of a company in ``pruebas``, where what it issues goes to the local SII of this machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from dteplanows.document.problem import Problem, Refused
from dteplanows.ledger.events import NewEvent
from dteplanows.portal import current, forms
from dteplanows.portal.afterwards import say
from dteplanows.portal.services import services
from dteplanows.portal.texts import t
from dteplanows.sii.simulator_control import Control, is_ours

MAILS = ("normal", "dos-veces", "tarde", "antes", "nunca")
SERVICES = (
    "subida", "estado-envio", "estado-dte", "correo", "semilla", "token", "boleta-subida", "boleta-envio", "*",
)  # fmt: skip
FAULTS = ("http", "mantencion", "html", "vacio", "cerrar", "esperar", "status", "estado", "token-vence", "charset")
"""What the page offers; the control address and the order take more."""

simulator = Blueprint("simulator", __name__)


@simulator.get("/<ambiente>/<rut>/simulador")
def simulator_page() -> ResponseReturnValue:
    """How it is."""
    _must_be_trial()
    return _page()


@simulator.post("/<ambiente>/<rut>/simulador/opciones")
def change_options() -> ResponseReturnValue:
    """Change how it behaves."""

    def act(control: Control) -> tuple[str, dict[str, Any]]:
        wanted = {
            "demora": forms.number(forms.text("demora"), t("simulator.delay"), 0, 3600),
            "verificar": forms.is_checked("verificar"),
            "solo_registradas": forms.is_checked("solo_registradas"),
            "correo": forms.choice("correo", t("simulator.mail"), MAILS),
            "esquema": forms.choice("esquema", t("simulator.schema"), ("subida", "revision")),
            "referencias": forms.choice("referencias", t("simulator.references"), ("estricta", "libre")),
        }
        control.behave(wanted)
        return "simulator.options_changed", wanted

    return _done(act)


@simulator.post("/<ambiente>/<rut>/simulador/fallas")
def add_fault() -> ResponseReturnValue:
    """Have it commit a fault."""

    def act(control: Control) -> tuple[str, dict[str, Any]]:
        what = forms.choice("hacer", t("simulator.fault"), FAULTS)
        wanted: dict[str, Any] = {
            "hacer": what,
            "servicio": forms.choice("servicio", t("simulator.service"), SERVICES),
            "veces": forms.number(forms.text("veces"), t("simulator.times"), 0, 1000, empty=1),
        }
        if forms.text("codigo"):
            code = forms.text("codigo")
            wanted["codigo"] = int(code) if code.isascii() and code.isdecimal() and len(code) < 6 else code
        if what == "esperar":
            wanted["segundos"] = forms.number(forms.text("segundos"), t("simulator.seconds"), 0, 600, empty=10)
        if what == "cerrar":
            wanted["tras"] = True
        control.add_rule(wanted)
        return "simulator.fault_added", wanted

    return _done(act)


@simulator.post("/<ambiente>/<rut>/simulador/sin-fallas")
def end_faults() -> ResponseReturnValue:
    """Let it commit none any more."""

    def act(control: Control) -> tuple[str, dict[str, Any]]:
        control.end_rules()
        return "simulator.faults_ended", {}

    return _done(act)


def _must_be_trial() -> None:
    if current.company().ambiente != "pruebas":
        abort(404)


def _page(problems: Sequence[Problem] = ()) -> str:
    settings, found = services().settings, None
    ours = is_ours(settings)
    if ours:
        try:
            found = Control(settings).shown()
        except Refused as refused:
            problems = [*problems, *refused.problems]
    return render_template(
        "simulator.html", found=found, ours=ours, problems=problems, settings=settings, mails=MAILS, faults=FAULTS,
        services=SERVICES,
        counts=[one for one in found["documentos"] if one["rut"] == current.company().rut] if found else [],
    )  # fmt: skip


def _done(act: Callable[[Control], tuple[str, dict[str, Any]]]) -> ResponseReturnValue:
    _must_be_trial()
    given, company = services(), current.company()
    if not is_ours(given.settings):
        abort(404)
    try:
        key, wanted = act(Control(given.settings))
    except Refused as refused:
        return forms.refused(_page(refused.problems), refused.problems)
    given.ledger.events.note(
        NewEvent("simulador cambiado", t(key), company.ambiente, company.rut, despues=wanted)
    )  # fmt: skip
    say(key)
    return redirect(url_for("simulator.simulator_page"))
