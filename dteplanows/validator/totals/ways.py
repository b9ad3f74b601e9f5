"""How a customer's program may have come to its totals, and how the lines of a document can be written to give them.

Programs round lines, discounts and totals in their own order; a signed document has one: whole lines that add up. A
total is *explained* when one of the known ways of computing, applied to the prices and quantities of the file, gives it
to the peso: the lines rounded one by one and added, or added first and rounded or cut off at the end. It is *reached*
when lines can be rounded to their other peso so that they come to it.

All amounts are pesos, exact ones as fractions.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import NamedTuple

from dteplanows.document.model import Group
from dteplanows.document.money import percent, pesos
from dteplanows.validator.lines.lines import product
from dteplanows.validator.lines.precision import HALF, is_rounded, slack_of_price, text_of

_DEVIATIONS = 5
"""Standard deviations of the sum of roundings beyond which they explain nothing more."""


@dataclass(slots=True)
class Line:
    """A line that may be written otherwise."""

    group: Group
    amount: int
    """As it stands, in pesos."""
    product: Fraction | None = None
    """Price times quantity; None where the amount stands alone."""
    discount: Fraction = Fraction(0)
    """Exact, by its percentage where the file has one."""
    surcharge: Fraction = Fraction(0)
    slack: Fraction = Fraction(0)
    """What the rounding of the price to its last written decimal may change of the product."""
    written: Fraction = Fraction(0)
    """The amount with the decimals that the file gave it."""
    rate: Fraction | None = None
    """Share of the product that the discount is; None where it is an amount by itself."""

    @property
    def exact(self) -> Fraction:
        """The amount before any rounding."""
        if self.product is None:
            return self.written
        return self.product - self.discount + self.surcharge

    def rounded_twice(self, whole: Callable[[Fraction], int]) -> int:
        """The amount of a program that rounds the product and then the discount of the rounded product."""
        if self.product is None or not self.discount:
            return whole(self.exact)
        base = whole(self.product)
        discount = self.discount if self.rate is None else base * self.rate
        return base - whole(discount) + whole(self.surcharge)


class Movement(NamedTuple):
    """A global discount or surcharge."""

    sign: int
    value: Decimal
    in_percent: bool
    group: Group


class _Move(NamedTuple):
    """One line written a peso higher or lower, by another rounding of its product or of its discount."""

    rank: int
    cost: Fraction
    number: int
    of_discount: bool


class Rewriting(NamedTuple):
    """Lines to be written a peso higher (*step* 1) or lower (−1)."""

    step: int
    moves: tuple[_Move, ...]


@dataclass(slots=True)
class Part:
    """The lines that make up one total, and the movements that change it."""

    lines: list[Line] = field(default_factory=list)
    movements: list[Movement] = field(default_factory=list)

    def after_movements(self, amount: int) -> int:
        """The total that lines of that *amount* come to, with each movement rounded as the document says it."""
        for one in self.movements:
            change = percent(amount, one.value) if one.in_percent else pesos(one.value)
            amount += one.sign * change
        return amount

    @property
    def standing(self) -> int:
        """The total of the lines as they stand."""
        return self.after_movements(sum(one.amount for one in self.lines))

    def exact(self, amounts: Iterable[Fraction]) -> Fraction:
        """The total of *amounts* without any rounding."""
        total = sum(amounts, Fraction(0))
        for one in self.movements:
            value = Fraction(one.value)
            total += one.sign * (total * value / 100 if one.in_percent else value)
        return total

    @property
    def sum(self) -> Fraction:
        """The exact total of prices, quantities and discounts."""
        return self.exact(one.exact for one in self.lines)

    @property
    def slack(self) -> Fraction:
        """How far from :attr:`sum` the program's own exact total may lie, since it wrote its prices rounded."""
        each = [one.slack for one in self.lines if one.slack]
        if not each:
            return Fraction(0)
        likely = Fraction(_DEVIATIONS * math.sqrt(sum(float(one) ** 2 for one in each) / 3))
        return min(sum(each, Fraction(0)), likely)

    def explains(self, total: int) -> bool:
        """Whether one of the known ways gives *total*."""
        return any(total == one for one in self.ways()) or is_rounded(total, self.sum, self.slack)

    def ways(self) -> Iterator[int]:
        """Totals that the known ways give, the most usual first."""
        yield self.standing
        total = self.sum
        yield rounded(total)
        if any(one.written != one.amount for one in self.lines):
            written = self.exact(one.written for one in self.lines)
            yield rounded(written)
            yield math.floor(written)
        yield math.floor(total)
        for whole in ROUNDINGS:
            yield self.after_movements(sum(whole(one.exact) for one in self.lines))
            yield self.after_movements(sum(one.rounded_twice(whole) for one in self.lines))

    def reach(self, total: int) -> Rewriting | None:
        """The fewest moves with which the lines come to *total*; None where none do."""
        standing = sum(one.amount for one in self.lines)
        room = len(self.lines) + 1
        for distance in sorted(range(-room, room + 1), key=abs):
            if self.after_movements(standing + distance) == total:
                step = 1 if distance > 0 else -1
                moves = self._moves(step)[: abs(distance)]
                if len(moves) == abs(distance):
                    return Rewriting(step, tuple(moves))
        return None

    def _moves(self, step: int) -> list[_Move]:
        """All lines that can be written a peso higher or lower, those first that stay nearest to their exact amount."""
        found = []
        for number, line in enumerate(self.lines):
            if line.amount <= 0 or line.amount + step < 0:
                continue
            cost = abs(line.exact - line.amount - step)
            if line.product is None:
                if cost < 1:
                    found.append(_Move(0, cost, number, False))
                continue
            discount, surcharge = line.group.amount("DescuentoMonto"), line.group.amount("RecargoMonto")
            if abs(line.amount + step + discount - surcharge - line.product) < 1:
                found.append(_Move(0, cost, number, False))
            elif line.discount.denominator > 1 and abs(discount - step - line.discount) < 1 and discount - step > 0:
                found.append(_Move(1, cost, number, True))
        return sorted(found)

    def apply(self, rewriting: Rewriting) -> None:
        """Write the lines as :meth:`reach` gave it."""
        for move in rewriting.moves:
            line = self.lines[move.number]
            group = line.group
            line.amount += rewriting.step
            if move.of_discount:
                discount = group.amount("DescuentoMonto") - rewriting.step
                place = group.place_of("DescuentoMonto")
                group.put("DescuentoMonto", discount, place, text_of(group, "DescuentoMonto"))
            group.put("MontoItem", line.amount, group.place_of("MontoItem"), text_of(group, "MontoItem"))


