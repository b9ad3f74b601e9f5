"""Freight, insurance and other movements of an export, in pesos and in Aduana."""

from __future__ import annotations

from decimal import Decimal

from dteplanows.document.catalogue import problem
from dteplanows.document.model import Document, Group
from dteplanows.document.money import currency
from dteplanows.document.phrases import phrase
from dteplanows.validator.exports.sums import NOTHING
from dteplanows.validator.report import money
from dteplanows.validator.totals.comparison import is_close

_FREIGHT_TOLERANCE = Decimal("0.02")
"""Units of the currency that a charge may differ from what Aduana says of it: both are rounded to cents."""

_FREIGHT_AND_INSURANCE = (("MntFlete", "FLETE"), ("MntSeguro", "SEGURO"))


def check_in_pesos(document: Document, movements: list[Group]) -> None:
    """ValorDROtrMnda is mandatory in exports; for amounts it is the value in pesos."""
    block = next(iter(document.root.group("Encabezado").all("OtraMoneda")), None)
    rate = block.number("TpoCambio") if block else None
    for one in movements:
        value, place = one.number("ValorDR"), one.place_of("ValorDROtrMnda")
        if one.text("TpoValor") != "$" or not value or not rate or "ValorDROtrMnda" in document.unread:
            continue
        given, expected = one.number("ValorDROtrMnda"), currency(value * rate)
        reason = phrase("totals.value_at_rate", amount=money(value), rate=money(rate))
        if not given:
            one.put("ValorDROtrMnda", expected, place)
            document.problems.append(
                problem("TOT-012", place, name="ValorDROtrMnda", computed=money(expected), reason=reason)
            )
        elif not is_close(given, expected) and given != value:
            document.problems.append(
                problem("TOT-068", place, one.text("ValorDROtrMnda"), given=money(given), computed=money(expected))
            )


def check_freight(document: Document, movements: list[Group]) -> None:
    """Freight and insurance that are part of the price stand among the movements and in Aduana, with one value."""
    transport = document.root.group("Encabezado").all("Transporte")
    customs = next((one for group in transport for one in group.all("Aduana")), None)
    for name, word in _FREIGHT_AND_INSURANCE:
        charged = [
            one for one in movements
            if word in one.text("GlosaDR").upper() and one.text("TpoMov") == "R" and one.text("TpoValor") == "$"
        ]  # fmt: skip
        if not charged or name in document.unread:
            continue
        value = sum((one.number("ValorDR") or NOTHING for one in charged), NOTHING)
        given = customs.number(name) if customs else None
        if given is None or abs(given - value) > _FREIGHT_TOLERANCE:
            place = customs.place_of(name) if customs else charged[0].place
            shown = "" if given is None else money(given)
            document.problems.append(problem("TOT-069", place, shown, name=name, computed=money(value)))
