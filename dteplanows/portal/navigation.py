"""The entries of the menu: those whose pages exist and that the person may ask for."""

from __future__ import annotations

from typing import NamedTuple

from flask import current_app, g, request, url_for

from dteplanows.portal import access
from dteplanows.portal.texts import t

ENTRIES: tuple[tuple[str, str], ...] = (
    ("board.board_page", "menu.board"),
    ("validation.validation_page", "menu.validation"),
    ("integration.integration_page", "integration.page"),
    ("sales.sales_page", "menu.sales"),
    ("envelopes.envelopes_page", "menu.envelopes"),
    ("people.people_page", "people.page"),
    ("audit.audit_page", "audit.page"),
)
"""Pages of a company, by endpoint, in the order of the menu, with the key of their names."""


class Entry(NamedTuple):
    """One line of the menu."""

    name: str
    address: str
    is_here: bool
    """The page that is shown belongs to it."""


def entries() -> list[Entry]:
    """The menu of the company of the page; empty where the page belongs to none."""
    company = g.company
    if company is None:
        return []
    key = company.ambiente, company.rut
    blueprint = request.blueprint
    return [
        Entry(t(name), url_for(endpoint), blueprint == endpoint.partition(".")[0])
        for endpoint, name in ENTRIES
        if endpoint in current_app.view_functions and access.may(g.person, endpoint, key)
    ]


class Other(NamedTuple):
    """Another company that the person has."""

    name: str
    rut: str
    ambiente: str
    address: str
    is_here: bool


def companies() -> list[Other]:
    """The companies of the person, each with its address: of the same page where that needs nothing of this company."""
    if g.person is None:
        return []
    endpoint = request.endpoint if g.address and not request.view_args else "board.board_page"
    found = []
    for one in g.person.companies:
        key = one.ambiente, one.rut
        wanted = endpoint if endpoint and access.may(g.person, endpoint, key) else "board.board_page"
        address = url_for(wanted, ambiente=one.ambiente, rut=one.rut)
        found.append(Other(one.razon_social, one.rut, one.ambiente, address, key == g.address))
    return found
