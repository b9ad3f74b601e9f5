"""The document against the element table: what must be there, what may not, lengths, lists and limits."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from dteplanows.document import values
from dteplanows.document.catalogue import problem
from dteplanows.document.codes import listed
from dteplanows.document.elements import DOCUMENT_NAMES, NUMBERS, Element, bounds, structure
from dteplanows.document.model import Document, Fault, Field, Group, Value
from dteplanows.document.phrases import phrase
from dteplanows.document.problem import Place, Problem, Severity
from dteplanows.document.writer import omitted, refuses_zero
from dteplanows.validator.causes import unknown
from dteplanows.validator.cutting import CUT, cut
from dteplanows.validator.transport import ARTICLES, GUIA, OF_A_LINE

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
        if of_leaf is None or (len(fields) == 1 and _is_sound(of_leaf, fields[0].value)):
            continue
        leaf = of_leaf.element
        if len(fields) > leaf.max:
            document.problems.append(problem("DOC-006", fields[leaf.max].place, name=name, limit=leaf.max))
        if name not in _FILLED_LATER:
            _check_fields(document, leaf, group, fields)
    for name, groups in group.groups.items():
        below = element.child(name)
        if below is not None:
            _check_groups(document, below, groups)


def _check_groups(document: Document, element: Element, groups: list[Group]) -> None:
    full = [one for one in groups if not one.is_empty()]
    if len(full) > element.max:
        document.problems.append(
            problem("DOC-005", full[element.max].place, str(len(full)), name=element.name, limit=element.max)
        )
    elif len(groups) > element.max and full:
        groups[:] = full  # an empty IdDoc would be written all the same, with the folio
    for one in full[: element.max]:
        _check_group(document, element, one)


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


class _Limits(NamedTuple):
    """The limits of one element in the form that is fastest to compare; most values of most files pass here."""

    element: Element
    texts: frozenset[str]
    numbers: frozenset[int]
    max_length: float
    low: Decimal
    high: Decimal
    lowest: int
    """``low`` for whole numbers, as ``highest`` is ``high``: those compare faster."""
    highest: int
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
        texts=texts,
        numbers=frozenset(int(one) for one in texts if one.isdecimal()),
        max_length=element.max_length or float("inf"),
        low=-most if low is None else low,
        high=most if high is None else min(most, high),
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


def _is_sound(limits: _Limits, value: Value) -> bool:
    """Whether *value* surely breaks no limit; if False, :func:`_faults` tells."""
    if isinstance(value, str):
        return len(value) <= limits.max_length and (not limits.texts or value in limits.texts)
    if not value and limits.zero_is_none:
        return True
    if isinstance(value, int):
        return value in limits.numbers if limits.texts else limits.lowest <= value <= limits.highest
    if isinstance(value, Decimal):
        return not limits.texts and limits.low <= value <= limits.high and limits.high.is_finite()
    return type(value) is date and limits.dates is not None and limits.dates[0] <= value <= limits.dates[1]


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
