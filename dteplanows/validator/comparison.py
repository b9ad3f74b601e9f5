"""One figure of the file against what it should be."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from dteplanows.document.catalogue import problem
from dteplanows.document.model import Document, Group
from dteplanows.validator.report import contradiction, money

TOLERANCE = 1
"""Pesos that an amount may differ from its rate: the IVA, an additional tax, a part of the IVA. Sums have none."""


class Comparison(NamedTuple):
    """A figure and its reason."""

    name: str
    given: int | None
    """Figure of the file in pesos; None where it is empty or zero."""
    expected: int
    reason: str
    """What it follows from, in Spanish, to stand after «que es»."""


def agrees(document: Document, comparison: Comparison, tolerante: bool) -> bool:
    """Whether a figure of Totales is what it should be; a missing one is announced as computed."""
    name, given, expected, reason = comparison
    place = document.totales.place_of(name)
    if given is None:
        if expected:
            document.problems.append(problem("TOT-012", place, name=name, computed=money(expected), reason=reason))
        return True
    if given == expected:
        return True
    contradiction(
        document, tolerante, "TOT-010", place, document.totales.text(name),
        name=name, given=money(given), computed=money(expected), difference=money(given - expected), reason=reason,
    )  # fmt: skip
    return False


def settle(document: Document, name: str, expected: int, reason: str, tolerante: bool) -> None:
    """Put into Totales a figure that follows from others: computed where it is missing, compared where it is given."""
    if name in document.unread:
        return
    totales = document.totales
    given = totales.amount(name) or None
    if agrees(document, Comparison(name, given, expected, reason), tolerante):
        if given is None and expected:
            totales.put(name, expected, totales.place_of(name))
    elif tolerante:
        totales.put(name, expected, totales.place_of(name))


def is_close(given: int | Decimal, exact: int | Decimal) -> bool:
    """Whether an amount in pesos is within a peso of what its rate gives, before that is rounded."""
    return abs(Decimal(given) - exact) <= TOLERANCE


def line_sum(lines: list[Group], name: str) -> int:
    """Sum in pesos of the amounts called *name* of *lines*."""
    return sum(one.amount(name) for one in lines)
