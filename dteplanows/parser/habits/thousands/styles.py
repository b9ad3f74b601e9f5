"""How a program writes the numbers of a column, as those of them show that are settled."""

from __future__ import annotations

from dteplanows.document import values
from dteplanows.parser.habits.thousands.case import Case
from dteplanows.parser.habits.thousands.choices import Choice, reading_of


def is_in_style(case: Case, world: Choice) -> bool:
    """Whether *world* reads each column of the lines as its other numbers show that the program writes them."""
    for key, one in case.open.items():
        if key in world and id(one.group) in case.lines:
            column = one.name, one.sign
            if column not in case.styles:
                case.styles[column] = _style(case, *column)
            style = case.styles[column]
            if style is not None and world[key] != reading_of(one, style):
                return False
    return True


def _style(case: Case, name: str, sign: str) -> bool | None:
    """True where *sign* separates thousands in the column *name*, False where decimals; None if unknown."""
    styles = set()
    for line in case.document.detalles:
        field = line.field(name)
        if field is None:
            continue
        key = id(line), name
        doubt = case.doubted.get(key)
        if key in case.read:
            readings = doubt.readings if doubt else values.dotted(field.text)
            if readings is not None and sign in field.text:
                styles.add(case.read[key] == readings.thousands)
        elif sign == "." and values.has_three_decimals(field.text):
            styles.add(False)
        elif sign == "," and "," in field.text and doubt is None:
            styles.add(True)
        elif sign == "," and field.place in case.decimal_commas:
            styles.add(False)
    return styles.pop() if len(styles) == 1 else None
