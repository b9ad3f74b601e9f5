"""Habits of the customers' programs that both formats show, and what each one means.

Every function mends one habit in a document already read. What changes the meaning of a file is told as an aviso; what
only drops an empty formality is silent. Habits seen in real programs; the rules are those of Formato DTE v2.5.
"""

from __future__ import annotations

from decimal import Decimal

from dteplanows.document import countries, values
from dteplanows.document.elements import BOLETAS, EXEMPT_DOCUMENTS, EXPORTS, MOST_MOVEMENTS, NOTES, find
from dteplanows.document.model import Document, Group
from dteplanows.document.money import percent, pesos
from dteplanows.document.phrases import phrase
from dteplanows.parser.habits import absent, currencies, thousands
from dteplanows.parser.habits import boletas as boleta_habits
from dteplanows.parser.reading import Read, Reading
from dteplanows.parser.xml.several_lines import NUMBERS_OF_ROWS

DEFAULT_CODE_TYPE = "INT1"
"""Type of a product code whose program names none: an internal one."""

_ZERO_CODES = ("TipoDespacho", "IndTraslado", "FmaPago", "MedioPago", "TpoCtaPago", "TpoImpresion")
_ZERO = (0, "0")

LINE_CHANGES = ("DescuentoPct", "DescuentoMonto", "RecargoPct", "RecargoMonto")
"""Discounts and surcharges of a line."""

NOTHING = ("", "-")


def apply(reading: Reading) -> None:
    """Mend what both formats have in common. The habits of the TXT that change amounts come before."""
    document = reading.document
    if reading.nothing:
        absent.settle(reading)
    zero_codes(document)
    if document.tipo in BOLETAS:
        boleta_habits.apply(reading)
    elif document.tipo in EXPORTS or "OtraMoneda" in document.root.group("Encabezado").groups:
        currencies.apply(reading)
    if document.tipo not in BOLETAS:  # which have no buyers abroad
        nationality(reading)
    numbering(reading)
    untyped: list[Group] = []
    is_boleta = document.tipo in BOLETAS
    for line in document.detalles:
        if "CdgItem" in line.groups:
            untyped += item_codes(line)
        if "NmbItem" not in line.fields:
            item_name(reading, line)
        if is_boleta or "IndExe" in line.fields or "CodImpAdic" in line.fields:
            exemption(document, line)
    if untyped:
        value = untyped[0].text("VlrCodigo")
        reading.problem("TXT-100", untyped[0].place_of("VlrCodigo"), value, used=DEFAULT_CODE_TYPE, count=len(untyped))
    if reading.doubts or any(map(_has_quantity_of_three_decimals, document.detalles)):
        thousands.settle(reading)
    if document.root.all("DscRcgGlobal"):
        global_discounts(reading)
    if document.root.all("Referencia"):
        references(reading)
    exempt_rate(document)


def _has_quantity_of_three_decimals(line: Group) -> bool:
    quantity = line.value("QtyItem")
    return quantity is not None and type(quantity) is not int and str(quantity)[-4:-3] == "."


def zero_codes(document: Document) -> None:
    """Programs write 0 for "none" in codes that the SII only knows from 1."""
    header = document.id_doc
    for name in _ZERO_CODES:
        if name in header.fields and header.value(name) in _ZERO:
            _clear(header, name)


def nationality(reading: Reading) -> None:
    """Programs write the country of a buyer abroad with its ISO code; the SII wants the customs' number."""
    for buyer in reading.document.receptor.all("Extranjero"):
        written = buyer.text("Nacionalidad")
        number = countries.number_of(written)
        if number:
            place = buyer.place_of("Nacionalidad")
            buyer.put("Nacionalidad", number, place, written)
            reading.unusual.append(Read("TXT-119", place, written, number))


def item_codes(line: Group) -> list[Group]:
    """Programs write a blank or ``-`` for a product without code, and often no type for one that has a code.

    :returns: the codes whose type was assumed.
    """
    codes = line.groups.get("CdgItem", ())
    kept: list[Group] = []
    untyped: list[Group] = []
    for one in codes:
        if one.text("VlrCodigo") in NOTHING:
            continue
        kept.append(one)
        if one.text("TpoCodigo") in NOTHING and "TpoCodigo" not in one.unread:
            one.put("TpoCodigo", DEFAULT_CODE_TYPE, one.place_of("TpoCodigo"))
            untyped.append(one)
    if not kept:
        line.groups.pop("CdgItem", None)
    elif len(kept) < len(codes):
        line.groups["CdgItem"] = kept
    return untyped


