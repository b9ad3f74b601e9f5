"""OtraMoneda of an export: its amounts in Chilean pesos."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from dteplanows.document.catalogue import problem
from dteplanows.document.model import Document, Group
from dteplanows.document.money import PESO, currency, pesos
from dteplanows.document.phrases import phrase
from dteplanows.validator.causes.causes import unknown
from dteplanows.validator.exports.sums import NOTHING, add_up, as_shown, exact_amounts, is_in_pesos
from dteplanows.validator.report import contradiction, money

_DECIMALS_OF_RATE = Decimal("0.0001")
_LEAST_OTHER_RATE = Decimal("0.001")
"""Share by which a rate differs from the one of the file, if it is another one and not a rounding of the amounts."""


def check(document: Document, tolerante: bool, totals_right: bool) -> None:
    """OtraMoneda in pesos is mandatory (observed answer HED-3-834) unless the document itself is in pesos.

    :param totals_right: its amounts can be judged by those of Totales.
    """
    encabezado = document.root.group("Encabezado")
    block = next((one for one in encabezado.all("OtraMoneda") if not one.is_empty()), None)
    if block is None:
        if not is_in_pesos(document) and "TpoMoneda" in document.totales.fields:
            document.problems.append(problem("TOT-064", encabezado.place_of("OtraMoneda")))
        return
    named = block.text("TpoMoneda")
    if not named and "TpoMoneda" not in document.unread:
        block.put("TpoMoneda", PESO, block.place_of("TpoMoneda"))
        document.problems.append(problem("TOT-065", block.place_of("TpoMoneda"), used=PESO))
    elif named != PESO and not is_in_pesos(document):
        document.problems.append(problem("TOT-066", block.place_of("TpoMoneda"), named))
        return
    rate = block.number("TpoCambio")
    if not rate:
        if "TpoCambio" not in document.unread:
            document.problems.append(problem("TOT-067", block.place_of("TpoCambio")))
        return
    names = (("MntTotOtrMnda", "MntTotal"), ("MntExeOtrMnda", "MntExe"))
    if not totals_right or _is_rate_alone(document, block, rate):
        document.unread.update({name for name, _ in names} - set(block.fields))  # not to be missed
        return
    for name, of in names:
        amount = document.totales.number(of) or NOTHING
        converted = _Converted(block, name, amount, rate)
        if not _check_converted(document, converted, tolerante) and _are_alike(document, block):
            return


def _are_alike(document: Document, block: Group) -> bool:
    """Whether MntExe and MntTotal are one amount in both currencies, rounded or not: wrong, they are wrong once."""
    exempt, total = (block.number(name) or NOTHING for name in ("MntExeOtrMnda", "MntTotOtrMnda"))
    return document.totales.number("MntExe") == document.totales.number("MntTotal") and abs(exempt - total) < 1


def _is_rate_alone(document: Document, block: Group, rate: Decimal) -> bool:
    """Whether both amounts in pesos agree with each other, and not with the rate; reported then, as one fault."""
    total, given = document.totales.number("MntTotal"), block.number("MntTotOtrMnda")
    if not total or not given or not _are_alike(document, block) or given in _otherwise_converted(document, rate):
        return False
    meant = (given / total).quantize(_DECIMALS_OF_RATE)
    if not meant or abs(meant - rate) < rate * _LEAST_OTHER_RATE:
        return False
    base = as_shown(document, total)
    figures = {"given": money(rate), "computed": money(meant), "amount": money(given), "base": base}
    right = _shown_in(block, total * rate)
    document.problems.append(
        problem("TOT-084", block.place_of("TpoCambio"), block.text("TpoCambio"), right=right, **figures)
    )
    return True


def _shown_in(block: Group, amount: Decimal) -> str:
    return money(pesos(amount)) if block.text("TpoMoneda") == PESO else money(currency(amount))


class _Converted(NamedTuple):
    """An amount in the other currency, and what it is of."""

    block: Group
    """OtraMoneda."""
    name: str
    """Its element in the block."""
    amount: Decimal
    """Of Totales, in the currency of the document."""
    rate: Decimal


def _check_converted(document: Document, converted: _Converted, tolerante: bool) -> bool:
    """Whether an amount in pesos is that of Totales; computed where it is missing."""
    block, name, amount, rate = converted
    if name in document.unread:
        return True
    exact, place, given = amount * rate, block.place_of(name), block.number(name)
    expected = Decimal(pesos(exact)) if block.text("TpoMoneda") == PESO else currency(exact)
    reason = phrase("totals.at_rate", amount=as_shown(document, amount), rate=money(rate))
    if given is None or (not given and expected and name == "MntExeOtrMnda"):
        if expected:
            document.problems.append(problem("TOT-012", place, name=name, computed=money(expected), reason=reason))
        block.put(name, expected, place)
    elif abs(given - exact) < 1:
        return True
    elif given in _otherwise_converted(document, rate):
        shown = {"given": money(given), "computed": money(expected), "reason": reason}
        document.problems.append(problem("TOT-083", place, block.text(name), name=name, **shown))
        block.put(name, expected, place)
    else:
        also = phrase("totals.also_must_be", name="MntExeOtrMnda", amount=money(expected))
        contradiction(
            document, tolerante, "TOT-062", place, block.text(name), name=name, given=money(given),
            computed=money(expected), reason=reason, cause="", remedy=unknown(name).remedy,
            then=also if _are_alike(document, block) else "",
        )  # fmt: skip
        if not tolerante:
            return False
        block.put(name, expected, place)
    return True


def _otherwise_converted(document: Document, rate: Decimal) -> set[int]:
    """Pesos of programs that convert each line, or the sum before they round it to cents."""
    by_line = sum(pesos((line.number("MontoItem") or NOTHING) * rate) for line in document.detalles)
    return {by_line, pesos(add_up(document, exact_amounts(document)) * rate)}
