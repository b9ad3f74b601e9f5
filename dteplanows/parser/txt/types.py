"""The type that the header of a flat TXT says, and the structure that follows from it."""

from __future__ import annotations

from dteplanows.document.elements import BRANCHES
from dteplanows.document.received import RECEIVED_TYPES
from dteplanows.parser.reading import Row
from dteplanows.parser.txt.layout import HEADERS, Section
from dteplanows.parser.txt.state import State
from dteplanows.parser.values import unusual


def settle_structure(state: State, section: Section, tipo: str) -> None:
    """One header serves several structures: the type tells which."""
    structure = BRANCHES.get(unusual.whole(tipo) or 0, "")
    if structure and structure != state.structure and HEADERS[structure] == section.name:
        state.structure = structure
        state.use(section)


def settle_type(state: State, row: Row) -> None:
    """The document is of the type that its header *row* says, where that is one of this header."""
    reading = state.current
    assert reading is not None
    tipo = reading.document.id_doc.value("TipoDTE")
    place = row.place("TipoDTE")
    if reading.document.received:
        _settle_received_type(state, row)
    elif isinstance(tipo, int) and tipo in BRANCHES:
        if HEADERS[BRANCHES[tipo]] == row.section.name:
            reading.document.tipo = tipo
            return
        right = HEADERS[BRANCHES[tipo]]
        reading.problem("TXT-018", place, row.text("TipoDTE"), section=row.section.name, right=right)
    elif "TipoDTE" not in reading.document.unread:
        reading.problem("TXT-019", place, row.text("TipoDTE"))


def _settle_received_type(state: State, row: Row) -> None:
    reading = state.current
    assert reading is not None
    tipo = reading.document.id_doc.value("TipoDTE")
    if isinstance(tipo, int) and tipo in RECEIVED_TYPES:
        reading.document.tipo = tipo
    elif "TipoDTE" not in reading.document.unread:
        allowed = ", ".join(map(str, RECEIVED_TYPES))
        reading.problem("CMP-001", row.place("TipoDTE"), row.text("TipoDTE"), allowed=allowed)
