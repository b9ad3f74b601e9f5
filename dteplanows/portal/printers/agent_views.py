"""The key of the agent of a printer, as the order ``impresora clave``: made, replaced, removed, handed over once."""

from __future__ import annotations

import re

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dteplanows.document.problem import Refused
from dteplanows.document.text import in_ascii
from dteplanows.ledger.print_tables import StoredAgent, StoredPrinter
from dteplanows.portal.afterwards import say
from dteplanows.portal.printers.found import printer_at
from dteplanows.portal.safety import root_of_service
from dteplanows.portal.services import services
from dteplanows.printers import agents
from dteplanows.printers.agent_file import agent_file

printers_agents = Blueprint("printers_agents", __name__, url_prefix="/<ambiente>/<rut>/impresoras/<int:number>/clave")


@printers_agents.app_context_processor
def _marks() -> dict[str, object]:
    return {"key_mark": key_mark}


def key_mark(agent: StoredAgent | None) -> str:
    """What a form has of the key that it replaces: shown again by the browser, it replaces no other one."""
    return agent.creada.isoformat() if agent else ""


@printers_agents.post("/crear")
def new_key(number: int) -> ResponseReturnValue:
    """Make a key in place of the one that there is, and show it, this once."""
    one, ledger = printer_at(number), services().ledger
    if request.form.get("antes", "") != key_mark(ledger.print_agents.of(one.id)):
        say("agents.changed_since", "warn")
        return _back(one)
    try:
        key = agents.new_key(ledger, one)
    except Refused:
        abort(404)
    return render_template("printer_key.html", one=one, key=key, text=_file(one, key))


@printers_agents.post("/quitar")
def remove_key(number: int) -> ResponseReturnValue:
    """Let no agent print there any more."""
    one = printer_at(number)
    if services().ledger.print_agents.remove_key(one):
        say("agents.removed", name=one.nombre)
    return _back(one)


@printers_agents.post("/archivo")
def key_file(number: int) -> Response:
    """The agent's file, with the key that the page before has shown; the service has only its digest."""
    one, key = printer_at(number), request.form.get("clave", "")
    found = agents.known(services().ledger, key)
    if found is None or found.printer.id != one.id:
        abort(404)
    name = "-".join(re.findall(r"[a-z0-9]+", in_ascii(one.nombre).lower())) or str(one.id)
    response = make_response(_file(one, key))
    response.headers["Content-Type"] = "application/toml; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="agente-{name}.toml"'
    return response


def _file(one: StoredPrinter, key: str) -> str:
    reached = f"{request.host_url.rstrip('/')}{root_of_service()}"
    return agent_file(one.nombre, (services().settings.url_publica or reached).rstrip("/"), key)


def _back(one: StoredPrinter) -> ResponseReturnValue:
    return redirect(url_for("printers.change_printer", number=one.id))
