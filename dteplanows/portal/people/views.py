"""The pages of a company's users."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dteplanows.accounts import invitations
from dteplanows.accounts import people as rules
from dteplanows.accounts.invitation_mail import is_address, letter
from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Problem, Refused
from dteplanows.ledger.rows import Rol, User, UserSettings
from dteplanows.mail.failing import MailFailed
from dteplanows.portal import current
from dteplanows.portal.afterwards import say
from dteplanows.portal.browsers import name_of
from dteplanows.portal.new_password import must_not_guess, new_password
from dteplanows.portal.people import acts
from dteplanows.portal.services import services
from dteplanows.portal.sessions import Sessions
from dteplanows.portal.texts import t
from dteplanows.sii.notices.sending import mail, outgoing_of

people = Blueprint("people", __name__, url_prefix="/<ambiente>/<rut>/usuarios")

_PEOPLE: Sequence[Rol] = ("contador", "administrador")
"""Roles that the portal gives to persons; who runs the installation is made by a command on its machine."""


@people.get("")
def people_page() -> ResponseReturnValue:
    """The users of the company, and the invitations that nobody accepted yet."""
    return _page()


@people.post("/invitar")
def invite() -> ResponseReturnValue:
    """Invite a person, new or not; or withdraw an invitation."""
    company, ledger, form = current.company(), services().ledger, request.form
    if form.get("retirar"):
        number = int(form["retirar"]) if form["retirar"].isascii() and form["retirar"].isdigit() else 0
        name = ledger.invitations.withdraw(number, company.ambiente, company.rut)
        say("people.withdrawn" if name else "people.nothing_withdrawn", usuario=name or "")
        return _back()
    usuario, correo = form.get("usuario", "").strip(), form.get("correo", "").strip()
    try:
        rol = asked = acts.given_role(form.get("rol", "contador"))
        if ledger.users.has(usuario, company.ambiente, company.rut):
            rol = ledger.users.find(usuario, company.ambiente, company.rut).rol
        rules.must_be_below(current.rol(), usuario, rol)
        if correo and not is_address(correo):
            raise Refused([problem("AUT-084", value=correo)])
        token = invitations.invite(ledger, company, usuario, rol, correo)
    except Refused as refused:
        return _page(refused.problems, form), 400
    _hand_over(usuario, correo, token)
    if rol != asked:
        say("people.role_stays", "warn", usuario=usuario, rol=t(f"roles.{rol}"), asked=t(f"roles.{asked}"))
    return _back()


@people.post("/crear")
def create() -> ResponseReturnValue:
    """Make the user of a program, with its password."""
    company, users, form = current.company(), services().ledger.users, request.form
    usuario = form.get("usuario_sistema", "").strip()
    try:
        clave = new_password(form)
        acts.checked(usuario, clave)
        if users.has(usuario, company.ambiente, company.rut):
            raise Refused([problem("AUT-085", value=usuario)])
        must_not_guess(usuario, clave, acts.own_companies())
        settings = UserSettings(acts.AVISOS.get(form.get("avisos", "")), "integracion")
        users.save(usuario, clave, company.ambiente, company.rut, settings)
    except Refused as refused:
        return _page(refused.problems, form), 400
    say("people.created", usuario=usuario)
    return _back()


@people.get("/usuario")
def person_page() -> ResponseReturnValue:
    """One user, with all that can be done to it."""
    return _person(_user(request.args.get("usuario", "")))


@people.post("/usuario")
def change() -> ResponseReturnValue:
    """Do one thing to a user."""
    user, name = _user(request.form.get("usuario", "")), request.form.get("hacer", "")
    try:
        acts.act(user, name)
    except Refused as refused:
        return _person(user, refused.problems), 400
    say(f"people.done_{name}", usuario=user.usuario)
    if name == "eliminar":
        return _back()
    return redirect(url_for("people.person_page", usuario=user.usuario))


def _user(usuario: str) -> User:
    company, users = current.company(), services().ledger.users
    if not users.has(usuario, company.ambiente, company.rut):
        abort(404)
    return users.find(usuario, company.ambiente, company.rut)


def _back() -> ResponseReturnValue:
    return redirect(url_for("people.people_page"))


def _hand_over(usuario: str, correo: str, token: str) -> None:
    """Mail the link, or have the next page show it, once."""
    link = _whole(url_for("entering.invitation", token=token))
    if not correo:
        say("people.invited", link=link, usuario=usuario, days=invitations.DAYS)
        return
    try:
        mail(services().settings, services().ledger, letter(current.company(), usuario, correo, link))
    except MailFailed as failure:
        say("people.not_mailed", "warn", link, usuario=usuario, correo=correo, why=str(failure))
    else:
        say("people.mailed", usuario=usuario, correo=correo, days=invitations.DAYS)


def _whole(path: str) -> str:
    """An address of the portal as somebody elsewhere reaches it."""
    public = services().settings.url_publica
    where = urlsplit(public or request.host_url)
    return f"{where.scheme}://{where.netloc}{path}"


def _page(problems: Sequence[Problem] = (), form: Mapping[str, str] | None = None) -> str:
    company, ledger = current.company(), services().ledger
    return render_template(
        "people.html",
        problems=problems,
        form=form or {},
        users=ledger.users.of(company.ambiente, company.rut),
        invitations=ledger.invitations.of(company.ambiente, company.rut),
        roles=[(one, t(f"roles.{one}")) for one in _PEOPLE],
        mails=outgoing_of(services().settings) is not None,
        least=services().settings.largo_minimo_clave,
    )


def _person(user: User, problems: Sequence[Problem] = ()) -> str:
    company, ledger = current.company(), services().ledger
    opened = ledger.logins.user(user.usuario, company.ambiente, company.rut)
    own = {(one.company.ambiente, one.company.rut, one.usuario) for one in current.person().opened}
    return render_template(
        "person.html",
        problems=problems,
        user=user,
        roles=[(one, t(f"roles.{one}")) for one in ("integracion", *_PEOPLE)],
        browser_name=name_of,
        avisos=next(name for name, value in acts.AVISOS.items() if value is user.avisos),
        sessions=Sessions(ledger, services().settings).of([opened] if opened else []),
        is_own=(user.ambiente, user.rut, user.usuario) in own,
        may_change=not rules.is_above(user.rol, current.rol()),
        least=services().settings.largo_minimo_clave,
    )
