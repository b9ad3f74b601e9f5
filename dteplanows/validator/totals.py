"""Totals of the file against the sums of its lines.

Programs round in their own order, so each figure may differ by two pesos. Within that, the customer's figures are kept
where they add up among themselves; else the computed ones are issued, and an aviso says so. What is empty or zero is
computed. Beyond it the file contradicts itself: an error that shows both figures.
"""

from __future__ import annotations

from typing import NamedTuple

from dteplanows.document.catalogue import problem
from dteplanows.document.elements import BOLETAS, BRANCHES, EXEMPT_DOCUMENTS, at
from dteplanows.document.model import Document
from dteplanows.document.money import IVA_RATE
from dteplanows.validator import additional_taxes, commissions, parts_of_iva
from dteplanows.validator.comparison import Comparison, agrees, settle
from dteplanows.validator.indicators import WITH_DEPOSITS
from dteplanows.validator.report import money
from dteplanows.validator.sums import Sums, add_up, other_amounts, taxes

_SALE = 1
"""IndTraslado of a guía that is a sale."""

_OPTIONAL_ZEROS = (
    "MontoNF", "MontoPeriodo", "TotalPeriodo", "SaldoAnterior", "VlrPagar", "CredEC", "GrntDep", "IVANoRet",
)  # fmt: skip

_DEMAND_NET = frozenset({33, 39})
"""Document types that the SII remarks when their net amount is 0 (observed answer HED-2-223)."""


class Figures(NamedTuple):
    """The totals that depend on each other, in pesos."""

    MntNeto: int
    MntExe: int
    IVA: int
    MntTotal: int


def check(document: Document, tolerante: bool) -> None:
    """Compare the totals with the lines, complete what is missing, drop zeros that say nothing."""
    _drop_zeros(document)
    sums = _sums(document)
    additional_taxes.check(document, sums, tolerante)
    commissions.check(document, tolerante)
    if sums is None:
        return
    if sums.overdrawn:
        movement = document.root.all("DscRcgGlobal")[0]
        document.problems.append(problem("TOT-021", movement.place_of("ValorDR"), movement.text("ValorDR")))
        return
    if _is_transfer_without_amounts(document):
        return
    if document.tipo in WITH_DEPOSITS and (sums.deposit or "GrntDep" in document.totales.fields):
        settle(document, "GrntDep", sums.deposit, "la suma de las líneas de garantía (IndExe 3)", tolerante)
    _check_rate(document, sums)
    _settle(document, sums, tolerante)
    parts_of_iva.check(document, tolerante)
    _check_net(document, sums)
    _check_period(document, sums, tolerante)


def _sums(document: Document) -> Sums | None:
    """What the lines come to; None where that cannot be known."""
    if not document.detalles or "MontoItem" in document.unread or _has_lines_without_amount(document):
        return None
    movements = document.root.groups.get("DscRcgGlobal")
    if movements:
        discounts = at(BRANCHES[document.tipo], "DscRcgGlobal")
        if discounts is None or len(movements) > discounts.max:
            return None  # reported by the structure; thousands of percentages would grow a number without bound
    return add_up(document)


def _drop_zeros(document: Document) -> None:
    totales = document.totales
    for name in _OPTIONAL_ZEROS:
        if totales.value(name) == 0:
            totales.drop(name)


def _has_lines_without_amount(document: Document) -> bool:
    signed = document.tipo == 43
    return any(
        "MontoItem" not in line.fields or (not signed and line.amount("MontoItem") < 0) for line in document.detalles
    )


def _is_transfer_without_amounts(document: Document) -> bool:
    """A guía that is no sale may state no amounts at all."""
    if document.tipo != 52 or document.id_doc.amount("IndTraslado") == _SALE:
        return False
    totales = document.totales
    if any(totales.amount(name) for name in Figures._fields):
        return False
    for name in ("MntNeto", "MntExe", "TasaIVA", "IVA"):
        totales.drop(name)
    totales.put("MntTotal", 0, totales.place_of("MntTotal"))
    return True


def _check_rate(document: Document, sums: Sums) -> None:
    """TasaIVA is in documents with a net amount, and only there; boletas do not have it."""
    totales = document.totales
    rate = totales.number("TasaIVA")
    if not sums.affected or document.tipo in EXEMPT_DOCUMENTS or document.tipo in BOLETAS:
        if rate:
            document.problems.append(problem("TOT-054", totales.place_of("TasaIVA"), totales.text("TasaIVA")))
        totales.drop("TasaIVA")
    elif not rate and "TasaIVA" not in document.unread:
        totales.put("TasaIVA", IVA_RATE, totales.place_of("TasaIVA"))
        document.problems.append(problem("TOT-016", totales.place_of("TasaIVA"), rate=IVA_RATE))
    elif rate and rate != IVA_RATE:
        place = totales.place_of("TasaIVA")
        document.problems.append(problem("TOT-015", place, totales.text("TasaIVA"), rate=IVA_RATE))


