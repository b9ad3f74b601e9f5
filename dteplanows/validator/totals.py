"""Totals of the file against the sums of its lines.

Programs round in their own order, so each figure may differ by two pesos. Within that, the customer's figures are kept
where they add up among themselves; else the computed ones are issued, and an aviso says so. What is empty or zero is
computed. Beyond it the file contradicts itself: an error that shows both figures.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from dteplanows.document.catalogue import problem, shown
from dteplanows.document.elements import BOLETAS, BRANCHES, EXEMPT_DOCUMENTS, at
from dteplanows.document.model import Document
from dteplanows.document.money import IVA_RATE, percent
from dteplanows.validator.report import contradiction, money
from dteplanows.validator.sums import Sums, add_up, other_amounts, taxes
from dteplanows.validator.taxes import WITHOUT_PLAIN_RATE

TOLERANCE = 2
"""Pesos that a total may differ from what the lines give."""

_SALE = 1
"""IndTraslado of a guía that is a sale."""

_OPTIONAL_ZEROS = (
    "MontoNF", "MontoPeriodo", "TotalPeriodo", "SaldoAnterior", "VlrPagar", "CredEC", "GrntDep", "IVANoRet",
)  # fmt: skip


class _Comparison(NamedTuple):
    name: str
    given: int | None
    """Figure of the file in pesos; None where it is empty or zero."""
    expected: int
    reason: str


class Figures(NamedTuple):
    """The totals that depend on each other, in pesos."""

    MntNeto: int
    MntExe: int
    IVA: int
    MntTotal: int


def check(document: Document, tolerante: bool) -> None:
    """Compare the totals with the lines, complete what is missing, drop zeros that say nothing."""
    _drop_zeros(document)
    _check_taxes(document, tolerante)
    if not document.detalles or "MontoItem" in document.unread or _has_lines_without_amount(document):
        return
    discounts = at(BRANCHES[document.tipo], "DscRcgGlobal")
    if discounts and len(document.root.all("DscRcgGlobal")) > discounts.max:
        return  # reported by the structure; thousands of percentages would grow a number without bound
    sums = add_up(document)
    if sums.overdrawn:
        movement = document.root.all("DscRcgGlobal")[0]
        document.problems.append(problem("TOT-021", movement.place_of("ValorDR"), movement.text("ValorDR")))
        return
    if _is_transfer_without_amounts(document):
        return
    if sums.deposit and "GrntDep" not in document.totales.fields:
        document.totales.put("GrntDep", sums.deposit)
    _check_rate(document, sums)
    _settle(document, sums, tolerante)
    _check_not_billed(document, sums, tolerante)


def _drop_zeros(document: Document) -> None:
    totales = document.totales
    for name in _OPTIONAL_ZEROS:
        if totales.value(name) == 0:
            totales.drop(name)
    charged = [one for one in totales.all("ImptoReten") if one.value("MontoImp") != 0]
    if len(charged) < len(totales.all("ImptoReten")):
        totales.groups["ImptoReten"] = charged


def _has_lines_without_amount(document: Document) -> bool:
    return any(line.value("MontoItem") is None or line.amount("MontoItem") < 0 for line in document.detalles)


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
    agrees = not [one for one in _comparisons(document, sums, extra) if not _agrees(document, one, tolerante)]
    if not agrees and not tolerante:
        return
    given = Figures(*(totales.amount(name) or getattr(computed, name) for name in Figures._fields))
    exact = given.MntTotal == given.MntNeto + given.MntExe + given.IVA + extra
    if not agrees or not exact:
        _announce_adjusted(document, computed)
        given = computed
    _store(document, given)


def _figures(neto: int, exempt: int, iva: int, extra: int) -> Figures:
    return Figures(neto, exempt, iva, neto + exempt + iva + extra)


def _comparisons(document: Document, sums: Sums, extra: int) -> list[_Comparison]:
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
        _Comparison("MntNeto", totales.amount("MntNeto") or None, sums.neto, neto_why),
        _Comparison("MntExe", totales.amount("MntExe") or None, sums.exempt, f"{lines_say} exentas"),
        _Comparison("IVA", totales.amount("IVA") or None, sums.iva(neto), iva_why),
        _Comparison("MntTotal", total, neto + exempt + iva + extra, total_why),
    ]  # fmt: skip


def _agrees(document: Document, comparison: _Comparison, tolerante: bool) -> bool:
    totales = document.totales
    name, given, expected, reason = comparison
    place = totales.place_of(name)
    if given is None:
        if expected and not (document.tipo in BOLETAS and name != "MntTotal"):
            document.problems.append(problem("TOT-012", place, name=name, computed=money(expected), reason=reason))
        return True
    if abs(given - expected) <= TOLERANCE:
        return True
    contradiction(
        document, tolerante, "TOT-010", place, totales.text(name),
        name=name, given=money(given), computed=money(expected), difference=money(given - expected), reason=reason,
    )  # fmt: skip
    return False


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


def _check_not_billed(document: Document, sums: Sums, tolerante: bool) -> None:
    totales = document.totales
    if sums.not_billed and "MontoNF" not in totales.fields:
        totales.put("MontoNF", sums.not_billed, totales.place_of("MontoNF"))
    comparisons = [("MontoNF", sums.not_billed, "la suma de las líneas no facturables")]
    period = totales.amount("MntTotal") + totales.amount("MontoNF")
    for name in ("MontoPeriodo", "TotalPeriodo"):
        comparisons.append((name, period, f"MntTotal {money(totales.amount('MntTotal'))} más MontoNF"))
    for name, expected, reason in comparisons:
        if name in totales.fields and name not in document.unread:
            before = totales.amount(name)
            if not _agrees(document, _Comparison(name, before, expected, reason), tolerante) or before != expected:
                totales.put(name, expected, totales.place_of(name))


def _check_taxes(document: Document, tolerante: bool) -> None:
    """Additional taxes of the totals against the lines that carry their code."""
    declared = document.totales.all("ImptoReten")
    bases: dict[str, int] = {}
    codes = [one.text("TipoImp") for one in declared]
    often = Counter(codes)
    for line in document.detalles:
        for field in line.fields.get("CodImpAdic", ()):
            code = str(field.value)
            if code not in bases and code not in often and "TipoImp" not in document.unread:
                document.problems.append(problem("TOT-022", field.place, code, impuesto=shown(code)))
            bases[code] = bases.get(code, 0) + line.amount("MontoItem")
    if declared and document.id_doc.amount("MntBruto"):
        document.problems.append(problem("TOT-025", document.id_doc.place_of("MntBruto"), "1"))
    for one, code in zip(declared, codes, strict=True):
        rate, amount = one.number("TasaImp"), one.amount("MontoImp")
        if code not in bases:
            document.problems.append(problem("TOT-023", one.place_of("TipoImp"), code, impuesto=shown(code)))
        elif rate and code not in WITHOUT_PLAIN_RATE and often[code] == 1:
            expected = percent(bases[code], rate)
            if abs(amount - expected) > TOLERANCE and not document.root.all("DscRcgGlobal"):
                contradiction(
                    document, tolerante, "TOT-024", one.place_of("MontoImp"), str(amount), impuesto=shown(code),
                    given=money(amount), computed=money(expected), rate=rate, base=money(bases[code]),
                )  # fmt: skip
