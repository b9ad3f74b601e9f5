"""What somebody may do to the users of a company, and what a person does to its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dteplanows.accounts.new_passwords import check_new_password
from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Refused
from dteplanows.ledger.rows import Opened, Rol
from dteplanows.ledger.store import Ledger

RANKS: Mapping[Rol, int] = {"integracion": 0, "contador": 1, "administrador": 2, "operador": 3}
"""How much each role may in the portal; the first one opens no page."""

LONGEST_NAME = 100
"""Characters of a user name."""


def is_above(rol: Rol, other: Rol) -> bool:
    """Whether *rol* may more than *other*."""
    return RANKS[rol] > RANKS[other]


def checked_name(usuario: str) -> str:
    """*usuario* without blanks around it.

    :raises Refused: nothing is left of it (AUT-010), or it is too long or has characters that nobody sees (AUT-080).
    """
    usuario = usuario.strip()
    if not usuario:
        raise Refused([problem("AUT-010")])
    if len(usuario) > LONGEST_NAME or not usuario.isprintable():
        raise Refused([problem("AUT-080", value=usuario[:LONGEST_NAME], largo=len(usuario), maximo=LONGEST_NAME)])
    return usuario


def must_be_below(mine: Rol, usuario: str, *roles: Rol) -> None:
    """See that whoever has the role *mine* may give *usuario*, or take from it, all of *roles*.

    :raises Refused: one of them may more (AUT-079).
    """
    if any(is_above(one, mine) for one in roles):
        raise Refused([problem("AUT-079", value=usuario)])


def change_password(ledger: Ledger, opened: Sequence[Opened], clave: str, least: int) -> None:
    """Give all users of one person, *opened* by its present password, another one. All sessions and tokens end.

    :param least: characters that it must have.
    :raises Refused: it is too short (AUT-051), easily guessed (AUT-086), or opens another environment for
        programs (AUT-012).
    """
    check_new_password(clave, least, opened[0].usuario, (one.company for one in opened))
    with ledger.writing():
        for one in opened:
            ledger.users.set_password(one.usuario, clave, one.company.ambiente, one.company.rut)


def must_not_be(opened: Sequence[Opened], ambiente: str, rut: str, usuario: str) -> None:
    """See that a person does not shut itself out of a company.

    :param opened: the person's own users.
    :raises Refused: *usuario* of the company is one of them (AUT-078).
    """
    own = {(one.company.ambiente, one.company.rut, one.usuario.casefold()) for one in opened}
    if (ambiente, rut, usuario.casefold()) in own:
        raise Refused([problem("AUT-078")])
