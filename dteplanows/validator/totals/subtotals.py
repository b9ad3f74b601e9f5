"""Informative subtotals (Formato DTE v2.5, zone SubTotInfo): they change no amount, so their faults are avisos."""

from __future__ import annotations

from decimal import Decimal

from dteplanows.document.catalogue import problem
from dteplanows.document.model import Document, Group
from dteplanows.validator.report import money
from dteplanows.validator.totals.comparison import is_close

_PARTS = ("SubTotNetoSTI", "SubTotIVASTI", "SubTotAdicSTI", "SubTotExeSTI")


def check(document: Document) -> None:
    """A subtotal is the sum of its parts or of its lines, and its lines exist."""
    for one in document.root.all("SubTotInfo"):
        numbers = [field.value for field in one.fields.get("LineasDeta", ())]
        lines = [line for line in document.detalles if line.value("NroLinDet") in numbers]
        if len(lines) < len(set(numbers)):
            document.problems.append(problem("TOT-057", one.place_of("LineasDeta"), ", ".join(map(str, numbers))))
            continue
        value = one.number("ValSubtotSTI")
        sums = _sums(one, lines)
        if value is not None and sums and not any(is_close(value, each) for each in sums):
            place = one.place_of("ValSubtotSTI")
            document.problems.append(
                problem("TOT-055", place, one.text("ValSubtotSTI"), given=money(value), computed=money(sums[0]))
            )


def _sums(one: Group, lines: list[Group]) -> list[Decimal]:
    """What the subtotal may come to: its parts, its lines; empty when it names neither."""
    found = []
    parts = [number for name in _PARTS if (number := one.number(name)) is not None]
    if parts:
        found.append(sum(parts, Decimal(0)))
    if lines:
        found.append(sum((line.number("MontoItem") or Decimal(0) for line in lines), Decimal(0)))
    return found
