"""The manual's page for who uses the portal names every page of the menu, and the least role that sees it."""

from __future__ import annotations

from lxml import html

from docs.build import built
from dteplanows.portal.access import TABLE
from dteplanows.portal.navigation import GROUPS
from dteplanows.portal.texts import t


def test_every_page_of_the_menu_is_there_with_its_role() -> None:
    page = html.parse(str(built() / "portal.html"))
    rows = [[cell.text_content().strip() for cell in row.xpath("td")] for row in page.xpath("//tbody/tr")]
    told = {name: role for name, _, role in rows}
    assert told == {t(key): TABLE[endpoint].name.lower() for _, pages in GROUPS for endpoint, key in pages}


def test_its_pictures_are_there() -> None:
    page = html.parse(str(built() / "portal.html"))
    pictures = page.xpath("//main//img/@src")
    assert pictures
    assert [one for one in pictures if not (built() / one).is_file()] == []
