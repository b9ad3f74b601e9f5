"""Habits of the programs that write TXT: what their columns without an element mean.

The columns are ambiguous by themselves; the amounts of the document decide. Where they do not, it is a problem with
both figures and never a guess.
"""

from __future__ import annotations

from decimal import Decimal

from dteplanows.document import values
from dteplanows.document.elements import BOLETAS, EXEMPT_DOCUMENTS, EXPORTS, find
from dteplanows.document.model import Document, Field, Group
from dteplanows.document.money import percent, pesos
from dteplanows.parser import habits
from dteplanows.parser.reading import Reading, Row
from dteplanows.parser.txt import leftovers
from dteplanows.parser.txt.leftovers import HeaderChange

_SALE = 1
"""IndTraslado: the guía is a sale."""


def apply(reading: Reading) -> None:
    """Mend the document of *reading*."""
    document = reading.document
    if document.tipo not in BOLETAS:
        if document.tipo in EXEMPT_DOCUMENTS | EXPORTS:
            exempt_document(reading)
        else:
            exempt_lines(reading)
    if document.tipo == 52:
        transfer(reading)
    habits.apply(reading)
    if document.tipo in BOLETAS:
        unit_values(reading)
    else:
        gross_lines(reading)
        header_discount(reading)
    leftovers.tell(reading)
    if reading.unusual:
        reading.tell_unusual()


# --- lines ---


def exempt_document(reading: Reading) -> None:
    """In 34 a program fills only ValorExento and leaves Valor at 0; exports may do the same."""
    for row in reading.rows.get("Detalle", ()):
        _value_from_exempt(reading, row)


def exempt_lines(reading: Reading) -> None:
    """ValorExento marks a line as exempt when the totals have an exempt amount; else programs fill it by routine.

    So they do where all lines have one, though the totals have a net amount or an IVA.
    """
    document = reading.document
    rows = [row for row in reading.rows.get("Detalle", ()) if _fills_exempt(row)]
    rows = [row for row in rows if values.dotted(row.text("ValorExento")) or reading.number(row, "ValorExento") > 0]
    if not rows:
        return
    totales = document.totales
    if "MntExe" in document.unread or "ValorExento" in document.unread:
        document.unread.add("IndExe")
        return
    taxed = totales.amount("MntNeto") > 0
    if len(rows) == len(document.detalles):  # some of them must be what the IVA is of
        by_routine = taxed or totales.amount("IVA") > 0
    else:
        by_routine = taxed and not totales.amount("MntExe")
    if by_routine:
        first = rows[0]
        place = first.place("ValorExento")
        reading.problem("TXT-031", place, first.text("ValorExento"), count=len(rows))
        return
    for row in rows:
        if row.group is not None:
            row.group.put("IndExe", 1, row.place("ValorExento"))
        _value_from_exempt(reading, row)


def _fills_exempt(row: Row) -> bool:
    return row.group is not None and not values.is_zero(row.text("ValorExento"))


def _value_from_exempt(reading: Reading, row: Row) -> None:
    """An exempt line with Valor 0 is worth its ValorExento."""
    line = row.group
    if line is None or line.number("MontoItem") or values.is_zero(row.text("ValorExento")):
        return
    if "MontoItem" in line.fields or "MontoItem" in line.blank:
        text, place = row.text("ValorExento"), row.place("ValorExento")
        readings = values.dotted(text)
        if readings is not None:
            line.drop("MontoItem")
            reading.doubt(line, find(reading.document.tipo, "Detalle/MontoItem"), Field("", text, place), readings)
            return
        value = reading.number(row, "ValorExento")
        # the amounts of exports are in the currency of the document, with decimals
        amount: int | Decimal = value if reading.document.tipo in EXPORTS else pesos(value)
        if amount:
            line.put("MontoItem", amount, place, text)


