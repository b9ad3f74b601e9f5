"""Who reads the manual, which stands beside the portal: who has come in, with the company they were last at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from flask import Flask, session

from dteplanows.ledger import faults
from dteplanows.portal.access import LAST, TOKEN
from dteplanows.portal.services import services
from dteplanows.portal.sessions import CompanyKey, Person, Sessions


class Visitor(NamedTuple):
    """A person who has come in."""

    usuario: str
    rut: str
    """What names the company in the login of a test; empty where the same RUT may open ``produccion``, in which an
    example that somebody copies would issue a document in earnest."""
    home: str
    """Where the pages of the company begin, below the portal's own path."""


def visitor_of(app: Flask, environ: Mapping[str, Any]) -> Visitor | None:
    """Who has come in and now sends the request of *environ*; None for nobody, or while the ledger cannot be asked."""
    with app.request_context(dict(environ)):
        if TOKEN not in session:
            return None
        try:
            person = Sessions(services().ledger, services().settings).find(session[TOKEN])
        except Exception as failure:
            if faults.told(failure) is None:
                raise
            return None
        return _visitor(person, session.get(LAST)) if person else None


def _visitor(person: Person, last: object) -> Visitor:
    """What the manual says to *person*.

    :param last: environment and RUT of the company, as the cookie has them.
    """
    keys = [(one.ambiente, one.rut) for one in person.companies]
    key = next((one for one in keys if list(one) == last), keys[0] if len(keys) == 1 else None)
    if key is None:
        return Visitor(person.usuario, "", "/")
    return Visitor(person.usuario, key[1] if _is_only_a_test(key, keys) else "", f"/{key[0]}/{key[1]}/tablero")


def _is_only_a_test(key: CompanyKey, keys: Sequence[CompanyKey]) -> bool:
    return [one[0] for one in keys if one[1] == key[1]] == ["pruebas"]
