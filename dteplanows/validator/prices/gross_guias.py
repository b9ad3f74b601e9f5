"""A guía whose lines include the IVA: a guía has no MntBruto (Formato DTE v2.5), so its lines are written net.

Each price and each discount in pesos is divided by 1.19, and each amount is its price by its quantity, rounded to the
peso with which the lines, the IVA and the exempt amounts come to the total that the customer paid. Where the gross
lines do not come to that total, or more than the IVA stands between them, the guía stays as it is and is refused.
"""

from __future__ import annotations

from dteplanows.document.catalogue import problem
from dteplanows.document.elements import MOST_MOVEMENTS
from dteplanows.document.model import Document, Field
from dteplanows.document.values import write as written
from dteplanows.validator.prices.net_lines import can_be_net, net_line
from dteplanows.validator.report import money
from dteplanows.validator.totals.settling import RATE, Figures, Sale, sale_of, write
from dteplanows.validator.totals.sums import is_gross, other_amounts
from dteplanows.validator.totals.totals import given_figures
from dteplanows.validator.totals.ways import Part, rounded

GUIA = 52

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
    if not lines or any(not one.in_percent for one in movements) or any(not can_be_net(one) for one in lines):
        return
    gross, exempt = sale.affected.standing, sale.exempt.standing
    if not _are_totals(sale, gross, exempt):
        return
    before: list[dict[str, list[Field]]] = [dict(one.group.fields) for one in lines]
    first, amount = lines[0].group.fields["MontoItem"][0], lines[0].amount
    net = Sale(Part([net_line(one, 1 + RATE) for one in lines], movements), sale.exempt, sale.given, 0, gross=False)
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
