"""The document against the element table: what must be there, what may not, lengths, lists and limits."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import NamedTuple

from dteplanows.document import values
from dteplanows.document.catalogue import problem
from dteplanows.document.codes import listed
from dteplanows.document.elements import DOCUMENT_NAMES, NUMBERS, Element, bounds, children_of, structure
from dteplanows.document.model import Document, Fault, Field, Group
from dteplanows.document.phrases import phrase
from dteplanows.document.problem import Place, Problem, Severity
from dteplanows.document.writer import omitted, refuses_zero
from dteplanows.validator.causes.causes import unknown
from dteplanows.validator.form.cutting import CUT, cut
from dteplanows.validator.transport.transport import ARTICLES, GUIA, OF_A_LINE

_DOES_NOT_APPLY, _MANDATORY, _OPTIONAL = 0, 1, 3

_FILLED_LATER = frozenset({"TipoDTE", "Folio"})
"""Judged by the parser and by the folios; the writer puts them."""

_JUDGED_ELSEWHERE = _FILLED_LATER | {"CodRef", "IndTraslado", "Transporte", *ARTICLES}
"""Whether they are missing is not for the table alone to say."""

_JUDGED_ELSEWHERE_IN_A_GUIA = frozenset(OF_A_LINE)

_SEEN_REJECTED = {"DirRecep": "DOC-112", "CmnaRecep": "DOC-113"}
"""Elements that the form calls mandatory without a reason to reject, and whose absence was seen rejected all the same.
Programs in use never write them, so it is an aviso."""

_OF_LIMITS = frozenset({"DOC-020", "DOC-022", "DOC-023", "DOC-024", "DOC-025"})

_CHANGES_AMOUNTS = frozenset({"MntBruto", "Comisiones"})
"""Cannot be left out without changing what the lines mean or what the total is made of."""


_TOTALS = ("Encabezado/Totales/", "Encabezado/OtraMoneda/Mnt")


class _Demands(NamedTuple):
    required: tuple[Element, ...]
    forbidden: frozenset[str]


@cache
def _demands(element: Element, tipo: int) -> _Demands:
    """What the children of *element* must and may not be in documents of type *tipo*."""
    elsewhere = _JUDGED_ELSEWHERE | (_JUDGED_ELSEWHERE_IN_A_GUIA if tipo == GUIA else frozenset())
    required = tuple(
        child for child in element.children
        if _is_required(child, tipo) and child.name not in elsewhere and _applies(child, tipo)
    )  # fmt: skip
    forbidden = frozenset(child.name for child in element.children if not _applies(child, tipo))
    return _Demands(required, forbidden)


def _is_required(element: Element, tipo: int) -> bool:
    """Whether *element* must stand in its group.

    The form marks one element both optional and a reason to reject (AvisoEjecucionFaena): it may be missing.
    """
    obligation = element.obliged(tipo)
    return bool(element.min) or obligation == _MANDATORY or (element.rejected and obligation != _OPTIONAL)


def _applies(element: Element, tipo: int) -> bool:
    """Whether *element* may stand in its group in documents of type *tipo*.

    The form gives some groups no obligation of their own: those whose indispensable elements do not apply do not apply
    themselves. In a group that does apply the schema has the last word on what is indispensable.
    """
    if element.kind == "group" and element.obliged(tipo) is None:
        return all(child.obliged(tipo) != _DOES_NOT_APPLY for child in element.children if child.min)
    return bool(element.min) or element.obliged(tipo) != _DOES_NOT_APPLY


def check(document: Document) -> None:
    """Add the problems of structure to those of *document*; what does not apply to its type is left out of it."""
    if not document.detalles:
        document.problems.append(problem("DOC-004", document.place))
    only_exempt = document.tipo in (33, 39) and document.detalles and "IndExe" not in document.unread
    if only_exempt and all(line.amount("IndExe") == 1 for line in document.detalles):
        other = document.tipo + (1 if document.tipo == 33 else 2)
        document.problems.append(
            problem("DOC-050", document.detalles[0].place_of("IndExe"), tipo=document.tipo,
                    right=other, name=DOCUMENT_NAMES[other])
        )  # fmt: skip
    before = len(document.problems)
    _check_group(document, structure(document.tipo), document.root)
    _drop_repeated(document, before)


def _drop_repeated(document: Document, before: int) -> None:
    """Drop each problem of limits, behind the first *before*, where an error stands already: it would only confuse."""
    told: set[Place] = set()
    kept: list[Problem] = []
    for number, one in enumerate(document.problems):
        if number >= before and one.code in _OF_LIMITS and one.place in told:
            continue
        if one.severity is Severity.ERROR and one.place.line:
            told.add(one.place)
        kept.append(one)
    document.problems[:] = kept


def _check_group(document: Document, element: Element, group: Group) -> None:
    fields, groups = group.fields, group.groups
    shape = _shape(element, document.tipo, tuple(fields), tuple(groups))
    sound = shape.complete and all(map(_are_sound, shape.limits, fields.values()))
    if not sound or (shape.groups and not _has_all(group, shape.groups)):
        _tell_faults(document, element, group)
    if groups:
        children = children_of(element)
        for name, below in groups.items():
            if name in children:
                _check_groups(document, children[name], below)


@dataclass(frozen=True, slots=True, eq=False)
class _Shape:
    """What is known of a group by the names of what it holds."""

    complete: bool
    """No field that must stand in it is missing, and it holds nothing that may not."""
    groups: tuple[str, ...]
    """Groups that must stand in it and say something."""
    limits: tuple[_Limits | None, ...]
    """Those of its fields, in their order; None for what is no element."""


@lru_cache(1024)
def _shape(element: Element, tipo: int, fields: tuple[str, ...], groups: tuple[str, ...]) -> _Shape:
    """Kept as the writer's order is: the groups of a document, and the documents of a program, have few shapes."""
    demands = _demands(element, tipo)
    demanded = {child.name for child in demands.required if child.kind != "group"}
    needed = tuple(child.name for child in demands.required if child.kind == "group" and child.name != "Detalle")
    complete = demanded.issubset(fields) and demands.forbidden.isdisjoint((*fields, *groups))
    limits = _limits_below(element)
    return _Shape(complete, needed, tuple(map(limits.get, fields)))


