"""A document as a sum: its lines, its global movements and what else its total counts, each with its name.

Amounts are pesos, or units of the currency of an export with up to four decimals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from dteplanows.document.elements import EXEMPT_DOCUMENTS, EXPORTS
from dteplanows.document.model import Document, Group
from dteplanows.document.money import IVA_RATE, currency, percent, pesos
from dteplanows.document.taxes import TAXES
from dteplanows.validator.lines.lines import is_foreign
from dteplanows.validator.report import money, of_currency
from dteplanows.validator.totals.sums import AFFECTED, EXEMPT, is_gross, line_class

Amount = int | Decimal

NOT_BILLED = "not billed"
"""Class of the lines that belong to no total of the sale, whatever their indicator says they are."""

COMMISSIONS = "commissions"
"""What the three parts of the commissions belong to."""

_NEGATIVE = 6
_WITH_IVA = 1 + IVA_RATE / 100


class Totals(NamedTuple):
    """The four totals of a document, all known."""

    MntNeto: Amount
    MntExe: Amount
    IVA: Amount
    MntTotal: Amount


class Item(NamedTuple):
    """A line."""

    number: int
    kind: str
    """``AFFECTED``, ``EXEMPT`` or :data:`NOT_BILLED`."""
    amount: Amount
    group: Group


class Change(NamedTuple):
    """A global discount or surcharge."""

    number: int
    kind: str
    """Class of the lines that it changes."""
    sign: int
    value: Decimal
    in_percent: bool
    group: Group


class Extra(NamedTuple):
    """What else the total counts."""

    name: str
    """As the file calls it, e.g. ``impuesto 27``."""
    amount: Amount
    """With the sign that it has in the total."""
    group: str
    """What belongs together: the three parts of the commissions."""


@dataclass(frozen=True, slots=True)
class Basket:
    """What the totals of a document follow from."""

    items: tuple[Item, ...]
    changes: tuple[Change, ...]
    extras: tuple[Extra, ...]
    gross: bool
    """The affected lines include the IVA."""
    all_exempt: bool
    """A document type of exempt lines only."""
    whole: Callable[[Decimal], Amount]
    """How its amounts are rounded: to pesos, or to the decimals of a currency."""
    _sums: dict[str, Amount] = field(init=False, default_factory=dict)
    """Those of each class, once they have been asked for: each mistake that is tried asks for them."""

    def shown(self, amount: Amount) -> str:
        """*amount* for people: whole pesos, or at least two decimals of a currency."""
        return money(amount) if self.whole is pesos else of_currency(amount)

    @property
    def extra(self) -> Amount:
        """What the extras add to the total."""
        return total_of(one.amount for one in self.extras)

    def lines_of(self, kind: str) -> list[Item]:
        """The lines of one class."""
        return [one for one in self.items if one.kind == kind]

    def sum_of(self, kind: str) -> Amount:
        """Sum of the lines of one class, before any movement."""
        if kind not in self._sums:
            self._sums[kind] = total_of(one.amount for one in self.lines_of(kind))
        return self._sums[kind]

    def moved(self, kind: str, amount: Amount, changes: Iterable[Change] | None = None) -> Amount:
        """What lines of that class and *amount* come to with the movements, or with *changes* instead of them."""
        for one in self.changes if changes is None else changes:
            if one.kind == kind:
                by = self.whole(Decimal(amount) * one.value / 100 if one.in_percent else one.value)
                amount += one.sign * by
        return amount

    def totals(self, affected: Amount, exempt: Amount) -> Totals:
        """The totals of a document whose lines, with the movements, come to these."""
        if self.gross:
            neto: Amount = pesos(affected / _WITH_IVA)
            iva = affected - neto
        else:
            neto, iva = affected, percent(affected, IVA_RATE)
        return Totals(neto, exempt, iva, neto + exempt + iva + self.extra)

    def of_lines(self, affected: Amount, exempt: Amount) -> Totals:
        """The same, of lines before the movements."""
        return self.totals(self.moved(AFFECTED, affected), self.moved(EXEMPT, exempt))

    @property
    def right(self) -> Totals:
        """The totals that the lines give."""
        return self.of_lines(self.sum_of(AFFECTED), self.sum_of(EXEMPT))


def basket_of(document: Document) -> Basket:
    """The basket of *document*, each of whose lines has an amount."""
    foreign = is_foreign(document)
    items = []
    for number, line in enumerate(document.detalles, 1):
        kind = line_class(document, line.amount("IndExe"))
        sign = -1 if line.amount("IndExe") == _NEGATIVE else 1
        amount: Amount = (line.number("MontoItem") or Decimal(0)) if foreign else line.amount("MontoItem")
        items.append(Item(number, kind if kind in (AFFECTED, EXEMPT) else NOT_BILLED, sign * amount, line))
    changes = []
    for number, one in enumerate(document.root.all("DscRcgGlobal"), 1):
        sign, value = 1 if one.text("TpoMov") == "R" else -1, one.number("ValorDR") or Decimal(0)
        kind = line_class(document, one.amount("IndExeDR"))
        changes.append(Change(number, kind, sign, value, one.text("TpoValor") == "%", one))
    exempt = document.tipo in EXEMPT_DOCUMENTS | EXPORTS
    return Basket(
        tuple(items), tuple(changes), tuple(extras_of(document)), is_gross(document), exempt,
        currency if foreign else pesos,
    )  # fmt: skip


def extras_of(document: Document) -> list[Extra]:
    """What the total of *document* counts beside its lines and the IVA, in pesos."""
    totales, found = document.totales, []
    for one in totales.all("ImptoReten"):
        tax = TAXES.get(one.text("TipoImp"))
        if tax and tax.effect:
            added = tax.effect == "added"
            word = "impuesto" if added else "retención"
            found.append(Extra(f"{word} {tax.code}", one.amount("MontoImp") * (1 if added else -1), tax.code))
    found.append(Extra("GrntDep", totales.amount("GrntDep"), "GrntDep"))
    found.append(Extra("CredEC", -totales.amount("CredEC"), "CredEC"))
    for one in totales.all("Comisiones"):
        found += [Extra(name, -one.amount(name), COMMISSIONS) for name in ("ValComNeto", "ValComExe", "ValComIVA")]
    return [one for one in found if one.amount]


def total_of(amounts: Iterable[Amount]) -> Amount:
    """Sum of *amounts*."""
    total: Amount = 0
    for one in amounts:
        total += one
    return total


def near_rate(neto: Amount, iva: Amount) -> bool:
    """Whether *iva* is within one peso of its rate."""
    return abs(Fraction(iva) - Fraction(neto) * Fraction(IVA_RATE) / 100) <= 1
