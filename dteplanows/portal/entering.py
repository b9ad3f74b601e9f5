"""Coming in by a user name and its password, going out, and choosing a company."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, g, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Problem, Refused
from dteplanows.ledger.events import NewEvent
from dteplanows.ledger.rows import Opened
from dteplanows.log import call
from dteplanows.portal import kept_form
from dteplanows.portal.access import TOKEN
from dteplanows.portal.services import services
from dteplanows.portal.sessions import Sessions, person_of

WRONG, NO_PORTAL = "AUT-070", "AUT-071"

_TOO_OFTEN = frozenset({"AUT-013", "AUT-015", "AUT-040", "AUT-041"})

entering = Blueprint("entering", __name__)


@entering.get("/")
def home() -> ResponseReturnValue:
    """The only company of the person, or the list to choose from."""
    companies = g.person.companies
    if len(companies) == 1:
        return redirect(url_for("board.board_page", ambiente=companies[0].ambiente, rut=companies[0].rut))
    return render_template("companies.html")


@entering.route("/entrar", methods=["GET", "POST"])
def login() -> ResponseReturnValue:
    """The login, and what it leads to."""
    next_page = request.values.get("siguiente", "")
    if request.method != "POST":
        return redirect(url_for("entering.home")) if g.person else _page(next_page)
    usuario, clave = request.form.get("usuario", "").strip(), request.form.get("clave", "")
    kept = request.form.get("pendiente", "")
    call.note_said(usuario)
    try:
        opened = _admitted(usuario, clave)
    except Refused as refused:
        call.note_refused(refused.problems)
        wrong = any(one.code == "AUT-001" for one in refused.problems)
        return _page(next_page, kept, usuario, [problem(WRONG)] if wrong else refused.problems)
    _begin(opened)
    pending = kept_form.read(kept) if kept else None
    if pending:
        return render_template("again.html", form=pending)
    if kept_form.is_ours(next_page, "GET"):
        return redirect(request.script_root + next_page)
    return redirect(url_for("entering.home"))


@entering.get("/ficha")
def token() -> ResponseReturnValue:
    """What a page that stayed open while its session ended signs its forms with, once somebody has come in again."""
    return jsonify(token=generate_csrf())


@entering.post("/salir")
def logout() -> ResponseReturnValue:
    """The end of the session, in this browser and in the ledger."""
    token = session.get(TOKEN)
    session.clear()
    if token:
        Sessions(services().ledger, services().settings).end(token)
    if g.person:
        services().ledger.events.note(NewEvent("salida del portal", g.person.usuario, despues=_from_where()))
    return redirect(url_for("entering.login"))


def _admitted(usuario: str, clave: str) -> Sequence[Opened]:
    """
    :raises Refused: nothing is opened by them (AUT-001, AUT-071), or it is too early to try (AUT-013 and others).
    """
    if not usuario or not clave:
        raise Refused([problem("AUT-072")])
    opened = services().admit(usuario, clave, request.remote_addr or "")
    if person_of(services().ledger, usuario, "", opened) is None:
        raise Refused([problem(NO_PORTAL, value=usuario)])
    return opened


def _begin(opened: Sequence[Opened]) -> None:
    """A new session with a new cookie: nothing of what the browser showed before opens anything."""
    ledger, before = services().ledger, session.get(TOKEN)
    sessions = Sessions(ledger, services().settings)
    session.clear()
    if before:
        sessions.end(before)
    session[TOKEN] = sessions.begin(opened, request.remote_addr or "", request.headers.get("User-Agent", ""))
    first = opened[0]
    company = (first.company.ambiente, first.company.rut) if len(opened) == 1 else ("", "")
    call.note_account(first.usuario, *company)
    ledger.events.note(NewEvent("entrada al portal", first.usuario, *company, despues=_from_where()))


def _from_where() -> dict[str, str]:
    return {"desde": request.remote_addr or ""}


def _page(
    next_page: str, kept: str = "", usuario: str = "", problems: Sequence[Problem] = ()
) -> tuple[str, int]:
    status = 200
    if problems:
        status = 429 if any(one.code in _TOO_OFTEN for one in problems) else 401
    page = render_template(
        "login.html", next_page=next_page, kept=kept, usuario=usuario, problems=problems, ended=False
    )
    return page, status