def _has_all(group: Group, names: tuple[str, ...]) -> bool:
    """Whether *group* has groups of all *names* that say something."""
    return all(any(not one.is_empty() for one in group.all(name)) for name in names)


def _tell_faults(document: Document, element: Element, group: Group) -> None:
    """What is wrong with *group* itself: what it may not hold, what it lacks, and each field."""
    demands = _demands(element, document.tipo)
    _leave_out(document, element, group, demands.forbidden)
    for child in demands.required:
        if child.kind != "group":
            if child.name not in group.fields and child.name not in document.unread:
                _report_missing(document, child, group)
        elif child.name != "Detalle" and not any(not one.is_empty() for one in group.all(child.name)):
            if child.min:
                _check_group(document, child, group.group(child.name))
            else:
                _report_missing(document, child, group)
    limits = _limits_below(element)
    for name, fields in list(group.fields.items()):  # a name that is cut may add its description
        of_leaf = limits.get(name)
        if of_leaf is None or _are_sound(of_leaf, fields):
            continue
        leaf = of_leaf.element
        if len(fields) > leaf.max:
            document.problems.append(problem("DOC-006", fields[leaf.max].place, name=name, limit=leaf.max))
        if name not in _FILLED_LATER:
            _check_fields(document, leaf, group, fields)


def _check_groups(document: Document, element: Element, groups: list[Group]) -> None:
    if len(groups) > element.max:
        groups = _admitted(document, element, groups)
    for one in groups:
        if one.fields or not one.is_empty():
            _check_group(document, element, one)


