"""Places in the manual's pages that the service fills in as it shows them: its address, and who reads.

A place is an element that holds what stands there otherwise, so that the pages can be read without a service too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape, unescape

ADDRESS, USER, RUT, PASSWORD = "direccion", "usuario", "rut", "clave"
"""What a place is for. Nothing fills the last one in: it marks what the reader still has to write."""

PORTAL = "<!--portal-->"
"""Where the way to the portal stands in each page."""

_PLACE = re.compile(r'(<span class="dato" data-dato="([a-z]+)">)([^<]*)(</span>)')

_SAFE = re.compile(r"[\w .:/@+\[\]-]*")
"""What means the same between the quotation marks of any language."""


def place(name: str, usual: str) -> str:
    """The element for the place *name* in a page, with HTML that stands there where nobody fills it in."""
    return f'<span class="dato" data-dato="{name}">{usual}</span>'


def filled(page: str, values: Mapping[str, str]) -> str:
    """*page* with *values* at their places. One that is empty, or that a program could not quote, is left out."""
    good = {name: escape(value) for name, value in values.items() if value and _SAFE.fullmatch(value)}
    return _PLACE.sub(lambda found: f"{found[1]}{good.get(found[2], found[3])}{found[4]}", page)


def texts(page: str, name: str) -> list[str]:
    """What stands at each place *name* of *page*."""
    return [unescape(text) for _, found, text, _ in _PLACE.findall(page) if found == name]
