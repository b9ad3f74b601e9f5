"""How to read the rows of each section of the flat TXT, worked out once from the layout and the element table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from dteplanows.document.elements import ROOTS, Element, at
from dteplanows.document.model import Value
from dteplanows.document.problem import Place
from dteplanows.parser.txt.layout import Section
from dteplanows.parser.values.quick import plain

_FIRST_LINES = 100
"""Lines of a file whose places are remembered: most files have no more."""

_tuple = tuple.__new__


class Step(NamedTuple):
    """What to do with one column that has an element."""

    name: str
    group: int
    element: Element
    plain: Callable[[str], Value | None]
    known: dict[str, Value]
    """Values of short texts met before: most columns hold the same few."""


Quick = tuple[str, int, Element, Callable[[str], Value | None], dict[str, Value]]
"""A step as a plain tuple, which is taken apart faster."""


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """How to read the rows of one section."""

    above: tuple[str, ...]
    """Groups above the one that a row of a section with a target makes."""
    makes: str
    """Name of that one; empty for sections without a target."""
    groups: tuple[tuple[str, ...], ...]
    """Paths of the groups that a row fills; for sections with a target relative to it, itself first."""
    unmade: tuple[None, ...]
    """One for each group behind the first: a row of a section with a target makes them when a value comes."""
    steps: tuple[Step | None, ...]
    """One for each column; None for a column without an element."""
    quick: tuple[Quick | None, ...]
    """The same."""
    beside: tuple[tuple[int, str], ...]
    """(index, name beside the document)."""
    foreign: tuple[tuple[int, str, Element], ...]
    """(index, column, element of another structure) where the document's structure has no such element."""
    twice: tuple[tuple[int, int], ...]
    """(index, later index) of columns that fill one element at one place; none in the layout as it should be."""


def places_of(section: Section, line: int) -> tuple[Place, ...]:
    """The places of the columns of *section* in *line*."""
    return _first_places(section, line) if line <= _FIRST_LINES else _places(section, line)


def _places(section: Section, line: int) -> tuple[Place, ...]:
    name = section.name
    return tuple([_tuple(Place, (line, name, column.name, column.position, "")) for column in section.columns])


_first_places = cache(_places)


NO_PLAN = Plan((), "", (), (), (), (), (), (), ())
"""Before the first section."""


@cache
def plan_of(section: Section, structure: str) -> Plan:
    """How to read the rows of *section* in a document of *structure*."""
    groups: list[tuple[str, ...]] = [()] if section.target else []
    *over, makes = section.target.split("/")
    above_target = len(over) + 1 if makes else 0
    steps: list[Step | None] = []
    foreign: list[tuple[int, str, Element]] = []
    for column in section.columns:
        element = at(structure, column.path) if column.path else None
        if element is None:
            steps.append(None)
            own = next(filter(None, (at(one, column.path) for one in ROOTS)), None) if column.path else None
            if own:
                foreign.append((column.position - 1, column.name, own))
            continue
        *above, name = column.path.split("/")
        path = tuple(above[above_target:])
        if path not in groups:
            groups.append(path)
        steps.append(Step(name, groups.index(path), element, plain(element), {}))
    beside = tuple((one.position - 1, one.beside) for one in section.columns if one.beside)
    quick = tuple((one.name, one.group, one.element, one.plain, one.known) if one else None for one in steps)
    unmade = (None,) * (len(groups) - 1)
    twice = tuple(filled_twice(section))
    return Plan(tuple(over), makes, tuple(groups), unmade, tuple(steps), quick, beside, tuple(foreign), twice)


def filled_twice(section: Section) -> Iterator[tuple[int, int]]:
    """The columns of *section* whose element a later one fills too, each with that one; indices from 0."""
    last: dict[str, int] = {}
    for column in section.columns:
        if column.path in last:
            yield last[column.path], column.position - 1
        if column.path:
            last[column.path] = column.position - 1
