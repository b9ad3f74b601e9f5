"""What a row would be with two neighbouring texts joined or an empty column put back, and what is told of a move."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dteplanows.parser.txt.layout import Section
from dteplanows.parser.txt.shifted.columns import Kind, counted

MOST_TOO_MANY = 6
"""Columns too many that separators in a text may make; a row of more is something else."""
_QUOTED = re.compile(r"""(?<!\w)(["'])[^"';]*;[^"']*\1(?!\w)""")
"""A separator between two quotes."""


class Shift(NamedTuple):
    """Why a row is not read."""

    code: str
    at: int
    """Index of the column where it shows."""
    value: str
    """The text that likely holds the separator, or the value that stands in another's column."""
    facts: dict[str, object]


def joined_rows(kind: Kind, parts: Sequence[str]) -> Iterator[tuple[int, str, list[str]]]:
    """The row with neighbouring texts joined to one: its index, the text, the row; likeliest texts first."""
    last_empty = not parts[-1].strip()
    for more in range(1, MOST_TOO_MANY + 1):
        if not counted(kind, len(parts) - more, last_empty):
            continue
        places = [i for i in range(len(parts) - more) if i in kind.texts]
        places.sort(key=lambda i: (not parts[i + 1].startswith(" "), " " not in parts[i].strip()))
        for i in places:
            text = ";".join(parts[i : i + more + 1]).strip()
            yield i, text, [*(one.strip() for one in parts[:i]), text, *(one.strip() for one in parts[i + more + 1 :])]


def restored_rows(kind: Kind, parts: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """The row with one empty column put back: its index and the row."""
    if counted(kind, len(parts) + 1, not parts[-1].strip()):
        texts = [one.strip() for one in parts]
        for i in range(1, len(parts)):
            yield i, [*texts[:i], "", *texts[i:]]


def moved_right(section: Section, texts: Sequence[str], index: int, value: str) -> Shift:
    """A separator in *value*, the text of the column at *index*, has moved all behind it one column on."""
    at = min(index, len(section.columns) - 1)  # the text may stand behind the last column
    code = "TXT-079" if _QUOTED.search(value) else "TXT-075"
    return Shift(code, at, value, {"found": len(texts), "column": section.columns[at].name})


def moved_left(section: Section, texts: Sequence[str], index: int, right: str) -> Shift:
    """A lost column has moved the text at *index* out of the column *right*."""
    return Shift("TXT-076", index, texts[index], {"column": section.columns[index].name, "right": right})
