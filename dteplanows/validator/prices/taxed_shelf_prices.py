"""Shelf prices that include the IVA and additional taxes, written net when the company asks for it.

A document with additional taxes has net lines (Formato DTE v2.5, MntBruto). A till charges the price of the shelf: net
price × (1 + 0.19 + the rates of its taxes). Each line that includes the IVA alone is divided by 1.19, each one with the
code of a tax by the sum of its rates as well, and the lines are rounded to the peso with which they, the IVA, the taxes
and the exempt amounts come to the total that the customer paid. The IVA and each tax stay within a peso of their rate.
Where they cannot, the document is refused.
"""

from __future__ import annotations

from fractions import Fraction

from dteplanows.document.catalogue import problem
from dteplanows.document.elements import BOLETAS, EXEMPT_DOCUMENTS, EXPORTS
from dteplanows.document.model import Document, Field, Group
from dteplanows.document.taxes import TAXES, Tax, codes_of
from dteplanows.document.values import write as written
from dteplanows.validator.prices.net_lines import can_be_net, net_line
from dteplanows.validator.report import money
from dteplanows.validator.taxes import additional_taxes
from dteplanows.validator.totals.settling import RATE, Figures, Sale, sale_of, write
from dteplanows.validator.totals.sums import is_gross, other_amounts
from dteplanows.validator.totals.totals import announce_adjusted, given_figures
from dteplanows.validator.totals.ways import Line, Part, rounded

_NEEDED = frozenset({"MontoItem", "PrcItem", "QtyItem", "CodImpAdic", "TipoImp", "MontoImp", *Figures._fields})


def write_net(document: Document) -> None:
    """Write the gross lines of *document*, some of which include additional taxes, net, with the totals that follow.

    A document without such lines stays as it is; so does one that is refused, with the reason among its problems.
    """
    if document.tipo in BOLETAS | EXPORTS | EXEMPT_DOCUMENTS or not is_gross(document):
        return
    if not any(codes_of(line) for line in document.detalles) or not document.unread.isdisjoint(_NEEDED):
        return
    given = given_figures(document)
    sale = sale_of(document, given, 0, True, [])
    if not any(codes_of(one.group) for part in (sale.affected, sale.exempt) for one in part.lines):
        return  # those of lines that are not billed are in no price
    taxes = _taxes(document, sale)
    gross, exempt = sale.affected.standing, sale.exempt.standing
    total = gross + exempt + other_amounts(document)
    figures = None
    if taxes is not None and given.MntTotal in (None, total) and given.MntExe in (None, exempt):
        figures = _written(document, sale, taxes, total)
    if figures is None:
        place = document.totales.place_of("MntTotal")
        document.problems.append(
            problem("TOT-087", place, document.totales.text("MntTotal"), given=money(given.MntTotal or total),
                    computed=money(total))
        )  # fmt: skip
        return
    announce_adjusted(document, given, figures)
    document.id_doc.drop("MntBruto")
    for name, value in figures._asdict().items():
        if value or name in document.totales.fields:
            _put(document.totales, name, value)


def _taxes(document: Document, sale: Sale) -> dict[str, Tax] | None:
    """The taxes that the lines of *sale* include, by code; None where they cannot be taken out of them."""
    found: dict[str, Tax] = {}
    for line in sale.affected.lines:
        if not can_be_net(line):
            return None
        for code in codes_of(line.group):
            tax = TAXES.get(code)
            if tax is None or tax.effect != "added" or tax.base != "lines" or not tax.rate:
                return None
            found[code] = tax
    declared = [one.text("TipoImp") for one in document.totales.all("ImptoReten")]
    is_known = len(set(declared)) == len(declared) and found.keys() >= set(declared)
    of_exempt = any(codes_of(line.group) for line in sale.exempt.lines)
    return found if is_known and not of_exempt and not document.root.all("DscRcgGlobal") else None


def _written(document: Document, sale: Sale, taxes: dict[str, Tax], total: int) -> Figures | None:
    """The figures of *document* with net lines; None, and the document as it was, where its total is not reached."""
    lines = sale.affected.lines
    before: list[dict[str, list[Field]]] = [dict(one.group.fields) for one in lines]
    first, amount = lines[0].group.fields["MontoItem"][0], lines[0].amount
    declared = list(document.totales.all("ImptoReten"))
    rates = [sum((Fraction(taxes[code].rate or 0) / 100 for code in codes_of(one.group)), RATE) for one in lines]
    exact = [Fraction(one.amount) / (1 + rate) for one, rate in zip(lines, rates, strict=True)]
    of_taxes = [_amount_of(document, tax, lines, exact) for tax in taxes.values()]
    net = [net_line(one, 1 + rate) for one, rate in zip(lines, rates, strict=True)]
    given, extra = sale.given, sum(of_taxes) + other_amounts(document)
    neto = given.MntNeto if given.MntNeto is not None else rounded(sum(exact, Fraction(0)))
    figures = write(Sale(Part(net), sale.exempt, given, extra, gross=False), neto, sale.exempt.standing, total)
    if figures is not None:
        document.totales.groups["ImptoReten"] = [
            _declared(document, tax, value) for tax, value in zip(taxes.values(), of_taxes, strict=True)
        ]
    if figures is None or not additional_taxes.still_follow(document):
        for one, fields in zip(lines, before, strict=True):
            one.group.fields = fields
        document.totales.groups["ImptoReten"] = declared
        if not declared:
            del document.totales.groups["ImptoReten"]
        return None
    count, now = len(lines), money(lines[0].group.amount("MontoItem"))
    document.problems.append(
        problem("TOT-086", first.place, first.text, given=money(amount), computed=now, count=count, amount=money(total))
    )
    return figures


def _amount_of(document: Document, tax: Tax, lines: list[Line], exact: list[Fraction]) -> int:
    """Pesos of *tax*: as the totals of the file have them, or its rate of the exact net amounts of *lines*."""
    for one in document.totales.all("ImptoReten"):
        if one.text("TipoImp") == tax.code and one.amount("MontoImp"):
            return one.amount("MontoImp")
    base = sum((net for one, net in zip(lines, exact, strict=True) if tax.code in codes_of(one.group)), Fraction(0))
    return rounded(base * Fraction(tax.rate or 0) / 100)


def _declared(document: Document, tax: Tax, amount: int) -> Group:
    """The group of the totals of *tax*: that of the file, completed, or a new one."""
    totales = document.totales
    known = (one for one in totales.all("ImptoReten") if one.text("TipoImp") == tax.code)
    group = next(known, None) or Group("ImptoReten", totales.place)
    if "TipoImp" not in group.fields:
        group.put("TipoImp", tax.code, totales.place)
    if not group.number("TasaImp") and tax.rate is not None:
        group.put("TasaImp", tax.rate, group.place_of("TasaImp"))
    _put(group, "MontoImp", amount)
    return group


def _put(group: Group, name: str, value: int) -> None:
    if group.value(name) != value:
        group.put(name, value, group.place_of(name), written(value))
