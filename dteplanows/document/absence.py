"""Why a value is missing that the file seems to have: a program wrote a word for nothing in its place."""

from __future__ import annotations

from dteplanows.document.catalogue import problem
from dteplanows.document.model import Document
from dteplanows.document.problem import Place, Problem, Severity

_ARITHMETIC = "TOT-"
"""How the codes begin of what does not add up."""


def explain(document: Document) -> None:
    """Let the problems of *document* say which words for nothing they come from; cheap where there are none.

    That is a value that is missed where such a word stands, and figures that do not add up without a number of their
    row that is such a word.
    """
    if document.nothing:
        numbers = {_row(place): place for place, one in document.nothing.items() if one.number}
        document.problems[:] = [_explained(document, one, numbers) for one in document.problems]


def _explained(document: Document, one: Problem, numbers: dict[Place, Place]) -> Problem:
    if one.severity is Severity.AVISO:
        return one
    place = one.place if not one.value else None
    if one.code.startswith(_ARITHMETIC):
        place = numbers.get(_row(one.place))
    found = document.nothing.get(place) if place else None
    if place is None or found is None:
        return one
    why = problem("TXT-085", place, found.word)
    return one._replace(value=one.value or found.word, message=f"{one.message} {why.message}")


def _row(place: Place) -> Place:
    """The row of a TXT, or the group of an XML, that *place* is in."""
    return Place(place.line if place.section else 0, place.section, path=place.path.rpartition("/")[0])
