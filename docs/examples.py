"""Examples on the manual's pages: each can be copied, and programs have the places that the service fills in."""

from __future__ import annotations

import re
from pathlib import PurePath

from dteplanows.web.places import ADDRESS, PASSWORD, RUT, USER, place

PROGRAMS = "programas"
"""Folder of the programs, in the manual's sources."""

HOST_IN_TEXTS = "http://EQUIPO:8080"
"""How texts and answers write the address of the service."""

_HOST_IN_PROGRAMS = "http://127.0.0.1:8080"

_PLACES = re.compile(
    f"(?P<{ADDRESS}>{re.escape(_HOST_IN_PROGRAMS)})|(?P<{USER}>MIUSUARIO)|(?P<{PASSWORD}>MICLAVE)"
    f"|(?<=['\"])(?P<{RUT}>1-9)(?=['\"])"
)
"""What stands in a program for what each reader has another of; the RUT is that of a login."""

_COPY = '<button class="copy" type="button" hidden>Copiar</button>'


def is_program(source: str) -> bool:
    """Whether the file *source*, which a page shows, is one of the programs."""
    return PROGRAMS in PurePath(source).parts


def with_places(html: str) -> str:
    """A program, as HTML, with its places."""
    return _PLACES.sub(lambda found: place(str(found.lastgroup), found[0]), html)


def copied(block: str) -> str:
    """The HTML of an example with the button that copies it; the keyboard can scroll it."""
    begin, tag, rest = block.partition("<pre>")
    inside, end, behind = rest.rpartition("</pre>")
    return f'{begin}<pre tabindex="0">{inside}{end}{_COPY}{behind}' if tag else block


def with_address(page: str) -> str:
    """A whole page with places where its texts name the service's address."""
    return page.replace(HOST_IN_TEXTS, place(ADDRESS, HOST_IN_TEXTS))
