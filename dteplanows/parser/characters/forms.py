"""What the two formats of a file mean for its charset: its rows, its columns, and the place of each."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from dteplanows.document.elements import ROOTS
from dteplanows.document.problem import Place
from dteplanows.parser.txt.layout import BY_NAME, SECTIONS

_LONGEST_NAME = 60
LONGEST_TAG = 1100
"""Bytes that a tag may have, and a mark's name."""


class Spot(NamedTuple):
    """A column in the file."""

    row: int
    """Where its row begins."""
    end: int
    """Where it ends."""
    number: int
    """Its number in the row, from 0."""
    column: bytes


class Form(NamedTuple):
    """What the format of a file means for its charset."""

    row_ends: tuple[bytes, ...]
    line_end: re.Pattern[bytes]
    separator: bytes
    begins_document: re.Pattern[bytes]
    place: Callable[[bytes, int, Spot], Place]
    """From the file, the line and the column to the place of a text."""
    value: Callable[[str], str]
    """A column as people know it."""


def _behind_tag(text: str) -> str:
    """The text of a column of XML without the tag in front of it."""
    return text.rpartition(">")[2].strip() or text.strip()


_MARKER = re.compile(rb"-[ \t]*>([^<>;\r\n]*)<[ \t]*-")


def _place_in_txt(data: bytes, line: int, spot: Spot) -> Place:
    """With section and column, as far as the mark above tells them."""
    above = data.rfind(b"<", 0, spot.row)
    names = _MARKER.findall(data, max(0, above - _LONGEST_NAME), spot.end)
    name = names[-1].decode("utf-8", "replace").replace(" ", "").lower() if names else ""
    section = BY_NAME.get(name)
    if section is None or spot.number >= len(section.columns):
        return Place(line, section.name if section else "")
    return Place(line, section.name, section.columns[spot.number].name, spot.number + 1)


def _place_in_xml(data: bytes, line: int, spot: Spot) -> Place:
    """With the name of the element."""
    name = re.match(rb"[\w.:-]{1,60}", spot.column) if spot.number else None
    return Place(line, field=name[0].decode("ascii", "replace") if name else "")


_HEADERS = "|".join(section.name for section in SECTIONS if section.header).encode()
_ROOTS = "|".join(sorted(set(ROOTS.values()))).encode()
TXT = Form(
    (b"\n", b"\r"), re.compile(rb"\r{0,3}\n|\r"), b";",
    re.compile(rb"-[ \t]*>[ \t]*(?:" + _HEADERS + rb")[ \t]*<", re.IGNORECASE),
    _place_in_txt, str.strip,
)  # fmt: skip
XML = Form(
    (b"\n",), re.compile(rb"\n"), b"<",
    re.compile(rb"<!|<(?:[\w.-]{1,60}:)?(?:" + _ROOTS + rb")(?:\s[^<>]{0,1000})?>"),
    _place_in_xml, _behind_tag,
)  # fmt: skip
