"""One figure of the file against what it should be."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from dteplanows.document.catalogue import problem
from dteplanows.document.elements import BOLETAS
from dteplanows.document.model import Document, Group
from dteplanows.validator.report import contradiction, money

TOLERANCE = 2
"""Pesos that a total may differ from what the lines give.

The SII publishes no tolerance. Programs round price, discount and tax in their own order; their files, and the amounts
that the SII is seen to accept, differ by one peso for each of two roundings.
"""

_SILENT_IN_BOLETAS = frozenset({"MntNeto", "MntExe", "IVA"})
"""Programs leave them at 0 in boletas, whose lines include the IVA, for the service to compute."""


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
        if expected and not (document.tipo in BOLETAS and name in _SILENT_IN_BOLETAS):
            document.problems.append(problem("TOT-012", place, name=name, computed=money(expected), reason=reason))
        return True
    if abs(given - expected) <= TOLERANCE:
        return True
    contradiction(
        document, tolerante, "TOT-010", place, document.totales.text(name),
        name=name, given=money(given), computed=money(expected), difference=money(given - expected), reason=reason,
    )  # fmt: skip
    return False


def settle(document: Document, name: str, expected: int, reason: str, tolerante: bool) -> None:
    """Put into Totales a figure that follows from others: computed where it is missing, compared where it is given.

    Within the tolerance the computed figure is issued, with an aviso; beyond it the file contradicts itself.
    """
    if name in document.unread:
        return
    totales = document.totales
    given = totales.amount(name) or None
    place = totales.place_of(name)
    if agrees(document, Comparison(name, given, expected, reason), tolerante):
        if given == expected or (given is None and not expected):
            return
        if given is not None:
            document.problems.append(
                problem("TOT-011", place, str(given), name=name, given=money(given), computed=money(expected))
            )
        totales.put(name, expected, place)
    elif tolerante:
        totales.put(name, expected, place)


def is_close(given: int | Decimal, expected: int | Decimal) -> bool:
    """Whether two figures in pesos differ by no more than programs' roundings."""
    return abs(Decimal(given) - expected) <= TOLERANCE


def line_sum(lines: list[Group], name: str) -> int:
    """Sum in pesos of the amounts called *name* of *lines*."""
    return sum(one.amount(name) for one in lines)
