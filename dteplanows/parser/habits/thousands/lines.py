"""What a line says of its own doubtful numbers: its factors, its percentages and its amount."""

from __future__ import annotations

from decimal import Decimal

from dteplanows.document import values
from dteplanows.document.model import Group
from dteplanows.parser.habits.thousands.case import EXACT, HUNDRED, NONE, OF_LINE, Case
from dteplanows.parser.habits.thousands.choices import Choice, choices_of, key_of
from dteplanows.parser.reading import Doubt


def settle_lines(case: Case) -> None:
    """Settle what each line says of its own numbers."""
    of_lines: dict[int, list[Doubt]] = {}
    for one in case.open.values():
        if one.name in OF_LINE:
            of_lines.setdefault(id(one.group), []).append(one)
    for line in case.document.detalles:
        if id(line) in of_lines:
            _settle_line(case, line, of_lines[id(line)])
        elif "." in line.text("QtyItem"):
            _settle_quantity(case, line)


def _settle_line(case: Case, line: Group, own: list[Doubt]) -> None:
    """Settle what the factors, the percentages and the amount of *line* leave but one reading of."""
    if line.unread:
        case.reckonable = False
        return
    doubts = [*own, *_quantity(case, line)]
    agreeing = [choice for choice in choices_of(doubts) if _agrees(case, line, choice)]
    if not agreeing:
        case.impossible.update(map(key_of, own))
        for one in own:
            case.open.pop(key_of(one))
        case.reckonable = False
        return
    for one in doubts:
        key = key_of(one)
        found = {choice[key] for choice in agreeing}
        if len(found) == 1 and not any(_agrees(case, line, choice | {key: NONE}) for choice in agreeing):
            case.read[key] = found.pop()
            case.open.pop(key, None)
    if any(key_of(one) in case.open for one in own):
        case.lines[id(line)] = agreeing


def _settle_quantity(case: Case, line: Group) -> None:
    """Settle the quantity of *line*, whose other numbers are settled: it has thousands where only those agree."""
    for one in () if line.unread or _agrees(case, line, case.read) else _quantity(case, line):
        thousands = {key_of(one): one.readings.thousands}
        if _agrees(case, line, case.read | thousands):
            case.read.update(thousands)


def _quantity(case: Case, line: Group) -> list[Doubt]:
    """The quantity of *line* as one more doubt, where an amount can settle it."""
    field = line.field("QtyItem")
    readings = values.dotted(field.text) if field and line.number("MontoItem") else None
    if field is None or readings is None or readings.decimals is None:
        return []
    one = Doubt(line, "QtyItem", field.text, field.place, readings, False, 6)
    case.quantities[key_of(one)] = one
    return [one]


def _agrees(case: Case, line: Group, choice: Choice) -> bool:
    """Whether the factors of *line* come to its amount and its percentages to their amounts, to the peso."""
    if not line.number("PrcItem"):
        return True
    price, amount = case.value(line, "PrcItem", choice), case.value(line, "MontoItem", choice)
    base = EXACT.multiply(price or NONE, case.quantity_of(line, choice))
    discount = case.value(line, "DescuentoMonto", choice) or NONE
    surcharge = case.value(line, "RecargoMonto", choice) or NONE
    if not _is_percentage(line, "Descuento", discount, base):
        return False
    if not _is_percentage(line, "Recargo", surcharge, base - discount):
        return False
    if not amount:
        return True
    rounding = 2 if discount or surcharge else 1
    if abs(abs(amount) - (base - discount + surcharge)) <= rounding:
        return True
    return case.repeats_price(line, choice)


def _is_percentage(line: Group, kind: str, amount: Decimal, base: Decimal) -> bool:
    """Whether *amount* is the percentage of *base* that stands beside it, as exactly as that was written."""
    field, rate = line.field(f"{kind}Pct"), line.number(f"{kind}Pct")
    if field is None or not rate or not line.number(f"{kind}Monto"):
        return True
    written = len(field.text.partition(".")[2])
    error = abs(base) * Decimal(5).scaleb(-written - 3)
    return abs(amount - base * rate / HUNDRED) <= 1 + error
