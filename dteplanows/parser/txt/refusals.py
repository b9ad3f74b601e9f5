"""Rows of the flat TXT that are not read as they stand: too short, too long, moved, or with quotes in two readings."""

from __future__ import annotations

from dteplanows.document.problem import Place
from dteplanows.document.text import decode
from dteplanows.parser.reading import Row
from dteplanows.parser.txt import csv_rows, shifted
from dteplanows.parser.txt import rows as txt_rows
from dteplanows.parser.txt.plan import places_of
from dteplanows.parser.txt.state import State
from dteplanows.parser.txt.types import settle_type


def tell_short(state: State, line: int, texts: list[str]) -> None:
    """A row without all its columns: which one is missing is unknown, so none is interpreted."""
    reading, section = state.current, state.section
    assert reading is not None and section is not None
    missing = ", ".join(f"{one.position} {one.name}" for one in section.columns[len(texts):section.required])
    place = Place(line, section.name)
    state.tell("TXT-014", place, "", found=len(texts), wanted=section.required, missing=missing)
    refuse(state, line, texts)


def refuse(state: State, line: int, texts: list[str]) -> None:
    """A row that is not interpreted, for a reason told; *texts* are those of its columns that are sure."""
    reading, section = state.current, state.section
    assert reading is not None and section is not None
    place = Place(line, section.name)
    state.unread(section)
    made = state.anew(place) if section.target and not section.by_line else None
    row = Row(section, line, texts, made)
    reading.rows.setdefault(section.name, []).append(row)
    if section.header:
        for text, step, where in zip(texts[:2], state.plan.steps, places_of(section, line), strict=False):
            # a folio that is none says that the row is moved, which is told already
            if text and step and (step.name != "Folio" or text.isdecimal()):
                reading.store(reading.document.id_doc, step.element, text, where)
        settle_type(state, row)


def tell_long(state: State, line: int, texts: list[str]) -> None:
    """Tell what stands behind the last column."""
    assert state.section is not None
    wanted = len(state.section.columns)
    extra = next((text for text in texts[wanted:] if text), "")
    if extra:
        place = Place(line, state.section.name)
        state.tell("TXT-015", place, extra, found=len(texts), wanted=wanted)


def parts_of_quoted(state: State, line: int, data: bytes) -> list[str] | None:
    """What stands between the separators of a row that has quotes; None, and told, where they have two readings."""
    section = state.section
    assert section is not None
    cells = csv_rows.cells(data)
    code, value = "", decode(data)
    if cells is None:
        if state.csv or section.free or not csv_rows.half_quoted(data):
            return txt_rows.parts_of(data)
        code = "TXT-074"
    elif not state.csv and not any(cell.proves for cell in cells):
        if section.free:
            return txt_rows.parts_of(data)
        separated = next((cell.value for cell in cells if b";" in cell.value), None)
        if separated is None:
            code, value = "TXT-074", decode(next(cell.value for cell in cells if cell.quoted))
        elif len(cells) not in shifted.counts(section):
            code, value = "TXT-079", decode(separated)
    if code:
        state.tell(code, Place(line, section.name), value)
        refuse(state, line, [part.strip() for part in txt_rows.parts_of(data)[:2]])
        return None
    if not state.said("TXT-073"):
        state.tell("TXT-073", Place(line, section.name), value)
    parts = [decode(cell.value) for cell in cells or ()]
    # a CSV writer puts no separator behind the last column, and leaves none out
    return [*parts, ""] if len(parts) in shifted.counts(section) else parts
