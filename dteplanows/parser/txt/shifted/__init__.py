"""Rows whose values stand in the wrong columns: a ``;`` inside a text moves all behind it, so does a lost empty column.

Columns are known by their position, so only what they hold can show it. A row is held against what it would be with
two neighbouring texts joined, and with one empty column put back: where one of these fits and the row as it stands does
not, it was moved; where both fit and nothing proves the row, nobody knows, and it is not read either.
"""

from __future__ import annotations

import html.entities
import re
from collections.abc import Callable, Sequence
from functools import cache

from dteplanows.parser.txt.layout import Section
from dteplanows.parser.txt.shifted.columns import Kind, counted, kind_of
from dteplanows.parser.txt.shifted.headers import header
from dteplanows.parser.txt.shifted.lines import line
from dteplanows.parser.txt.shifted.moves import MOST_TOO_MANY, Shift
from dteplanows.parser.txt.shifted.others import other, totals

_ENTITY = re.compile(r".*&(#\d{2,6}|#[xX][0-9a-fA-F]{2,5}|[A-Za-z]{2,8}\d{0,2})", re.DOTALL)
_ENTITIES = frozenset(html.entities.name2codepoint) | {"apos"}

_Judge = Callable[[Section, Kind, Sequence[str], Sequence[str], int], Shift | None]


def judge(
    section: Section, parts: Sequence[str], texts: Sequence[str], filling: int, *, entities: bool
) -> Shift | None:
    """Why the row *texts* of *section* is not read as it stands; None when it is, or when another rule says why not.

    :param parts: all that stands between separators, with the blanks around it, the end of the row included.
    :param texts: the columns, as they would be read.
    :param filling: separators behind the section's mark, which a spreadsheet fills as it fills the rows.
    :param entities: whether there may be references of HTML in it.
    """
    if len(texts) - len(section.columns) > MOST_TOO_MANY:
        return None
    if filling > 1 and len(parts) == filling + 1:
        parts, texts = _unfilled(section, parts, texts)
    kind, of_section = _judge_of(section)
    if entities and (entity := _entity(parts, texts, kind)):
        return entity
    return of_section(section, kind, parts, texts, filling)


def _unfilled(section: Section, parts: Sequence[str], texts: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """A row without the separators with which a spreadsheet has filled it to its widest one."""
    most = len(section.columns)
    if len(texts) <= most or any(texts[most:]):
        return parts, texts
    return [*parts[:most], ""], texts[:most]


def counts(section: Section) -> frozenset[int]:
    """Columns that the programs which write *section* are known to give it."""
    return kind_of(section).counts


@cache
def _judge_of(section: Section) -> tuple[Kind, _Judge]:
    """What the columns of *section* hold, and what judges its rows."""
    kind = kind_of(section)
    if section.header:
        return kind, header
    if "Valor" in kind.named and "UniMedida" in kind.named:
        return kind, line
    return kind, totals if section.name.startswith("Totales") else other


def _entity(parts: Sequence[str], texts: Sequence[str], kind: Kind) -> Shift | None:
    """A reference of HTML or XML ends with the separator: ``&amp;``, ``&#241;``."""
    for i, part in enumerate(parts[:-1]):
        found = _ENTITY.fullmatch(part) if "&" in part else None
        if found is None or i not in kind.texts or not (found[1][0] == "#" or found[1] in _ENTITIES):
            continue
        behind = any(one.strip() for one in parts[i + 1 :])
        if not behind or not counted(kind, len(parts) - 1, not parts[-1].strip()):
            continue
        return Shift("TXT-078", i, f"{part.strip()};{parts[i + 1]}".strip(),
                     {"found": len(texts), "entity": f"&{found[1]};"})  # fmt: skip
    return None
