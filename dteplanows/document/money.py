"""Rounding of amounts, in one place: half away from zero, as the SII's form and the ERPs do.

>>> pesos(Decimal("0.5")), pesos(Decimal("2.5")), pesos(Decimal("-0.5"))
(1, 3, -1)
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal

IVA_RATE = Decimal(19)
"""General IVA rate in percent, in force since 2003-10 (Formato DTE v2.5, TasaIVA)."""

PESO = "PESO CL"
"""The SII's name for the Chilean peso among the currencies."""


def pesos(amount: Decimal) -> int:
    """*amount* rounded to whole pesos, half away from zero (ROUND_HALF_UP of decimal is exactly that)."""
    return int(amount.to_integral_value(rounding=ROUND_HALF_UP))


def percent(base: int | Decimal, rate: Decimal) -> int:
    """*rate* percent of *base*, in whole pesos."""
    return pesos(base * rate / 100)


_FOUR_DECIMALS = Decimal("0.0001")


def currency(amount: Decimal) -> Decimal:
    """*amount* of a foreign currency rounded to the four decimals of exports, half away from zero."""
    digits = max(amount.adjusted(), 0) + 10  # as many as it has before the point, and more than it keeps behind it
    return amount.quantize(_FOUR_DECIMALS, ROUND_HALF_UP, Context(prec=digits))


def cents(amount: Decimal, rounding: str = ROUND_HALF_UP) -> Decimal:
    """*amount* of a foreign currency rounded to hundredths, however many digits a wrong file has before the point."""
    return amount.quantize(in_cents(1), rounding, Context(prec=max(amount.adjusted(), 0) + 10))


def in_cents(cents: int) -> Decimal:
    """So many hundredths of a unit of currency."""
    return Decimal(cents).scaleb(-2)
