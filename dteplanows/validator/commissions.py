"""Commissions and other charges (Formato DTE v2.5, zone Comisiones and Totales).

Liquidaciones, facturas de compra and the notes to them take commissions from their total.
"""

from __future__ import annotations

from dteplanows.document.catalogue import problem
from dteplanows.document.model import Document, Group
from dteplanows.document.money import IVA_RATE, percent
from dteplanows.validator.comparison import is_close, line_sum
from dteplanows.validator.report import contradiction, money

DOCUMENTS = frozenset({43, 46, 56, 61})
"""Document types with commissions."""

_PARTS = ("ValComNeto", "ValComExe", "ValComIVA")


def check(document: Document, tolerante: bool) -> None:
    """Each commission's IVA follows from its net value; those of the totals are their sums."""
    if document.tipo not in DOCUMENTS or not document.unread.isdisjoint(_PARTS):
        return
    lines = document.root.all("Comisiones")
    if not lines:
        _without_lines(document)
        return
    for line in lines:
        _check_line(document, line, tolerante)
    in_totals = document.totales.all("Comisiones")
    totals = in_totals[0] if in_totals else document.totales.add_group("Comisiones", document.totales.place)
    for name in _PARTS:
        _check_total(document, totals, name, line_sum(lines, name), tolerante)


def _without_lines(document: Document) -> None:
    totals = document.totales.all("Comisiones")
    if totals and any(totals[0].amount(name) for name in _PARTS):
        document.problems.append(problem("TOT-051", totals[0].place))
    elif document.tipo == 43:
        document.problems.append(problem("TOT-052", document.place))


def _check_line(document: Document, line: Group, tolerante: bool) -> None:
    neto, exempt = line.amount("ValComNeto"), line.amount("ValComExe")
    if not neto and not exempt:
        document.problems.append(problem("TOT-050", line.place_of("ValComNeto"), "0"))
    place, given, expected = line.place_of("ValComIVA"), line.amount("ValComIVA"), percent(neto, IVA_RATE)
    if not given and expected:
        line.put("ValComIVA", expected, place)
        reason = f"{IVA_RATE} % de ValComNeto {money(neto)}"
        document.problems.append(
            problem("TOT-012", place, name="ValComIVA", computed=money(expected), reason=reason)
        )  # fmt: skip
    elif not is_close(given, neto * IVA_RATE / 100):
        _contradict(document, line, "ValComIVA", expected, f"{IVA_RATE} % de ValComNeto {money(neto)}", tolerante)


def _check_total(document: Document, totals: Group, name: str, expected: int, tolerante: bool) -> None:
    given, place, reason = totals.amount(name), totals.place_of(name), "la suma de las comisiones"
    if not given and expected:
        totals.put(name, expected, place)
        document.problems.append(problem("TOT-012", place, name=name, computed=money(expected), reason=reason))
    elif given != expected:
        _contradict(document, totals, name, expected, reason, tolerante)


def _contradict(document: Document, group: Group, name: str, expected: int, reason: str, tolerante: bool) -> None:
    given, place = group.amount(name), group.place_of(name)
    contradiction(
        document, tolerante, "TOT-010", place, group.text(name),
        name=name, given=money(given), computed=money(expected), difference=money(given - expected), reason=reason,
    )  # fmt: skip
    if tolerante:
        group.put(name, expected, place)