def _admitted(document: Document, element: Element, groups: list[Group]) -> list[Group]:
    """Those of *groups*, which are more than there may be, that are judged; the empty ones go where that is enough."""
    full = [one for one in groups if not one.is_empty()]
    if len(full) > element.max:
        document.problems.append(
            problem("DOC-005", full[element.max].place, str(len(full)), name=element.name, limit=element.max)
        )
    elif full:
        groups[:] = full  # an empty IdDoc would be written all the same, with the folio
    return full[: element.max]


def _leave_out(document: Document, element: Element, group: Group, forbidden: frozenset[str]) -> None:
    """Drop what does not apply to the document's type; an amount cannot be dropped without changing the document."""
    if forbidden.isdisjoint(group.fields) and forbidden.isdisjoint(group.groups):
        return
    for name in forbidden & (group.fields.keys() | group.groups.keys()):
        child = element.child(name)
        fields = group.fields.get(name, [])
        says_nothing = child is not None and all(omitted(child, one) or one.value == 0 for one in fields)
        if fields and not says_nothing:
            is_amount = name in _CHANGES_AMOUNTS or (child is not None and "Totales/" in child.path)
            code = "DOC-008" if is_amount else "DOC-007"
            value, place = fields[0].text or str(fields[0].value), group.place_of(name)
            told = [one for one in document.problems if one.code == "TOT-010" and one.refuses and one.place == place]
            if all(one.remedy == unknown(name).remedy for one in told):  # else the cause is told
                if child is not None and is_amount:
                    document.faults[place] = Fault(child, group)
                document.problems[:] = [one for one in document.problems if one not in told]
                document.problems.append(problem(code, place, value, name=name, tipo=document.tipo))
        elif full := [one for one in group.all(name) if not one.is_empty()]:
            code = "DOC-008" if name in _CHANGES_AMOUNTS else "DOC-007"
            value = "; ".join(", ".join(f"{each} {one.text(each)}" for each in one.fields) for one in full)
            document.problems.append(problem(code, full[0].place, value, name=name, tipo=document.tipo))
        group.drop(name)


def _report_missing(document: Document, element: Element, group: Group) -> None:
    code = "DOC-002" if element.min or element.rejected else _SEEN_REJECTED.get(element.name, "DOC-003")
    place = group.place_of(element.name)
    # a total that the file leaves out is computed, unless something else is wrong
    derived = element.kind in NUMBERS and element.path.startswith(_TOTALS)
    document.faults[place] = Fault(element, group, derived)
    document.problems.append(problem(code, place, name=element.name, tipo=document.tipo))


def _check_fields(document: Document, element: Element, group: Group, fields: list[Field]) -> None:
    for number, one in enumerate(fields):
        if omitted(element, one):
            continue
        if element.name in CUT and 0 < element.max_length < len(str(one.value)):
            cut(document, element, group, number)
            continue
        for code, facts in _faults(element, one.value):
            place = one.place if one.place.line else group.place_of(element.name)
            document.faults.setdefault(place, Fault(element, group, derived=_is_derived(element, one)))
            document.problems.append(problem(code, place, one.text or str(one.value), name=element.name, **facts))


def _is_derived(element: Element, field: Field) -> bool:
    """Whether the file does not say the value of *field*, which this service computed then."""
    if element.kind not in NUMBERS or not field.text:
        return not field.text
    try:
        return values.read(element, field.text) != field.value
    except (values.Unreadable, values.Fraction):
        return False  # read from another form, or rounded


@dataclass(frozen=True, slots=True, eq=False)
class _Limits:
    """The limits of one element in the form that is fastest to compare; most values of most files pass here."""

    element: Element
    most: int
    """Values that there may be of it."""
    judged_elsewhere: bool
    texts: frozenset[str]
    numbers: frozenset[int]
    max_length: float
    low: Decimal
    high: Decimal
    lowest: int
    """``low`` for whole numbers, as ``highest`` is ``high``: those compare faster."""
    highest: int
    endless: bool
    """There is no ``high``, but for the digits."""
    dates: tuple[date, date] | None
    zero_is_none: bool
    """Whether a zero is left out (:func:`~dteplanows.document.writer.refuses_zero`), and so breaks nothing."""


