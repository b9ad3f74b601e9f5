"""A guía whose lines include the IVA: a guía has no MntBruto (Formato DTE v2.5), so its lines are written net.

Each price and each discount in pesos is divided by 1.19, and each amount is its price by its quantity, rounded to the
peso with which the lines, the IVA and the exempt amounts come to the total that the customer paid. Where the gross
lines do not come to that total, or more than the IVA stands between them, the guía stays as it is and is refused.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from dteplanows.document.catalogue import problem
from dteplanows.document.elements import MOST_MOVEMENTS
from dteplanows.document.model import Document, Field, Group
from dteplanows.document.values import write as written
from dteplanows.validator.lines import product
from dteplanows.validator.report import money
from dteplanows.validator.settling import RATE, Figures, Sale, sale_of, write
from dteplanows.validator.sums import is_gross, other_amounts
from dteplanows.validator.totals import given_figures
from dteplanows.validator.ways import Line, Part, has_parts, line_of, rounded

GUIA = 52

_DECIMALS = 6
"""Decimals of PrcItem."""


def write_net(document: Document) -> None:
    """Write the gross lines of the guía *document* net, and its totals so that they are those of the lines."""
    if document.tipo != GUIA or not is_gross(document):
        return
    figures_unread = not document.unread.isdisjoint(("MontoItem", "PrcItem", "QtyItem", "ValorDR", *Figures._fields))
    if figures_unread or other_amounts(document) or document.totales.all("ImptoReten"):
        return
    if len(document.root.all("DscRcgGlobal")) > MOST_MOVEMENTS:
        return
    sale = sale_of(document, given_figures(document), 0, True, [])
    lines, movements = sale.affected.lines, sale.affected.movements
    if not lines or any(not one.in_percent for one in movements) or any(not _can_be_net(one) for one in lines):
        return
    gross, exempt = sale.affected.standing, sale.exempt.standing
    if not _are_totals(sale, gross, exempt):
        return
    before: list[dict[str, list[Field]]] = [dict(one.group.fields) for one in lines]
    first, amount = lines[0].group.fields["MontoItem"][0], lines[0].amount
    net = Sale(Part([_net(one) for one in lines], movements), sale.exempt, sale.given, 0, gross=False)
    neto = sale.given.MntNeto if sale.given.MntNeto is not None else rounded(gross / (1 + RATE))
    figures = write(net, neto, exempt, gross + exempt)
    if figures is None:
        for one, fields in zip(lines, before, strict=True):
            one.group.fields = fields
        return
    document.id_doc.drop("MntBruto")
    totales = document.totales
    for name, value in figures._asdict().items():
        if value or name in totales.fields:
            totales.put(name, value, totales.place_of(name), written(value))
    group = lines[0].group
    document.problems.append(
        problem("TXT-120", first.place, first.text, given=money(amount), computed=money(group.amount("MontoItem")),
                count=len(lines), amount=money(figures.MntTotal))
    )  # fmt: skip


def _are_totals(sale: Sale, gross: int, exempt: int) -> bool:
    """Whether the totals of the file, as far as it has them, are those of its gross lines."""
    given, exact = sale.given, gross / (1 + RATE)
    return (
        given.MntTotal in (None, gross + exempt)
        and given.MntExe in (None, exempt)
        and (given.MntNeto is None or abs(given.MntNeto - exact) <= 1)
        and (given.IVA is None or abs(given.IVA - (gross - exact)) <= 1)
    )


def _can_be_net(line: Line) -> bool:
    """Whether the amount of *line* is one, or nothing without a price that would come to something."""
    return not has_parts(line.group) and (line.amount > 0 or (line.amount == 0 and line.product is None))


def _net(line: Line) -> Line:
    """*line* without the IVA, its group rewritten."""
    group = line.group
    if line.product is None:
        exact = Fraction(line.amount) / (1 + RATE)
        _put(group, "MontoItem", rounded(exact))
        return Line(group, rounded(exact), written=exact)
    price = Fraction(group.number("PrcItem") or 0) / (1 + RATE)
    units = rounded(price * 10**_DECIMALS)
    _put(group, "PrcItem", Decimal(units).scaleb(-_DECIMALS))
    rest = rounded(Fraction(product(group)))
    for kind, sign in (("Descuento", -1), ("Recargo", 1)):
        name = f"{kind}Monto"
        if name in group.fields:
            change = rounded(group.amount(name) / (1 + RATE))
            _put(group, name, change)
            rest += sign * change
    _put(group, "MontoItem", rest)
    return line_of(group)


def _put(group: Group, name: str, value: int | Decimal) -> None:
    plain = written(value)
    group.put(name, int(value) if value == int(value) else Decimal(plain), group.place_of(name), plain)
