"""What stands in a TXT and goes into no document: told, where it has content, with the text as it was.

A column that says the same as another is no content of its own.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from dteplanows.document import values
from dteplanows.document.elements import BOLETAS, EXEMPT_DOCUMENTS, EXPORTS
from dteplanows.document.model import Document, Group
from dteplanows.document.money import percent, pesos
from dteplanows.document.problem import Place
from dteplanows.parser import habits
from dteplanows.parser.reading import Reading, Row
from dteplanows.parser.values import unusual

_EXEMPT = "ValorExento"
_NODE, _VALUE = "Nodo", "Valor"
_CHANGES = {"D": ("DescuentoMonto", "DescuentoPct"), "R": ("RecargoMonto", "RecargoPct")}


def tell(reading: Reading) -> None:
    """Report what the sections of the document of *reading* hold and no one used."""
    lines = "BoletaDetalle" if reading.document.tipo in BOLETAS else "Detalle"
    unused = [row for row in reading.rows.get(lines, ()) if not values.is_zero(row.text(_EXEMPT).strip("-"))]
    if unused:
        _tell_exempt(reading, unused)
    rows = reading.rows.get("Adicionales")
    if rows:
        _tell_additional(reading, rows)


# --- ValorExento -----------------------------------------------------------------------------------------------------


def _tell_exempt(reading: Reading, rows: list[Row]) -> None:
    """Boletas have no use for the column; elsewhere Valor counts where both are filled and differ."""
    document = reading.document
    if any(one.code == "TXT-031" for one in document.problems) or _EXEMPT in document.unread:
        return
    unused = [row for row in rows if row.group is not None and not _is_the_amount(document, row.group, row)]
    if unused:
        first = unused[0]
        reading.problem("TXT-103", first.place(_EXEMPT), first.text(_EXEMPT), count=len(unused))


def _is_the_amount(document: Document, line: Group, row: Row) -> bool:
    is_exempt = line.value("IndExe") == 1 or document.tipo in EXEMPT_DOCUMENTS | EXPORTS
    if not is_exempt or "MontoItem" in line.unread:
        return is_exempt
    field = line.field("MontoItem")
    if field is not None and field.place == row.place(_EXEMPT):
        return True  # it was taken from there
    try:
        value = values.number(row.text(_EXEMPT))
    except values.Unreadable:
        unusually = unusual.number(row.text(_EXEMPT))
        if unusually is None:
            return False
        value = unusually
    return line.number("MontoItem") == (value if document.tipo in EXPORTS else pesos(value))


# --- Adicionales -----------------------------------------------------------------------------------------------------


def _tell_additional(reading: Reading, rows: list[Row]) -> None:
    """What has no name can be printed nowhere."""
    for row in rows:
        if row.text(_VALUE) and not row.text(_NODE):
            reading.problem("TXT-102", row.place(_NODE), row.text(_VALUE))


# --- discounts and surcharges of the totals --------------------------------------------------------------------------


class HeaderChange(NamedTuple):
    """A discount or surcharge of the totals."""

    movement: str
    """``D`` or ``R``."""
    amount: int
    """In pesos."""
    percentage: Decimal
    """Of the lines; 0 where the file gives pesos."""
    place: Place
    text: str


def tell_change(reading: Reading, change: HeaderChange) -> None:
    """Report a discount or surcharge of the totals that the lines do without, unless it repeats what they state."""
    document = reading.document
    of_lines = sum(_change_of(line, *_CHANGES[change.movement]) for line in document.detalles)
    all_of_them = of_lines + _global(document, change.movement)
    for stated in (of_lines, all_of_them):
        base = habits.line_sum(document) + (stated if change.movement == "D" else -stated)
        repeated = percent(base, change.percentage) if change.percentage else change.amount
        if abs(repeated - stated) <= habits.rounding(document):
            return
    reading.problem("TXT-104", change.place, change.text, amount=change.amount)


def _change_of(line: Group, of_amount: str, of_rate: str) -> int:
    given, rate = line.amount(of_amount), line.number(of_rate)
    if given or not rate:
        return given
    return percent((line.number("PrcItem") or Decimal(0)) * (line.number("QtyItem") or Decimal(1)), rate)


def _global(document: Document, movement: str) -> int:
    whole, base = Decimal(0), habits.line_sum(document)
    for group in document.root.all("DscRcgGlobal"):
        if group.text("TpoMov") == movement:
            value = group.number("ValorDR") or Decimal(0)
            whole += base * value / 100 if group.text("TpoValor") == "%" else value
    return pesos(whole)
