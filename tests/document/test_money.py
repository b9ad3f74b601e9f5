from __future__ import annotations

import doctest
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest

from dteplanows.document import money


def test_doctests() -> None:
    assert doctest.testmod(money) == (0, 1)


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [("0.5", 1), ("1.5", 2), ("2.5", 3), ("-0.5", -1), ("-2.5", -3), ("0.499999", 0), ("-0.499999", 0), ("7", 7),
     ("999999999999999999.5", 10**18), ("0.4999999999999999999999999999999999", 0)],
)  # fmt: skip
def test_pesos_rounds_half_away_from_zero(amount: str, rounded: int) -> None:
    result = money.pesos(Decimal(amount))
    assert result == rounded
    assert type(result) is int


@pytest.mark.parametrize(
    ("base", "rate", "amount"),
    [(1000, "31.5", 315), (700_000, "12", 84_000), (50, "19", 10), (-50, "19", -10), (0, "19", 0), (571, "19", 108),
     (10**17, "0.01", 10**13), (1, "50", 1), (1, "49.99", 0)],
)  # fmt: skip
def test_percent(base: int, rate: str, amount: int) -> None:
    assert money.percent(base, Decimal(rate)) == amount


def test_percent_against_exact_fractions() -> None:
    chance = Random(2)
    for _ in range(2000):
        base, rate = chance.randrange(-(10**12), 10**12), Decimal(chance.randrange(100_000)).scaleb(-2)
        exact = abs(Fraction(base) * Fraction(rate) / 100)
        whole = int(exact + Fraction(1, 2))
        assert money.percent(base, rate) == (whole if base >= 0 else -whole)


def test_percent_of_a_decimal_base() -> None:
    assert money.percent(Decimal("1000.50"), money.IVA_RATE) == 190
