"""A file as tables: the rows of a TXT under the names of their columns, the elements of an XML beside their meaning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from dteplanows.parser.txt.layout import Section
from dteplanows.portal.validation import facts
from dteplanows.portal.validation.facts import Facts
from dteplanows.portal.validation.places import Places
from dteplanows.portal.validation.segments import Mark
from dteplanows.portal.validation.span import Span
from dteplanows.portal.validation.txt_rows import Row
from dteplanows.portal.validation.xml_elements import Elements, XmlElement

MOST_ROWS = 300
"""Rows of a file that are shown as tables."""
_LONGEST_VALUE = 300
"""Characters of one value that a table shows."""
_WIDEST = 60
"""Columns that are shown of a row."""


class Value(NamedTuple):
    """What a cell of a table says."""

    text: str
    problem: int = 0
    severity: str = ""


class TableRow(NamedTuple):
    """One row of a table."""

    line: int
    values: tuple[Value, ...]
    facts: Facts | None = None
    """What the element of the row holds, in a table of elements."""


class Table(NamedTuple):
    """A section of a TXT, or the elements of one document of an XML."""

    name: str
    """Of the section; empty for elements."""
    note: str
    document: int
    """From 1."""
    heading: tuple[Facts, ...]
    """The columns of the section."""
    extra: int
    """Columns of its rows that the section does not have."""
    rows: tuple[TableRow, ...]


class Tables(NamedTuple):
    """The tables of a file."""

    tables: tuple[Table, ...]
    shown: int
    total: int
    """Rows that the file has."""


NO_TABLES = Tables((), 0, 0)

Marks = Mapping[int, Sequence[Mark]]


def tables_of(places: Places, marks: Marks, tipos: Sequence[int]) -> Tables:
    """The tables of a file.

    :param tipos: type of each document, in order; those that are missing are unknown.
    """
    if places.elements is not None:
        return _of_xml(places.elements, marks, tipos)
    rows = [one for one in places.rows if one.section is not None]
    shown = rows[:MOST_ROWS]
    made = []
    for (document, section), group in groupby(shown, lambda one: (one.document, one.section)):
        assert section is not None
        made.append(_section(section, document, list(group), marks, _at(tipos, document)))
    return Tables(tuple(made), len(shown), len(rows))


def _at(tipos: Sequence[int], document: int) -> int:
    return tipos[document] if document < len(tipos) else 0


def _section(section: Section, document: int, rows: Sequence[Row], marks: Marks, tipo: int) -> Table:
    widest = min(_WIDEST, max(len(row.cells) for row in rows))
    # what rows leave out at their end needs no column, but what they must have does
    named = section.columns[: max(widest, section.required)]
    heading = tuple(facts.of_column(section, one, tipo) for one in named)
    made = tuple(TableRow(row.line, tuple(_cells(row, len(heading), marks))) for row in rows)
    return Table(section.name, section.note, document + 1, heading, max(0, widest - len(heading)), made)


def _cells(row: Row, wanted: int, marks: Marks) -> Iterator[Value]:
    for cell in row.cells[:_WIDEST]:
        yield _value(cell.text, cell.span, marks)
    end = Span(row.span.line, row.span.end, row.span.end)
    for _ in range(wanted - len(row.cells)):
        yield _value("", end, {})


def _value(text: str, span: Span, marks: Marks) -> Value:
    shown = text if len(text) <= _LONGEST_VALUE else text[:_LONGEST_VALUE] + "…"
    for one in marks.get(span.line, ()):
        if one.span.begin <= span.begin and span.end <= one.span.end:
            return Value(shown, one.problem, one.severity)
    return Value(shown)


def _of_xml(elements: Elements, marks: Marks, tipos: Sequence[int]) -> Tables:
    leaves = [one for one in elements.all if one.document >= 0 and one.path and one.leaf]
    shown = leaves[:MOST_ROWS]
    made = [
        Table("", "", document + 1, (), 0, tuple(_row(elements, one, marks, _at(tipos, document)) for one in group))
        for document, group in groupby(shown, lambda one: one.document)
    ]
    return Tables(tuple(made), len(shown), len(leaves))


def _row(elements: Elements, element: XmlElement, marks: Marks, tipo: int) -> TableRow:
    value = _value(elements.content(element).strip(), elements.span(element), marks)
    path = Value(element.path.replace("[1]", "").removeprefix("Encabezado/"))
    return TableRow(element.tag.line, (path, value), facts.of_element(element.plain_path, tipo))


def fields_of(places: Places) -> list[tuple[str, Span]]:
    """Each field with its key, as :class:`.facts.Facts` has it, and its place: to show what is under the caret."""
    if places.elements is not None:
        leaves = [one for one in places.elements.all if one.document >= 0 and one.path and one.leaf]
        return [(one.plain_path, places.elements.span(one)) for one in leaves]
    return [
        (f"{row.section.name}.{number}", cell.span)
        for row in places.rows
        if row.section is not None
        for number, cell in enumerate(row.cells[: len(row.section.columns)], 1)
    ]
