"""Totals and rows of other sections whose values stand in the wrong columns."""

from __future__ import annotations

from collections.abc import Sequence

from dteplanows.parser.txt.layout import Section
from dteplanows.parser.txt.shifted.columns import Kind, misfits
from dteplanows.parser.txt.shifted.moves import Shift, joined_rows, moved_left, moved_right, restored_rows
from dteplanows.parser.txt.shifted.texts import PLAIN_NUMBER


def totals(section: Section, kind: Kind, parts: Sequence[str], texts: Sequence[str], filling: int) -> Shift | None:
    """A rate of IVA in the column of the exempt amount: one column in front of it was lost."""
    rate, before = texts[6] if len(texts) > 6 else "", texts[5] if len(texts) > 5 else ""
    if "19" not in before:
        return None
    if PLAIN_NUMBER.fullmatch(rate) and float(rate) > 100 and PLAIN_NUMBER.fullmatch(before) and float(before) == 19:
        return moved_left(section, texts, 5, section.columns[6].name)
    return None


def other(section: Section, kind: Kind, parts: Sequence[str], texts: Sequence[str], filling: int) -> Shift | None:
    """Why the row *texts* is not read; the arguments are those of :func:`.shifted.judge`."""
    wrong = misfits(kind, texts)
    if not wrong and len(texts) <= len(section.columns):
        return None
    surplus = len(texts) > len(section.columns) and not (filling > 1 and len(parts) - 1 <= filling)
    if surplus and not wrong and not any(texts[len(section.columns) :]):
        written = [i for i in kind.texts if texts[i]]
        if len(written) > 1 and max(written) == len(section.columns) - 1 and len(section.columns) == section.required:
            first = min(written)
            return moved_right(section, texts, first, ";".join(parts[first:]).strip(" ;"))
    if not wrong:
        return None
    for i, text, row in joined_rows(kind, parts):
        if not parts[i + 1].strip() or misfits(kind, row):
            continue
        if surplus or wrong > 1 or (len(texts) > section.required and _may_be_rest(kind, parts, texts, i)):
            return moved_right(section, texts, i, text)
    for _, row in restored_rows(kind, parts):
        if not misfits(kind, row) and not parts[-1].strip() and (wrong > 1 or len(parts) == section.required):
            index = next(i for i, text in enumerate(texts) if not kind.fits[i](text))
            return moved_left(section, texts, index, section.columns[min(index + 1, len(section.columns) - 1)].name)
    return None


def _may_be_rest(kind: Kind, parts: Sequence[str], texts: Sequence[str], i: int) -> bool:
    """Whether what stands behind the text at *i* is likelier its rest than a wrong value: a blank begins it, or the
    row ends with it.

    One wrong value with others behind it, all in their places, is a wrong value and no more.
    """
    is_last = not kind.fits[i + 1](texts[i + 1]) and not any(texts[i + 2 :])
    return bool(texts[i]) and (parts[i + 1][:1].isspace() or is_last)
