"""Amounts of exports: facturas 110 and their notes (Formato DTE v2.5, types 110, 111 and 112).

All of an export is exempt: MntExe and MntTotal are the sum of its lines with the global discounts and surcharges, in
the currency of the document with up to four decimals. The block OtraMoneda says the same in Chilean pesos.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import ROUND_FLOOR, Decimal

from dteplanows.document.catalogue import problem
from dteplanows.document.elements import MOST_MOVEMENTS
from dteplanows.document.model import Document, Group
from dteplanows.document.money import PESO, cents, currency, in_cents, pesos
from dteplanows.document.phrases import phrase
from dteplanows.validator.causes import causes
from dteplanows.validator.causes.causes import Cause, unknown
from dteplanows.validator.causes.mistakes import Mistake
from dteplanows.validator.lines.lines import follows, product, tell_wrong
from dteplanows.validator.prices.implied_prices import implied_price, write_implied
from dteplanows.validator.report import OF_LINES, contradiction, money, of_currency
from dteplanows.validator.totals.basket import Totals, basket_of
from dteplanows.validator.totals.comparison import is_close
from dteplanows.validator.unread import FEED_TOTALS, doubtful

WITHOUT_PAYMENT = 21
"""FmaPagExp of an export that is not paid (customs table of forms of payment): it has no amount."""

_FREIGHT_TOLERANCE = Decimal("0.02")
"""Units of the currency that a charge may differ from what Aduana says of it: both are rounded to cents."""

_BILLED = frozenset({0, 1})
"""IndExe of the lines that are charged."""
_FREIGHT_AND_INSURANCE = (("MntFlete", "FLETE"), ("MntSeguro", "SEGURO"))
_NOTHING = Decimal(0)
_DECIMALS_OF_RATE = Decimal("0.0001")
_LEAST_OTHER_RATE = Decimal("0.001")
"""Share by which a rate differs from the one of the file, if it is another one and not a rounding of the amounts."""


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
    total = _add_up(document, [line.number("MontoItem") or _NOTHING for line in lines])
    if total < 0:
        document.problems.append(problem("TOT-021", movements[0].place_of("ValorDR"), movements[0].text("ValorDR")))
        return
    totals_right = _settle(document, total, wrong, tolerante)
    _check_other_currency(document, tolerante, totals_right)
    _check_movements(document, movements)
    _check_freight(document, movements)


def _without_implied(document: Document, wrong: list[Group]) -> list[Group]:
    """Those of *wrong* whose price was not written rounded; the others get the price that was meant."""
    left = []
    for line in wrong:
        meant = None if _lost_decimals(line, "DescuentoMonto") else implied_price(line)
        written = line.fields["PrcItem"]
        if meant is not None:
            line.put("PrcItem", meant)
            fits = follows(document, line, line.number("MontoItem") or _NOTHING)
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
        amount = line.number("MontoItem") or _NOTHING
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


def _in_pesos(document: Document) -> bool:
    return document.totales.text("TpoMoneda") == PESO


def _add_up(document: Document, amounts: list[Decimal]) -> Decimal:
    """Sum of the *amounts* of the lines that are billed, with the movements applied in their order."""
    billed = [line.amount("IndExe") in _BILLED for line in document.detalles]
    total = sum((amount for amount, is_billed in zip(amounts, billed, strict=True) if is_billed), _NOTHING)
    for one in document.root.all("DscRcgGlobal"):
        if one.amount("IndExeDR") == 2:
            continue
        change = one.number("ValorDR") or _NOTHING
        if one.text("TpoValor") == "%":
            change = currency(total * change / 100)
        if _in_pesos(document):
            change = Decimal(pesos(change))
        total += change if one.text("TpoMov") == "R" else -change
    return Decimal(pesos(total)) if _in_pesos(document) else currency(total)


def _settle(document: Document, total: Decimal, wrong: list[Group], tolerante: bool) -> bool:
    """Complete the totals, or report them; whether they stand as they will be issued."""
    totales = document.totales
    if document.id_doc.amount("FmaPagExp") == WITHOUT_PAYMENT:
        _without_payment(document, total)
        return True
    given = totales.number("MntTotal")
    if given is not None and given != total and not wrong and _reach(document, given):
        total = given
    elif wrong and given is not None and given == _add_up(document, [_computed(line) for line in document.detalles]):
        return False  # the line is the cause, and told
    stated = (None, totales.number("MntExe") or None, None, totales.number("MntTotal"))
    other = []
    for name in ("MntTotal", "MntExe"):
        given, place = totales.number(name), totales.place_of(name)
        if given is None or (name == "MntExe" and not given):
            _complete(document, totales, name, total, OF_LINES)
        elif name == "MntExe" and given != total and abs(given - total) < in_cents(1):
            shown = {"given": _shown(document, given), "computed": _shown(document, total)}
            document.problems.append(problem("TOT-011", place, totales.text(name), name=name, **shown))
            totales.put(name, total, place)
        elif given != total:
            other.append(name)
    if other and doubtful(document):
        return False
    if other:
        cause = None
        if not tolerante or "MntTotal" in other:
            cause = causes.find(document, basket_of(document), stated, _of_pesos(document, total))
        _tell_total(document, other[0], total, tolerante and other == ["MntExe"], cause, other[1:])
    return not other or (tolerante and other == ["MntExe"])


def _of_pesos(document: Document, total: Decimal) -> Iterator[Mistake]:
    """Totals in pesos, though the document is in another currency."""
    for block in document.root.group("Encabezado").all("OtraMoneda"):
        rate = block.number("TpoCambio") or _NOTHING
        for amount in {Decimal(pesos(total * rate)), block.number("MntTotOtrMnda") or _NOTHING} - {_NOTHING, total}:
            for exempt in (amount, total):
                yield Mistake("in_pesos", "", Totals(0, exempt, 0, amount))


def _shown(document: Document, amount: int | Decimal) -> str:
    """*amount* in the currency of *document*, which it names."""
    if _in_pesos(document):
        return money(amount)
    return f"{of_currency(amount)} {document.totales.text('TpoMoneda')}".rstrip()


def _tell_total(
    document: Document, name: str, total: Decimal, tolerante: bool, cause: Cause | None = None, also: Sequence[str] = ()
) -> None:  # fmt: skip
    """Report a total, and *also* the other one that is as wrong."""
    totales = document.totales
    place, given = totales.place_of(name), totales.number(name) or _NOTHING
    cause = cause or unknown(name)
    then = "".join(phrase("totals.also_must_be", name=one, amount=_shown(document, total)) for one in also)
    contradiction(
        document, tolerante, "TOT-062", place, totales.text(name), name=name, given=_shown(document, given),
        computed=_shown(document, total), reason=OF_LINES, cause=f"{cause.words}: " if cause.words else "", then=then,
        remedy=cause.remedy,
    )  # fmt: skip
    if tolerante:
        totales.put(name, total, place)


def _without_payment(document: Document, total: Decimal) -> None:
    """MntTotal is 0 in both currencies, whatever the lines are worth (observed answer HED-1-803)."""
    totales = document.totales
    given = totales.number("MntTotal")
    if given or (given is None and total):
        place, shown = totales.place_of("MntTotal"), money(given or total)
        document.problems.append(problem("TOT-063", place, totales.text("MntTotal"), given=shown))
    totales.put("MntTotal", _NOTHING, totales.place_of("MntTotal"))
    exempt = totales.number("MntExe")
    if exempt and exempt != total:
        _tell_total(document, "MntExe", total, tolerante=False)
    elif exempt is None:
        totales.put("MntExe", _NOTHING, totales.place_of("MntExe"))
    for block in document.root.group("Encabezado").all("OtraMoneda"):
        if block.number("MntTotOtrMnda"):
            block.put("MntTotOtrMnda", _NOTHING, block.place_of("MntTotOtrMnda"))


def _computed(line: Group) -> Decimal:
    """The amount that the factors of *line* give, or its own where it has no price."""
    if not line.number("PrcItem"):
        return line.number("MontoItem") or _NOTHING
    return currency(product(line)) - line.amount("DescuentoMonto") + line.amount("RecargoMonto")


def _exact(document: Document) -> list[Decimal]:
    """The amounts of the lines before any rounding."""
    return [
        product(line) - line.amount("DescuentoMonto") + line.amount("RecargoMonto")
        if _has_price(line) else line.number("MontoItem") or _NOTHING
        for line in document.detalles
    ]  # fmt: skip


def _has_price(line: Group) -> bool:
    """Whether *line* is billed, and its amount what a price comes to."""
    return bool(line.number("PrcItem")) and line.amount("IndExe") in _BILLED


def _reach(document: Document, total: Decimal) -> bool:
    """Write the lines in cents so that they come to *total*, where that is their exact sum rounded to cents.

    Programs add the exact amounts and round once.
    """
    lines, exact = document.detalles, _exact(document)
    if _in_pesos(document) or total != cents(total):
        return False
    if abs(_add_up(document, exact) - total) >= in_cents(1):
        return False
    lower = [cents(amount, ROUND_FLOOR) if _has_price(line) else amount
             for amount, line in zip(exact, lines, strict=True)]  # fmt: skip
    can_be_raised = [at for at, low in enumerate(lower) if low != exact[at]]
    by_remainder = sorted(can_be_raised, key=lambda at: lower[at] - exact[at])
    for raised in range(len(by_remainder) + 1):
        chosen = by_remainder[:raised]
        amounts = [low + in_cents(1) if at in chosen else low for at, low in enumerate(lower)]
        if _add_up(document, amounts) == total:
            break
    else:
        return False
    moved = [(line, line.number("MontoItem") or _NOTHING, amount)
             for line, amount in zip(lines, amounts, strict=True) if line.number("MontoItem") != amount]  # fmt: skip
    for line, _, amount in moved:
        line.put("MontoItem", amount, line.place_of("MontoItem"), line.text("MontoItem"))
    if moved:
        line, before, after = moved[0]
        document.problems.append(
            problem("TOT-070", line.place_of("MontoItem"), money(before), given=money(before), computed=money(after),
                    count=len(moved), amount=money(total))
        )  # fmt: skip
    return True


def _complete(document: Document, group: Group, name: str, amount: Decimal, reason: str) -> None:
    place = group.place_of(name)
    if amount and not group.number(name):
        document.problems.append(problem("TOT-012", place, name=name, computed=money(amount), reason=reason))
    if group.number(name) != amount:
        group.put(name, amount, place)


# --- in Chilean pesos ------------------------------------------------------------------------------------------------


def _check_other_currency(document: Document, tolerante: bool, totals_right: bool) -> None:
    """OtraMoneda in pesos is mandatory (observed answer HED-3-834) unless the document itself is in pesos.

    :param totals_right: its amounts can be judged by those of Totales.
    """
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
    names = (("MntTotOtrMnda", "MntTotal"), ("MntExeOtrMnda", "MntExe"))
    if not totals_right or _is_rate_alone(document, block, rate):
        document.unread.update({name for name, _ in names} - set(block.fields))  # not to be missed
        return
    for name, of in names:
        amount = document.totales.number(of) or _NOTHING
        if not _check_converted(document, block, name, amount, rate, tolerante) and _are_alike(document, block):
            return


def _are_alike(document: Document, block: Group) -> bool:
    """Whether MntExe and MntTotal are one amount in both currencies, rounded or not: wrong, they are wrong once."""
    exempt, total = (block.number(name) or _NOTHING for name in ("MntExeOtrMnda", "MntTotOtrMnda"))
    return document.totales.number("MntExe") == document.totales.number("MntTotal") and abs(exempt - total) < 1


def _is_rate_alone(document: Document, block: Group, rate: Decimal) -> bool:
    """Whether both amounts in pesos agree with each other, and not with the rate; reported then, as one fault."""
    total, given = document.totales.number("MntTotal"), block.number("MntTotOtrMnda")
    if not total or not given or not _are_alike(document, block) or given in _otherwise_converted(document, rate):
        return False
    meant = (given / total).quantize(_DECIMALS_OF_RATE)
    if not meant or abs(meant - rate) < rate * _LEAST_OTHER_RATE:
        return False
    figures = {"given": money(rate), "computed": money(meant), "amount": money(given), "base": _shown(document, total)}
    right = _shown_in(block, total * rate)
    document.problems.append(
        problem("TOT-084", block.place_of("TpoCambio"), block.text("TpoCambio"), right=right, **figures)
    )
    return True


def _shown_in(block: Group, amount: Decimal) -> str:
    return money(pesos(amount)) if block.text("TpoMoneda") == PESO else money(currency(amount))


def _check_converted(
    document: Document, block: Group, name: str, amount: Decimal, rate: Decimal, tolerante: bool
) -> bool:
    """Whether an amount in pesos is that of Totales; computed where it is missing."""
    if name in document.unread:
        return True
    exact, place, given = amount * rate, block.place_of(name), block.number(name)
    expected = Decimal(pesos(exact)) if block.text("TpoMoneda") == PESO else currency(exact)
    reason = phrase("totals.at_rate", amount=_shown(document, amount), rate=money(rate))
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
    by_line = sum(pesos((line.number("MontoItem") or _NOTHING) * rate) for line in document.detalles)
    return {by_line, pesos(_add_up(document, _exact(document)) * rate)}


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
        reason = phrase("totals.value_at_rate", amount=money(value), rate=money(rate))
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
        if given is None or abs(given - value) > _FREIGHT_TOLERANCE:
            place = customs.place_of(name) if customs else charged[0].place
            shown = "" if given is None else money(given)
            document.problems.append(problem("TOT-069", place, shown, name=name, computed=money(value)))