def unit_values(reading: Reading) -> None:
    """A program repeats the price of one unit in the Valor of a boleta's lines; its Total is that of all units."""
    document = reading.document
    lines = [line for line in document.detalles if _is_unit_value(line)]
    if not lines or _figures_unread(document) or not document.unread.isdisjoint(("QtyItem", "PrcItem")):
        return
    if habits.fits(document, habits.line_sum(document) + habits.global_change(document)):
        return
    given = [line.fields["MontoItem"] for line in lines]
    for line in lines:
        amount = pesos((line.number("QtyItem") or Decimal(0)) * (line.number("PrcItem") or Decimal(0)))
        line.put("MontoItem", amount, line.place_of("MontoItem"), line.text("MontoItem"))
    if habits.fits(document, habits.line_sum(document) + habits.global_change(document)):
        reading.problem("TXT-048", given[0][0].place, given[0][0].text, count=len(lines))
        return
    for line, fields in zip(lines, given, strict=True):
        line.fields["MontoItem"] = fields


def _is_unit_value(line: Group) -> bool:
    """Several units at the price of one. A line with a discount shows that its program reckons."""
    price = line.number("PrcItem")
    if not price or line.number("QtyItem") in (None, 0, 1) or line.number("MontoItem") != price:
        return False
    return not any(line.number(name) for name in habits.LINE_CHANGES)


# --- header ---


def transfer(reading: Reading) -> None:
    """Programs that only know guías of sale leave IndTraslado at 0."""
    header = reading.document.id_doc
    if header.value("IndTraslado") or "IndTraslado" in reading.document.unread:
        return
    place = header.place_of("IndTraslado")
    reading.problem("TXT-040", place, header.text("IndTraslado"))
    header.put("IndTraslado", _SALE, place)


# --- totals ---


_TRUE = (1, -1)
"""What programs write for yes; Visual Basic -1."""


def gross_lines(reading: Reading) -> None:
    """Column 10 of Totales is a flag (the lines include IVA) for one program, an additional tax for another.

    A flag is 1, or -1 where Visual Basic writes it; whether the totals agree with it is judged with them. Of a tax
    nobody knows what it changes: the totals are not judged.
    """
    row = reading.row("Totales")
    document = reading.document
    flag, unknown = reading.number(row, "MontosBrutos"), reading.number(row, "OtrosImpuestos")
    if row is None:
        return
    if flag in _TRUE:
        if document.tipo not in EXEMPT_DOCUMENTS | EXPORTS and not _figures_unread(document):
            document.id_doc.fields["MntBruto"] = [Field(1, row.text("MontosBrutos"), row.place("MontosBrutos"))]
    elif flag:
        document.unread.add("MntBruto")
        reading.problem("TXT-035", row.place("MontosBrutos"), row.text("MontosBrutos"))
    elif "MontosBrutos" in document.unread:
        document.unread.add("MntBruto")
    if unknown:
        document.unread.add("MntTotal")
        reading.problem("TXT-035", row.place("OtrosImpuestos"), row.text("OtrosImpuestos"))


def _figures_unread(document: Document) -> bool:
    return not document.unread.isdisjoint(("MontoItem", "ValorDR", "MntNeto", "MntExe", "MntTotal"))


def header_discount(reading: Reading) -> None:
    """Columns 1 to 4 of Totales repeat the lines' discounts in some programs; in others they are one more discount."""
    row = reading.row("Totales")
    document = reading.document
    if row is None or not any(row.text(name).strip("0.") for name in _HEADER_COLUMNS):
        return
    if all(values.is_zero(row.text(name)) for name in _HEADER_COLUMNS):
        return
    if document.tipo in EXPORTS:
        name = next(name for name in _HEADER_COLUMNS if not values.is_zero(row.text(name)))
        reading.problem("TXT-062", row.place(name), row.text(name))
        return
    given = habits.line_sum(document) + habits.global_change(document)
    ways = [_changes(reading, row, given, dots) for dots in _ways(row)]
    if not document.unread.isdisjoint(_HEADER_COLUMNS):
        document.unread.add("MntNeto")  # what the totals would be is not known
    if not ways[0] or _figures_unread(document):
        return
    if habits.fits(document, given):
        for one in ways[0]:
            leftovers.tell_change(reading, one)
        return
    found = [(changes, _indicator(document, _effect(changes))) for changes in ways]
    fitting = [(changes, indicator) for changes, indicator in found if indicator is not None]
    if len(fitting) > 1:
        _doubtful(reading, row)
    elif fitting:
        changes, indicator = fitting[0]
        for one in changes:
            _add_global(reading, one, indicator)
    else:
        _unfitting(reading, ways[0], given)


