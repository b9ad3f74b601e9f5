"""What a column of the TXT or an element of the XML holds: name, meaning, limits, codes and an example."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from dteplanows.document.codes import codes_of
from dteplanows.document.described import OBLIGATIONS, meanings, obligation, type_and_limits
from dteplanows.document.elements import BRANCHES, Element, at
from dteplanows.parser.txt.layout import PURCHASE, Column, Section, structure_of

_MOST_CODES = 12
"""Codes of a field that are listed; of a longer table the manual shows all."""


class Facts(NamedTuple):
    """What a field holds. Texts are empty where there is nothing to say."""

    key: str
    """``Section.position`` for a column, the path for an element."""
    name: str
    position: int
    """Of a column; 0 for an element."""
    meaning: str
    limits: str
    """Type and limits."""
    example: str
    obligation: str
    """When it must be there."""
    element: str
    """The element of the document that it becomes."""
    codes: tuple[tuple[str, str], ...] = ()
    """Its codes with the meaning of each; none where they are many."""


@lru_cache(2048)
def of_column(section: Section, column: Column, tipo: int) -> Facts:
    """What *column* holds in a document of type *tipo*, 0 where that is not known."""
    element = _element_of(section, column, tipo)
    required = column.position <= section.required
    return Facts(
        f"{section.name}.{column.position}",
        column.name,
        column.position,
        column.note,
        type_and_limits(element) if element else "",
        column.example,
        _obligation(element, tipo) if section.branch != PURCHASE else OBLIGATIONS[1 if required else 3][1],
        column.path.removeprefix("Encabezado/"),
        _codes(element),
    )


@lru_cache(2048)
def of_element(path: str, tipo: int) -> Facts | None:
    """What the element at *path*, without numbers, holds in a document of type *tipo*; None for no element of it."""
    element = at(BRANCHES[tipo], path) if tipo in BRANCHES else None
    if element is None:
        return None
    return Facts(
        path, element.name, 0, meanings().get(element.name, ""), type_and_limits(element), "",
        _obligation(element, tipo), path.removeprefix("Encabezado/"), _codes(element),
    )  # fmt: skip


def _element_of(section: Section, column: Column, tipo: int) -> Element | None:
    if not column.path:
        return None
    found = at(BRANCHES[tipo], column.path) if tipo in BRANCHES else None
    structure = structure_of(section)
    return found or (at(structure, column.path) if structure else at("factura", column.path))


def _obligation(element: Element | None, tipo: int) -> str:
    return OBLIGATIONS[obligation(element, tipo)][1] if element is not None and tipo in BRANCHES else ""


def _codes(element: Element | None) -> tuple[tuple[str, str], ...]:
    found = [(code, words) for code, words in codes_of(element).items() if words] if element is not None else []
    return tuple(found) if len(found) <= _MOST_CODES else ()
