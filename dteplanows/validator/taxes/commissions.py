"""Commissions and other charges (Formato DTE v2.5, zone Comisiones and Totales).

Liquidaciones, facturas de compra and the notes to them take commissions from their total.
"""

from __future__ import annotations

from dteplanows.document.catalogue import problem
from dteplanows.document.model import Document, Group
from dteplanows.document.money import IVA_RATE, percent
from dteplanows.document.phrases import phrase
from dteplanows.validator.report import money
from dteplanows.validator.totals.comparison import Comparison, is_close, line_sum, tell_figure

DOCUMENTS = frozenset({43, 46, 56, 61})
"""Document types with commissions."""

_PARTS = ("ValComNeto", "ValComExe", "ValComIVA")


def check(document: Document, tolerante: bool) -> int | None:
    """Each commission's IVA follows from its net value; those of the totals are their sums.

    :returns: pesos by which the commissions of the totals would be more, were they what they should be: 0 where they
        are, None where that is not known.
    """
    if document.tipo not in DOCUMENTS:
        return 0
    if not document.unread.isdisjoint(_PARTS):
        return None
    lines = document.root.all("Comisiones")
    if not lines:
        _without_lines(document)
        return 0
    in_totals = document.totales.all("Comisiones")
    totals = in_totals[0] if in_totals else document.totales.add_group("Comisiones", document.totales.place)
    if not tolerante and _is_net_of_one_line(document, lines, totals):
        return 0
    wrong = [line for line in lines if not _check_line(document, line, tolerante)]
    more = 0
    for name in _PARTS:
        right = line_sum(lines, name)
        if name == "ValComIVA":  # a wrong line is told: what follows from it either way is not
            meant = right + sum(_iva(line) - line.amount(name) for line in wrong)
            if wrong and totals.amount(name) in (right, meant):
                more += meant - totals.amount(name)
                continue
        more += _check_total(document, totals, name, right, tolerante)
    return more


def _is_net_of_one_line(document: Document, lines: list[Group], totals: Group) -> bool:
    """Whether one line's net value alone is wrong: the totals, and the IVA of that line, are those of another; reported
    then."""
    missing = totals.amount("ValComNeto") - line_sum(lines, "ValComNeto")
    if not missing or totals.amount("ValComIVA") != line_sum(lines, "ValComIVA"):
        return False
    for line in lines:
        given, iva = line.amount("ValComNeto"), line.amount("ValComIVA")
        meant = given + missing
        if meant and iva and not is_close(iva, given * IVA_RATE / 100) and is_close(iva, meant * IVA_RATE / 100):
            reason = phrase("commissions.net_by_iva", iva=money(iva), rate=IVA_RATE)
            tell_figure(document, line, Comparison("ValComNeto", given, meant, reason), tolerante=False)
            if "ValComNeto" not in line.fields:
                document.unread.add("ValComNeto")  # said; the structure need not miss it
            return True
    return False


def _without_lines(document: Document) -> None:
    totals = document.totales.all("Comisiones")
    if totals and any(totals[0].amount(name) for name in _PARTS):
        document.problems.append(problem("TOT-051", totals[0].place))
    elif document.tipo == 43:
        document.problems.append(problem("TOT-052", document.place))


def _iva(line: Group) -> int:
    return percent(line.amount("ValComNeto"), IVA_RATE)


def _check_line(document: Document, line: Group, tolerante: bool) -> bool:
    """Whether the IVA of a commission is that of its net value, or missing and then computed."""
    neto, exempt = line.amount("ValComNeto"), line.amount("ValComExe")
    if not neto and not exempt:
        document.problems.append(problem("TOT-050", line.place_of("ValComNeto"), "0"))
    place, given, expected = line.place_of("ValComIVA"), line.amount("ValComIVA"), _iva(line)
    reason = phrase("commissions.rate_of_net", rate=IVA_RATE, net=money(neto))
    if not given and expected:
        line.put("ValComIVA", expected, place)
        document.problems.append(
            problem("TOT-012", place, name="ValComIVA", computed=money(expected), reason=reason)
        )  # fmt: skip
    elif not is_close(given, neto * IVA_RATE / 100):
        _contradict(document, line, Comparison("ValComIVA", given, expected, reason), tolerante)
        return tolerante
    return True


def _check_total(document: Document, totals: Group, name: str, expected: int, tolerante: bool) -> int:
    """Pesos that the sum of the commissions is more than the total of the file has it."""
    given, place, reason = totals.amount(name), totals.place_of(name), phrase("commissions.sum")
    if not given and expected:
        totals.put(name, expected, place)
        document.problems.append(problem("TOT-012", place, name=name, computed=money(expected), reason=reason))
    elif given != expected:
        _contradict(document, totals, Comparison(name, given, expected, reason), tolerante)
    return expected - totals.amount(name)


def _contradict(document: Document, group: Group, comparison: Comparison, tolerante: bool) -> None:
    tell_figure(document, group, comparison, tolerante)
    if tolerante:
        group.put(comparison.name, comparison.expected, group.place_of(comparison.name))
