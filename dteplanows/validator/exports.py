"""Amounts of exports: facturas 110 and their notes (Formato DTE v2.5, types 110, 111 and 112).

All of an export is exempt: MntExe and MntTotal are the sum of its lines with the global discounts and surcharges, in
the currency of the document with up to four decimals. The block OtraMoneda says the same in Chilean pesos.
"""

from __future__ import annotations

from decimal import Decimal

from dteplanows.document.catalogue import problem
from dteplanows.document.model import Document, Group
from dteplanows.document.money import currency, pesos
from dteplanows.validator.comparison import is_close
from dteplanows.validator.report import contradiction, money

PESO = "PESO CL"
"""The SII's name for the Chilean peso among the currencies."""

WITHOUT_PAYMENT = 21
"""FmaPagExp of an export that is not paid (customs table of forms of payment): it has no amount."""

TOLERANCE = Decimal("0.02")
"""Units of the currency that a total may differ from its lines.

The SII publishes no tolerance; programs round lines and totals to cents, each in its own order.
"""

_BILLED = frozenset({0, 1})
"""IndExe of the lines that are charged."""
_MOST_MOVEMENTS = 20
_FREIGHT_AND_INSURANCE = (("MntFlete", "FLETE"), ("MntSeguro", "SEGURO"))
_NOTHING, _CENT = Decimal(0), Decimal("0.01")


def check(document: Document, tolerante: bool) -> None:
    """Complete and compare the amounts of an export."""
    _mark_exempt(document)
    lines, movements = document.detalles, document.root.all("DscRcgGlobal")
    unknown = not document.unread.isdisjoint(("MontoItem", "ValorDR", "MntTotal", "MntExe"))
    if not lines or unknown or len(movements) > _MOST_MOVEMENTS:
        return
    if any("MontoItem" not in line.fields or (line.number("MontoItem") or 0) < 0 for line in lines):
        return  # reported by the structure
    total = _add_up(document, lines, movements)
    if total < 0:
        document.problems.append(problem("TOT-021", movements[0].place_of("ValorDR"), movements[0].text("ValorDR")))
        return
    _settle(document, total, tolerante)
    _check_other_currency(document, tolerante)
    _check_movements(document, movements)
    _check_freight(document, movements)


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


def _in_pesos(document: Document) -> bool:
    return document.totales.text("TpoMoneda") == PESO


def _add_up(document: Document, lines: list[Group], movements: list[Group]) -> Decimal:
    """Sum of the lines that are billed, with the movements applied in their order."""
    billed = [line for line in lines if line.amount("IndExe") in _BILLED]
    total = sum((line.number("MontoItem") or _NOTHING for line in billed), _NOTHING)
    for one in movements:
        if one.amount("IndExeDR") == 2:
            continue
        change = one.number("ValorDR") or _NOTHING
        if one.text("TpoValor") == "%":
            change = currency(total * change / 100)
        total += change if one.text("TpoMov") == "R" else -change
    return Decimal(pesos(total)) if _in_pesos(document) else currency(total)


def _settle(document: Document, total: Decimal, tolerante: bool) -> None:
    totales = document.totales
    reason = "la suma de las líneas, con sus descuentos y recargos"
    if document.id_doc.amount("FmaPagExp") == WITHOUT_PAYMENT:
        if totales.number("MntTotal"):
            document.problems.append(problem("TOT-063", totales.place_of("MntTotal"), totales.text("MntTotal")))
        else:
            _complete(document, totales, "MntTotal", _NOTHING, reason)
            _complete(document, totales, "MntExe", _NOTHING, reason)
            return
    limit = TOLERANCE if not _in_pesos(document) else Decimal(2)
    for name in ("MntExe", "MntTotal"):
        given, place = totales.number(name), totales.place_of(name)
        if given is None or (name == "MntExe" and not given):
            _complete(document, totales, name, total, reason)
        elif abs(given - total) > limit:
            contradiction(
                document, tolerante, "TOT-062", place, totales.text(name),
                name=name, given=money(given), computed=money(total), reason=reason, limit=money(limit),
            )  # fmt: skip
            if tolerante:
                totales.put(name, total, place)
    _agree(document, totales)


def _agree(document: Document, totales: Group) -> None:
    """Both totals of an export are one figure; where rounding parts them, MntTotal is issued twice."""
    exempt, total = totales.number("MntExe"), totales.number("MntTotal")
    if exempt is None or total is None or exempt == total or abs(exempt - total) > Decimal(2):
        return
    if any(one.code == "TOT-062" and one.severity == "error" for one in document.problems):
        return
    place = totales.place_of("MntExe")
    document.problems.append(
        problem("TOT-011", place, totales.text("MntExe"), name="MntExe", given=money(exempt), computed=money(total))
    )
    totales.put("MntExe", total, place)


