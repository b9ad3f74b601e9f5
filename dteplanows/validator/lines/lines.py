"""Arithmetic of the lines (Formato DTE v2.5, zone Detalle).

MontoItem = QtyItem × PrcItem − DescuentoMonto + RecargoMonto: exact where the product is whole, its floor or its
ceiling where not; in exports to the decimals of the currency. Only a liquidación has negative amounts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Context, Decimal
from fractions import Fraction

from dteplanows.document.catalogue import problem
from dteplanows.document.elements import EXPORTS
from dteplanows.document.limits import OWN_ROUNDING
from dteplanows.document.model import Document, Group
from dteplanows.document.money import PESO, cents, currency, in_cents, percent, pesos
from dteplanows.document.phrases import phrase
from dteplanows.validator.lines import indicators, retention_agents
from dteplanows.validator.lines.precision import is_rounded, slack_of_price
from dteplanows.validator.report import contradiction, money

_FACTORS = frozenset({"QtyItem", "PrcItem", "DescuentoMonto", "RecargoMonto"})
_BREAKDOWNS = (
    ("Descuento", "SubDscto", "TipoDscto", "ValorDscto"),
    ("Recargo", "SubRecargo", "TipoRecargo", "ValorRecargo"),
)
_EXACT = Context(prec=60)
"""Both factors have 18 digits at most: their product is never rounded before it is rounded to pesos."""

_ONE, _NONE = Decimal(1), Decimal(0)
_SMALLEST_OF_CURRENCY = Decimal("0.0001")


def check(document: Document, tolerante: bool) -> list[Group]:
    """Compute missing amounts and judge what does not depend on the totals.

    Lines whose amount contradicts their factors are given back: whether the customer's totals explain them is judged
    there, and :func:`tell_wrong` says what is left.
    """
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
    return wrong


def tell_wrong(
    document: Document, wrong: list[Group], tolerante: bool, by_factors: Sequence[bool | None] = ()
) -> None:  # fmt: skip
    """Report the lines that contradict themselves; of a tolerant company those get the computed amounts.

    :param by_factors: for each line whether the totals of the file count what its factors give (its amount is wrong),
        or its amount (a factor is); None where they tell neither.
    """
    for number, line in enumerate(wrong):
        given, right = line.number("MontoItem") or _NONE, computed(document, line)
        told = by_factors[number] if number < len(by_factors) else None
        shown = {"given": money(given), "computed": money(right), "factors": _factors(line)}
        contradiction(
            document, tolerante, "TOT-001", line.place_of("MontoItem"), line.text("MontoItem"), **shown,
            totals="" if told is None else phrase(_COUNTED[told], **shown),
        )  # fmt: skip
    if wrong and tolerante and _fits_with_computed(document, wrong):
        for line in wrong:
            line.put("MontoItem", computed(document, line), line.place_of("MontoItem"))


_COUNTED = {
    True: "lines.amount_is_wrong",
    False: "lines.factors_are_wrong",
}


def _agrees(document: Document, line: Group, tolerante: bool) -> bool:
    fields = line.fields
    if line.number("DescuentoPct") or line.number("RecargoPct"):
        discount = _check_percentage(document, line, "Descuento", tolerante)
        surcharge = _check_percentage(document, line, "Recargo", tolerante)
        if "amount" in (discount, surcharge) and not tolerante:
            return True  # with the amount of its percentage the line is right
    if "SubDscto" in line.groups or "SubRecargo" in line.groups:
        _check_breakdowns(document, line)
    if _is_exact(line):
        return True
    has_price = bool("PrcItem" in fields and line.number("PrcItem"))
    amount = line.number("MontoItem")
    if amount is not None and amount != amount.to_integral_value() and not is_foreign(document):
        amount = _put_rounded(document, line, amount)
    if amount is None:
        if "MontoItem" not in line.unread:
            if has_price:
                _put_computed(document, line)
            elif indicators.may_be_without_amounts(document):
                place = line.place_of("MontoItem")
                line.put("MontoItem", 0, place)
                document.problems.append(problem("TOT-079", place))
        return True
    if not has_price:
        _tell_price_of_nothing(document, line, amount)
        return True
    if amount < 0 and document.tipo != 43:
        return True
    if follows(document, line, abs(amount)) or (not amount and indicators.may_be_zero(document, line)):
        return True
    return _with_discount_rounded_otherwise(document, line, abs(amount))


def _is_exact(line: Group) -> bool:
    """Whether the amount of *line* is whole and exactly what its factors give, as most are."""
    amount, price = line.value("MontoItem"), line.number("PrcItem")
    if not price or not isinstance(amount, int) or amount < 0:
        return False
    base = amount + line.amount("DescuentoMonto") - line.amount("RecargoMonto")
    return base == _EXACT.multiply(price, line.number("QtyItem") or _ONE)


def _tell_price_of_nothing(document: Document, line: Group, amount: Decimal) -> None:
    """A price of 0 is left out, for no document admits it; beside an amount it says something else."""
    if amount and line.value("PrcItem") == 0:
        place = line.place_of("PrcItem")
        document.problems.append(problem("TOT-078", place, line.text("PrcItem"), amount=money(amount)))


def follows(document: Document, line: Group, amount: Decimal) -> bool:
    """Whether *amount* is what the factors of *line* give, the product rounded down or up where it is not whole."""
    base = amount + line.amount("DescuentoMonto") - line.amount("RecargoMonto")
    missing = abs(base - product(line))
    if is_foreign(document):
        return missing < _SMALLEST_OF_CURRENCY or (missing < in_cents(1) and base == cents(base))
    return missing < 1


def is_foreign(document: Document) -> bool:
    """Whether the amounts of *document* are in another currency, with decimals."""
    return document.tipo in EXPORTS and document.totales.text("TpoMoneda") != PESO


def product(line: Group) -> Decimal:
    """Price times quantity, exact; a price without quantity counts once."""
    return _EXACT.multiply(line.number("PrcItem") or _NONE, line.number("QtyItem") or _ONE)


def _with_discount_rounded_otherwise(document: Document, line: Group, amount: Decimal) -> bool:
    """Programs cut off a line and its discount, each by itself: the same line with the discount's other peso.

    Only where the amount is the exact product less the exact percentage, cut off or rounded.
    """
    rate, discount = line.number("DescuentoPct"), line.amount("DescuentoMonto")
    if not rate or not discount or line.amount("RecargoMonto") or document.tipo in EXPORTS:
        return False
    whole = product(line)
    taken = whole * rate / 100
    left = 1 - Fraction(rate) / 100
    slack = slack_of_price(line) * left
    if abs(taken - discount) >= 1 or not is_rounded(int(amount), Fraction(whole) * left, slack):
        return False
    for other in (discount - 1, discount + 1):
        if other > 0 and abs(taken - other) < 1 and abs(amount + other - whole) < 1:
            place = line.place_of("DescuentoMonto")
            figures = {"given": money(discount), "computed": money(other)}
            document.problems.append(problem("TOT-071", place, str(discount), **figures))
            line.put("DescuentoMonto", other, place, line.text("DescuentoMonto"))
            return True
    return False


def _base(document: Document, line: Group) -> int | Decimal:
    """Product of the factors, rounded."""
    return currency(product(line)) if is_foreign(document) else pesos(product(line))


def computed(document: Document, line: Group) -> int | Decimal:
    """What the amount of *line* should be, its product rounded half away from zero."""
    if indicators.is_without_amount(line):
        return 0
    base = _base(document, line)
    if "DescuentoMonto" in line.fields or "RecargoMonto" in line.fields:
        return base - line.amount("DescuentoMonto") + line.amount("RecargoMonto")
    return base


def _put_computed(document: Document, line: Group) -> None:
    place, amount = line.place_of("MontoItem"), computed(document, line)
    line.put("MontoItem", amount, place)
    document.problems.append(problem("TOT-002", place, computed=money(amount), factors=_factors(line)))


def _put_rounded(document: Document, line: Group, amount: Decimal) -> Decimal:
    """An export in pesos has whole amounts, though its structure admits decimals."""
    place, whole = line.place_of("MontoItem"), pesos(amount)
    document.problems.append(problem("TXT-029", place, line.text("MontoItem"), used=str(whole)))
    line.put("MontoItem", whole, place, line.text("MontoItem"))
    return Decimal(whole)


def _factors(line: Group) -> str:
    text = f"{money(line.number('QtyItem') or _ONE)} × {money(line.number('PrcItem') or _NONE)}"
    if line.amount("DescuentoMonto"):
        text += phrase("lines.less_discount", amount=money(line.amount("DescuentoMonto")))
    if line.amount("RecargoMonto"):
        text += phrase("lines.plus_surcharge", amount=money(line.amount("RecargoMonto")))
    return text


def _check_percentage(document: Document, line: Group, kind: str, tolerante: bool) -> str:
    """Percentage and amount of a discount or surcharge agree, as exactly as the percentage was written.

    :returns: which of the two is wrong, ``amount`` or ``rate``, as the line's amount shows; empty where they agree or
        it shows neither.
    """
    rate, amount = line.number(f"{kind}Pct"), line.amount(f"{kind}Monto")
    if not rate or f"{kind}Monto" in document.unread or f"{kind}Pct" in line.unread:
        return ""
    base = _base(document, line)
    if kind == "Recargo":
        base -= line.amount("DescuentoMonto")
    if not base:
        return ""
    expected = percent(base, rate)
    place = line.place_of(f"{kind}Monto")
    if not amount:
        if expected:
            line.put(f"{kind}Monto", expected, place)
            document.problems.append(problem("TOT-004", place, computed=money(expected), rate=rate, kind=kind.lower()))
        return ""
    # beside what the percentage's rounding makes: it may be of the exact product or of the rounded one, and cut off
    slack = OWN_ROUNDING + _percentage_error(line, f"{kind}Pct", base)
    exact = [Fraction(one) * Fraction(rate) / 100 for one in _bases(line, kind, base)]
    if min(abs(Fraction(amount) - one) for one in exact) <= Fraction(slack):
        return ""
    wrong = "" if tolerante else _which(document, line, kind, rate, expected)
    if wrong == "factors":
        return ""  # price or quantity are: the line tells it
    told = phrase(_WRONG[wrong], kind=kind, amount=money(amount)) if wrong else ""
    contradiction(
        document, tolerante, "TOT-003", line.place_of(f"{kind}Pct") if wrong == "rate" else place,
        str(rate) if wrong == "rate" else str(amount), given=money(amount), computed=money(expected), rate=money(rate),
        base=money(base), kind=kind.lower(), wrong=told,
    )  # fmt: skip
    if tolerante:
        line.drop(f"{kind}Pct")
    return wrong


def _bases(line: Group, kind: str, base: int | Decimal) -> tuple[int | Decimal, ...]:
    """What a percentage may be of: the exact product of the factors, or that in whole pesos, rounded in any way.

    :param base: the product as amounts of the document are rounded.
    """
    exact = product(line) - (line.amount("DescuentoMonto") if kind == "Recargo" else 0)
    return base, exact, math.floor(exact), math.ceil(exact)


_WRONG = {
    "amount": "lines.change_is_wrong",
    "rate": "lines.rate_is_wrong",
}


def _which(document: Document, line: Group, kind: str, rate: Decimal, expected: int) -> str:
    """Which value of a line is wrong whose discount or surcharge is not its percentage: ``rate`` or ``amount`` of it,
    or the ``factors`` price and quantity; empty where its amount does not tell."""
    amount, name = line.number("MontoItem"), f"{kind}Monto"
    if amount is None or not line.number("PrcItem"):
        return ""
    if follows(document, line, abs(amount)):
        return "rate"
    written = line.fields[name]
    line.put(name, expected)
    fits = follows(document, line, abs(amount))
    line.fields[name] = written
    if fits:
        return "amount"
    base = abs(amount) + line.amount("DescuentoMonto") - line.amount("RecargoMonto")
    if kind == "Recargo":
        base -= line.amount("DescuentoMonto")
    slack = OWN_ROUNDING + _percentage_error(line, f"{kind}Pct", base)
    return "factors" if abs(line.amount(name) - percent(base, rate)) <= slack else ""


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
        given, expected = line.amount(f"{kind}Monto"), pesos(same)
        if min(abs(given - same), abs(given - abs(rest - base))) > len(parts):
            place = line.place_of(f"{kind}Monto")
            document.problems.append(
                problem("TOT-031", place, str(given), given=money(given), computed=money(expected), kind=kind.lower())
            )


def _fits_with_computed(document: Document, wrong: list[Group]) -> bool:
    """Whether the computed line amounts, and not the given ones, add up to the total of the file."""
    given = sum((line.number("MontoItem") or _NONE for line in document.detalles), _NONE)
    right = given + sum(computed(document, line) - (line.number("MontoItem") or _NONE) for line in wrong)
    totales = document.totales
    sought = {totales.number("MntTotal"), totales.number("MntNeto")} - {0, None}
    return right in sought or given not in sought
