"""From the place of a problem to the characters of the file that it is about."""

from __future__ import annotations

from dteplanows.document.problem import Problem
from dteplanows.parser import TXT
from dteplanows.portal.validation.source import Source
from dteplanows.portal.validation.span import Span, whole_line
from dteplanows.portal.validation.txt_rows import Cell, Row, lines_of_documents, rows_of
from dteplanows.portal.validation.xml_elements import Elements


class Places:
    """Finds the places of one file's problems."""

    def __init__(self, source: Source) -> None:
        self.source = source
        is_txt = source.formato == TXT
        unread = source.unreadable or source.binary
        self.rows: tuple[Row, ...] = tuple(rows_of(source.data)) if is_txt and not unread else ()
        """Those of a TXT."""
        self.elements = Elements(source) if not is_txt and not unread else None
        """Those of an XML."""
        self._rows: dict[int, list[Row]] = {}
        for row in self.rows:
            self._rows.setdefault(row.line, []).append(row)
        self.documents = self._documents()
        """The line in which each document begins, where they can be told apart."""

    def _documents(self) -> list[int]:
        if self.elements is not None:
            return [one.tag.line for one in self.elements.documents]
        return lines_of_documents(self.source.data) if self.rows else []

    def span(self, problem: Problem, document: int | None) -> Span | None:
        """The part of the file that *problem* is about; None when it is about none.

        :param document: number of the document that tells it, where the documents can be told apart.
        """
        place = problem.place
        if self.elements is not None and (place.path or place.field):
            found = self.elements.find(place, document)
            if found is not None:
                return self.elements.span(found)
        line = self.source.line(place.line)
        if not place.line or not line.strip():
            return whole_line(place.line, line) if place.line and place.line <= len(self.source.lines) else None
        row = self._row(problem)
        value = problem.value.strip()
        if row is not None and place.position:
            return _with_value(_column(row, place.position), line, value)

        cell = _saying(row, value) if row is not None else None
        if cell is not None:
            return cell.span
        begin = line.find(value) if value and "\n" not in value else -1
        if begin >= 0:
            return Span(place.line, begin, begin + len(value))
        return row.span if row is not None else whole_line(place.line, line)

    def _row(self, problem: Problem) -> Row | None:
        """The row in the line of *problem*, which may hold several behind marks."""
        place = problem.place
        here = self._rows.get(place.line, [])
        named = [one for one in here if one.section is not None and one.section.name == place.section]
        return next(iter(named or here), None)


def _column(row: Row, position: int) -> Span:
    """Column *position* of *row*; the end of the row where it is not there."""
    if position <= len(row.cells):
        return row.cells[position - 1].span
    return Span(row.span.line, row.span.end, row.span.end)


def _with_value(span: Span, line: str, value: str) -> Span:
    """*span*, or all of *value* where that begins there and goes over separators."""
    end = span.begin + len(value)
    return span._replace(end=end) if end > span.end > span.begin and line.startswith(value, span.begin) else span


def _saying(row: Row, value: str) -> Cell | None:
    """The only column of *row* that says *value*."""
    found = [one for one in row.cells if one.text == value] if value else []
    return found[0] if len(found) == 1 else None
