"""Inviting a person: a link that is good once, by which the password of a user is set.

The same link is for whoever is new and for whoever forgot the password. What it shows is known to nobody afterwards:
the ledger keeps a digest.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import cast

from dteplanows.accounts import people
from dteplanows.accounts.new_passwords import check_new_password
from dteplanows.document import clock
from dteplanows.document.catalogue import problem
from dteplanows.document.company import Ambiente, Company
from dteplanows.document.problem import Refused
from dteplanows.ledger.invitations import NewInvitation
from dteplanows.ledger.people_tables import Invitation
from dteplanows.ledger.rows import Rol, UserSettings
from dteplanows.ledger.store import Ledger

DAYS = 3
"""For which a link is good."""


def invite(ledger: Ledger, company: Company, usuario: str, rol: Rol, correo: str = "") -> str:
    """Invite whoever is to be *usuario* of *company*; what the link shows. An earlier link of the same user ends.

    :param rol: of a new user; one that is there keeps its own.
    :param correo: where the link goes to; empty where it is handed over otherwise.
    :raises Refused: the name is none (AUT-010, AUT-080).
    """
    usuario = people.checked_name(usuario)
    token = secrets.token_urlsafe(32)
    vence = clock.now() + timedelta(days=DAYS)
    ledger.invitations.save(NewInvitation(_digest(token), usuario, company, rol, correo, vence))
    return token


def find(ledger: Ledger, token: str) -> Invitation:
    """The invitation whose link shows *token*.

    :raises Refused: there is none that may still be accepted (AUT-076).
    """
    found = ledger.invitations.find(_digest(token))
    if found is None:
        raise Refused([problem("AUT-076")])
    return found


def check_clave(ledger: Ledger, one: Invitation, clave: str, least: int) -> None:
    """See that *clave* may be the password of whom *one* invites.

    :param least: characters that a password must have.
    :raises Refused: it is too short (AUT-051), or easily guessed (AUT-086).
    """
    company = ledger.companies.find(cast(Ambiente, one.ambiente), one.rut)
    check_new_password(clave, least, one.usuario, [company] if company else [])


def accept(ledger: Ledger, token: str, clave: str, least: int) -> Invitation:
    """Set the password of the user that *token* invites, who is made where it is not there.

    :param least: characters that a password must have.
    :raises Refused: the link is good no more (AUT-076); or the password is too short (AUT-051), easily guessed
        (AUT-086), or opens another environment (AUT-012), and the link stays good.
    """
    one = find(ledger, token)
    check_clave(ledger, one, clave, least)
    ambiente = cast(Ambiente, one.ambiente)
    with ledger.writing():
        there = ledger.users.has(one.usuario, ambiente, one.rut)
        if there and people.is_above(ledger.users.find(one.usuario, ambiente, one.rut).rol, one.rol):
            # Made for a new user, it must not open one that was given more since.
            raise Refused([problem("AUT-076")])
        if not ledger.invitations.accept(one):
            raise Refused([problem("AUT-076")])
        if there:
            ledger.users.set_password(one.usuario, clave, ambiente, one.rut)
        else:
            ledger.users.save(one.usuario, clave, ambiente, one.rut, UserSettings(rol=one.rol))
    return one


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
