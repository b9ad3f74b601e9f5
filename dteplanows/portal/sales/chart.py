"""Where the bars of a chart stand: numbers for the attributes of SVG, which needs no style for them.

The picture is stretched to the width of its place, so that no text is in it; the axis is told beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from dteplanows.portal.sales.summary import Bar

WIDTH, HEIGHT = 1000, 160
"""Of the picture, in its own units."""
_GAP = 0.22
"""Part of the place of a bar that stays empty."""
_FEWEST = 12
"""Bars that there is place for at least: one alone does not fill the picture."""
_LEAST = 1.5
"""Height of a bar of very little; that of nothing is none."""


class Drawn(NamedTuple):
    """One bar, from its upper left corner."""

    x: float
    y: float
    width: float
    height: float
    bar: Bar

    @property
    def is_below(self) -> bool:
        """It stands for less than nothing: credit notes of more than was sold."""
        return self.bar.total < 0


class Chart(NamedTuple):
    """A chart of amounts."""

    bars: list[Drawn]
    zero: float
    """Height of the line of nothing."""
    highest: Bar | None
    """The bar of the greatest amount; None where there are only empty ones."""


def chart(bars: Sequence[Bar]) -> Chart:
    """Where *bars* stand."""
    top = max((one.total for one in bars), default=0)
    bottom = min((one.total for one in bars), default=0)
    top, bottom = max(top, 0), min(bottom, 0)
    span = top - bottom or 1
    zero = round(HEIGHT * top / span, 1) if top or bottom else float(HEIGHT)
    place = WIDTH / max(len(bars), _FEWEST)
    drawn = []
    for at, one in enumerate(bars):
        height = round(max(HEIGHT * abs(one.total) / span, _LEAST if one.total else 0), 1)
        y = zero if one.total < 0 else zero - height
        drawn.append(
            Drawn(round((at + _GAP / 2) * place, 2), round(max(y, 0), 1), round(place * (1 - _GAP), 2), height, one)
        )
    highest = max(bars, key=lambda one: one.total, default=None)
    return Chart(drawn, zero, highest if highest and highest.total > 0 else None)
