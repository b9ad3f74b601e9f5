"""The menu: groups with what is in them, and nothing that the person may not ask for."""

from __future__ import annotations

import re

from dteplanows.portal.navigation import GROUPS
from dteplanows.portal.texts import TEXTS, t
from tests.portal.pages import Site

_MENU = re.compile(r'<nav class="menu".*?</nav>', re.DOTALL)
_GROUP = re.compile(r'<h2 class="menu-group"[^>]*>([^<]+)</h2>')
_ENTRY = re.compile(r'<a href="([^"]+)"[^>]*>([^<]+)</a>')


def menu(page: str) -> str:
    found = _MENU.search(page)
    return found[0] if found else ""


def test_every_entry_of_the_menu_leads_to_a_page(site: Site) -> None:
    browser = site.inside("operador")
    shown = menu(browser.get(f"{site.home}/tablero").text)
    found = [address for address, _ in _ENTRY.findall(shown)]
    addresses = [one.removeprefix("/portal") for one in found if one.startswith("/portal/")]

    assert len(addresses) > 3
    assert [browser.get(one).status_code for one in addresses] == [200] * len(addresses)


def test_each_group_is_named_and_holds_something(site: Site) -> None:
    shown = menu(site.inside("contador").get(f"{site.home}/tablero").text)
    parts = re.split(r"<h2", shown)

    assert set(_GROUP.findall(shown)) <= {t(name) for name, _ in GROUPS if name}
    assert all(_ENTRY.search(part) for part in parts)


def test_who_may_less_sees_less(site: Site) -> None:
    contador, operador = (
        {name for _, name in _ENTRY.findall(menu(site.inside(rol).get(f"{site.home}/tablero").text))}
        for rol in ("contador", "operador")
    )

    assert contador <= operador


def test_a_page_of_no_company_has_no_entries_of_one(site: Site) -> None:
    shown = menu(site.inside("contador").get("/").text)

    assert _ENTRY.findall(shown) == []


def test_everything_in_the_menu_has_a_name() -> None:
    names = [key for name, pages in GROUPS for key in (name, *(one for _, one in pages)) if key]

    assert [key for key in names if key not in TEXTS] == []
