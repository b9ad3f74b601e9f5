"""Amounts of exports: facturas 110 and their notes (Formato DTE v2.5, types 110, 111 and 112).

All of an export is exempt: MntExe and MntTotal are the sum of its lines with the global discounts and surcharges, in
the currency of the document with up to four decimals. The block OtraMoneda says the same in Chilean pesos.
"""

from __future__ import annotations

from dteplanows.document.catalogue import problem
from dteplanows.document.elements import MOST_MOVEMENTS
from dteplanows.document.model import Document, Group
from dteplanows.validator.exports import other_currency
from dteplanows.validator.exports.movements import check_freight, check_in_pesos
from dteplanows.validator.exports.sums import NOTHING, add_up
from dteplanows.validator.exports.totals import settle
from dteplanows.validator.lines.lines import follows, tell_wrong
from dteplanows.validator.prices.implied_prices import implied_price, write_implied
from dteplanows.validator.report import money
from dteplanows.validator.unread import FEED_TOTALS


def check(document: Document, wrong: list[Group], tolerante: bool) -> None:
    """Complete and compare the amounts of an export.

    :param wrong: lines whose amount contradicts their factors.
    """
    _mark_exempt(document)
    wrong = _without_implied(document, wrong)
    _tell_wrong(document, wrong, tolerante)
    lines, movements = document.detalles, document.root.all("DscRcgGlobal")
    unknown = not document.unread.isdisjoint(FEED_TOTALS)
    if not lines or unknown or len(movements) > MOST_MOVEMENTS:
        return
    if any("MontoItem" not in line.fields or (line.number("MontoItem") or 0) < 0 for line in lines):
        return  # reported by the structure
    total = add_up(document, [line.number("MontoItem") or NOTHING for line in lines])
    if total < 0:
        document.problems.append(problem("TOT-021", movements[0].place_of("ValorDR"), movements[0].text("ValorDR")))
        return
    totals_right = settle(document, total, wrong, tolerante)
    other_currency.check(document, tolerante, totals_right)
    check_in_pesos(document, movements)
    check_freight(document, movements)


def _without_implied(document: Document, wrong: list[Group]) -> list[Group]:
    """Those of *wrong* whose price was not written rounded; the others get the price that was meant."""
    left = []
    for line in wrong:
        meant = None if _lost_decimals(line, "DescuentoMonto") else implied_price(line)
        written = line.fields["PrcItem"]
        if meant is not None:
            line.put("PrcItem", meant)
            fits = follows(document, line, line.number("MontoItem") or NOTHING)
            line.fields["PrcItem"] = written
            if fits:
                write_implied(document, line, meant)
                continue
        left.append(line)
    return left


def _tell_wrong(document: Document, wrong: list[Group], tolerante: bool) -> None:
    """A discount has no decimals in exports either: then the line is another, which the file has to say itself."""
    cut = [
        (line, name) for line in wrong for name in ("DescuentoMonto", "RecargoMonto") if _lost_decimals(line, name)
    ]  # fmt: skip
    for line, name in cut:
        found = line.fields[name][0]
        amount = line.number("MontoItem") or NOTHING
        document.problems.append(
            problem("TOT-077", found.place, found.text, name=name, used=str(found.value), given=money(amount))
        )
    named = [line for line, _ in cut]
    tell_wrong(document, [line for line in wrong if all(line is not one for one in named)], tolerante)


def _lost_decimals(line: Group, name: str) -> bool:
    """Whether the file writes *name* with decimals, which its element does not have."""
    found = line.field(name)
    return found is not None and bool(found.text.partition(".")[2].strip("0"))


def _mark_exempt(document: Document) -> None:
    """Every line and movement of an export is exempt; a file that does not say so gets IndExe 1, with one aviso."""
    unmarked = [line for line in document.detalles if not line.amount("IndExe")]
    if unmarked and "IndExe" not in document.unread:
        document.problems.append(problem("TOT-060", unmarked[0].place_of("IndExe"), count=len(unmarked)))
        for line in unmarked:
            line.put("IndExe", 1, line.place_of("IndExe"))
    for one in document.root.all("DscRcgGlobal"):
        if not one.amount("IndExeDR") and "IndExeDR" not in document.unread:
            document.problems.append(problem("TOT-061", one.place_of("IndExeDR")))
            one.put("IndExeDR", 1, one.place_of("IndExeDR"))
