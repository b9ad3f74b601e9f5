"""What no program computes: the same sales with a fault in them, which must be refused.

A total is *known* when some way of computing, applied to the prices and quantities that the file itself shows, gives
it. :func:`known_totals` knows more ways than the producers of this table, so that a total that it does not know is
nobody's rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext
from itertools import product
from random import Random
from typing import NamedTuple

from benchmarks.producers_ways import EXACT, TAX_RATE, Line, Sale, with_line

_ROUNDINGS = (ROUND_HALF_UP, ROUND_HALF_EVEN, ROUND_FLOOR, ROUND_CEILING)
_IVA = Decimal("0.19")
_WITH_IVA = 1 + _IVA
_ONE = Decimal(1)
_DECIMALS_OF_CENTS = 2
_FARTHEST = 400
"""Pesos from the right total within which a total that nothing explains is looked for."""


class Wrong(NamedTuple):
    """A sale with a fault."""

    fault: str
    sale: Sale


# --- what is known ------------------------------------------------------------------------------------------------


class _Part(NamedTuple):
    """A line with one reading of its price."""

    exact: Decimal
    """Price times quantity."""
    rate: Decimal
    """Share of the discount."""
    discount: int


def known_totals(sale: Sale) -> set[int]:
    """Every total that a way of computing gives from the lines of *sale* as they are written."""
    with localcontext(EXACT):
        free = _amounts(sale, exempt=True)
        affected = _amounts(sale, exempt=False)
        if sale.kind.gross:
            return _pairs(affected, free)
        totals = set()
        taxes = _taxes(sale)
        by_line = _iva_by_line(sale)
        for net in affected:
            low, high = _allowed(_IVA * net)
            totals |= {net + iva for iva in {*range(low, high + 1), *by_line}}
        exact = sum((one.exact * (1 - one.rate) for one in _parts(sale, False, _written)), Decimal(0))
        totals |= set(_all_roundings(exact * _WITH_IVA))
        unseen = _unseen(sale, False)
        totals |= set(_between((exact - unseen) * _WITH_IVA, (exact + unseen) * _WITH_IVA))
        for reading in (_nearest_shelf, _lowest_shelf, _highest_shelf):
            totals |= _sums(list(_parts(sale, False, reading)))
        return _pairs(totals, _pairs(free, taxes))


def has_document(sale: Sale) -> bool:
    """Whether any document can say the total of *sale*: lines that are floor or ceiling, and IVA within one peso."""
    with localcontext(EXACT):
        exact = [one.exact * (1 - one.rate) for one in _parts(sale, False, _written)]
        least, most = (
            int(sum(one.quantize(_ONE, rounding) for one in exact)) for rounding in (ROUND_FLOOR, ROUND_CEILING)
        )
        charged = sale.total - sale.exempt - sale.tax
        if sale.kind.gross:
            return least <= charged <= most
        return any(abs(charged - net * _WITH_IVA) <= 1 for net in range(least, most + 1))


def is_explained(sale: Sale, known: set[int]) -> bool:
    """Whether the figures of *sale* may be those of some way of computing.

    Prices of the shelf whose net prices are written whole are not known to the peso: then any total between the least
    and the most of them may be what was charged, where the net is what is left of it, or the sum of the lines as they
    are written, and the IVA the rest.

    :param known: the known totals of its lines.
    """
    if sale.total in known:
        return True
    if sale.kind.gross or sale.tax or any("." in one.price for one in sale.lines):
        return False
    with localcontext(EXACT):
        charged = sale.total - sum(one.amount for one in sale.lines if one.exempt)
        least = min(_sums(list(_parts(sale, False, _lowest_shelf))))
        most = max(_sums(list(_parts(sale, False, _highest_shelf))))
        written = sum(one.amount for one in sale.lines if not one.exempt)
        nets = {*_all_roundings(charged / _WITH_IVA), written}
        follows = sale.kind.empty or (sale.net in nets and sale.iva == charged - sale.net)
        return least <= charged <= most and follows


def _iva_by_line(sale: Sale) -> set[int]:
    """What comes of rounding the IVA line by line; cut off line by line it fits no document."""
    found = set()
    for rounding in (ROUND_HALF_UP, ROUND_HALF_EVEN):
        rounded = [one.amount for one in sale.lines if not one.exempt]
        found.add(sum(int((one * _IVA).quantize(_ONE, rounding)) for one in rounded))
        exact = [one.exact * (1 - one.rate) for one in _parts(sale, False, _written)]
        found.add(sum(int((one * _IVA).quantize(_ONE, rounding)) for one in exact))
    return found


def _pairs(some: Iterable[int], others: Iterable[int]) -> set[int]:
    return {one + other for one, other in product(some, others)}


def _allowed(exact: Decimal) -> tuple[int, int]:
    """Lowest and highest whole number within one peso."""
    return int((exact - 1).to_integral_value(ROUND_CEILING)), int((exact + 1).to_integral_value(ROUND_FLOOR))


def _taxes(sale: Sale) -> set[int]:
    """What the additional tax can be."""
    if not sale.tax:
        return {0}
    exact = Decimal(sum(one.amount for one in sale.lines if one.taxed)) * Decimal(TAX_RATE) / 100
    low, high = _allowed(exact)
    return {*range(low, high + 1)}


def _amounts(sale: Sale, exempt: bool) -> set[int]:
    """What the affected or the exempt lines can come to, in the terms of their prices."""
    given = sum(one.amount for one in sale.lines if one.exempt == exempt)
    parts = list(_parts(sale, exempt, _written))
    exact, unseen = sum((one.exact * (1 - one.rate) for one in parts), Decimal(0)), _unseen(sale, exempt)
    return {given, *_sums(parts), *_between(exact - unseen, exact + unseen)}


def _between(least: Decimal, most: Decimal) -> range:
    """What a number between the two can be rounded or cut to."""
    return range(int(least.quantize(_ONE, ROUND_FLOOR)), int(most.quantize(_ONE, ROUND_HALF_UP)) + 1)


def _unseen(sale: Sale, exempt: bool) -> Decimal:
    """What decimals that a program keeps inside and does not write can change in the sum of the lines at most.

    They explain something where the prices are written with cents; with less they would explain many pesos.
    """
    found = Decimal(0)
    for one in sale.lines:
        decimals = len(one.price.partition(".")[2])
        if one.exempt == exempt and decimals >= _DECIMALS_OF_CENTS:
            found += Decimal(one.quantity) * Decimal(5).scaleb(-decimals - 1) * (1 - Decimal(one.percentage) / 100)
    return found


def _parts(sale: Sale, exempt: bool, reading: Callable[[str], Decimal]) -> Iterator[_Part]:
    for one in sale.lines:
        if one.exempt == exempt:
            exact = reading(one.price) * Decimal(one.quantity)
            yield _Part(exact, Decimal(one.percentage) / 100, one.discount)


def _sums(parts: list[_Part]) -> set[int]:
    """The sums of *parts*: rounded one by one, with the discount in four ways, or rounded at the end."""
    found = set()
    for rounding in _ROUNDINGS:
        bases = [int(one.exact.quantize(_ONE, rounding)) for one in parts]
        found.add(sum(bases) - sum(one.discount for one in parts))
        found.add(
            sum(base - int((base * one.rate).quantize(_ONE, rounding)) for base, one in zip(bases, parts, strict=True))
        )
        found.add(sum(int((one.exact * (1 - one.rate)).quantize(_ONE, rounding)) for one in parts))
    found |= set(_all_roundings(sum((one.exact * (1 - one.rate) for one in parts), Decimal(0))))
    found |= set(_all_roundings(sum((one.exact - one.discount for one in parts), Decimal(0))))
    return found


def _all_roundings(number: Decimal) -> Iterator[int]:
    return (int(number.quantize(_ONE, rounding)) for rounding in _ROUNDINGS)


def _written(price: str) -> Decimal:
    return Decimal(price)


def _shelves(price: str) -> list[int]:
    """Whole prices with IVA whose net price, rounded or cut to the written decimals, is the written one."""
    net = Decimal(price)
    step = Decimal(1).scaleb(-len(price.partition(".")[2]))
    near = int(net * _WITH_IVA)
    found = []
    for gross in range(near - 2, near + 4):
        exact = gross / _WITH_IVA
        if net in (exact.quantize(step, ROUND_HALF_UP), exact.quantize(step, ROUND_FLOOR)):
            found.append(gross)
    return found


def _nearest_shelf(price: str) -> Decimal:
    return (Decimal(price) * _WITH_IVA).quantize(_ONE, ROUND_HALF_UP)


def _lowest_shelf(price: str) -> Decimal:
    return Decimal(min(_shelves(price), default=_nearest_shelf(price)))


def _highest_shelf(price: str) -> Decimal:
    return Decimal(max(_shelves(price), default=_nearest_shelf(price)))


# --- faults -------------------------------------------------------------------------------------------------------


def line_left_out(sale: Sale, chance: Random) -> Sale | None:
    """One line is missing; the totals are those of all."""
    if len(sale.lines) < 2:
        return None
    number = chance.randrange(1, len(sale.lines))  # the first pays IVA, and must stay
    return _if_unknown(with_line(sale, number, None))


def price_against_amount(sale: Sale, chance: Random) -> Sale | None:
    """A digit of a price is another one; amount and totals are right."""
    number = chance.randrange(len(sale.lines))
    line = sale.lines[number]
    wrong = _mistyped(line, chance)
    return with_line(sale, number, wrong) if wrong else None


def price_with_its_amount(sale: Sale, chance: Random) -> Sale | None:
    """A digit of a price is another one and the amount follows from it; the totals are the right ones."""
    number = chance.randrange(len(sale.lines))
    wrong = _mistyped(sale.lines[number], chance)
    if wrong is None:
        return None
    base = (Decimal(wrong.price) * Decimal(wrong.quantity)).quantize(_ONE, ROUND_HALF_UP)
    discount = (base * Decimal(wrong.percentage) / 100).quantize(_ONE, ROUND_HALF_UP)
    amount = int(base - discount)
    if amount < 1 or (wrong.percentage != "0" and not discount):
        return None
    return _if_unknown(with_line(sale, number, replace(wrong, amount=amount, discount=int(discount))))


def amount_alone(sale: Sale, chance: Random) -> Sale | None:
    """The amount of a line is beyond what its price, however rounded, gives; the totals are the right ones."""
    number = chance.randrange(len(sale.lines))
    line = sale.lines[number]
    amount = line.amount + _beyond(line, chance)
    return with_line(sale, number, replace(line, amount=amount)) if amount > 0 else None


def amount_and_totals(sale: Sale, chance: Random) -> Sale | None:
    """The same, and the totals follow from the wrong amount."""
    number = chance.choice([number for number, line in enumerate(sale.lines) if not line.exempt])
    line = sale.lines[number]
    change = _beyond(line, chance)
    if line.amount + change <= 0 or sale.net + change <= 0 or line.taxed:
        return None
    wrong = with_line(sale, number, replace(line, amount=line.amount + change))
    if sale.kind.gross:
        affected = sale.net + sale.iva + change
        net = int((affected / _WITH_IVA).quantize(_ONE, ROUND_HALF_UP))
        return replace(wrong, net=net, iva=affected - net, total=sale.total + change)
    iva = int(((sale.net + change) * _IVA).quantize(_ONE, ROUND_HALF_UP))
    return replace(wrong, net=sale.net + change, iva=iva, total=sale.total + change + iva - sale.iva)


def total_alone(sale: Sale, chance: Random) -> Sale | None:
    """The total is the nearest one that nothing explains."""
    return _moved(sale, chance, lambda by: replace(sale, total=sale.total + by))


def total_and_net(sale: Sale, chance: Random) -> Sale | None:
    """The same, and the net amount with it."""
    if sale.kind.empty:
        return None
    return _moved(sale, chance, lambda by: replace(sale, total=sale.total + by, net=sale.net + by))


def total_and_iva(sale: Sale, chance: Random) -> Sale | None:
    """The same, and the IVA with it."""
    if sale.kind.empty:
        return None
    return _moved(sale, chance, lambda by: replace(sale, total=sale.total + by, iva=sale.iva + by))


FAULTS = {
    "line left out": line_left_out,
    "price mistyped, amount right": price_against_amount,
    "price and amount mistyped": price_with_its_amount,
    "amount wrong": amount_alone,
    "amount wrong, totals follow it": amount_and_totals,
    "total moved": total_alone,
    "total and net moved": total_and_net,
    "total and IVA moved": total_and_iva,
}


def wrong_sale(sale: Sale, chance: Random, number: int) -> Wrong | None:
    """*sale* with the fault of that *number*; None where it cannot have it or some way of computing explains it."""
    name = list(FAULTS)[number % len(FAULTS)]
    found = FAULTS[name](sale, chance)
    return Wrong(name, found) if found else None


def _if_unknown(sale: Sale) -> Sale | None:
    return None if is_explained(sale, known_totals(sale)) else sale


def _moved(sale: Sale, chance: Random, move: Callable[[int], Sale]) -> Sale | None:
    """The nearest sale, up or down, that nothing explains."""
    known = known_totals(sale)
    way = chance.choice((1, -1))
    for distance in range(1, _FARTHEST):
        moved = move(way * distance)
        if moved.total <= 0 or moved.net <= 0 or moved.iva < 0:
            return None
        if not is_explained(moved, known):
            return moved
    return None


def _beyond(line: Line, chance: Random) -> int:
    """Pesos by which an amount is more wrong than the rounding of price, product and discount can make it."""
    quantity, decimals = Decimal(line.quantity), len(line.price.partition(".")[2])
    rounding = (quantity * Decimal(1).scaleb(-decimals)).quantize(_ONE, ROUND_CEILING)
    return chance.choice((1, -1)) * (int(rounding) + chance.randint(3, 9))


def _mistyped(line: Line, chance: Random) -> Line | None:
    """*line* with another digit in its price, so that its amount is wrong by more than any rounding of the price."""
    places = [place for place, one in enumerate(line.price) if one.isdigit()]
    place = chance.choice(places)
    digit = chance.choice([one for one in "0123456789" if one != line.price[place]])
    price = line.price[:place] + digit + line.price[place + 1 :]
    quantity, new = Decimal(line.quantity), Decimal(price)
    decimals = len(price.partition(".")[2])
    bearable = 2 + quantity * Decimal(1).scaleb(-decimals)
    kept = 1 - Decimal(line.percentage) / 100
    for read_as in (new, new / _WITH_IVA, new * _WITH_IVA):
        if abs((read_as - Decimal(line.price)) * quantity) * kept < bearable:
            return None
    return replace(line, price=price) if new else None
