"""Reads the flat TXT: sections and rows to documents, by the layout table.

What opens a section, and so where a document begins, is told by :mod:`dteplanows.parser.txt.marks` alone.
"""

from __future__ import annotations

from itertools import islice

from dteplanows.document.catalogue import problem
from dteplanows.document.model import Document
from dteplanows.document.problem import Place
from dteplanows.document.text import decode
from dteplanows.parser.reading import Nothing, Row
from dteplanows.parser.report import Report
from dteplanows.parser.txt import csv_rows, marks, shifted
from dteplanows.parser.txt import habits as txt_habits
from dteplanows.parser.txt import lines as txt_lines
from dteplanows.parser.txt import purchases as txt_purchases
from dteplanows.parser.txt import rows as txt_rows
from dteplanows.parser.txt.filling import fill
from dteplanows.parser.txt.free_text import observe
from dteplanows.parser.txt.layout import CORREO
from dteplanows.parser.txt.marks import Piece
from dteplanows.parser.txt.refusals import parts_of_quoted, refuse, tell_long, tell_short
from dteplanows.parser.txt.sections import open_section
from dteplanows.parser.txt.shifted.mail import rest_of_mail
from dteplanows.parser.txt.state import State
from dteplanows.parser.txt.stretches import come_from_csv, stretches_of, width_of, with_plain_line_ends
from dteplanows.parser.txt.types import settle_structure
from dteplanows.parser.values.nothing import WORDS

MOST_ROWS = 2000
"""Rows of one section of a document that are read: twice what the SII admits anywhere, far below what hurts."""


def read_txt(data: bytes, most: int) -> list[Document]:
    """The documents of the TXT *data*, at least one; reading ends where one more than *most* has begun."""
    report = Report()
    return [read_piece(piece, report) for piece in islice(marks.documents(with_plain_line_ends(data)), most + 1)]


def read_piece(piece: Piece, report: Report) -> Document:
    """The document of *piece*.

    :param report: where the file's problems are counted.
    """
    state = State(report)
    stretches = stretches_of(piece)
    if csv_rows.may_be_quoted(piece.data, piece.begin, piece.end):
        written = [(line, mark, csv_rows.joined(rows, width_of(mark))) for line, mark, rows in stretches]
        state.csv = any(come_from_csv(mark, rows) for _, mark, rows in written)
        stretches = iter(written)
    for line, mark, rows in stretches:
        if mark is not None:
            open_section(state, line, mark, piece.written)
        for number, row in rows:
            _read_row(state, number, row)
    return _finish(state)


def _read_row(state: State, line: int, data: bytes) -> None:
    """A line of data."""
    if not 0x20 < data[0] < 0x7F and marks.unseen(data):
        return
    reading, section = state.current, state.section
    if section is None or reading is None or state.ignoring or state.lost:
        if section is None and not state.ignoring and not state.said("TXT-008"):
            state.tell("TXT-008", Place(line), decode(data))
        return
    if section.free:
        _free_row(state, line, data)
        return
    before = reading.rows.get(section.name)
    if before and section.rows:
        counted_only = state.report.full
        state.tell("TXT-016", Place(line, section.name), section.name)
        state.ignoring = counted_only
        return
    if before and len(before) >= MOST_ROWS:
        state.tell("TXT-045", Place(line, section.name), section.name, limit=MOST_ROWS)
        state.ignoring = True
        return
    parts = parts_of_quoted(state, line, data) if b'"' in data else txt_rows.parts_of(data)
    if parts is None:
        return
    texts = txt_rows.closed(parts, section)
    if section.header:
        settle_structure(state, section, texts[0])
    if len(texts) < section.required:
        tell_short(state, line, texts)
        return
    shift = shifted.judge(section, parts, texts, state.filling, entities=b"&" in data)
    if shift:
        place = Place(line, section.name, section.columns[shift.at].name, shift.at + 1)
        state.tell(shift.code, place, shift.value, **shift.facts)
        refuse(state, line, texts[:2])
        return
    if section.header and (at := rest_of_mail(section, texts)):
        column = section.columns[at].name
        state.tell("TXT-107", Place(line, section.name, column, at + 1), texts[at], column=column)
    if len(texts) > len(section.columns):
        tell_long(state, line, texts)
        del texts[len(section.columns):]
    if not WORDS.isdisjoint(texts):
        _without_words(state, line, texts)
    if state.plan.twice:
        txt_rows.fill_once(reading, section, state.plan.twice, line, texts)
    if section.by_line:
        reading.rows.setdefault(section.name, []).append(Row(section, line, texts, None))
        return
    fill(state, line, texts)


def _free_row(state: State, line: int, data: bytes) -> None:
    """A line of a section of free text."""
    section = state.section
    assert section is not None and state.current is not None
    if txt_rows.like_a_header(data):
        state.tell("TXT-072", Place(line, section.name), decode(data), section=section.name)
        state.lost = True
        return
    parts = parts_of_quoted(state, line, data) if b'"' in data else txt_rows.parts_of(data)
    observe(state, line, txt_rows.closed(parts or [], section))
    if len(state.current.document.beside.observaciones) > MOST_ROWS:
        state.tell("TXT-045", Place(line, section.name), section.name, limit=MOST_ROWS)
        state.ignoring = True


def _without_words(state: State, line: int, texts: list[str]) -> None:
    """Empty the columns of a row that hold a word for nothing and whose value would not pass the reading's door."""
    reading, section, steps = state.current, state.section, state.plan.steps
    assert reading is not None and section is not None
    for index, (text, column) in enumerate(zip(texts, section.columns, strict=False)):
        if text in WORDS and steps[index] is None and column.beside != CORREO:
            reading.nothing.append(Nothing(text, Place(line, section.name, column.name, column.position)))
            texts[index] = ""


def _finish(state: State) -> Document:
    """The document, complete."""
    reading, header = state.current, state.header
    if reading is None:
        if state.section is None and not state.ignoring:
            return Document(0, problems=[problem("TXT-007")])
        return state.so_far()
    document = reading.document
    if header is not None and header.name not in reading.rows:
        reading.problem("TXT-043", document.place, header.name)
    if document.received:
        txt_purchases.apply(reading)
    elif document.tipo:
        txt_lines.attach(reading)
        txt_habits.apply(reading)
    if state.early:
        document.problems[:0] = state.early.problems
    return document