def item_name(reading: Reading, line: Group) -> None:
    """A program sends only the long description: its beginning is the name that the SII demands."""
    if "NmbItem" in reading.document.unread:
        return
    description = line.text("DscItem")
    if not description:
        return
    longest = find(reading.document.tipo, "Detalle/NmbItem").max_length
    place = line.place_of("NmbItem")
    name = " ".join(description[:longest].split())
    line.put("NmbItem", name, place)
    if len(description) <= longest:
        line.drop("DscItem")
    reading.problem("TXT-032", place, used=name)


def exemption(document: Document, line: Group) -> None:
    """IndExe 0 means affected, CodImpAdic 0 no additional tax.

    In exempt documents every line is exempt and says nothing (Formato DTE v2.5, IndExe).

    Boletas' zero discounts go with it: their schema would let them stand.
    """
    indicator = line.value("IndExe")
    if indicator == 0 or (indicator == 1 and document.tipo in EXEMPT_DOCUMENTS):
        line.drop("IndExe")
    if "CodImpAdic" in line.fields:
        line.fields["CodImpAdic"] = [one for one in line.fields["CodImpAdic"] if not values.is_zero(str(one.value))]
        if not line.fields["CodImpAdic"]:
            line.drop("CodImpAdic")
    if document.tipo in BOLETAS:
        for name in LINE_CHANGES:
            if line.value(name) == 0:
                line.drop(name)


def exempt_rate(document: Document) -> None:
    """Exempt documents come with a rate of 0, where no rate applies."""
    if document.tipo in EXEMPT_DOCUMENTS and document.totales.value("TasaIVA") == 0:
        document.totales.drop("TasaIVA")


# --- global discounts and surcharges ---


def global_discounts(reading: Reading) -> None:
    """Rows without a value go, letters become capitals, indicators that point nowhere go."""
    document = reading.document
    has_exempt = any(line.value("IndExe") == 1 for line in document.detalles)
    kept = []
    for row in document.root.all("DscRcgGlobal"):
        if not row.number("ValorDR") and "ValorDR" not in document.unread:
            is_there = "ValorDR" in row.fields or ("ValorDR" in row.blank and row.text("GlosaDR") in NOTHING)
            if not is_there and not row.is_empty():
                reading.problem("TXT-047", row.place_of("ValorDR"), _written(row))
            continue
        movement = row.field("TpoMov")
        if movement and str(movement.value).upper() in ("D", "R"):
            row.put("TpoMov", str(movement.value).upper(), movement.place, movement.text)
        _exempt_discount(reading, row, has_exempt)
        kept.append(row)
    _keep(document, "DscRcgGlobal", kept)
    for row in kept[:MOST_MOVEMENTS]:
        _percentage(reading, row)


def _exempt_discount(reading: Reading, row: Group, has_exempt: bool) -> None:
    """Some programs write 1 on affected documents too, and on exempt ones, where it says nothing."""
    document = reading.document
    indicator = row.value("IndExeDR")
    if indicator == 0 or (indicator == 1 and document.tipo in EXEMPT_DOCUMENTS):
        row.drop("IndExeDR")
    elif indicator == 1 and not has_exempt and document.tipo not in EXPORTS:
        if "IndExe" not in document.unread:
            reading.problem("TXT-036", row.place_of("IndExeDR"), "1")
        row.drop("IndExeDR")


def _percentage(reading: Reading, row: Group) -> None:
    """A program writes the discount in pesos and calls it a percentage."""
    document = reading.document
    value = row.number("ValorDR")
    if value is None or value <= 100 or row.text("TpoValor") != "%" or row.text("TpoMov") != "D":
        return
    place = row.place_of("TpoValor")
    written = row.field("ValorDR")
    row.put("TpoValor", "$", place, "%")
    if fits(document, line_sum(document) + global_change(document)):
        reading.problem("TXT-038", place, written.text if written else "")
        return
    row.put("TpoValor", "%", place, "%")
    document.unread.add("ValorDR")
    reading.problem("TXT-037", row.place_of("ValorDR"), written.text if written else "")


def line_sum(document: Document) -> int:
    """Sum in pesos of the lines that are billed."""
    return sum(line.amount("MontoItem") for line in document.detalles if line.amount("IndExe") in (0, 1))


def global_change(document: Document) -> int:
    """What the global discounts and surcharges add to the sum of the lines, in pesos; percentages of all of it.

    Not more of them than a document may have: percentages of percentages would grow without bound.
    """
    base, change = line_sum(document), 0
    for row in document.root.all("DscRcgGlobal")[:MOST_MOVEMENTS]:
        value = row.number("ValorDR") or Decimal(0)
        amount = percent(base + change, value) if row.text("TpoValor") == "%" else pesos(value)
        change += amount if row.text("TpoMov").upper() == "R" else -amount
    return change


