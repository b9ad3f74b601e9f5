"""The rows of a flat TXT with the place of each column in its line, cut as the parser cuts them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dteplanows.document.text import decode
from dteplanows.parser.txt import csv_rows, marks, shifted
from dteplanows.parser.txt.layout import Section
from dteplanows.parser.txt.marks import Kind, Mark, Piece
from dteplanows.parser.txt.stretches import come_from_csv, stretches_of, width_of
from dteplanows.portal.validation.span import Span

MOST_COLUMNS = 200
"""Columns of a row that are told apart: more than any section has."""


class Cell(NamedTuple):
    """One column of a row."""

    span: Span
    """Without the blanks around it."""
    text: str
    """What it says, without the quotes of CSV."""


class Row(NamedTuple):
    """One row."""

    line: int
    document: int
    """Number of its document in the file, from 0."""
    section: Section | None
    """None where no section is known to take it."""
    cells: tuple[Cell, ...]
    span: Span


class _Part(NamedTuple):
    """A line of a row: its number, where it begins in the file, and its bytes without the blanks around them."""

    line: int
    begin: int
    data: bytes


def rows_of(data: bytes) -> Iterator[Row]:
    """The rows of the TXT *data*, which is in UTF-8 with LF at the end of its lines."""
    starts = _Starts(data)
    for document, piece in enumerate(marks.documents(data)):
        yield from _rows_of_piece(piece, document, starts)


def lines_of_documents(data: bytes) -> list[int]:
    """The line in which each document of *data* begins: that of its header."""
    return [
        next((line for line, mark, _ in stretches_of(piece) if mark is not None), piece.line)
        for piece in marks.documents(data)
    ]


class _Starts:
    """Where each line of a file begins."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._starts = [0]
        self._last = (0, 0, 0)
        at = data.find(b"\n")
        while at >= 0:
            self._starts.append(at + 1)
            at = data.find(b"\n", at + 1)

    def of(self, line: int) -> int:
        return self._starts[line - 1]

    def characters(self, line: int, end: int) -> int:
        """Characters of *line* in front of the byte *end* of the file."""
        known, begin, count = self._last  # columns are asked for from left to right, and a line may be the whole file
        if known != line or begin > end:
            begin, count = self._starts[line - 1], 0
        count += len(self._data[begin:end].decode("utf-8", "replace"))
        self._last = (line, end, count)
        return count


def _rows_of_piece(piece: Piece, document: int, starts: _Starts) -> Iterator[Row]:
    quoted = csv_rows.may_be_quoted(piece.data, piece.begin, piece.end)
    stretches = []
    csv = False
    for line, mark, found in stretches_of(piece):
        parts = [_part(piece.data, number, mark if number == line else None, row, starts) for number, row in found]
        rows = csv_rows.joined(found, width_of(mark)) if quoted else found
        csv = csv or (quoted and come_from_csv(mark, rows))
        stretches.append((mark, parts, rows))
    for mark, parts, rows in stretches:
        section = mark.section if mark is not None and mark.kind is Kind.OPENS else None
        at = 0
        for number, row in rows:
            count = row.count(b"\n") + 1
            lines = parts[at : at + count]
            at += count
            last = lines[0].begin + len(lines[0].data)
            span = Span(number, starts.characters(number, lines[0].begin), starts.characters(number, last))
            yield Row(number, document, section, tuple(_cells(row, lines, section, csv, starts)), span)


def _part(data: bytes, line: int, mark: Mark | None, row: bytes, starts: _Starts) -> _Part:
    """The line *row*, behind *mark* where it stands on its line."""
    begin = data.index(row, mark.end if mark is not None else starts.of(line))
    return _Part(line, begin, row)


def _cells(
    row: bytes, lines: Sequence[_Part], section: Section | None, csv: bool, starts: _Starts
) -> Iterator[Cell]:
    found = _of_csv(row, section, csv) if b'"' in row else None
    bounds = _between_separators(row) if found is None else [(one.begin, one.end) for one in found[:MOST_COLUMNS]]
    if found is None and len(bounds) > 1 and not row[bounds[-1][0] :].strip():
        bounds.pop()  # the separator behind the last column
    for number, (begin, end) in enumerate(bounds):
        text = row[begin:end]
        left = begin + len(text) - len(text.lstrip())
        right = max(left, begin + len(text.rstrip()))
        said = found[number].value if found is not None else text
        yield Cell(_span(lines, left, right, starts), decode(said).strip())


def _of_csv(row: bytes, section: Section | None, csv: bool) -> list[csv_rows.Cell] | None:
    """The columns of a row that the parser reads as CSV's; None for those between separators."""
    found = csv_rows.cells(row)
    if found is None or section is None or csv or any(one.proves for one in found):
        return found
    separated = not section.free and any(b";" in one.value for one in found)
    return found if separated and len(found) in shifted.counts(section) else None


def _between_separators(row: bytes) -> list[tuple[int, int]]:
    bounds: list[tuple[int, int]] = []
    begin = 0
    while len(bounds) < MOST_COLUMNS and (end := row.find(b";", begin)) >= 0:
        bounds.append((begin, end))
        begin = end + 1
    return [*bounds, (begin, len(row))]


def _span(lines: Sequence[_Part], begin: int, end: int, starts: _Starts) -> Span:
    """The part of a row, whose *lines* are joined, as a part of the first line that it stands in."""
    for one in lines:
        length = len(one.data)
        if begin <= length:
            first, last = one.begin + begin, one.begin + min(end, length)
            return Span(one.line, starts.characters(one.line, first), starts.characters(one.line, last))
        begin, end = begin - length - 1, end - length - 1
    raise AssertionError("a cell stands in its row")
