"""Arithmetic of the lines (Formato DTE v2.5, zone Detalle).

MontoItem = round(QtyItem × PrcItem) − DescuentoMonto + RecargoMonto: whole pesos, in exports four decimals of the
document's currency. Only a liquidación has negative amounts.
"""

from __future__ import annotations

from decimal import Context, Decimal

from dteplanows.document.catalogue import problem
from dteplanows.document.elements import EXPORTS
from dteplanows.document.model import Document, Group
from dteplanows.document.money import currency, percent, pesos
from dteplanows.validator import indicators, retention_agents
from dteplanows.validator.report import contradiction, money

TOLERANCE = 1
"""Pesos a line's amount may differ from its factors: programs round price and product in their own order.

The SII publishes no tolerance; one peso is what its answers and the customers' files show.
"""

CURRENCY_TOLERANCE = Decimal("0.01")
"""The same in an export's currency: programs round the product to cents."""

_WHOLE_DISCOUNT = Decimal("0.5")
"""An export's discount has no decimals (schema of the SII), its line has: half a unit may be lost for each."""

_FACTORS = frozenset({"QtyItem", "PrcItem", "DescuentoMonto", "RecargoMonto"})
_CHANGES = frozenset({"DescuentoPct", "RecargoPct"})
_BREAKDOWNS = (
    ("Descuento", "SubDscto", "TipoDscto", "ValorDscto"),
    ("Recargo", "SubRecargo", "TipoRecargo", "ValorRecargo"),
)
_EXACT = Context(prec=60)
"""Both factors have 18 digits at most: their product is never rounded before it is rounded to pesos."""

_ONE, _NONE = Decimal(1), Decimal(0)


def check(document: Document, tolerante: bool) -> None:
    """Every line's amount follows from its factors; missing amounts are computed."""
    wrong = []
    for line in document.detalles:
        fields = line.fields
        if "IndExe" in fields:
            indicators.check_line(document, line, tolerante)
        if "CodImpAdic" in fields or "Retenedor" in line.groups:
            retention_agents.check_line(document, line)
        if _FACTORS.isdisjoint(line.unread) and not _agrees(document, line, tolerante):
            wrong.append(line)
    indicators.check(document)
    if wrong and tolerante and _fits_with_computed(document, wrong):
        for line in wrong:
            line.put("MontoItem", _computed(document, line), line.place_of("MontoItem"))


def _agrees(document: Document, line: Group, tolerante: bool) -> bool:
    fields = line.fields
    if not _CHANGES.isdisjoint(fields):
        for kind in ("Descuento", "Recargo"):
            _check_percentage(document, line, kind, tolerante)
    if "SubDscto" in line.groups or "SubRecargo" in line.groups:
        _check_breakdowns(document, line)
    has_price = bool("PrcItem" in fields and line.number("PrcItem"))
    amount = line.number("MontoItem")
    if amount is None:
        if "MontoItem" not in line.unread and has_price:
            _put_computed(document, line)
        return True
    if not has_price or (amount < 0 and document.tipo != 43):
        return True
    computed = _computed(document, line)
    if amount == computed or abs(abs(amount) - computed) <= _tolerance(document, line):
        return True
    if not amount and indicators.may_be_zero(document, line):
        return True
    contradiction(
        document, tolerante, "TOT-001", line.place_of("MontoItem"), line.text("MontoItem"),
        given=money(amount), computed=money(computed), factors=_factors(line),
    )  # fmt: skip
    return False


def _tolerance(document: Document, line: Group) -> int | Decimal:
    if document.tipo not in EXPORTS or document.totales.text("TpoMoneda") == "PESO CL":
        return TOLERANCE
    changes = bool(line.amount("DescuentoMonto")) + bool(line.amount("RecargoMonto"))
    return CURRENCY_TOLERANCE + changes * _WHOLE_DISCOUNT


def _base(document: Document, line: Group) -> int | Decimal:
    """Product of the factors; a price without quantity counts once."""
    product = _EXACT.multiply(line.number("PrcItem") or _NONE, line.number("QtyItem") or _ONE)
    return currency(product) if document.tipo in EXPORTS else pesos(product)


def _computed(document: Document, line: Group) -> int | Decimal:
    base = _base(document, line)
    if "DescuentoMonto" in line.fields or "RecargoMonto" in line.fields:
        return base - line.amount("DescuentoMonto") + line.amount("RecargoMonto")
    return base


def _put_computed(document: Document, line: Group) -> None:
    place, computed = line.place_of("MontoItem"), _computed(document, line)
    line.put("MontoItem", computed, place)
    document.problems.append(problem("TOT-002", place, computed=money(computed), factors=_factors(line)))


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
    if not rate or f"{kind}Monto" in document.unread:
        return
    base = _base(document, line)
    if kind == "Recargo":
        base -= line.amount("DescuentoMonto")
    if not base:
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


def _percentage_error(line: Group, name: str, base: int | Decimal) -> int:
    """Pesos that the rounding of the percentage to its last written decimal can make."""
    field = line.field(name)
    decimals = len(field.text.partition(".")[2].rstrip("0")) if field else 0
    return pesos(abs(Decimal(base)) * Decimal(5).scaleb(-decimals - 3))


def _check_breakdowns(document: Document, line: Group) -> None:
    """The parts of a discount or surcharge come to its amount; percentages of the same base or of what is left."""
    for kind, group, of_type, of_value in _BREAKDOWNS:
        parts = line.all(group)
        if not parts or f"{kind}Monto" in document.unread:
            continue
        base = Decimal(_base(document, line))
        same, rest = _NONE, base
        for one in parts:
            value = one.number(of_value) or _NONE
            in_percent = one.text(of_type) == "%"
            same += base * value / 100 if in_percent else value
            change = rest * value / 100 if in_percent else value
            rest += change if kind == "Recargo" else -change
        given, computed = line.amount(f"{kind}Monto"), pesos(same)
        if min(abs(given - same), abs(given - abs(rest - base))) > TOLERANCE * len(parts):
            place = line.place_of(f"{kind}Monto")
            document.problems.append(
                problem("TOT-031", place, str(given), given=money(given), computed=money(computed), kind=kind.lower())
            )


def _fits_with_computed(document: Document, wrong: list[Group]) -> bool:
    """Whether the computed line amounts, and not the given ones, add up to the total of the file."""
    given = sum((line.number("MontoItem") or _NONE for line in document.detalles), _NONE)
    computed = given + sum(_computed(document, line) - (line.number("MontoItem") or _NONE) for line in wrong)
    totales = document.totales
    sought = {totales.number("MntTotal"), totales.number("MntNeto")} - {0, None}
    return computed in sought or given not in sought
