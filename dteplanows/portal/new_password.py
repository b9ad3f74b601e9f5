"""A new password as a form has it: typed twice, because nobody sees what is typed."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Refused
from dteplanows.ledger.logins import normal
from dteplanows.portal import devices
from dteplanows.portal.services import services
from dteplanows.portal.sessions import CompanyKey


def new_password(form: Mapping[str, str]) -> str:
    """The new password of *form*. Whether it is long enough is for whoever sets it to judge.

    :raises Refused: the two are not the same (AUT-081).
    """
    clave = form.get("clave_nueva", "")
    if clave != form.get("clave_repetida", ""):
        raise Refused([problem("AUT-081")])
    return clave


def must_not_guess(usuario: str, clave: str, own: Collection[CompanyKey]) -> None:
    """See that setting passwords is no way to guess that of a user of the same name in somebody else's company.

    One name with one password is one person: whoever gives a name another password learns at the next login whether it
    is also the one of that name elsewhere. So it counts as a login, and waits as one.

    :param own: the companies of whoever sets the password.
    :raises Refused: too many wrong passwords of that name, or from there, came before (AUT-013 and others).
    """
    known = services().ledger.logins.keys([normal(usuario)])
    if all((one.company.ambiente, one.company.rut) in own for one in known):
        return
    try:
        services().door.opened(usuario, clave, devices.where_from(usuario))
    except Refused as refused:
        if all(one.code == "AUT-001" for one in refused.problems):
            return
        raise
