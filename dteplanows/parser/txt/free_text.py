"""Sections of free text in the flat TXT: the lines that are printed with the document."""

from __future__ import annotations

from dteplanows.document.problem import Place
from dteplanows.parser.txt.state import State


def observe(state: State, line: int, texts: list[str]) -> None:
    """Columns mean nothing in lines of text: the ``;`` of an HTML reference does not end one."""
    reading, section = state.current, state.section
    if reading is None or section is None:
        return
    place = Place(line, section.name, "Texto")
    if len(texts) > 1 and any("&" in text for text in texts):
        texts = reading.aside(";".join(texts), place, several_lines=True).replace("\n", ";").split(";")
    for text in filter(None, texts):
        written = reading.aside(text.strip(), place, several_lines=True)
        reading.document.beside.observaciones.extend(filter(None, written.split("\n")))
