"""Global discounts and surcharges of a boleta with gross prices, spread over its lines.

The SII adds up the lines of such a boleta and remarks a total that is another (observed answer HED-2-260). The same
discount in the lines changes no total.
"""

from __future__ import annotations

from decimal import Decimal

from dteplanows.document.catalogue import problem, shown
from dteplanows.document.elements import BOLETAS
from dteplanows.document.model import Document, Group
from dteplanows.document.money import percent, pesos
from dteplanows.document.problem import errors
from dteplanows.validator.report import money
from dteplanows.validator.totals.sums import is_gross, line_class

_NOT_BILLED = 2

_NAMES = {"D": ("DescuentoMonto", -1), "R": ("RecargoMonto", 1)}


def spread(document: Document) -> None:
    """Put the global movements of a boleta with gross prices into its lines, with an aviso for each."""
    movements = document.root.all("DscRcgGlobal")
    if document.tipo not in BOLETAS or not movements or not is_gross(document) or errors(document.problems):
        return
    if any(one.amount("IndExeDR") == _NOT_BILLED or not _is_clear(one) for one in movements):
        return
    for one in movements:
        lines = _lines(document, line_class(document, one.amount("IndExeDR")))
        base = sum(line.amount("MontoItem") for line in lines)
        value, kind = one.number("ValorDR") or Decimal(0), one.text("TpoMov")
        change = percent(base, value) if one.text("TpoValor") == "%" else pesos(value)
        shares = shares_of(change, [line.amount("MontoItem") for line in lines])
        for line, share in zip(lines, shares, strict=True):
            if share:
                _change(line, kind, share)
        changed, word = sum(1 for share in shares if share), "descuento" if kind == "D" else "recargo"
        document.problems.append(
            problem(
                "TOT-076", one.place_of("ValorDR"), one.text("ValorDR"), amount=money(change), kind=word,
                name=shown(one.text("GlosaDR")), count=changed,
            )
        )  # fmt: skip
    document.root.drop("DscRcgGlobal")


def _is_clear(movement: Group) -> bool:
    """Whether a movement says what it is; else the structure tells what it lacks."""
    return movement.text("TpoMov") in _NAMES and movement.text("TpoValor") in ("%", "$")


def _lines(document: Document, key: str) -> list[Group]:
    return [line for line in document.detalles if line_class(document, line.amount("IndExe")) == key]


def shares_of(change: int, amounts: list[int]) -> list[int]:
    """*change* in whole pesos in proportion to *amounts*, none larger than its amount; largest remainders first.

    >>> shares_of(100, [1000, 500, 500])
    [50, 25, 25]
    >>> shares_of(10, [1, 1, 1])
    [4, 3, 3]
    """
    total = sum(amounts)
    if not total:
        return [0] * len(amounts)
    shares = [change * amount // total for amount in amounts]
    rest = change - sum(shares)
    largest = sorted(range(len(amounts)), key=lambda at: (-(change * amounts[at] % total), at))
    for at in largest[:rest]:
        shares[at] += 1
    return shares


def _change(line: Group, kind: str, share: int) -> None:
    name, sign = _NAMES[kind]
    line.put(name, line.amount(name) + share, line.place_of(name))
    for rate in ("DescuentoPct", "RecargoPct"):
        line.drop(rate)  # the amounts no longer are those percentages
    line.put("MontoItem", line.amount("MontoItem") + sign * share, line.place_of("MontoItem"))
