"""The readings of several doubtful numbers at once, each dot or comma of which separates thousands or decimals.

Of a number with two readings: *thousands* is the one in which its sign (the dot, the comma) separates thousands,
*decimals* the other. A *choice* is a reading for each of several numbers. No program separates the same with two signs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import product

from dteplanows.parser.reading import Doubt

Key = tuple[int, str]
"""Group (its ``id``) and name of a number."""
Choice = dict[Key, Decimal]


def key_of(one: Doubt) -> Key:
    """What tells the number from all others of its document."""
    return id(one.group), one.name


def reading_of(one: Doubt, thousands: bool) -> Decimal:
    """The number as its sign separates *thousands*, or else decimals."""
    decimals = one.readings.decimals
    return one.readings.thousands if thousands or decimals is None else decimals


def choices_of(doubts: list[Doubt]) -> Iterator[Choice]:
    """Every choice for the numbers of one line.

    A program that writes thousands with dots in a quantity writes them so in its amounts.
    """
    for ways in product((True, False), repeat=len(doubts)):
        chosen = list(zip(doubts, ways, strict=True))
        if not is_one_custom((one.sign, way) for one, way in chosen):
            continue
        quantity = next((one for one, way in chosen if way and one.name == "QtyItem"), None)
        if quantity is None or all(way for one, way in chosen if one.sign == quantity.sign):
            yield {key_of(one): reading_of(one, way) for one, way in chosen}


def is_one_custom(signs: Iterable[tuple[str, bool]]) -> bool:
    """Whether no two signs separate thousands, and no two decimals.

    :param signs: each with whether it separates thousands.
    """
    thousands: set[str] = set()
    decimals: set[str] = set()
    for sign, is_thousands in signs:
        (thousands if is_thousands else decimals).add(sign)
    return len(thousands) < 2 and len(decimals) < 2
