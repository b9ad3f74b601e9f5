"""What a mark of the flat TXT begins: a document, a section of it, or nothing that is known."""

from __future__ import annotations

from dteplanows.document.catalogue import shown
from dteplanows.document.model import Document, Group
from dteplanows.document.problem import Place
from dteplanows.parser.reading import Reading
from dteplanows.parser.txt.free_text import observe
from dteplanows.parser.txt.layout import PURCHASE, Section, nearest, structure_of
from dteplanows.parser.txt.marks import Kind, Mark
from dteplanows.parser.txt.state import State


def open_section(state: State, line: int, mark: Mark, before: str) -> None:
    """What the *mark* in *line* opens.

    :param before: the line of the first one, when the document in front of it ended there.
    """
    if state.lost:
        return
    if mark.kind is not Kind.OPENS:
        _broken(state, line, mark)
        return
    section, state.filling = mark.section, mark.filling
    if section is None and _is_text(state, mark):
        state.tell("TXT-077", Place(line, state.section.name if state.section else ""), mark.name)
        observe(state, line, [f"->{mark.name}<-"])
        return
    state.section, state.ignoring = section, True
    if section is None:
        _unknown(state, line, mark.name)
    elif section.header:
        _begin(state, line, section)
    elif state.current is None:
        if not state.said("TXT-009"):
            state.tell("TXT-009", Place(line, section.name), section.name)
    elif state.header is not None and section.branch not in ("", state.header.branch):
        state.tell("TXT-017", Place(line, section.name), section.name, header=state.header.name)
        state.unread(section)
    elif state.header is not None:
        state.use(section)
    written = mark.written or (before if section and section.header else "")
    if written and section is not None and not state.said("TXT-071"):
        state.tell("TXT-071", Place(line, section.name), written, name=section.name)


def _is_text(state: State, mark: Mark) -> bool:
    """Whether words between arrows among free text are text: no section has a name like them."""
    free = state.section is not None and state.section.free and not state.ignoring
    return free and " " in mark.name and not nearest(mark.name)


def _broken(state: State, line: int, mark: Mark) -> None:
    """A line that is nearly a mark, or a mark in a text: what follows belongs to nothing that is known."""
    if mark.kind is Kind.HALF:
        if mark.section is None and state.section is not None and state.section.free and not state.ignoring:
            observe(state, line, [mark.written])
            return
        state.tell("TXT-042", Place(line, shown(mark.name)), mark.written)
    else:
        name = mark.section.name if mark.section else mark.name
        state.tell("TXT-070", Place(line, state.section.name if state.section else ""), mark.written, name=name)
        if state.section:
            state.unread(state.section)
    state.section, state.ignoring = None, True
    if mark.section:
        state.unread(mark.section)
        state.lost = mark.section.header and state.current is not None


def _begin(state: State, line: int, section: Section) -> None:
    place = Place(line, section.name)
    document = Document(0, Group("", place), place=place, received=section.branch == PURCHASE)
    state.current = Reading(document, state.report)
    state.header, state.structure = section, structure_of(section)
    header = document.root.add_group("Encabezado", place)
    for name in ("IdDoc", "Receptor", "Totales"):
        header.add_group(name, place)
    state.use(section)


def _unknown(state: State, line: int, name: str) -> None:
    near = None if state.report.full else nearest(name)
    place = Place(line, shown(name))
    if near:
        state.tell("TXT-010", place, name, nearest=near.name)
        state.unread(near)
    else:
        state.tell("TXT-011", place, name)
