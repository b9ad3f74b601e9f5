"""What the TXT of a received document means beyond its columns: its additional taxes, exempt lines and discounts.

Nothing is mended that the supplier wrote: the figures of a received document are facts.
"""

from __future__ import annotations

from decimal import Decimal

from dteplanows.document.elements import Element, at
from dteplanows.document.model import Group
from dteplanows.document.money import percent, pesos
from dteplanows.parser import habits
from dteplanows.parser.habits import absent, thousands
from dteplanows.parser.reading import Reading, Row
from dteplanows.parser.txt.layout import BY_NAME, PURCHASE, structure_of
from dteplanows.parser.txt.lines import line_of

OTHER_TAXES = "OtrosImpuestos"
"""Where ``Totales`` keeps the sum of the additional taxes; the SII's structure has no element for it."""

_TAXES, _TOTALS, _LINES = "ImpuestoRetencionCompra", "TotalesCompra", "DetalleCompra"
_HIGHEST_RATE = 100
_CHANGES = ("PorcDesctoTot", "ValorDesctoTot", "PorcRecgoTot", "ValorRecgoTot")


def apply(reading: Reading) -> None:
    """Complete the received document of *reading*."""
    document = reading.document
    if not document.tipo:
        return
    _columns(reading)
    absent.settle(reading)
    _taxes(reading)
    habits.zero_codes(document)
    _exempt_lines(reading)
    for line in document.detalles:
        habits.item_codes(line)
    thousands.settle(reading)
    if document.root.all("DscRcgGlobal"):
        habits.global_discounts(reading)
    if document.root.all("Referencia"):
        habits.references(reading)
    _totals(reading)
    reading.tell_unusual()


def _element(path: str) -> Element:
    element = at(structure_of(BY_NAME[f"encabezado{PURCHASE}"]), path)
    assert element is not None
    return element


def _columns(reading: Reading) -> None:
    """A row in the 14 columns of the sales looks complete when its last one is empty; its unused column is not."""
    for row in reading.rows.get(_LINES, ()):
        text = row.text("SinUso")
        if any(letter.isalpha() for letter in text):
            reading.problem("CMP-007", row.place("SinUso"), text)
            return


# --- taxes ---


def _taxes(reading: Reading) -> None:
    """Codes to their lines, and one ``ImptoReten`` of the totals for each code."""
    groups: dict[str, Group] = {}
    for row in reading.rows.get(_TAXES, ()):
        code = row.text("Codigo")
        if not code.strip("0"):
            if row.text("Valor").strip("0."):
                reading.problem("TXT-105", row.place("Codigo"), ";".join(row.texts), section=_TAXES)
            continue
        if row.text("NroLinea").strip("0"):
            line = line_of(reading, row)
            if line is None:
                continue
            reading.store(line, _element("Detalle/CodImpAdic"), code, row.place("Codigo"))
        if code not in groups:
            groups[code] = reading.document.totales.add_group("ImptoReten", row.place("Codigo"))
            reading.store(groups[code], _element("Encabezado/Totales/ImptoReten/TipoImp"), code, row.place("Codigo"))
        _rate_or_amount(reading, groups[code], row)


def _rate_or_amount(reading: Reading, group: Group, row: Row) -> None:
    """The last column is a rate for one program and an amount for another; most leave it empty."""
    value = reading.number(row, "Valor")
    if not value:
        return
    if value <= _HIGHEST_RATE:
        group.put("TasaImp", value, row.place("Valor"), row.text("Valor"))
    else:
        group.put("MontoImp", group.amount("MontoImp") + pesos(value), row.place("Valor"), row.text("Valor"))


# --- lines and totals ---


def _exempt_lines(reading: Reading) -> None:
    """ValorExento marks a line as exempt when the totals have an exempt amount; some programs fill nothing else."""
    for row in reading.rows.get(_LINES, ()):
        line = row.group
        if line is None or not row.text("ValorExento").strip("0."):
            continue
        value = pesos(reading.number(row, "ValorExento"))
        if value and reading.document.totales.amount("MntExe"):
            line.put("IndExe", 1, row.place("ValorExento"))
        if value and not line.amount("MontoItem") and "MontoItem" not in reading.document.unread:
            line.put("MontoItem", value, row.place("ValorExento"), row.text("ValorExento"))


def _totals(reading: Reading) -> None:
    row = reading.row(_TOTALS)
    if row is None:
        return
    other = pesos(reading.number(row, "OtrosImpuestos"))
    if other:
        place = row.place("OtrosImpuestos")
        reading.document.totales.put(OTHER_TAXES, other, place, row.text("OtrosImpuestos"))
    if any(row.text(name).strip("0.") for name in _CHANGES):
        _header_change(reading, row)


def _header_change(reading: Reading, row: Row) -> None:
    """Discount and surcharge of the totals repeat those of the lines, or are one more where only so the sums agree."""
    document = reading.document
    given = habits.line_sum(document) + habits.global_change(document)
    if habits.fits(document, given):
        return
    for movement, kind in (("D", "Descto"), ("R", "Recgo")):
        rate, amount = reading.number(row, f"Porc{kind}Tot"), pesos(reading.number(row, f"Valor{kind}Tot"))
        change = amount or percent(given, rate)
        if not change or not habits.fits(document, given + (change if movement == "R" else -change)):
            continue
        place = row.place(f"Valor{kind}Tot")
        group = document.root.add_group("DscRcgGlobal", place)
        group.put("NroLinDR", len(document.root.all("DscRcgGlobal")), place)
        group.put("TpoMov", movement, place)
        group.put("TpoValor", "$", place)
        group.put("ValorDR", Decimal(change), place, row.text(f"Valor{kind}Tot"))
        return
