"""Arithmetic of the lines (Formato DTE v2.5, zone Detalle).

MontoItem = round(QtyItem × PrcItem) − DescuentoMonto + RecargoMonto.
"""

from __future__ import annotations

from decimal import Decimal

from dteplanows.document.catalogue import problem
from dteplanows.document.model import Document, Group
from dteplanows.document.money import percent, pesos
from dteplanows.validator.report import contradiction, money

TOLERANCE = 1
"""Pesos a line's amount may differ from its factors: programs round price and product in their own order."""


def check(document: Document, tolerante: bool) -> None:
    """Every line's amount follows from its factors; missing amounts are computed."""
    wrong = [line for line in document.detalles if not _agrees(document, line, tolerante)]
    if wrong and tolerante and _fits_with_computed(document, wrong):
        for line in wrong:
            line.put("MontoItem", _computed(line), line.place_of("MontoItem"))


def _agrees(document: Document, line: Group, tolerante: bool) -> bool:
    if "PrcItem" in document.unread or "QtyItem" in document.unread:
        return True
    for kind in ("Descuento", "Recargo"):
        _check_percentage(document, line, kind, tolerante)
    has_price = bool(line.number("PrcItem"))
    amount = line.value("MontoItem")
    if amount is None:
        if "MontoItem" not in document.unread and has_price:
            _put_computed(document, line)
        return True
    if not has_price or line.amount("MontoItem") < 0:
        return True
    computed = _computed(line)
    if abs(line.amount("MontoItem") - computed) <= TOLERANCE:
        return True
    contradiction(
        document, tolerante, "TOT-001", line.place_of("MontoItem"), str(amount),
        given=money(line.amount("MontoItem")), computed=money(computed), factors=_factors(line),
    )  # fmt: skip
    return False


def _base(line: Group) -> int:
    """Product of the factors; a price without quantity counts once."""
    return pesos((line.number("PrcItem") or Decimal(0)) * (line.number("QtyItem") or Decimal(1)))


def _computed(line: Group) -> int:
    return _base(line) - line.amount("DescuentoMonto") + line.amount("RecargoMonto")


def _put_computed(document: Document, line: Group) -> None:
    place = line.place_of("MontoItem")
    line.put("MontoItem", _computed(line), place)
    document.problems.append(problem("TOT-002", place, computed=money(_computed(line)), factors=_factors(line)))


def _factors(line: Group) -> str:
    text = f"{line.text('QtyItem') or 1} × {line.text('PrcItem')}"
    if line.amount("DescuentoMonto"):
        text += f" − descuento {money(line.amount('DescuentoMonto'))}"
    if line.amount("RecargoMonto"):
        text += f" + recargo {money(line.amount('RecargoMonto'))}"
    return text


def _check_percentage(document: Document, line: Group, kind: str, tolerante: bool) -> None:
    """Percentage and amount of a discount or surcharge agree, as exactly as the percentage was written."""
    rate, amount = line.number(f"{kind}Pct"), line.amount(f"{kind}Monto")
    base = _base(line)
    if kind == "Recargo":
        base -= line.amount("DescuentoMonto")
    if not rate or not base or f"{kind}Monto" in document.unread:
        return
    computed = percent(base, rate)
    place = line.place_of(f"{kind}Monto")
    if not amount:
        if computed:
            line.put(f"{kind}Monto", computed, place)
            document.problems.append(problem("TOT-004", place, computed=money(computed), rate=rate, kind=kind.lower()))
        return
    if abs(amount - computed) > TOLERANCE + _percentage_error(line, f"{kind}Pct", base):
        contradiction(
            document, tolerante, "TOT-003", place, str(amount),
            given=money(amount), computed=money(computed), rate=rate, base=money(base), kind=kind.lower(),
        )  # fmt: skip
        if tolerante:
            line.drop(f"{kind}Pct")


def _percentage_error(line: Group, name: str, base: int) -> int:
    """Pesos that the rounding of the percentage to its last written decimal can make."""
    field = line.field(name)
    decimals = len(field.text.partition(".")[2].rstrip("0")) if field else 0
    return pesos(abs(base) * Decimal(5).scaleb(-decimals - 3))


def _fits_with_computed(document: Document, wrong: list[Group]) -> bool:
    """Whether the computed line amounts, and not the given ones, add up to the total of the file."""
    given = sum(line.amount("MontoItem") for line in document.detalles)
    computed = given + sum(_computed(line) - line.amount("MontoItem") for line in wrong)
    sought = {document.totales.amount("MntTotal"), document.totales.amount("MntNeto")} - {0}
    return computed in sought or given not in sought
