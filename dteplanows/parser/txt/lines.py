"""Sections of the TXT whose rows belong to a line of the document: the first column is the line's number.

The rows are kept until the document is complete, since such a section may stand in front of ``Detalle``.
"""

from __future__ import annotations

from dteplanows.document import values
from dteplanows.document.elements import BRANCHES, Element, at
from dteplanows.document.model import Field, Group, Value
from dteplanows.document.money import pesos
from dteplanows.document.problem import Place
from dteplanows.parser.reading import Reading, Row
from dteplanows.parser.txt.layout import Column
from dteplanows.parser.values import unusual

TAXES = "ImpuestoRetencion"
"""Section of the additional taxes and withholdings; its line 0 is the whole document."""

_BEYOND_LINES = 10**9
"""No line has this number, nor one above it."""

_TAX_OF_LINE = "Detalle/CodImpAdic"
_TAX_OF_TOTALS = "Encabezado/Totales/ImptoReten"


def attach(reading: Reading) -> None:
    """Put the rows that belong to lines where they belong. Before the lines are numbered anew."""
    for rows in list(reading.rows.values()):
        if not rows[0].section.by_line:
            continue
        if rows[0].section.name == TAXES:
            _taxes(reading, rows)
        else:
            for row in rows:
                line = line_of(reading, row)
                if line is not None:
                    _fill(reading, row, line)


def line_of(reading: Reading, row: Row) -> Group | None:
    """The line that *row* names; None, with a problem, where there is none."""
    text, lines = row.text("NroLinea"), reading.document.detalles
    number = unusual.whole(text)
    if number is not None:
        numbers = [line.value("NroLinDet") for line in lines]
        if number in numbers:
            return lines[numbers.index(number)]
        if 0 < number <= len(lines) and not _is_number_of_line(numbers[number - 1]):
            return lines[number - 1]  # a line without a number of its own has that of its place
    if "NroLinDet" not in reading.document.unread:
        reading.problem("TXT-061", row.place("NroLinea"), text, section=row.section.name)
    return None


def _is_number_of_line(number: Value | None) -> bool:
    return isinstance(number, int) and 0 < number < _BEYOND_LINES


def _fill(reading: Reading, row: Row, line: Group) -> None:
    """The columns of *row* into *line*, or into a new group of it where the section makes one for each row."""
    section = row.section
    made: Group | None = None
    blank: list[tuple[list[str], str, Place]] = []
    for column, text in zip(section.columns, row.texts, strict=False):
        if not column.path:
            continue
        *above, name = column.path.split("/")[1:]
        if not text:
            blank.append((above, name, row.place(column.name)))
            continue
        element = _element(reading, row, column)
        if element is None:
            continue
        group = line
        if section.target:
            made = group = made or line.add_group(above[-1], Place(row.line, section.name))
        else:
            for step in above:
                group = group.group(step)
        if name in group.fields:
            reading.problem("TXT-063", row.place(column.name), text, line=row.text("NroLinea"))
            continue
        reading.store(group, element, text, row.place(column.name))
    for above, name, place in blank:
        below = made if section.target else _existing(line, above)
        if below is not None:
            below.blank.setdefault(name, place)


def _existing(line: Group, steps: list[str]) -> Group | None:
    """The group of *line* below *steps*; None where the line has none there."""
    group: Group | None = line
    for step in steps:
        group = next(iter(group.all(step)), None) if group else None
    return group


def _element(reading: Reading, row: Row, column: Column) -> Element | None:
    """The element of *column*; None, and told where it holds a value, in documents that have no such element."""
    tipo = reading.document.tipo
    element = at(BRANCHES[tipo], column.path)
    if element is None and not values.is_zero(row.text(column.name)):
        name = column.path.rpartition("/")[2]
        reading.problem("DOC-007", row.place(column.name), row.text(column.name), name=name, tipo=tipo)
    return element


# --- taxes ---


def _taxes(reading: Reading, rows: list[Row]) -> None:
    """Codes to their lines; rates and amounts to the totals, those of several lines with one code together.

    What is left empty the validator computes from the lines and the table of taxes.
    """
    tipo = reading.document.tipo
    code, totals = at(BRANCHES[tipo], _TAX_OF_LINE), at(BRANCHES[tipo], _TAX_OF_TOTALS)
    if code is None or totals is None:
        reading.problem("DOC-008", rows[0].place("Codigo"), rows[0].text("Codigo"), name="ImptoReten", tipo=tipo)
        return
    for row in rows:
        if values.is_zero(row.text("Codigo")) and not all(values.is_zero(row.text(one)) for one in ("Tasa", "Monto")):
            written = ";".join(row.texts)
            reading.problem("TXT-105", row.place("Codigo"), written, section=row.section.name)
    whole = [row for row in rows if values.is_zero(row.text("NroLinea"))]
    for row in whole:
        if not values.is_zero(row.text("Codigo")):
            _total(reading, totals, row)
    told = {row.text("Codigo") for row in whole}
    amounts: dict[str, list[Row]] = {}
    for row in rows:
        line = None if row in whole else line_of(reading, row)
        if line is None or values.is_zero(row.text("Codigo")):
            continue
        reading.store(line, code, row.text("Codigo"), row.place("Codigo"))
        if row.text("Codigo") not in told and not values.is_zero(row.text("Monto")):
            amounts.setdefault(row.text("Codigo"), []).append(row)
    for several in amounts.values():
        group = _total(reading, totals, several[0])
        if len(several) > 1:
            amount = sum(pesos(reading.number(row, "Monto")) for row in several)
            group.fields["MontoImp"] = [Field(amount, str(amount), several[0].place("Monto"))]


def _total(reading: Reading, element: Element, row: Row) -> Group:
    """The group of the totals that *row* makes."""
    group = reading.document.totales.add_group("ImptoReten", row.place("Codigo"))
    for column, name in (("Codigo", "TipoImp"), ("Tasa", "TasaImp"), ("Monto", "MontoImp")):
        child, text = element.child(name), row.text(column)
        if child is not None and not values.is_zero(text):
            reading.store(group, child, text, row.place(column))
        elif column != "Codigo":
            group.blank[name] = row.place(column)
    return group