def line_of(group: Group) -> Line:
    """The line of *group*, whose amount is known."""
    amount = group.amount("MontoItem")
    written = _decimal(group, "MontoItem", amount)
    if not group.number("PrcItem") or amount < 0:
        return Line(group, amount, written=written)
    whole = Fraction(product(group))
    discount, rate = _change(group, "Descuento", whole)
    surcharge, _ = _change(group, "Recargo", whole - discount)
    return Line(group, amount, whole, discount, surcharge, _slack(group, whole, discount), written, rate)


def has_parts(group: Group) -> bool:
    """Whether a line breaks its discount down or says itself in another currency: a new price would contradict that."""
    return any(group.all(name) for name in ("SubDscto", "SubRecargo", "OtrMnda"))


def _change(group: Group, kind: str, base: Fraction) -> tuple[Fraction, Fraction | None]:
    """The exact discount or surcharge of *base*, and its share; an amount that is not the share rounded has none."""
    amount, percentage = group.amount(f"{kind}Monto"), group.number(f"{kind}Pct")
    rate = Fraction(percentage or 0) / 100
    if rate and abs(base * rate - amount) < 1:
        return base * rate, rate
    return Fraction(amount), None


def _slack(group: Group, whole: Fraction, discount: Fraction) -> Fraction:
    return slack_of_price(group) * (whole - discount) / whole if whole else Fraction(0)


def _decimal(group: Group, name: str, otherwise: int) -> Fraction:
    """The number as the file writes it, with all its decimals; *otherwise* where they are no others."""
    text = text_of(group, name)
    if "." not in text:
        return Fraction(otherwise)
    try:
        written = Fraction(Decimal(text.replace(",", "")))
    except (InvalidOperation, ValueError):
        return Fraction(otherwise)
    return written if abs(written - otherwise) < 1 else Fraction(otherwise)


def rounded(amount: Fraction) -> int:
    """*amount* in whole pesos, half away from zero."""
    return math.floor(amount + HALF) if amount >= 0 else -math.floor(HALF - amount)


ROUNDINGS: tuple[Callable[[Fraction], int], ...] = (rounded, round, math.floor)
"""How programs make whole pesos: half up, half to even, cut off."""
