"""Rows written by a CSV writer: texts in quotes, with the quotes inside doubled and nothing between quotes as ``""``.

Databases, spreadsheets and the CSV functions of most languages write so. Other programs write a quote as it is: an
inch, a nickname. The two are told apart by the rows themselves: each writer quotes by a rule of its own (all columns,
all texts, those with a blank, those that need it), and a row that keeps none of these rules is no CSV. What is left is
refused by the reader, never guessed.

The standard library's reader takes anything for CSV (it reads ``"A" b`` as ``A b``), so it cannot tell.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from typing import NamedTuple

_MOST_LINES = 40
"""Lines that the text of one row may go over."""

_QUOTE_FIRST = re.compile(rb'\s*"')
_QUOTE_BEHIND = re.compile(rb'[;\n-]\s*"')
"""Behind a separator, the end of a row, or the mark that a row follows in its line."""

_STANDARD = re.compile(rb'(?:"((?:[^"]|"")*+)"|([^;"]*+))(;|\Z)')
_ESCAPED = re.compile(rb'(?:"((?:[^"\\]|""|\\.)*+)"|([^;"]*+))(;|\Z)', re.DOTALL)
"""As databases write it that put a backslash before a quote."""
_ESCAPE = re.compile(rb'\\(.)|""', re.DOTALL)

_NUMBER = re.compile(rb"[\d.,:/ +-]+[kK]?")
"""Numbers, dates and RUTs: what a writer that quotes texts may leave without quotes."""
_NEEDS = re.compile(rb"[^!-~]|'")
"""What makes a writer quote that does so also for blanks."""
_WRAPPED = re.compile(rb'"[^;]*"')


class Cell(NamedTuple):
    """One column of a row."""

    value: bytes
    """Without the quotes of CSV."""
    quoted: bool
    proves: bool
    """Only a CSV writer writes it so: a doubled quote, a line end, a number or nothing between quotes."""
    begin: int
    """Where it stands in the row, with its quotes."""
    end: int


def may_be_quoted(data: bytes, begin: int, end: int) -> bool:
    """Whether a quote begins some row or column between *begin* and *end*: without one, nothing there is CSV."""
    if data.find(b'"', begin, end) < 0:
        return False
    return bool(_QUOTE_BEHIND.search(data, begin, end) or _QUOTE_FIRST.match(data, begin, end))


def cells(row: bytes) -> list[Cell] | None:
    """The columns of *row*, when CSV's rules hold for all of it and some column is quoted; otherwise None."""
    if not row.startswith(b'"') and b';"' not in row:
        return None
    return _cells(row, _STANDARD) or (_cells(row, _ESCAPED) if b'\\"' in row else None)


def _cells(row: bytes, form: re.Pattern[bytes]) -> list[Cell] | None:
    found, position, any_quoted = [], 0, False
    while True:
        match = form.match(row, position)
        if match is None:
            return None
        quoted = match[1]
        if quoted is None:
            found.append(Cell(match[2], False, False, position, match.start(3)))
        else:
            any_quoted = True
            value = quoted.replace(b'""', b'"') if form is _STANDARD else _ESCAPE.sub(_unescaped, quoted)
            proves = not quoted or len(value) < len(quoted) or b"\n" in value or _NUMBER.fullmatch(value) is not None
            found.append(Cell(value, True, proves, position, match.start(3)))
        if not match[3]:
            return found if any_quoted else None
        position = match.end()


def _unescaped(escape: re.Match[bytes]) -> bytes:
    return escape[1] or b'"'


def half_quoted(row: bytes) -> bool:
    """Whether texts of *row* stand in quotes although CSV's rules do not hold: those inside are not doubled."""
    return sum(1 for text in row.split(b";") if len(text) > 1 and _WRAPPED.fullmatch(text.strip())) > 1


def come_from_csv(rows: Iterable[bytes], counts: Container[int]) -> bool:
    """Whether *rows*, those of one section, certainly come from a CSV writer.

    :param counts: columns that a row of the section has. Texts with a blank in quotes alone could be names that are
        written in quotes; but not in rows that, as those of a CSV, end without a separator.
    """
    quoted = 0
    all_columns = all_texts = all_blanks = True
    for row in rows:
        if not row:
            continue
        found = cells(row)
        bare, wrapped = [text.strip() for text in row.split(b";")] if found is None else [], list[bytes]()
        if found is not None:
            if any(cell.proves for cell in found):
                return True
            bare = [cell.value for cell in found if not cell.quoted]
            wrapped = [cell.value for cell in found if cell.quoted]
        all_blanks = all_blanks and (found is None or len(found) in counts)
        bare = [text for text in bare if text]
        quoted += len(wrapped)
        all_columns = all_columns and not bare
        all_texts = all_texts and all(_NUMBER.fullmatch(text) for text in bare)
        all_blanks = all_blanks and not any(b" " in text for text in bare)
        all_blanks = all_blanks and all(_NEEDS.search(text) for text in wrapped)
    return quoted > 1 and (all_columns or all_texts or all_blanks)


def joined(lines: list[tuple[int, bytes]], width: int) -> list[tuple[int, bytes]]:
    """*lines* with their numbers, those together that are one row because a quoted text goes over the end of a line.

    :param width: columns that a row of the section has at least. Lines that have so many each are rows by themselves.
    """
    found, at = [], 0
    while at < len(lines):
        number, row = lines[at]
        at += 1
        if b'"' in row and cells(row) is None:
            whole, short = row, row.count(b";") + 1 < width
            for more in range(at, min(at + _MOST_LINES, len(lines))):
                line = lines[more][1]
                whole += b"\n" + line
                short = short or line.count(b";") + 1 < width
                if line.count(b'"') % 2:
                    if short and cells(whole) is not None:
                        row, at = whole, more + 1
                    break
        found.append((number, row))
    return found
