"""The person and the company of the request under way. ``access`` sets them before any view runs."""

from __future__ import annotations

from flask import g

from dteplanows.accounts.callers import Account
from dteplanows.document.company import Company
from dteplanows.ledger.rows import Rol
from dteplanows.portal.sessions import CompanyKey, Person


def person() -> Person:
    """Who asks. Only for endpoints that need somebody who came in."""
    found: Person = g.person
    return found


def company() -> Company:
    """The company of the address. Only for endpoints below ``/<ambiente>/<rut>/``."""
    found: Company = g.company
    return found


def company_key() -> CompanyKey:
    """Its environment and RUT."""
    return company().ambiente, company().rut


def rol() -> Rol:
    """What the person may do for the company of the address."""
    return person().rol(company_key())


def account() -> Account:
    """On whose behalf files are processed: the person, for the company of the address, with all avisos.

    A file is the company's whatever issuer it names in ``pruebas``, as for the login that test programs use.
    """
    return Account(person().usuario, company(), company().ambiente == "pruebas", con_avisos=True)
