"""How exactly a file writes its numbers, and what their rounding may have changed of a sum. All amounts are pesos."""

from __future__ import annotations

from fractions import Fraction

from dteplanows.document.model import Group

HALF = Fraction(1, 2)

DECIMALS_OF_PRICE = 2
"""A price written with so many decimals or more may be a rounded one that its program keeps with more: what that can
change in a sum counts as rounding. With fewer it would explain errors of many pesos."""


def text_of(group: Group, name: str) -> str:
    """The number *name* as the file writes it; empty where the file has none."""
    found = group.field(name)
    return found.text if found else ""


def decimals_of(group: Group, name: str) -> int:
    """Decimals with which the file writes the number *name*."""
    return len(text_of(group, name).partition(".")[2])


def slack_of_price(line: Group) -> Fraction:
    """How far the rounding of the price to its last written decimal may have moved the product of *line*."""
    decimals = decimals_of(line, "PrcItem")
    if decimals < DECIMALS_OF_PRICE:
        return Fraction(0)
    half: Fraction = HALF / 10**decimals
    return half * Fraction(line.number("QtyItem") or 1)


def is_rounded(total: int, exact: Fraction, slack: Fraction = Fraction(0)) -> bool:
    """Whether *total* is *exact* cut off or rounded, when *exact* itself may be off by *slack*."""
    return exact - slack - 1 < total <= exact + slack + HALF
