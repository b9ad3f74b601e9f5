"""Why the totals of a file fit no document: both figures, the cause, and never a figure that nobody wrote.

A total that is wrong makes the others wrong: only what the file itself cannot have meant is told, causes first.
"""

from __future__ import annotations

from dteplanows.document.catalogue import problem
from dteplanows.document.model import Document, Group
from dteplanows.document.money import IVA_RATE, percent
from dteplanows.validator.comparison import Comparison, agrees
from dteplanows.validator.lines import computed, tell_wrong
from dteplanows.validator.report import OF_LINES, money
from dteplanows.validator.settling import (
    RATE,
    Figures,
    Sale,
    as_written,
    explains_exempt,
    explains_iva,
    explains_neto,
    explains_total,
    is_near_rate,
    iva_cut_off_by_line,
    iva_line_by_line,
)
from dteplanows.validator.sums import Sums, add_up, deductions
from dteplanows.validator.ways import rounded


def tell_total(document: Document, total: int, right: Figures) -> None:
    """No setting changes what the customer has paid: the total stays an error where all else is tolerated."""
    place = document.totales.place_of("MntTotal")
    if any(one.refuses and one.place == place for one in document.problems):
        return
    reason = f"MntNeto {money(right.MntNeto)} + MntExe {money(right.MntExe)} + IVA {money(right.IVA)}"
    agrees(document, Comparison("MntTotal", total, right.MntTotal, reason), tolerante=False)


def tell(document: Document, sale: Sale, sums: Sums, wrong: list[Group], tolerante: bool) -> None:
    """Report why nothing can be signed. The total is an error even where the company tolerates contradictions."""
    tell_wrong(document, wrong, tolerante)
    if wrong and _right_but_for(document, sale, wrong):
        return
    told = _tell_gross(document, sale, sums, tolerante) if sale.gross else _tell_net(document, sale, sums, tolerante)
    if not told and not wrong:  # each figure has its explanation, but no lines give them all
        place = document.totales.place_of("MntTotal")
        document.problems.append(problem("TOT-075", place, document.totales.text("MntTotal")))


def _right_but_for(document: Document, sale: Sale, wrong: list[Group]) -> bool:
    """Whether the totals are those of the lines as their factors give them: then the lines are the cause."""
    before = [(line, line.fields["MontoItem"]) for line in wrong]
    for line in wrong:
        line.put("MontoItem", computed(document, line))
    found = as_written(add_up(document), sale.given, sale.extra)
    for line, fields in before:
        line.fields["MontoItem"] = fields
    return found is not None


def _tell_net(document: Document, sale: Sale, sums: Sums, tolerante: bool) -> bool:
    given, found = sale.given, []
    if not explains_neto(sale):
        found.append(Comparison("MntNeto", given.MntNeto, sums.neto, OF_LINES))
    if not explains_exempt(sale):
        found.append(Comparison("MntExe", given.MntExe, sums.exempt, f"{OF_LINES} exentas"))
    neto, exempt = sums.neto, sums.exempt
    if not (found and tolerante):  # what builds on a wrong figure of the file is no fault of its own
        neto = given.MntNeto if given.MntNeto is not None else neto
        exempt = given.MntExe if given.MntExe is not None else exempt
    iva = given.IVA if given.IVA is not None else percent(neto, IVA_RATE)
    if not explains_iva(sale, neto):
        if not found and iva_cut_off_by_line(sale) == given.IVA:
            return _tell_iva_by_line(document, given.IVA, neto, "cortados")
        found.append(Comparison("IVA", given.IVA, percent(neto, IVA_RATE), f"{IVA_RATE} % de MntNeto {money(neto)}"))
    if not explains_total(sale, neto, exempt, iva):
        found.append(_total(document, sale, neto, exempt, iva))
    if not found and given.IVA in iva_line_by_line(sale) and not is_near_rate(neto, iva):
        return _tell_iva_by_line(document, given.IVA, neto, "redondeados")
    return _tell(document, found, tolerante)


def _tell_gross(document: Document, sale: Sale, sums: Sums, tolerante: bool) -> bool:
    """The total first: the net amount and the IVA are parts of it."""
    given, found = sale.given, []
    exempt = given.MntExe if given.MntExe is not None else sums.exempt
    if not explains_exempt(sale):
        found.append(Comparison("MntExe", given.MntExe, sums.exempt, f"{OF_LINES} exentas"))
    gross = None if given.MntTotal is None else given.MntTotal - exempt - sale.extra
    if gross is not None and not sale.affected.explains(gross):
        found.append(_total(document, sale, sums.neto, exempt, sums.affected - sums.neto, sums.affected))
        return _tell(document, found, tolerante)
    with_iva = sums.affected if gross is None else gross
    neto = rounded(with_iva / (1 + RATE))
    if not explains_neto(sale):
        found.append(Comparison("MntNeto", given.MntNeto, neto, f"{OF_LINES}, sin el IVA que incluyen"))
    if not explains_iva(sale, neto):
        reason = f"el monto con IVA de las líneas, {money(with_iva)}, menos MntNeto {money(neto)}"
        found.append(Comparison("IVA", given.IVA, with_iva - neto, reason))
    return _tell(document, found, tolerante)


def _total(document: Document, sale: Sale, neto: int, exempt: int, iva: int, lines: int | None = None) -> Comparison:
    """The total beside its parts, and what is often counted in it by mistake."""
    reason = f"MntNeto {money(neto)} + MntExe {money(exempt)} + IVA {money(iva)}"
    if lines is not None:
        reason = f"la suma de las líneas, redondeadas una a una, {money(lines)}: {reason}"
    deducted = deductions(document)
    if sale.extra + deducted:
        reason += f" + impuestos y otros {money(sale.extra + deducted)}"
    if deducted:
        reason += f" − comisiones {money(deducted)}"
    expected = neto + exempt + iva + sale.extra
    not_billed = (sale.given.MntTotal or 0) - expected
    if not_billed and not_billed == sum(
        line.amount("MontoItem") for line in document.detalles if line.amount("IndExe") == 2
    ):
        reason += f"; lo no facturable ({money(not_billed)}) no va en MntTotal, sino en MontoNF y TotalPeriodo"
    return Comparison("MntTotal", sale.given.MntTotal, expected, reason)


def _tell(document: Document, found: list[Comparison], tolerante: bool) -> bool:
    """Report each of *found*; whether any was."""
    agreed = [agrees(document, one, tolerante and one.name != "MntTotal") for one in found]
    return not all(agreed)


def _tell_iva_by_line(document: Document, iva: int | None, neto: int, how: str) -> bool:
    place = document.totales.place_of("IVA")
    figures = {"given": money(iva or 0), "computed": money(percent(neto, IVA_RATE)), "base": money(neto)}
    document.problems.append(problem("TOT-074", place, str(iva), rate=IVA_RATE, rounding=how, **figures))
    return True
