"""Where the document was issued and where wood comes from and goes to: coordinates in decimal degrees, WGS84.

Sources: Formato DTE v2.5, GeoRefEmision and ManejoMadera (Resolución Exenta SII 75 of 2024).
"""

from __future__ import annotations

import re

from dteplanows.document.catalogue import problem
from dteplanows.document.model import Document, Group

_DEGREES = re.compile(r"[+-]?\d{1,3}(\.\d+)?", re.ASCII)
_GROUPS = ("GeoRefEmision", "ManejoMadera")
_WGS84 = 1
_LIMITS = {"Latitud": 90, "Longitud": 180}


def check(document: Document) -> None:
    """Judge the coordinates of *document*; that all of a group's elements are there is said by the structure."""
    for name in _GROUPS:
        if name in document.root.groups:
            for group in document.root.all(name):
                _check_group(document, group)


def _check_group(document: Document, group: Group) -> None:
    for name in group.fields:
        limit = next((most for word, most in _LIMITS.items() if name.startswith(word)), 0)
        if limit and not _is_within(group.text(name), limit):
            document.problems.append(problem("DOC-081", group.place_of(name), group.text(name), name=name, limit=limit))
        if name.startswith("Sistema") and group.amount(name) != _WGS84:
            document.problems.append(problem("DOC-082", group.place_of(name), group.text(name), name=name))


def _is_within(text: str, limit: int) -> bool:
    return bool(_DEGREES.fullmatch(text)) and abs(float(text)) <= limit