def _settle(document: Document, sums: Sums, tolerante: bool) -> None:
    totales = document.totales
    extra = taxes(document) + other_amounts(document)
    computed = _figures(sums.neto, sums.exempt, sums.iva(sums.neto), extra)
    if any(name in document.unread for name in Figures._fields):
        return
    found = [agrees(document, one, tolerante) for one in _comparisons(document, sums, extra)]
    fitting = all(found)
    if not fitting and not tolerante:
        return
    given = Figures(*(totales.amount(name) or getattr(computed, name) for name in Figures._fields))
    exact = given.MntTotal == given.MntNeto + given.MntExe + given.IVA + extra
    if not fitting or not exact:
        _announce_adjusted(document, computed)
        given = computed
    _store(document, given)


def _figures(neto: int, exempt: int, iva: int, extra: int) -> Figures:
    return Figures(neto, exempt, iva, neto + exempt + iva + extra)


def _comparisons(document: Document, sums: Sums, extra: int) -> list[Comparison]:
    """What to compare for each total; later ones build on the earlier ones of the file."""
    totales = document.totales
    neto = totales.amount("MntNeto") or sums.neto
    exempt = totales.amount("MntExe") or sums.exempt
    iva = totales.amount("IVA") or sums.iva(neto)
    lines_say = "la suma de las líneas, con sus descuentos y recargos"
    neto_why = f"{lines_say}, sin el IVA que incluyen" if sums.gross else lines_say
    iva_why = (
        f"el monto con IVA de las líneas menos MntNeto {money(neto)}"
        if sums.gross
        else f"{IVA_RATE} % de MntNeto {money(neto)}"
    )
    total_why = f"MntNeto {money(neto)} + MntExe {money(exempt)} + IVA {money(iva)}"
    if extra:
        total_why += f" + impuestos y otros {money(extra)}"
    total = totales.amount("MntTotal") if "MntTotal" in totales.fields else None
    return [
        Comparison("MntNeto", totales.amount("MntNeto") or None, sums.neto, neto_why),
        Comparison("MntExe", totales.amount("MntExe") or None, sums.exempt, f"{lines_say} exentas"),
        Comparison("IVA", totales.amount("IVA") or None, sums.iva(neto), iva_why),
        Comparison("MntTotal", total, neto + exempt + iva + extra, total_why),
    ]  # fmt: skip


def _announce_adjusted(document: Document, computed: Figures) -> None:
    for name in Figures._fields:
        given, right = document.totales.amount(name), getattr(computed, name)
        if given and given != right:
            place = document.totales.place_of(name)
            document.problems.append(
                problem("TOT-011", place, str(given), name=name, given=money(given), computed=money(right))
            )


def _store(document: Document, figures: Figures) -> None:
    """Put the figures; a zero stays out unless the document is of zero amounts or the SII demands the element."""
    totales = document.totales
    exempt_only = document.tipo in EXEMPT_DOCUMENTS
    wanted = {
        "MntNeto": not exempt_only and bool(figures.MntNeto or not figures.MntExe),
        "MntExe": exempt_only or bool(figures.MntExe),
        "IVA": not exempt_only and bool(figures.IVA or not figures.MntExe),
        "MntTotal": True,
    }
    for name, value in figures._asdict().items():
        if not wanted[name] and not value:
            totales.drop(name)
        elif totales.value(name) != value:
            totales.put(name, value, totales.place_of(name))


def _check_net(document: Document, sums: Sums) -> None:
    """A factura or boleta of nothing affected; that all its lines are exempt is said by the structure."""
    if document.tipo not in _DEMAND_NET or document.totales.amount("MntNeto") or sums.neto:
        return
    known = document.unread.isdisjoint(("MntNeto", "IndExe"))
    if not known or all(one.amount("IndExe") == 1 for one in document.detalles):
        return
    document.problems.append(problem("TOT-056", document.totales.place_of("MntNeto"), "0", tipo=document.tipo))


def _check_period(document: Document, sums: Sums, tolerante: bool) -> None:
    """Amounts that are not billed, and what the period and the balance come to."""
    totales = document.totales
    if sums.not_billed and document.tipo == 43:
        not_billed = 0  # its totals have no MontoNF, and the SII wants the period to be the total (answer HED-3-265)
    else:
        settle(document, "MontoNF", sums.not_billed, "la suma de las líneas no facturables", tolerante)
        not_billed = totales.amount("MontoNF")
    period = totales.amount("MntTotal") + not_billed
    reason = f"MntTotal {money(totales.amount('MntTotal'))} más lo no facturable {money(not_billed)}"
    for name in ("MontoPeriodo", "TotalPeriodo"):
        if name in totales.fields:
            settle(document, name, period, reason, tolerante)
    payable = totales.amount("VlrPagar")
    expected = period + totales.amount("SaldoAnterior")
    if payable and payable != expected and document.unread.isdisjoint(("VlrPagar", "SaldoAnterior", "MntTotal")):
        place = totales.place_of("VlrPagar")
        figures = {"given": money(payable), "computed": money(expected)}
        document.problems.append(problem("TOT-053", place, str(payable), **figures))
