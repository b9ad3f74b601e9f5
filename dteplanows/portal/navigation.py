"""The entries of the menu, in groups: those whose pages exist and that the person may ask for."""

from __future__ import annotations

from typing import NamedTuple

from flask import current_app, g, request, url_for

from dteplanows.portal import access
from dteplanows.portal.texts import t

GROUPS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("", (("board.board_page", "menu.board"),)),
    ("menu.documents", (
        ("sales.sales_page", "menu.sales"),
        ("purchases.purchases_page", "menu.purchases"),
        ("guias.guias_page", "menu.guias"),
        ("f29.f29_page", "menu.f29"),
        ("exports.exports_page", "menu.exports"),
        ("validation.validation_page", "menu.validation"),
        ("batches.batches_page", "menu.batches"),
        ("printers.printers_page", "printers.page"),
        ("integration.integration_page", "integration.page"),
    )),
    ("menu.sii", (
        ("envelopes.envelopes_page", "menu.envelopes"),
        ("folios.folios_page", "menu.folios"),
        ("simulator.simulator_page", "menu.simulator"),
    )),
    ("menu.company", (
        ("company.company_page", "menu.facts"),
        ("designs.designs_page", "menu.designs"),
        ("certificates.certificates_page", "menu.certificates"),
        ("mail.mail_page", "menu.mail"),
        ("people.people_page", "people.page"),
        ("audit.audit_page", "audit.page"),
    )),
    ("menu.installation", (
        ("companies.companies_page", "companies.page"),
        ("settings.settings_page", "menu.settings"),
        ("backups.backups_page", "menu.backups"),
        ("installation_audit.audit_page", "audit.installation"),
    )),
)  # fmt: skip
"""Groups in the order of the menu, each with the key of its name and its pages: the endpoint, and the key of the name.

A page is shown where its address can be made: one of a company where the page under way belongs to one.
"""

_OF_TRIALS = frozenset({"simulator.simulator_page"})
"""Pages that a company has in ``pruebas`` alone."""


def sees(name: str) -> bool:
    """Whether the person of the page under way may ask for the page of the menu whose name has that key; who has not
    come in is told of each."""
    person, company = g.get("person"), g.get("company")
    endpoint = next(one for _, pages in GROUPS for one, key in pages if key == name)
    return not person or access.may(person, endpoint, (company.ambiente, company.rut) if company else None)


class Entry(NamedTuple):
    """One line of the menu."""

    name: str
    address: str
    is_here: bool
    """The page that is shown belongs to it."""


class Group(NamedTuple):
    """What belongs together."""

    name: str
    """Empty for what stands above all groups."""
    entries: tuple[Entry, ...]


def groups() -> list[Group]:
    """The menu of the page under way, without what the person may not ask for, or what belongs to no company."""
    found = [Group(t(name) if name else "", tuple(_shown(pages))) for name, pages in GROUPS]
    return [one for one in found if one.entries]


def _shown(pages: tuple[tuple[str, str], ...]) -> list[Entry]:
    company = (g.company.ambiente, g.company.rut) if g.company else None
    found = []
    for endpoint, name in pages:
        if endpoint not in current_app.view_functions:
            continue
        if endpoint in _OF_TRIALS and company and company[0] != "pruebas":
            continue
        of_company = current_app.url_map.is_endpoint_expecting(endpoint, "rut")
        if (company or not of_company) and access.may(g.person, endpoint, company if of_company else None):
            here = _is_of(request.blueprint or "", endpoint)
            found.append(Entry(t(name), url_for(endpoint), here))
    return found


def _is_of(blueprint: str, endpoint: str) -> bool:
    """Whether the pages of *blueprint* are of the family of *endpoint*: ``sales_acts`` belongs to ``sales``."""
    return f"{blueprint}_".startswith(f"{endpoint.partition('.')[0]}_")


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
    same = g.address and not request.view_args and request.method == "GET"
    endpoint = request.endpoint if same else "board.board_page"
    found = []
    for one in g.person.companies:
        key = one.ambiente, one.rut
        wanted = endpoint if endpoint and access.may(g.person, endpoint, key) else "board.board_page"
        address = url_for(wanted, ambiente=one.ambiente, rut=one.rut)
        found.append(Other(one.razon_social, one.rut, one.ambiente, address, key == g.address))
    return found