def _complete(document: Document, group: Group, name: str, amount: Decimal, reason: str) -> None:
    place = group.place_of(name)
    if amount and not group.number(name):
        document.problems.append(problem("TOT-012", place, name=name, computed=money(amount), reason=reason))
    if group.number(name) != amount:
        group.put(name, amount, place)


# --- in Chilean pesos ------------------------------------------------------------------------------------------------


def _check_other_currency(document: Document, tolerante: bool) -> None:
    """OtraMoneda in pesos is mandatory (observed answer HED-3-834) unless the document itself is in pesos."""
    encabezado = document.root.group("Encabezado")
    block = next((one for one in encabezado.all("OtraMoneda") if not one.is_empty()), None)
    if block is None:
        if not _in_pesos(document) and "TpoMoneda" in document.totales.fields:
            document.problems.append(problem("TOT-064", encabezado.place_of("OtraMoneda")))
        return
    named = block.text("TpoMoneda")
    if not named and "TpoMoneda" not in document.unread:
        block.put("TpoMoneda", PESO, block.place_of("TpoMoneda"))
        document.problems.append(problem("TOT-065", block.place_of("TpoMoneda"), used=PESO))
    elif named != PESO and not _in_pesos(document):
        document.problems.append(problem("TOT-066", block.place_of("TpoMoneda"), named))
        return
    rate = block.number("TpoCambio")
    if not rate:
        if "TpoCambio" not in document.unread:
            document.problems.append(problem("TOT-067", block.place_of("TpoCambio")))
        return
    for name, of in (("MntExeOtrMnda", "MntExe"), ("MntTotOtrMnda", "MntTotal")):
        _check_converted(document, block, name, document.totales.number(of) or _NOTHING, rate, tolerante)


def _check_converted(
    document: Document, block: Group, name: str, amount: Decimal, rate: Decimal, tolerante: bool
) -> None:
    if name in document.unread:
        return
    exact, place, given = amount * rate, block.place_of(name), block.number(name)
    expected = Decimal(pesos(exact)) if block.text("TpoMoneda") == PESO else currency(exact)
    reason = f"{money(amount)} por el tipo de cambio {money(rate)}"
    limit = 2 + rate * _CENT  # the amount may have been converted before it was rounded to cents
    if given is None or (not given and expected and name == "MntExeOtrMnda"):
        if expected:
            document.problems.append(problem("TOT-012", place, name=name, computed=money(expected), reason=reason))
        block.put(name, expected, place)
    elif abs(given - expected) > limit:
        contradiction(
            document, tolerante, "TOT-062", place, block.text(name),
            name=name, given=money(given), computed=money(expected), reason=reason, limit=money(pesos(limit)),
        )  # fmt: skip
        if tolerante:
            block.put(name, expected, place)


# --- freight, insurance and other movements --------------------------------------------------------------------------


def _check_movements(document: Document, movements: list[Group]) -> None:
    """ValorDROtrMnda is mandatory in exports; for amounts it is the value in pesos."""
    block = next(iter(document.root.group("Encabezado").all("OtraMoneda")), None)
    rate = block.number("TpoCambio") if block else None
    for one in movements:
        value, place = one.number("ValorDR"), one.place_of("ValorDROtrMnda")
        if one.text("TpoValor") != "$" or not value or not rate or "ValorDROtrMnda" in document.unread:
            continue
        given, expected = one.number("ValorDROtrMnda"), currency(value * rate)
        reason = f"ValorDR {money(value)} por el tipo de cambio {money(rate)}"
        if not given:
            one.put("ValorDROtrMnda", expected, place)
            document.problems.append(
                problem("TOT-012", place, name="ValorDROtrMnda", computed=money(expected), reason=reason)
            )
        elif not is_close(given, expected) and given != value:
            document.problems.append(
                problem("TOT-068", place, one.text("ValorDROtrMnda"), given=money(given), computed=money(expected))
            )


def _check_freight(document: Document, movements: list[Group]) -> None:
    """Freight and insurance that are part of the price stand among the movements and in Aduana, with one value."""
    transport = document.root.group("Encabezado").all("Transporte")
    customs = next((one for group in transport for one in group.all("Aduana")), None)
    for name, word in _FREIGHT_AND_INSURANCE:
        charged = [
            one for one in movements
            if word in one.text("GlosaDR").upper() and one.text("TpoMov") == "R" and one.text("TpoValor") == "$"
        ]  # fmt: skip
        if not charged or name in document.unread:
            continue
        value = sum((one.number("ValorDR") or _NOTHING for one in charged), _NOTHING)
        given = customs.number(name) if customs else None
        if given is None or abs(given - value) > TOLERANCE:
            place = customs.place_of(name) if customs else charged[0].place
            shown = "" if given is None else money(given)
            document.problems.append(problem("TOT-069", place, shown, name=name, computed=money(value)))
