"""A line whose price includes taxes, written without them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from dteplanows.document.model import Group
from dteplanows.document.values import write as written
from dteplanows.validator.lines.lines import product
from dteplanows.validator.totals.ways import Line, has_parts, line_of, rounded

_DECIMALS = 6
"""Decimals of PrcItem."""


def can_be_net(line: Line) -> bool:
    """Whether the amount of *line* is one, or nothing without a price that would come to something."""
    return not has_parts(line.group) and (line.amount > 0 or (line.amount == 0 and line.product is None))


def net_line(line: Line, factor: Fraction) -> Line:
    """*line* with its price and its amounts divided by *factor*: 1 and the rates that they include.

    Its group is rewritten.
    """
    group = line.group
    if line.product is None:
        exact = Fraction(line.amount) / factor
        _put(group, "MontoItem", rounded(exact))
        return Line(group, rounded(exact), written=exact)
    price = Fraction(group.number("PrcItem") or 0) / factor
    units = rounded(price * 10**_DECIMALS)
    _put(group, "PrcItem", Decimal(units).scaleb(-_DECIMALS))
    rest = rounded(Fraction(product(group)))
    for kind, sign in (("Descuento", -1), ("Recargo", 1)):
        name = f"{kind}Monto"
        if name in group.fields:
            change = rounded(group.amount(name) / factor)
            _put(group, name, change)
            rest += sign * change
    _put(group, "MontoItem", rest)
    return line_of(group)


def _put(group: Group, name: str, value: int | Decimal) -> None:
    plain = written(value)
    group.put(name, int(value) if value == int(value) else Decimal(plain), group.place_of(name), plain)