@cache
def _limits(element: Element) -> _Limits:
    is_number = element.kind in NUMBERS
    low, high = bounds(element) if is_number else (None, None)
    most = Decimal(10) ** element.digits - 1 if element.digits and not element.fraction else Decimal("Infinity")
    texts = frozenset(element.enum)
    beyond = 10**40
    return _Limits(
        element=element,
        most=element.max,
        judged_elsewhere=element.name in _FILLED_LATER,
        texts=texts,
        numbers=frozenset(int(one) for one in texts if one.isdecimal()),
        max_length=element.max_length or float("inf"),
        low=-most if low is None else low,
        high=most if high is None else min(most, high),
        endless=high is None and most.is_infinite(),
        lowest=max(-beyond if most.is_infinite() else -int(most), -beyond if low is None else math.ceil(low)),
        highest=min(beyond if most.is_infinite() else int(most), beyond if high is None else math.floor(high)),
        dates=(date.fromisoformat(element.lowest), date.fromisoformat(element.highest))
        if element.kind == "date" and element.lowest
        else None,
        zero_is_none=is_number and refuses_zero(element),
    )


@cache
def _limits_below(element: Element) -> dict[str, _Limits]:
    return {child.name: _limits(child) for child in element.children}


def _are_sound(limits: _Limits | None, fields: list[Field]) -> bool:
    """Whether all values of one element surely break no limit, as is usual; if False, :func:`_faults` tells."""
    if limits is None:
        return True
    if len(fields) > limits.most:
        return False
    if limits.judged_elsewhere:
        return True
    for field in fields:
        value = field.value
        if type(value) is str:
            if len(value) > limits.max_length or (limits.texts and value not in limits.texts):
                return False
        elif not value and limits.zero_is_none:
            continue
        elif type(value) is int:
            if not (value in limits.numbers if limits.texts else limits.lowest <= value <= limits.highest):
                return False
        elif type(value) is Decimal:
            if limits.texts or not limits.low <= value <= limits.high or limits.endless:
                return False
        elif not (type(value) is date and limits.dates is not None and limits.dates[0] <= value <= limits.dates[1]):
            return False
    return True


def _faults(element: Element, value: object) -> Iterator[tuple[str, dict[str, object]]]:
    """Code and facts of each limit of *element* that *value* breaks."""
    if element.enum and not _listed(element, value):
        yield "DOC-022", {"codes": listed(element, str(value))}
        return
    if isinstance(value, str):
        if element.max_length and len(value) > element.max_length:
            yield "DOC-020", {"length": len(value), "limit": element.max_length}
    elif isinstance(value, datetime | date):
        if element.lowest and not element.lowest <= value.isoformat() <= element.highest:
            yield "DOC-025", {"low": element.lowest, "high": element.highest}
    elif isinstance(value, int | Decimal):
        yield from _number_faults(element, Decimal(value))


def _listed(element: Element, value: object) -> bool:
    text = str(value)
    return text in element.enum or (isinstance(value, int) and any(int(one) == value for one in element.enum))


def _number_faults(element: Element, value: Decimal) -> Iterator[tuple[str, dict[str, object]]]:
    low, high = bounds(element)
    if (low is not None and value < low) or (high is not None and value > high):
        yield "DOC-023", {"limits": _between(low, high)}
    elif element.digits and _digits(value) > element.digits:
        yield "DOC-024", {"limit": element.digits}


def _between(low: Decimal | int | None, high: Decimal | int | None) -> str:
    if low is not None and high is not None:
        return phrase("limits.between", low=low, high=high)
    return phrase("limits.least", low=low) if high is None else phrase("limits.most", high=high)


def _digits(value: Decimal) -> int:
    """Significant digits as a schema counts them: without leading zeros and trailing decimal zeros."""
    _, digits, exponent = value.normalize().as_tuple()
    return max(len(digits) + max(0, int(exponent)), -int(exponent))
