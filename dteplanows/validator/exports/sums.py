"""What the lines and movements of an export come to, in its currency."""

from __future__ import annotations

from decimal import Decimal

from dteplanows.document.model import Document, Group
from dteplanows.document.money import PESO, currency, pesos
from dteplanows.validator.lines.lines import product
from dteplanows.validator.report import money, of_currency

_BILLED = frozenset({0, 1})
"""IndExe of the lines that are charged."""

NOTHING = Decimal(0)


def is_in_pesos(document: Document) -> bool:
    """Whether the currency of *document* is the peso."""
    return document.totales.text("TpoMoneda") == PESO


def add_up(document: Document, amounts: list[Decimal]) -> Decimal:
    """Sum of the *amounts* of the lines that are billed, with the movements applied in their order."""
    billed = [line.amount("IndExe") in _BILLED for line in document.detalles]
    total = sum((amount for amount, is_billed in zip(amounts, billed, strict=True) if is_billed), NOTHING)
    for one in document.root.all("DscRcgGlobal"):
        if one.amount("IndExeDR") == 2:
            continue
        change = one.number("ValorDR") or NOTHING
        if one.text("TpoValor") == "%":
            change = currency(total * change / 100)
        if is_in_pesos(document):
            change = Decimal(pesos(change))
        total += change if one.text("TpoMov") == "R" else -change
    return Decimal(pesos(total)) if is_in_pesos(document) else currency(total)


def exact_amounts(document: Document) -> list[Decimal]:
    """The amounts of the lines before any rounding."""
    return [
        product(line) - line.amount("DescuentoMonto") + line.amount("RecargoMonto")
        if has_price(line) else line.number("MontoItem") or NOTHING
        for line in document.detalles
    ]  # fmt: skip


def has_price(line: Group) -> bool:
    """Whether *line* is billed, and its amount what a price comes to."""
    return bool(line.number("PrcItem")) and line.amount("IndExe") in _BILLED


def as_shown(document: Document, amount: int | Decimal) -> str:
    """*amount* in the currency of *document*, which it names."""
    if is_in_pesos(document):
        return money(amount)
    return f"{of_currency(amount)} {document.totales.text('TpoMoneda')}".rstrip()
