"""What the lines, the global movements and the taxes add up to, as a choice reads their numbers."""

from __future__ import annotations

from decimal import Decimal

from dteplanows.document.elements import EXEMPT_DOCUMENTS, EXPORTS, MOST_MOVEMENTS
from dteplanows.document.model import Group
from dteplanows.document.taxes import TAXES
from dteplanows.parser.habits.thousands.case import EXACT, HUNDRED, NONE, Case
from dteplanows.parser.habits.thousands.choices import Choice

COMMISSIONS = ("ValComNeto", "ValComExe", "ValComIVA")
"""Numbers of a commission of the totals."""
_OTHER_SUMS = ("CredEC", "GrntDep")
"""Totals that change MntTotal beside those that are reckoned here."""


def sums_of(case: Case, world: Choice, by_product: bool) -> tuple[Decimal, Decimal]:
    """Affected and exempt amounts of the lines with the global movements."""
    sums = {0: NONE, 1: NONE}
    only_exempt = case.document.tipo in EXEMPT_DOCUMENTS | EXPORTS
    has_exempt = any(line.amount("IndExe") == 1 for line in case.document.detalles)
    for line in case.document.detalles:
        indicator = line.amount("IndExe")
        if indicator in sums:
            sums[1 if only_exempt else indicator] += amount_of(case, line, world, by_product)
    for one in case.document.root.all("DscRcgGlobal")[:MOST_MOVEMENTS]:
        # programs write 1 where nothing is exempt, which says nothing
        indicator = one.amount("IndExeDR") if has_exempt or one.amount("IndExeDR") != 1 else 0
        value = case.value(one, "ValorDR", world) or NONE
        if indicator in sums:
            kind = 1 if only_exempt else indicator
            change = sums[kind] * value / HUNDRED if one.text("TpoValor") == "%" else value
            sums[kind] += change if one.text("TpoMov").upper() == "R" else -change
    return sums[0], sums[1]


def amount_of(case: Case, line: Group, world: Choice, by_product: bool) -> Decimal:
    """The amount of *line*; its product where it has none, or where *by_product* and it repeats the price."""
    amount = case.value(line, "MontoItem", world)
    if amount and not (by_product and case.repeats_price(line, world)):
        return amount
    base = EXACT.multiply(case.value(line, "PrcItem", world) or NONE, case.quantity_of(line, world))
    base -= _change(case.value(line, "DescuentoMonto", world), line.number("DescuentoPct"), base)
    return base + _change(case.value(line, "RecargoMonto", world), line.number("RecargoPct"), base)


def extra_of(case: Case, world: Choice) -> Decimal | None:
    """Additional taxes and commissions of the totals; None where what else changes MntTotal is not known here."""
    totales = case.document.totales
    if any(totales.number(name) for name in _OTHER_SUMS):
        return None
    extra = NONE
    for one in totales.all("Comisiones"):
        extra -= sum(case.value(one, name, world) or NONE for name in COMMISSIONS)
    for one in totales.all("ImptoReten"):
        amount, tax = case.value(one, "MontoImp", world), TAXES.get(one.text("TipoImp"))
        if not amount or tax is None or not tax.effect:
            return None
        extra += amount if tax.effect == "added" else -amount
    return extra


def _change(amount: Decimal | None, rate: Decimal | None, base: Decimal) -> Decimal:
    """A discount or surcharge of a line that may be given by its percentage alone."""
    return amount or base * (rate or NONE) / HUNDRED
