"""Whether the supplier's figures agree with each other. They are facts: a difference is an aviso, no more."""

from __future__ import annotations

from decimal import Context, Decimal

from dteplanows.document.catalogue import problem
from dteplanows.document.limits import OTHERS_ROUNDING
from dteplanows.document.model import Document, Group
from dteplanows.document.money import percent, pesos
from dteplanows.document.phrases import phrase
from dteplanows.document.taxes import TAXES
from dteplanows.parser.habits import global_change, line_sum
from dteplanows.parser.txt.purchases import OTHER_TAXES
from dteplanows.validator.report import money

_EXACT = Context(prec=60)


def is_close(given: int, computed: int) -> bool:
    """Whether two figures of a supplier differ by no more than its roundings."""
    return abs(given - computed) <= OTHERS_ROUNDING


def compare(document: Document) -> None:
    """Add an aviso for every figure of *document* that does not follow from the others."""
    _lines(document)
    _sum_of_lines(document)
    _iva(document)
    _taxes(document)
    _total(document)


def _lines(document: Document) -> None:
    wrong: list[tuple[Group, int]] = []
    for line in document.detalles:
        quantity, price = line.number("QtyItem"), line.number("PrcItem")
        if not quantity or not price or "MontoItem" not in line.fields:
            continue
        gross = pesos(_EXACT.multiply(quantity, price))
        computed = gross - _change(line, "Descuento", gross) + _change(line, "Recargo", gross)
        if not is_close(line.amount("MontoItem"), computed):
            wrong.append((line, computed))
    if wrong:
        first, computed = wrong[0]
        given = first.amount("MontoItem")
        document.problems.append(
            problem("CMP-014", first.place_of("MontoItem"), str(given),
                    given=money(given), computed=money(computed), count=len(wrong))
        )  # fmt: skip


def _change(line: Group, kind: str, gross: int) -> int:
    """Discount or surcharge of a line: its amount, or else its percentage of *gross*."""
    return line.amount(f"{kind}Monto") or percent(gross, line.number(f"{kind}Pct") or Decimal(0))


def _sum_of_lines(document: Document) -> None:
    if not document.detalles:
        return
    totales = document.totales
    computed = line_sum(document) + global_change(document)
    given = totales.amount("MntNeto") + totales.amount("MntExe")
    # the lines of some suppliers include the IVA
    if is_close(given, computed) or is_close(totales.amount("MntTotal"), computed):
        return
    place = totales.place_of("MntNeto" if totales.amount("MntNeto") else "MntExe")
    document.problems.append(problem("CMP-013", place, str(given), given=money(given), computed=money(computed)))


def _iva(document: Document) -> None:
    totales = document.totales
    rate, net, given = totales.number("TasaIVA"), totales.amount("MntNeto"), totales.amount("IVA")
    if not rate and not given:
        return
    computed = percent(net, rate or Decimal(0))
    if not is_close(given, computed):
        document.problems.append(
            problem("CMP-012", totales.place_of("IVA"), str(given), given=money(given), computed=money(computed),
                    rate=money(rate or Decimal(0)), base=money(net))
        )  # fmt: skip


def _taxes(document: Document) -> None:
    """The sum of the additional taxes is that of each one: its amount, or its rate of the lines that carry it."""
    totales = document.totales
    groups = totales.all("ImptoReten")
    sums: list[tuple[str, int]] = []
    known = True
    for group in groups:
        code = group.text("TipoImp")
        if code not in TAXES:
            document.problems.append(problem("CMP-016", group.place_of("TipoImp"), code))
        amount = _amount(document, group)
        known = known and amount is not None
        sums.append((code, amount or 0))
    given, computed = totales.amount(OTHER_TAXES), sum(amount for _, amount in sums)
    if groups and known and not is_close(given, computed):
        factors = " + ".join(f"{code}: {money(amount)}" for code, amount in sums)
        document.problems.append(
            problem("CMP-015", totales.place_of(OTHER_TAXES), str(given),
                    given=money(given), computed=money(computed), factors=factors)
        )  # fmt: skip


def _amount(document: Document, group: Group) -> int | None:
    """What one tax comes to; None where nothing in the document tells."""
    if "MontoImp" in group.fields:
        return group.amount("MontoImp")
    tax = TAXES.get(group.text("TipoImp"))
    rate = group.number("TasaImp") or (tax.rate if tax and tax.base == "lines" else None)
    if rate is None:
        return None
    marked = [line for line in document.detalles if line.text("CodImpAdic") == group.text("TipoImp")]
    base = sum(line.amount("MontoItem") for line in marked) if marked else document.totales.amount("MntNeto")
    return percent(base, rate)


def _total(document: Document) -> None:
    totales = document.totales
    net, exempt, iva = (totales.amount(name) for name in ("MntNeto", "MntExe", "IVA"))
    other, given = totales.amount(OTHER_TAXES), totales.amount("MntTotal")
    if _withheld(document):
        other = -other
    computed = net + exempt + iva + other
    if is_close(given, computed):
        return
    factors = phrase(
        "totals.of_purchase", net=money(net), exempt=money(exempt), iva=money(iva), other=money(other)
    )
    document.problems.append(
        problem("CMP-011", totales.place_of("MntTotal"), str(given), given=money(given), computed=money(computed),
                difference=money(given - computed), factors=factors)
    )  # fmt: skip


def _withheld(document: Document) -> bool:
    """Whether the other taxes are IVA that the buyer keeps: they lower the total."""
    found = [TAXES.get(one.text("TipoImp")) for one in document.totales.all("ImptoReten")]
    return bool(found) and all(tax is not None and tax.effect == "withheld" for tax in found)
