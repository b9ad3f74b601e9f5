"""A price that its program wrote rounded: the line's amount tells the price that was meant.

PrcItem 100, QtyItem 10, MontoItem 1004: the price was 100.4. Only where that price, rounded to the decimals that the
file writes, is the written one, and never for a quantity of 1, whose price is the amount itself.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal

from dteplanows.document.catalogue import problem
from dteplanows.document.model import Document, Group
from dteplanows.document.values import write
from dteplanows.validator.lines.precision import decimals_of, text_of

_SMALLEST = Decimal("0.000001")
"""A price has six decimals (Formato DTE v2.5, PrcItem)."""

_WIDE = Context(prec=60)


def implied_price(line: Group) -> Decimal | None:
    """The price that gives the amount of *line*; None where its program cannot have meant one."""
    price, quantity, decimals = line.number("PrcItem"), line.number("QtyItem"), decimals_of(line, "PrcItem")
    if not price or not quantity or quantity == 1 or decimals >= 6:
        return None
    amount = abs(line.number("MontoItem") or Decimal(0))
    base = amount + line.amount("DescuentoMonto") - line.amount("RecargoMonto")
    if not _is_percentage(line, "Descuento", base) or not _is_percentage(line, "Recargo", amount):
        return None  # as well might the discount be wrong
    half = Decimal(5).scaleb(-decimals - 1)
    meant = min(max(_WIDE.divide(base, quantity), price - half), price + half - _SMALLEST)
    meant = meant.quantize(_SMALLEST, ROUND_HALF_UP, _WIDE)
    missing = abs(_WIDE.multiply(meant, quantity) - base)
    return meant if meant > 0 and missing <= Decimal("0.5") else None


def _is_percentage(line: Group, kind: str, base: Decimal) -> bool:
    """Whether the discount or surcharge of *line*, if it has one, is its percentage of *base*."""
    rate, change = line.number(f"{kind}Pct"), line.amount(f"{kind}Monto")
    return not change or (rate is not None and abs(base * rate / 100 - change) <= 1)


def write_implied(document: Document, line: Group, meant: Decimal) -> None:
    """Write *line* with the price *meant*, and say so."""
    place, text = line.place_of("PrcItem"), text_of(line, "PrcItem")
    document.problems.append(
        problem("TOT-072", place, text, given=text, computed=write(meant), amount=line.text("MontoItem"))
    )
    line.put("PrcItem", meant, place, text)