def _unfitting(reading: Reading, changes: list[HeaderChange], given: int) -> None:
    totales = reading.document.totales
    reading.problem(
        "TXT-033", changes[0].place, changes[0].text, lines=given, sought=totales.amount("MntNeto")
        + totales.amount("MntExe"), discount=sum(one.amount for one in changes if one.movement == "D"),
        surcharge=sum(one.amount for one in changes if one.movement == "R"),
    )  # fmt: skip


_HEADER_COLUMNS = ("PorcDesctoTot", "ValorDesctoTot", "PorcRecgoTot", "ValorRecgoTot")


def _ways(row: Row) -> tuple[bool, ...]:
    """Whether dots separate thousands in the amounts of *row*: both ways where that is in doubt."""
    found = [one for one in map(values.dotted, map(row.text, _HEADER_COLUMNS[1::2])) if one]
    return (True, False) if any(one.decimals is not None for one in found) else (True,)


def _doubtful(reading: Reading, row: Row) -> None:
    for column in _HEADER_COLUMNS[1::2]:
        readings = values.dotted(row.text(column))
        if readings is not None:
            reading.problem("TXT-060", row.place(column), row.text(column), readings=readings.text())


def _effect(changes: list[HeaderChange]) -> int:
    return sum(one.amount if one.movement == "R" else -one.amount for one in changes)


def _changes(reading: Reading, row: Row, base: int, thousands: bool) -> list[HeaderChange]:
    """Discount and surcharge of *row*.

    :param thousands: dots in their amounts separate thousands.
    """
    found = (_change(reading, row, kind, base, thousands) for kind in ("Descto", "Recgo"))
    return [one for one in found if one]


def _change(reading: Reading, row: Row, kind: str, base: int, thousands: bool) -> HeaderChange | None:
    percentage = reading.number(row, f"Porc{kind}Tot")
    readings = values.dotted(row.text(f"Valor{kind}Tot"))
    if readings is None:
        value = reading.number(row, f"Valor{kind}Tot")
    else:
        value = readings.thousands if thousands or readings.decimals is None else readings.decimals
    amount = pesos(value)
    column = f"Valor{kind}Tot" if amount else f"Porc{kind}Tot"
    if not amount and not percentage:
        return None
    movement = "D" if kind == "Descto" else "R"
    given = amount or percent(base, percentage)
    return HeaderChange(movement, given, Decimal(0) if amount else percentage, row.place(column), row.text(column))


def _indicator(document: Document, change: int) -> int | None:
    """IndExeDR with which the totals come out: 0 on what is affected, 1 on what is exempt; None when neither does."""
    totales = document.totales
    exempt = sum(line.amount("MontoItem") for line in document.detalles if line.amount("IndExe") == 1)
    given = habits.line_sum(document) + habits.global_change(document)
    if not habits.fits(document, given + change):
        return None
    if document.tipo in EXEMPT_DOCUMENTS or not exempt:
        return 0
    if exempt == given:
        return 1
    if abs(exempt - totales.amount("MntExe")) <= habits.rounding(document):
        return 0
    if abs(exempt + change - totales.amount("MntExe")) <= habits.rounding(document):
        return 1
    return None


def _add_global(reading: Reading, one: HeaderChange, indicator: int) -> None:
    document = reading.document
    number = len(document.root.all("DscRcgGlobal")) + 1
    group = document.root.add_group("DscRcgGlobal", one.place)
    group.put("NroLinDR", number, one.place)
    group.put("TpoMov", one.movement, one.place)
    group.put("GlosaDR", "Descuento global" if one.movement == "D" else "Recargo global", one.place)
    group.put("TpoValor", "%" if one.percentage else "$", one.place)
    group.put("ValorDR", one.percentage or Decimal(one.amount), one.place, one.text)
    if indicator:
        group.put("IndExeDR", indicator, one.place)
    reading.problem("TXT-034", one.place, one.text, amount=one.amount)
