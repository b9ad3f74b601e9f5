"""Numbers with a dot and three digits behind it, in pesos: 129.990 is 129 990 as people in Chile write it, or 129,99.
So are those with a comma, and quantities too: 1,500 is one and a half as people in Chile write it, or 1500.

Which of the two is meant, the arithmetic of the document says: the product of a line, the percentage beside a discount,
the totals. A reading is taken where it is the only one that agrees, and where the figures would not agree all the same
if the number were nothing. Where both agree, or none, the number is refused. Quantities are not doubted by themselves
(kilos have three decimals); beside a doubtful amount they are.
"""

from __future__ import annotations

from decimal import Decimal

from dteplanows.document import values
from dteplanows.document.elements import EXPORTS
from dteplanows.document.money import PESO
from dteplanows.parser.habits.thousands.case import FIGURES, OF_LINE, Case
from dteplanows.parser.habits.thousands.choices import key_of
from dteplanows.parser.habits.thousands.lines import settle_lines
from dteplanows.parser.habits.thousands.repeated import settle_repeated
from dteplanows.parser.habits.thousands.totals import settle_totals
from dteplanows.parser.reading import Doubt, Read, Reading
from dteplanows.parser.values.unusual import KINDS

_AMBIGUOUS = {".": "TXT-060", ",": "TXT-022"}
_IMPOSSIBLE = {".": "TXT-091", ",": "TXT-114"}
"""What is said of a number of which both readings agree, or neither."""


def settle(reading: Reading) -> None:
    """Read the doubtful numbers of *reading* as what they can only be, and refuse the others.

    A quantity is one of them where it is wrong as a number of three decimals and right with thousands.
    """
    document = reading.document
    doubts = [one for one in reading.doubts if _stands(one)]
    if len(doubts) < len(reading.doubts):
        for one in reading.doubts:
            field = one.group.field(one.name)
            if one.sign == "," and one not in doubts and field is not None and field.text == one.text:
                assert one.readings.decimals is not None
                _read(reading, one, one.readings.decimals)
    reading.doubts.clear()
    if document.tipo in EXPORTS and document.totales.text("TpoMoneda") != PESO:
        _foreign(reading, doubts)
    else:
        _settle(Case(reading, doubts))


def _stands(one: Doubt) -> bool:
    """Whether the number still stands where it was read, and is no percentage: there it keeps its decimals."""
    field = one.group.field(one.name)
    kind = KINDS.get(one.name)
    return field is not None and field.text == one.text and not (kind and one.group.text(kind) == "%")


def _foreign(reading: Reading, doubts: list[Doubt]) -> None:
    """In another currency three decimals are usual; what the SII wants whole there is refused as before.

    The factors and the amount of a line may settle it; and where a column separates decimals with commas, its dots
    separate thousands.
    """
    case = Case(reading, doubts)
    settle_lines(case)
    with_commas = {one.place.field for one in reading.unusual if "," in one.text}
    for one in doubts:
        if key_of(one) in case.read:
            _read(reading, one, case.read[key_of(one)])
        elif one.readings.decimals is None or (one.sign == "." and one.place.field in with_commas):
            _read(reading, one, one.readings.thousands)
        elif one.whole or one.sign == ",":
            _refuse(reading, one, _AMBIGUOUS[one.sign])


def _settle(case: Case) -> None:
    """Settle what can be, then write it down."""
    settle_lines(case)
    if case.open:
        settle_totals(case)
    settle_repeated(case)
    for one in [*case.doubts, *case.quantities.values()]:
        key = key_of(one)
        if key in case.read:
            _read(case.reading, one, case.read[key])
        elif key not in case.quantities:
            _refuse(case.reading, one, (_IMPOSSIBLE if key in case.impossible else _AMBIGUOUS)[one.sign])


# --- the outcome ---


def _read(reading: Reading, one: Doubt, value: Decimal) -> None:
    """Take *value* as what the number is; told where it is no plain number of three decimals or loses some."""
    kept = values.as_written(value, one.whole, one.fraction)
    if one.sign == ",":
        one.group.put(one.name, kept, one.place, values.write(value))
        separates = "miles" if value == one.readings.thousands else "decimales"
        reading.unusual.append(Read("TXT-113", one.place, one.text, values.write(kept), separates))
        return
    one.group.put(one.name, kept, one.place, one.text)
    if value == one.readings.thousands:
        reading.problem("TXT-090", one.place, one.text, used=values.write(value))
    elif kept != value:
        reading.problem("TXT-029", one.place, one.text, used=values.write(kept))


def _refuse(reading: Reading, one: Doubt, code: str) -> None:
    group, document = one.group, reading.document
    reading.problem(code, one.place, one.text, readings=one.readings.text())
    group.drop(one.name)
    unread = {one.name}
    if one.name in OF_LINE and "MontoItem" not in group.fields:
        unread.add("MontoItem")
    group.unread = (*group.unread, *unread)
    # what would follow from the number is not missed on top of it
    document.unread.update(unread, (name for name in FIGURES if name not in document.totales.fields))
