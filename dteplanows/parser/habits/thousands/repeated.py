"""Doubtful numbers that repeat the total: the sums beside it, and the payments that come to it."""

from __future__ import annotations

from decimal import Decimal

from dteplanows.document.model import Group
from dteplanows.parser.habits.thousands.case import NONE, Case
from dteplanows.parser.habits.thousands.choices import reading_of

_SUMS = frozenset({"MontoPeriodo", "TotalPeriodo", "VlrPagar"})
"""Totals that repeat MntTotal where nothing else is due."""


def settle_repeated(case: Case) -> None:
    """Settle the totals that repeat MntTotal, and the payments that come to it."""
    total = case.value(case.document.totales, "MntTotal", {})
    if not total or (id(case.document.totales), "MntTotal") in case.open:
        return
    for key, one in list(case.open.items()):
        if one.group is case.document.totales and one.name in _SUMS:
            sums = (total, total + (case.value(case.document.totales, "MontoNF", {}) or NONE))
            readings = {reading_of(one, True), reading_of(one, False)}
            found = [value for value in readings if any(abs(value - known) <= 1 for known in sums)]
            if len(found) == 1:
                case.read[key] = found[0]
                del case.open[key]
    paid = case.document.id_doc.all("MntPagos")
    fitting = [way for way in (True, False) if abs(sum(_payment(case, one, way) for one in paid) - total) <= 1]
    for payment in paid if len(fitting) == 1 else ():
        key = id(payment), "MntPago"
        if key in case.open:
            case.read[key] = reading_of(case.open.pop(key), fitting[0])


def _payment(case: Case, one: Group, thousands: bool) -> Decimal:
    doubt = case.open.get((id(one), "MntPago"))
    return reading_of(doubt, thousands) if doubt else case.value(one, "MntPago", {}) or NONE
