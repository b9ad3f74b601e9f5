"""Files that are nearly right, made from the tables of layout and elements: many are accepted, odd values and all."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from benchmarks.fuzz_texts import FRAGMENTS, NUMBERS, TODAY
from dteplanows.document.elements import BOLETAS, BRANCHES, NOTES, Element, at
from dteplanows.document.model import Group
from dteplanows.document.money import pesos
from dteplanows.document.values import write
from dteplanows.document.writer import write_document
from dteplanows.parser.txt.layout import HEADERS, SECTIONS, Column, Section
from tests import generate

_ALPHABETS = (
    "abc XYZ 0123456789&<>'\"/-", "áéíóúñÑ°ü¡ÿ", "ŐőœŒ€…“”‘’–—™№", "\u200b\u200d\u2028\xa0\xad\u0301", "a\u0301n\u0303",
    "\x01\x1b\x7f\x85", "{}%$\\", " \t", "ﬁ½²",
)  # fmt: skip
_FOREIGN = "中文字😀٣"
_QUANTITIES = ("1", "2", "0.5", "3.333333", "0.000001", "10000", "7.25", "1000.00", "1,000.0", "")
_PRICES = ("1", "1000", "0.01", "1990", "33.333333", "99999999", "0.5", "1,234.50", "10000.00", "250000")


def text(chance: Random, longest: int) -> str:
    """A text of odd and plain letters, without separators and markers."""
    luck = chance.random()
    letters = "abcdefgh ABC" + (_FOREIGN if luck < 0.002 else chance.choice(_ALPHABETS) if luck < 0.5 else "")
    return "".join(chance.choice(letters) for _ in range(chance.randint(1, max(1, longest))))


def _value(element: Element, chance: Random) -> str:
    """A text for *element*: usual, at its limits, or odd."""
    luck = chance.random()
    if luck < 0.002:
        return chance.choice((*NUMBERS, *FRAGMENTS)).decode("utf-8", "replace").replace("\n", " ")
    if element.kind == "text" and not element.enum:
        return text(chance, element.max_length if luck < 0.1 else min(12, max(1, element.max_length // 2)))
    if element.kind == "date":
        return TODAY if luck < 0.98 else str(generate.any_value(element, chance))
    return write(generate.any_value(element, chance))


_OF_NOTES = frozenset(("Referencia", tipo) for tipo in NOTES)

# --- TXT -----------------------------------------------------------------------------------------------------------


def txt(chance: Random, most_lines: int = 12) -> bytes:
    """A TXT of one document of a chance type."""
    tipo = chance.choice(list(BRANCHES))
    parts = [f"->{HEADERS[BRANCHES[tipo]]}<-"]
    for section in SECTIONS:
        if section.branch not in ("", "boleta" if tipo in BOLETAS else "factura"):
            continue
        if not section.header:
            wanted = section.target == "Detalle" or "Totales" in section.name or (section.target, tipo) in _OF_NOTES
            if not wanted and chance.random() < 0.6:
                continue
            parts.append(f"->{section.name}<-")
        count = chance.randint(1, most_lines if section.target == "Detalle" else 3) if not section.rows else 1
        count = 1 if (section.target, tipo) in _OF_NOTES else count
        parts += [_row(section, tipo, number, chance) for number in range(1, count + 1)]
    end = chance.choice(("\n", "\r\n"))
    return (end.join(parts) + end).encode(chance.choice(("utf-8", "utf-8", "latin-1", "cp1252")), "replace")


def _row(section: Section, tipo: int, number: int, chance: Random) -> str:
    if section.target == "Detalle":
        return _line(section, tipo, number, chance)
    columns = section.columns
    if chance.random() < 0.3 and section.required:
        columns = columns[: section.required]
    row = ";".join(_column(one, tipo, number, chance) for one in columns)
    return row + chance.choice((";", ";", ""))


def _column(column: Column, tipo: int, number: int, chance: Random) -> str:
    name = column.path.rpartition("/")[2]
    if name == "TipoDTE":
        return str(tipo)
    if name == "MntTotal":
        return ""
    if name in ("Folio", "TipoDespacho") or "Totales/" in column.path:
        return "0"
    if name == "CodRef" and tipo in NOTES:
        return "3"
    if name == "FolioRef":
        return str(chance.randint(1, 10**6))
    if name == "IndTraslado":
        return "1" if tipo == 52 else "0"
    if name.startswith("NroLin"):
        return str(number)
    element = at(BRANCHES[tipo], column.path) if column.path else None
    if element is None:
        return text(chance, 30) if column.beside else chance.choice(("", "0"))
    if name == "ValorDR":
        return chance.choice(("1", "5", "0.5", "10", "100", "150", "0"))
    if name == "TpoDocRef":
        return chance.choice(("33", "52", "801", "61"))
    return "" if not element.min and chance.random() < 0.15 else _value(element, chance)


def _line(section: Section, tipo: int, number: int, chance: Random) -> str:
    """A line whose amount follows from its factors, nearly always."""
    quantity, price = chance.choice(_QUANTITIES), chance.choice(_PRICES)
    discount = chance.choice((0, 0, 0, 0, 0, 0, 0, 0, 1, 100))
    product = Decimal(quantity.replace(",", "") or 1) * Decimal(price.replace(",", ""))
    amount = pesos(product) - discount + chance.choice((*[0] * 60, 1, 1, 1, -1, -1, 5))
    known = {
        "NroLinDet": str(number), "QtyItem": quantity, "PrcItem": price, "MontoItem": chance.choice((str(amount), "")),
        "DescuentoMonto": str(discount), "DescuentoPct": "0", "RecargoPct": "0", "RecargoMonto": "0",
        "TpoCodigo": "INT1", "IndExe": chance.choice("00001"),
    }  # fmt: skip
    texts = []
    for column in section.columns:
        name = column.path.rpartition("/")[2]
        element = at(BRANCHES[tipo], column.path) if column.path else None
        if name in known:
            texts.append(known[name])
        elif element is None:
            texts.append("0")
        else:
            texts.append(_value(element, chance))
    return ";".join(texts) + chance.choice((";", ""))


# --- XML -----------------------------------------------------------------------------------------------------------

_SUMS = ("DescuentoPct", "DescuentoMonto", "RecargoPct", "RecargoMonto", "MontoItem", "SubDscto", "SubRecargo",
         "CodImpAdic", "Retenedor", "IndExe")  # fmt: skip
_DATES = ("FchEmis", "FchVenc", "PeriodoDesde", "PeriodoHasta", "FchCancel", "MntBruto", "IndMntNeto")


def xml(chance: Random) -> bytes:
    """An XML of one document of a chance type, its structure right and its totals left to us, nearly always."""
    tipo = chance.choice(list(BRANCHES))
    document = generate.document(tipo, chance, chance.choice((0.1, 0.5, 0.9)), chance.choice((1, 3)))
    id_doc, root = document.id_doc, document.root
    for name in _DATES:
        id_doc.drop(name)
    id_doc.put("FchEmis", TODAY)
    root.group("Encabezado").groups["Totales"] = [Group("Totales")]
    document.emisor.put("RUTEmisor", "1-9")
    for name in ("DscRcgGlobal", "ManejoMadera", "Comisiones"):
        if chance.random() < 0.9:
            root.drop(name)
    if tipo in NOTES:
        root.groups["Referencia"] = [Group("Referencia")]
    for line in document.detalles:
        for name in _SUMS:
            line.drop(name)
        line.put("QtyItem", Decimal(chance.choice((1, 2, 5))))
        line.put("PrcItem", Decimal(chance.choice(("1000", "0.5", "33.333333"))))
    for reference in root.all("Referencia"):
        reference.put("TpoDocRef", chance.choice(("39", "801") if tipo in BOLETAS else ("33", "52")))
        if tipo not in BOLETAS:
            reference.put("FolioRef", str(chance.randint(1, 10**6)))
            reference.put("FchRef", TODAY)
        if tipo in NOTES:
            reference.put("CodRef", 3)
    return f"<DTE>{write_document(document, 1)}</DTE>".encode()
