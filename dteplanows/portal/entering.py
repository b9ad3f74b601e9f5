"""Coming in by a user name and its password, going out, and choosing a company."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from flask import Blueprint, g, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from dteplanows.accounts import invitations, second_factor
from dteplanows.document.catalogue import problem
from dteplanows.document.company import Ambiente
from dteplanows.document.problem import Problem, Refused
from dteplanows.ledger.events import NewEvent
from dteplanows.ledger.rows import Opened
from dteplanows.log import call
from dteplanows.portal import devices, kept_form
from dteplanows.portal.access import TOKEN
from dteplanows.portal.failures import told
from dteplanows.portal.new_password import must_not_guess, new_password
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
    if second_factor.factor_of(opened):
        _remember(opened, waiting=True)
        return render_template("code.html", next_page=next_page, kept=kept, problems=[])
    return _welcome(opened, next_page, kept)


@entering.route("/entrar/codigo", methods=["GET", "POST"])
def code() -> ResponseReturnValue:
    """The second step of the login: the code that a telephone shows."""
    next_page, kept = request.values.get("siguiente", ""), request.form.get("pendiente", "")
    token = session.get(TOKEN)
    opened = Sessions(services().ledger, services().settings).waiting(token) if token else []
    if not opened:
        return redirect(url_for("entering.home" if g.person else "entering.login"))
    problems: Sequence[Problem] = ()
    if request.method == "POST":
        usuario = opened[0].usuario
        call.note_said(usuario)
        try:
            with services().door.code(usuario, devices.where_from(usuario)):
                second_factor.show(services().ledger, opened, request.form.get("codigo", ""))
        except Refused as refused:
            call.note_refused(refused.problems)
            problems = refused.problems
        else:
            fresh = services().ledger.logins.still_open({str(one.id): one.huella for one in opened})
            return _welcome(fresh, next_page, kept)
    return render_template("code.html", next_page=next_page, kept=kept, problems=problems), _status(problems)


@entering.route("/invitacion/<token>", methods=["GET", "POST"])
def invitation(token: str) -> ResponseReturnValue:
    """Where an invited person sets the password."""
    ledger, least = services().ledger, services().settings.largo_minimo_clave
    problems: Sequence[Problem] = ()
    try:
        one = invitations.find(ledger, token)
    except Refused as refused:
        return told(refused.problems, 410)
    if request.method == "POST":
        # The link is what proves who that is.
        call.note_account(one.usuario, one.ambiente, one.rut)
        try:
            clave = new_password(request.form)
            invitations.check_clave(ledger, one, clave, least)
            must_not_guess(one.usuario, clave, {(one.ambiente, one.rut)})
            invitations.accept(ledger, token, clave, least)
        except Refused as refused:
            call.note_refused(refused.problems)
            problems = refused.problems
        else:
            before = session.pop(TOKEN, None)
            session.clear()
            if before:
                Sessions(ledger, services().settings).end(before)
            g.person = None
            return render_template("invitation_done.html", one=one, enters=one.rol != "integracion")
    company = ledger.companies.find(cast(Ambiente, one.ambiente), one.rut)
    there = ledger.users.has(one.usuario, cast(Ambiente, one.ambiente), one.rut)
    page = render_template(
        "invitation.html", one=one, of=company, there=there, least=least, problems=problems, token=token
    )
    return page, _status(problems, 400)


def _welcome(opened: Sequence[Opened], next_page: str, kept: str) -> ResponseReturnValue:
    """What a login leads to."""
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
        _note("salida del portal", g.person.opened)
    return redirect(url_for("entering.login"))


def _admitted(usuario: str, clave: str) -> Sequence[Opened]:
    """
    :raises Refused: nothing is opened by them (AUT-001, AUT-071), or it is too early to try (AUT-013 and others).
    """
    if not usuario or not clave:
        raise Refused([problem("AUT-072")])
    opened = services().door.opened(usuario, clave, devices.where_from(usuario))
    if person_of(services().ledger, usuario, "", opened) is None:
        raise Refused([problem(NO_PORTAL, value=usuario)])
    return opened


def _begin(opened: Sequence[Opened]) -> None:
    """A new session with a new cookie: nothing of what the browser showed before opens anything."""
    _remember(opened)
    devices.remember(opened[0].usuario)
    _note("entrada al portal", opened)


def _note(what: str, opened: Sequence[Opened]) -> None:
    """Note for each company of a person that it came in or went out."""
    call.note_account(opened[0].usuario, "", "")
    ledger = services().ledger
    with ledger.writing():
        for one in opened:
            ledger.events.note(NewEvent(what, one.usuario, one.company.ambiente, one.company.rut))


def _remember(opened: Sequence[Opened], *, waiting: bool = False) -> None:
    """Let the browser show another token from now on.

    :param waiting: it opens nothing yet.
    """
    sessions, before = Sessions(services().ledger, services().settings), session.get(TOKEN)
    session.clear()
    if before:
        sessions.end(before)
    browser = request.headers.get("User-Agent", "")
    session[TOKEN] = sessions.begin(opened, request.remote_addr or "", browser, waiting=waiting)


def _status(problems: Sequence[Problem], otherwise: int = 401) -> int:
    if not problems:
        return 200
    return 429 if any(one.code in _TOO_OFTEN for one in problems) else otherwise


def _page(next_page: str, kept: str = "", usuario: str = "", problems: Sequence[Problem] = ()) -> tuple[str, int]:
    page = render_template(
        "login.html", next_page=next_page, kept=kept, usuario=usuario, problems=problems, ended=False
    )
    return page, _status(problems)
