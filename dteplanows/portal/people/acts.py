"""What is done to a user of a company from its page, by name of the act."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast, get_args

from flask import request
from werkzeug.exceptions import BadRequest

from dteplanows.accounts import people
from dteplanows.ledger.rows import Rol, User
from dteplanows.ledger.users import check_length
from dteplanows.portal import current
from dteplanows.portal.new_password import must_not_guess, new_password
from dteplanows.portal.services import services
from dteplanows.portal.sessions import CompanyKey

AVISOS: Mapping[str, bool | None] = {"usual": None, "si": True, "no": False}
"""Whether answers carry avisos, as the form says it."""


def given_role(text: str) -> Rol:
    """The role that a form names.

    :raises BadRequest: there is no such role.
    """
    if text not in get_args(Rol):
        raise BadRequest
    return cast(Rol, text)


def act(user: User, name: str) -> None:
    """Do *name* to *user*, whom the person of the page may change.

    :raises Refused: it cannot be done.
    :raises BadRequest: there is no such act.
    """
    if name not in ACTS:
        raise BadRequest
    people.must_be_below(current.rol(), user.usuario, user.rol)
    if name in _NOT_TO_ONESELF:
        people.must_not_be(current.person().opened, user.ambiente, user.rut, user.usuario)
    ACTS[name](user)


def _settings(user: User) -> None:
    """The role, the avisos and whether a second factor is demanded, as far as the form has them and they are others."""
    company, users, form = current.company(), services().ledger.users, request.form
    key = user.usuario, company.ambiente, company.rut
    rol = given_role(form.get("rol", user.rol))
    avisos, exige = AVISOS.get(form.get("avisos", ""), user.avisos), form.get("exige") == "si"
    with services().ledger.writing():
        if rol != user.rol:
            people.must_not_be(current.person().opened, user.ambiente, user.rut, user.usuario)
            people.must_be_below(current.rol(), user.usuario, rol)
            users.set_rol(*key, rol)
        if "avisos" in form and avisos != user.avisos:
            users.set_avisos(*key, avisos)
        # A program has nobody who could show a second factor.
        exige = exige and rol != "integracion"
        if exige != user.exige_segundo_factor:
            users.set_exige(*key, exige)


def _password(user: User) -> None:
    """Another password for a program's user; persons choose their own."""
    if user.rol != "integracion":
        raise BadRequest
    company, clave = current.company(), new_password(request.form)
    check_length(user.usuario, clave, services().settings.largo_minimo_clave)
    must_not_guess(user.usuario, clave, own_companies())
    services().ledger.users.set_password(user.usuario, clave, company.ambiente, company.rut)


def _without_factor(user: User) -> None:
    company, ledger = current.company(), services().ledger
    opened = ledger.logins.user(user.usuario, company.ambiente, company.rut)
    if opened:
        ledger.second_factors.remove([opened])


def _by_name(method: str) -> Callable[[User], None]:
    """One of the ledger's own orders for one user."""

    def do(user: User) -> None:
        company = current.company()
        getattr(services().ledger.users, method)(user.usuario, company.ambiente, company.rut)

    return do


ACTS: Mapping[str, Callable[[User], None]] = {
    "guardar": _settings,
    "clave": _password,
    "sesiones": _by_name("end_everything"),
    "factor": _without_factor,
    "deshabilitar": _by_name("disable"),
    "habilitar": _by_name("enable"),
    "eliminar": _by_name("delete"),
}
"""What can be done, by the value of the button."""

_NOT_TO_ONESELF = frozenset({"deshabilitar", "eliminar", "factor"})
"""Whoever did these would be shut out, or would lose what protects it, which has its own page."""


def own_companies() -> set[CompanyKey]:
    """Those whose users the person of the page may change."""
    return {key for key, rol in current.person().roles.items() if not people.is_above("administrador", rol)}


def checked(user_name: str, clave: str) -> None:
    """See that a new program's user may be made.

    :raises Refused: its name is none (AUT-010, AUT-080), or its password too short (AUT-051).
    """
    people.checked_name(user_name)
    check_length(user_name, clave, services().settings.largo_minimo_clave)
