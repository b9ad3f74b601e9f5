"""Which errors only follow from others: those are not told, for whoever mends the cause need not read of them.

A value that is wrong by itself (it cannot be read, has no such code, is missing or beyond its limits) is a *fault*; the
parser and the structure note where, in ``document.faults``. Whatever is reckoned with it is not judged, so an error
that comes from reckoning is dropped where a fault feeds it. In the same way a line that contradicts itself feeds the
totals, a tax or a commission the total, and a reference that cannot be understood the demands on references.

All this happens only where a document has several errors.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from dteplanows.document.elements import NUMBERS, ROOTS, branch
from dteplanows.document.model import Document, Fault, Group
from dteplanows.document.problem import NOWHERE, Place, Problem, errors

_RECKONED = ("TOT-", "TXT-033", "TXT-035", "DOC-050")
"""How the codes begin of errors that come from reckoning. Which lines are exempt is concluded from the totals."""

_FIGURES = (
    "Detalle/", "DscRcgGlobal/", "Comisiones/", "Encabezado/Totales/", "Encabezado/OtraMoneda/",
    "Encabezado/IdDoc/MntBruto", "Encabezado/IdDoc/IndMntNeto", "Encabezado/IdDoc/FmaPagExp",
)  # fmt: skip
"""How the paths of the elements begin that are reckoned with: those that are numbers or codes."""

_ROWS_LEFT_OUT = frozenset({"TXT-014", "TXT-015", "TXT-061", "TXT-074", "TXT-075", "TXT-076", "TXT-078", "TXT-079"})
"""A row, or a part of one, was not interpreted: nothing is known of the figures in it, nor of what a line has."""

_OUT_OF_PLACE = "TXT-059"
"""An element where it does not belong, told for its first place alone: its name is the value."""

_GROSS_TAXES = "TOT-025"
"""Prices with IVA and additional taxes: no figure can be compared."""

_NOT_RECKONED = frozenset({
    _GROSS_TAXES, "TOT-015", "TOT-030", "TOT-035", "TOT-038", "TOT-051", "TOT-052", "TOT-064", "TOT-066", "TOT-067",
})  # fmt: skip
"""Codes of that family that compare no figures: a rate, a currency, what a type has not or must have."""

_MISSING = "DOC-002"
_TYPE, _TYPE_PATH = "TXT-019", "Encabezado/IdDoc/TipoDTE"
_WITHOUT_TYPE = ("DOC-", "REF-", "TOT-")
"""What is not known of a document without a type."""

_REFERENCE = "Referencia/"
_UNKNOWN_REFERENCES = frozenset({"REF-003", "REF-004", "REF-005"})
_DEMANDS_ON_REFERENCES = frozenset({
    "REF-001", "REF-002", "REF-007", "REF-008", "REF-010", "REF-012", "REF-047", "REF-052",
})  # fmt: skip
"""Errors that say what the references as a whole lack, or compare parts of one."""

_ONLY_EXEMPT = "DOC-050"
"""All lines are exempt in a document that may not have that: no total of theirs can be right."""
_TAX_WITHOUT_AMOUNT = "TOT-022"

_NO_LINE = -1
_LINE, _PART, _WHOLE = range(3)
"""What an error of reckoning is about: one line; one tax, commission or movement; the totals. Each feeds the next, and
whether lines explain the totals is judged where the totals are."""


def drop(document: Document) -> None:
    """Take the errors away that follow from others of *document*; nothing where it has fewer than two."""
    found = errors(document.problems)
    if len(found) > 1:
        following = {id(one) for one in _following(document, found)}
        if len(following) == len(found):
            return  # each follows from another: of none is it known that it is not the cause
        document.problems[:] = [one for one in document.problems if id(one) not in following]


def _following(document: Document, found: list[Problem]) -> list[Problem]:
    """Those of the errors *found* that only follow from others of them."""
    faults = {one.place: document.faults[one.place] for one in found if one.place in document.faults}
    causes = [one for one in found if not _is_reckoned(one)]
    if any(one.code == _TYPE or _stands_in(_TYPE_PATH, faults.get(one.place)) for one in causes):
        return [one for one in found if one.code.startswith(_WITHOUT_TYPE)]
    following = [one for one in causes if one.place in faults and faults[one.place].derived]
    rows_left_out = any(one.code in _ROWS_LEFT_OUT for one in causes)
    lines = _Lines(document)
    if rows_left_out:
        following += [one for one in causes if one.code == _MISSING and lines.of_place(one.place) >= 0]
    if any(
        one.code in _UNKNOWN_REFERENCES
        or (one.code not in _DEMANDS_ON_REFERENCES and _stands_in(_REFERENCE, faults.get(one.place)))
        for one in causes
    ):
        following += [one for one in causes if one.code in _DEMANDS_ON_REFERENCES]
    reckoned = [one for one in found if _is_reckoned(one)]
    return following + (reckoned if rows_left_out else _fed(document, reckoned, causes, lines))


def _fed(document: Document, reckoned: list[Problem], causes: list[Problem], lines: _Lines) -> list[Problem]:
    """Those of the errors *reckoned* that a fault among the *causes* feeds, or another of them."""
    told = {one.place for one in causes}
    stand = told | {one.place for one in reckoned}
    faults = {place: one for place, one in document.faults.items() if place in stand and not one.derived}
    feeding = {lines.of_group(one.group) for one in faults.values() if _is_figure(one)}
    if any(
        one.code == _GROSS_TAXES or (one.code == _OUT_OF_PLACE and one.value in _names_of_figures()) for one in causes
    ):
        feeding.add(_NO_LINE)
    levels = [_level(one, lines) for one in reckoned]
    fed = []
    for one, level in zip(reckoned, levels, strict=True):
        if one.place in faults and one.place not in told:
            continue  # it says itself what is wrong there
        line = lines.of_place(one.place)
        reaches = level != _LINE or bool(feeding & {_NO_LINE, line}) or _may_be_unit_value(document.detalles[line])
        only_exempt = one.code != _ONLY_EXEMPT and any(each.code == _ONLY_EXEMPT for each in reckoned)
        if (feeding and reaches) or level - 1 in levels or (only_exempt and level == _WHOLE):
            fed.append(one)
    return fed


def _is_reckoned(one: Problem) -> bool:
    return one.code.startswith(_RECKONED) and one.code not in _NOT_RECKONED


def _stands_in(path: str, fault: Fault | None) -> bool:
    """Whether a fault is in the element at *path* or below it."""
    return fault is not None and fault.element is not None and fault.element.path.startswith(path)


def _is_figure(fault: Fault) -> bool:
    """Whether a fault is in a value that is reckoned with; columns without an element are percentages and amounts."""
    element = fault.element
    if element is None:
        return True
    counts = element.kind in NUMBERS or bool(element.codes)
    return counts and element.path.startswith(_FIGURES) and element.name not in ("NroLinDet", "NroLinDR")


@cache
def _names_of_figures() -> frozenset[str]:
    """The elements of any structure that are reckoned with."""
    return frozenset(one.name for root in ROOTS for one in branch(root).walk() if _is_figure(Fault(one)))


def _level(one: Problem, lines: _Lines) -> int:
    """What an error of reckoning is about."""
    if one.code.startswith(("TXT-", "DOC-")):
        return _WHOLE
    if one.code == _TAX_WITHOUT_AMOUNT or lines.is_part(one.place):  # a line's code is where the tax is missed
        return _PART
    return _LINE if lines.of_place(one.place) >= 0 else _WHOLE


def _may_be_unit_value(line: Group) -> bool:
    """Whether the amount of *line* may be that of one unit, which some programs write: the total and all lines tell."""
    return line.number("MontoItem") == line.number("PrcItem") and line.number("QtyItem") not in (None, 0, 1)


class _Lines:
    """Where the lines of a document stand, and its taxes, commissions and movements."""

    def __init__(self, document: Document) -> None:
        self._groups: dict[int, int] = {}
        self._places: dict[Place, int] = {}
        for number, line in enumerate(document.detalles):
            for group in line.walk():
                self._groups[id(group)] = number
                self._places.update(dict.fromkeys(_places(group), number))
        parts = [*document.root.all("Comisiones"), *document.root.all("DscRcgGlobal")]
        parts += document.totales.all("ImptoReten")
        self._parts = {place for one in parts for group in one.walk() for place in _places(group)}
        self._parts.add(document.totales.place_of("CredEC"))

    def of_group(self, group: Group | None) -> int:
        """Index of the line that *group* is or is below; -1 for none."""
        return self._groups.get(id(group), _NO_LINE)

    def of_place(self, place: Place) -> int:
        """Index of the line that *place* is in; -1 for none."""
        return self._places.get(place, self._places.get(_row(place), _NO_LINE))

    def is_part(self, place: Place) -> bool:
        """Whether *place* is in a tax, a commission or a movement."""
        return place in self._parts or _row(place) in self._parts


def _places(group: Group) -> Iterable[Place]:
    yield from (field.place for fields in group.fields.values() for field in fields if field.place != NOWHERE)
    yield from group.blank.values()
    if group.place != NOWHERE:
        place = group.place
        yield place
        yield Place(place.line, place.section) if place.section else Place(path=place.path)


def _row(place: Place) -> Place:
    """The row of a TXT, or the group of an XML, that *place* is in."""
    return Place(place.line, place.section) if place.section else Place(path=place.path.rpartition("/")[0])
