"""MntTotal and MntExe of an export: completed, reached with lines in cents, or reported."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import ROUND_FLOOR, Decimal

from dteplanows.document.catalogue import problem
from dteplanows.document.model import Document, Group
from dteplanows.document.money import cents, currency, in_cents, pesos
from dteplanows.document.phrases import phrase
from dteplanows.validator.causes import causes
from dteplanows.validator.causes.causes import Cause, unknown
from dteplanows.validator.causes.mistakes import Mistake
from dteplanows.validator.exports.sums import NOTHING, add_up, as_shown, exact_amounts, has_price, is_in_pesos
from dteplanows.validator.lines.lines import product
from dteplanows.validator.report import OF_LINES, contradiction, money
from dteplanows.validator.totals.basket import Totals, basket_of
from dteplanows.validator.unread import doubtful

WITHOUT_PAYMENT = 21
"""FmaPagExp of an export that is not paid (customs table of forms of payment): it has no amount."""


def settle(document: Document, total: Decimal, wrong: list[Group], tolerante: bool) -> bool:
    """Complete the totals, or report them; whether they stand as they will be issued."""
    totales = document.totales
    if document.id_doc.amount("FmaPagExp") == WITHOUT_PAYMENT:
        _without_payment(document, total)
        return True
    given = totales.number("MntTotal")
    if given is not None and given != total and not wrong and _reach(document, given):
        total = given
    elif wrong and given is not None and given == add_up(document, [_computed(line) for line in document.detalles]):
        return False  # the line is the cause, and told
    stated = (None, totales.number("MntExe") or None, None, totales.number("MntTotal"))
    other = []
    for name in ("MntTotal", "MntExe"):
        given, place = totales.number(name), totales.place_of(name)
        if given is None or (name == "MntExe" and not given):
            _complete(document, totales, name, total, OF_LINES)
        elif name == "MntExe" and given != total and abs(given - total) < in_cents(1):
            shown = {"given": as_shown(document, given), "computed": as_shown(document, total)}
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
        _tell_total(document, other, total, tolerante and other == ["MntExe"], cause)
    return not other or (tolerante and other == ["MntExe"])


def _of_pesos(document: Document, total: Decimal) -> Iterator[Mistake]:
    """Totals in pesos, though the document is in another currency."""
    for block in document.root.group("Encabezado").all("OtraMoneda"):
        rate = block.number("TpoCambio") or NOTHING
        for amount in {Decimal(pesos(total * rate)), block.number("MntTotOtrMnda") or NOTHING} - {NOTHING, total}:
            for exempt in (amount, total):
                yield Mistake("in_pesos", "", Totals(0, exempt, 0, amount))


def _tell_total(
    document: Document, names: Sequence[str], total: Decimal, tolerante: bool, cause: Cause | None = None
) -> None:
    """Report the first of the totals *names*, and beside it the other one that is as wrong."""
    totales, (name, *also) = document.totales, names
    place, given = totales.place_of(name), totales.number(name) or NOTHING
    cause = cause or unknown(name)
    then = "".join(phrase("totals.also_must_be", name=one, amount=as_shown(document, total)) for one in also)
    contradiction(
        document, tolerante, "TOT-062", place, totales.text(name), name=name, given=as_shown(document, given),
        computed=as_shown(document, total), reason=OF_LINES, cause=f"{cause.words}: " if cause.words else "", then=then,
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
    totales.put("MntTotal", NOTHING, totales.place_of("MntTotal"))
    exempt = totales.number("MntExe")
    if exempt and exempt != total:
        _tell_total(document, ["MntExe"], total, tolerante=False)
    elif exempt is None:
        totales.put("MntExe", NOTHING, totales.place_of("MntExe"))
    for block in document.root.group("Encabezado").all("OtraMoneda"):
        if block.number("MntTotOtrMnda"):
            block.put("MntTotOtrMnda", NOTHING, block.place_of("MntTotOtrMnda"))


def _computed(line: Group) -> Decimal:
    """The amount that the factors of *line* give, or its own where it has no price."""
    if not line.number("PrcItem"):
        return line.number("MontoItem") or NOTHING
    return currency(product(line)) - line.amount("DescuentoMonto") + line.amount("RecargoMonto")


def _reach(document: Document, total: Decimal) -> bool:
    """Write the lines in cents so that they come to *total*, where that is their exact sum rounded to cents.

    Programs add the exact amounts and round once.
    """
    lines, exact = document.detalles, exact_amounts(document)
    if is_in_pesos(document) or total != cents(total):
        return False
    if abs(add_up(document, exact) - total) >= in_cents(1):
        return False
    lower = [cents(amount, ROUND_FLOOR) if has_price(line) else amount
             for amount, line in zip(exact, lines, strict=True)]  # fmt: skip
    can_be_raised = [at for at, low in enumerate(lower) if low != exact[at]]
    by_remainder = sorted(can_be_raised, key=lambda at: lower[at] - exact[at])
    for raised in range(len(by_remainder) + 1):
        chosen = by_remainder[:raised]
        amounts = [low + in_cents(1) if at in chosen else low for at, low in enumerate(lower)]
        if add_up(document, amounts) == total:
            break
    else:
        return False
    moved = [(line, line.number("MontoItem") or NOTHING, amount)
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
