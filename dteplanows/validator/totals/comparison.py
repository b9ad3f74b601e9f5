"""One figure of the file against what it should be."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from dteplanows.document.catalogue import problem
from dteplanows.document.limits import OWN_ROUNDING
from dteplanows.document.model import Document, Group
from dteplanows.document.phrases import phrase
from dteplanows.validator.causes.causes import Cause, unknown
from dteplanows.validator.report import contradiction, money


class Comparison(NamedTuple):
    """A figure and its reason."""

    name: str
    given: int | None
    """Figure of the file in pesos; None where it is empty or zero."""
    expected: int
    reason: str
    """What it follows from, in Spanish, to stand after «que es»."""
    cause: Cause | None = None
    """Why the file says another figure, where that is known."""
    then: str = ""
    """What other figures that follow from it will be, in Spanish."""


def agrees(document: Document, comparison: Comparison, tolerante: bool) -> bool:
    """Whether a figure of Totales is what it should be; a missing one is announced as computed."""
    name, given, expected, reason, *_ = comparison
    if given is None:
        if expected:
            place = document.totales.place_of(name)
            document.problems.append(problem("TOT-012", place, name=name, computed=money(expected), reason=reason))
        return True
    if given == expected:
        return True
    tell_figure(document, document.totales, comparison, tolerante)
    return False


def tell_figure(document: Document, group: Group, comparison: Comparison, tolerante: bool) -> None:
    """Report that a figure of *group* is another one than it should be."""
    name, given, expected, reason, cause, then = comparison
    difference = (given or 0) - expected
    cause = cause or unknown(name, document)
    contradiction(
        document, tolerante, "TOT-010", group.place_of(name), group.text(name), name=name, given=money(given or 0),
        computed=money(expected), reason=reason, cause=f"{cause.words}: " if cause.words else "", remedy=cause.remedy,
        then=phrase("totals.then", then=then) if then else phrase("totals.difference", amount=money(difference)),
    )  # fmt: skip


def settle(document: Document, name: str, expected: int, reason: str, tolerante: bool) -> bool:
    """Put into Totales a figure that follows from others: computed where it is missing, compared where it is given.

    :returns: whether the file does not contradict it.
    """
    if name in document.unread:
        return True
    totales = document.totales
    given = totales.amount(name) or None
    good = agrees(document, Comparison(name, given, expected, reason), tolerante)
    if good:
        if given is None and expected:
            totales.put(name, expected, totales.place_of(name))
    elif tolerante:
        totales.put(name, expected, totales.place_of(name))
    return good


def is_close(given: int | Decimal, exact: int | Decimal) -> bool:
    """Whether an amount in pesos is within a peso of what its rate gives, before that is rounded."""
    return abs(Decimal(given) - exact) <= OWN_ROUNDING


def line_sum(lines: list[Group], name: str) -> int:
    """Sum in pesos of the amounts called *name* of *lines*."""
    return sum(one.amount(name) for one in lines)
