"""How the checks say what they found."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

from dteplanows.document.catalogue import problem
from dteplanows.document.model import Document
from dteplanows.document.phrases import phrase
from dteplanows.document.problem import Place, Severity
from dteplanows.document.values import write

OF_LINES = phrase("lines.sum")
"""Where the right figure of a total comes from."""

OF_EXEMPT_LINES = phrase("lines.sum_exempt")

_TOLERATED = phrase("totals.tolerated")


def contradiction(document: Document, tolerante: bool, code: str, place: Place, value: str, **facts: object) -> None:
    """A contradiction in the arithmetic: an error, or an aviso where the company tolerates them."""
    found = problem(code, place, value, **facts)
    if tolerante:
        found = found._replace(severity=Severity.AVISO, remedy=_TOLERATED, sii="")
    document.problems.append(found)


def money(amount: int | Decimal) -> str:
    """*amount* with the thousands separated, as people in Chile write it; decimals, of other currencies, after a comma.

    >>> money(1234567), money(Decimal("1234.50"))
    ('1.234.567', '1.234,5')
    """
    whole, _, decimals = write(amount).partition(".")
    negative, digits = whole[:1] == "-", whole.lstrip("-")
    grouped = f"{int(digits):,}".replace(",", ".")
    return ("-" if negative else "") + grouped + (f",{decimals}" if decimals else "")


_CENTS = 2
"""Decimals with which people write amounts of other currencies."""


def of_currency(amount: int | Decimal) -> str:
    """*amount* of another currency, with two decimals at least.

    >>> of_currency(Decimal("1234.5")), of_currency(Decimal("0.1234"))
    ('1.234,50', '0,1234')
    """
    whole, _, decimals = money(amount).partition(",")
    return f"{whole},{decimals.ljust(_CENTS, '0')}"


def range_of(exact: int | Decimal | Fraction) -> str:
    """The whole amounts within a peso of *exact*, which are those that a rate admits.

    >>> range_of(Decimal("1396.5")), range_of(100)
    ('1.396 o 1.397', 'entre 99 y 101')
    """
    least, most = math.ceil(exact - 1), math.floor(exact + 1)
    key = "limits.either" if most - least == 1 else "limits.between"
    return phrase(key, low=money(least), high=money(most))