def fits(document: Document, amount: int) -> bool:
    """Whether *amount* is what the totals say the lines come to: neto and exento, or the total when IVA is included."""
    limit = rounding(document)
    return any(
        sought and abs(amount - sought) <= limit
        for sought in (net_and_exempt(document), document.totales.amount("MntTotal"))
    )


def net_and_exempt(document: Document) -> int:
    """What the totals say of the lines before the IVA, in pesos."""
    return document.totales.amount("MntNeto") + document.totales.amount("MntExe")


def rounding(document: Document) -> int:
    """Pesos that the sum of rounded lines may differ from a sum rounded once: half of one for each that is not whole.

    Enough to tell what a column means; whether the figures can be signed is judged later, and exactly.
    """
    odd = 0
    for line in document.detalles:
        price, quantity = line.number("PrcItem"), line.number("QtyItem")
        product = (price or Decimal(0)) * (quantity or Decimal(0))
        odd += product != product.to_integral_value()
    return 1 + odd // 2


# --- references ---


def references(reading: Reading) -> None:
    """Programs always write a reference row, also without a reference; a note's are judged, all others' dropped."""
    document = reading.document
    kept = []
    for row in document.root.all("Referencia"):
        _tidy_reference(row)
        if not _says_something(document, row):
            continue
        missing = [] if document.tipo in NOTES | BOLETAS else _missing(document, row)
        if missing:
            reading.problem("TXT-039", row.place, _written(row), missing=", ".join(missing))
        else:
            kept.append(row)
    _keep(document, "Referencia", kept)


def _tidy_reference(row: Group) -> None:
    """Zero for no code, ``-`` for no reason."""
    if row.text("CodRef") == "0":
        _clear(row, "CodRef")
    if row.text("RazonRef") == "-":
        _clear(row, "RazonRef")
    if not row.text("TpoDocRef").strip("0-"):
        _clear(row, "TpoDocRef")


def _clear(group: Group, name: str) -> None:
    """Take the value of *name* away, but remember where it stood."""
    found = group.field(name)
    if found:
        group.blank[name] = found.place
        group.drop(name)


def _says_something(document: Document, row: Group) -> bool:
    names = ("TpoDocRef", "FolioRef", "IndGlobal", "FchRef", "CodRef", "RazonRef", "RUTOtr", "CodVndor", "CodCaja")
    if any(name in row.fields and row.text(name).strip("0-") for name in names):
        return True
    return any(name in document.unread for name in names)


def _missing(document: Document, row: Group) -> list[str]:
    def absent(name: str) -> bool:
        return name not in document.unread and not row.text(name)

    missing = [phrase("reference.type")] if absent("TpoDocRef") else []
    if "FolioRef" not in document.unread and not row.text("FolioRef").strip("0") and not row.amount("IndGlobal"):
        missing.append(phrase("reference.folio"))
    if absent("FchRef"):
        missing.append(phrase("reference.date"))
    return missing


def _written(row: Group) -> str:
    """What the file says in a row that is dropped, but for its number."""
    numbers = NUMBERS_OF_ROWS.values()
    named = [(name, one) for name, (one, *_) in row.fields.items() if one.value and name not in numbers]
    return "; ".join(f"{name} {one.text or one.value}" for name, one in named)


# --- numbering ---


def numbering(reading: Reading) -> None:
    """Lines are numbered by program counters that start at 0, jump or repeat; the SII wants 1 to n."""
    for group, name in NUMBERS_OF_ROWS.items():
        rows = reading.document.root.groups.get(group)
        if not rows:
            continue
        if [row.value(name) for row in rows] == list(range(1, len(rows) + 1)):
            continue
        first = next(row for number, row in enumerate(rows, 1) if row.value(name) != number)
        if any(not row.is_empty() for row in rows) and name not in reading.document.unread:
            reading.problem("TXT-041", first.place_of(name), first.text(name), group=group)
        _renumber(rows, name)


def _keep(document: Document, group: str, kept: list[Group]) -> None:
    if not kept:
        document.root.drop(group)
    elif len(kept) < len(document.root.all(group)):
        document.root.groups[group] = kept
        _renumber(kept, NUMBERS_OF_ROWS[group])


def _renumber(rows: list[Group], name: str) -> None:
    for number, row in enumerate(rows, 1):
        row.put(name, number, row.place_of(name), row.text(name))
