"""A person's own page."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from dteplanows.accounts import people, second_factor
from dteplanows.accounts.new_passwords import check_new_password
from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Problem, Refused
from dteplanows.ledger.events import NewEvent
from dteplanows.ledger.portal_tables import PortalSession
from dteplanows.ledger.rows import Opened
from dteplanows.portal import current, devices
from dteplanows.portal.access import TOKEN
from dteplanows.portal.account.picture import picture_of
from dteplanows.portal.afterwards import say
from dteplanows.portal.browsers import name_of
from dteplanows.portal.new_password import must_not_guess, new_password
from dteplanows.portal.services import services
from dteplanows.portal.sessions import Sessions

account = Blueprint("account", __name__, url_prefix="/cuenta")


@account.get("")
def account_page() -> ResponseReturnValue:
    """The page."""
    return _page()


@account.post("/clave")
def change_password() -> ResponseReturnValue:
    """Another password for all companies of the person; every other session ends."""
    ledger, least, person = services().ledger, services().settings.largo_minimo_clave, current.person()
    try:
        own = _proven(request.form.get("clave_actual", ""))
        clave = new_password(request.form)
        check_new_password(clave, least, person.usuario, (one.company for one in own))
        must_not_guess(person.usuario, clave, {(one.company.ambiente, one.company.rut) for one in own})
        people.change_password(ledger, own, clave, least)
    except Refused as refused:
        return _page(refused.problems), 400
    changed = [ledger.logins.user(one.usuario, one.company.ambiente, one.company.rut) for one in person.opened]
    sessions = Sessions(ledger, services().settings)
    sessions.end(session[TOKEN])
    opened = [one for one in changed if one]
    browser = request.headers.get("User-Agent", "")
    session[TOKEN] = sessions.begin(opened, request.remote_addr or "", browser)
    say("account.password_changed")
    return redirect(url_for("account.account_page"))


@account.post("/sesiones")
def end_sessions() -> ResponseReturnValue:
    """End one session of the person, or all but this one."""
    ledger, person = services().ledger, current.person()
    wanted = request.form.get("sesion", "")
    others = [one for one in _sessions() if one.clave != person.key]
    ended = others if wanted == "otras" else [one for one in others if one.clave == wanted]
    with ledger.writing():
        for one in ended:
            ledger.portal_sessions.end(one.clave)
            told = {"navegador": name_of(one.navegador), "desde": one.ip}
            ledger.events.note(NewEvent("sesión cerrada", person.usuario, *_company(), antes=told))
    say("account.sessions_ended" if ended else "account.no_session_ended", count=len(ended))
    return redirect(url_for("account.account_page"))


@account.get("/segundo-factor")
def factor_page() -> ResponseReturnValue:
    """Where a telephone is made to show codes."""
    return _factor_page(second_factor.new_secret())


@account.post("/segundo-factor")
def change_factor() -> ResponseReturnValue:
    """Have the person need a second factor, or none any more, or have other recovery codes."""
    ledger, person, wanted = services().ledger, current.person(), request.form.get("hacer", "")
    if wanted == "agregar":
        return _enrol(request.form.get("clave_telefono", ""))
    try:
        own = _proven(request.form.get(f"clave_{wanted}", ""))
        if wanted == "quitar":
            if any(one.exige_segundo_factor for one in own):
                raise Refused([problem("AUT-082")])
            ledger.second_factors.remove(person.opened)
            say("account.factor_removed")
        elif wanted == "codigos" and second_factor.factor_of(own):
            return render_template("factor_codes.html", codes=second_factor.new_codes(ledger, person.opened))
    except Refused as refused:
        return _page(refused.problems), 400
    return redirect(url_for("account.account_page"))


def _enrol(secret: str) -> ResponseReturnValue:
    """Take what the telephone shows for *secret*, which came from :func:`factor_page`."""
    ledger, person = services().ledger, current.person()
    code = request.form.get("codigo", "")
    try:
        _proven(request.form.get("clave_agregar", ""))
        codes = second_factor.enrol(ledger, person.opened, secret, code)
    except Refused as refused:
        page = _factor_page(secret if second_factor.is_secret(secret) else second_factor.new_secret(), refused.problems)
        return page, 400
    return render_template("factor_codes.html", codes=codes)


def _proven(clave: str) -> Sequence[Opened]:
    """The person's own users, once the password shows that it is still the same person.

    :raises Refused: it is wrong (AUT-070), or too many were (AUT-013 and others).
    """
    person = current.person()
    try:
        opened = services().door.opened(person.usuario, clave, devices.where_from(person.usuario))
    except Refused as refused:
        wrong = any(one.code == "AUT-001" for one in refused.problems)
        raise Refused([problem("AUT-083")] if wrong else refused.problems) from None
    if not {one.id for one in person.opened} <= {one.id for one in opened}:
        raise Refused([problem("AUT-083")])
    return person.opened


def _sessions() -> list[PortalSession]:
    return Sessions(services().ledger, services().settings).of(current.person().opened)


def _company() -> tuple[str, str]:
    """The only company of the person, to whose events its acts belong; none where there are several."""
    opened = current.person().opened
    return (opened[0].company.ambiente, opened[0].company.rut) if len(opened) == 1 else ("", "")


def _page(problems: Sequence[Problem] = ()) -> str:
    person = current.person()
    return render_template(
        "account.html",
        problems=problems,
        sessions=[(one, name_of(one.navegador), one.clave == person.key) for one in _sessions()],
        least=services().settings.largo_minimo_clave,
        factor=second_factor.factor_of(person.opened),
        demanded=any(one.exige_segundo_factor for one in person.opened),
        codes_left=second_factor.codes_left(services().ledger, person.opened),
        calls=any(one.rol != "contador" for one in person.opened),
    )


def _factor_page(secret: str, problems: Sequence[Problem] = ()) -> str:
    person = current.person()
    return render_template(
        "factor.html",
        problems=problems,
        secret=secret,
        picture=picture_of(second_factor.address(secret, person.usuario)),
        must=person.must_enrol,
        has=second_factor.factor_of(person.opened),
        calls=any(one.rol != "contador" for one in person.opened),
    )
