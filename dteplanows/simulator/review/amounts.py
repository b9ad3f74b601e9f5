"""The amounts of a document, header and lines: what does not add up is a reparo, as at the SII.

A peso of difference is let pass; the SII's own tolerance is not published.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from lxml import etree

from dteplanows.simulator.review.document import BOLETAS, EXPORTS, Document, compared, remark, reparo
from dteplanows.simulator.store import Remark
from dteplanows.simulator.tables import texts

_ADDED_UP = frozenset({33, 34, 46, 52, 56, 61, 39, 41})
"""Types whose net and exempt amounts are compared with the sum of their lines: a 43 has commissions, exports a currency
of their own."""
_WITH_ADDRESS = frozenset({33, 34, 52})
_EXEMPT = (34, 41)
_NET_PRICES = "2"
"""IndMntNeto of a boleta whose prices are net."""
_FOREIGN = "55555555-5"
_NO_PAYMENT = "21"
_RETAINED = "15"
_TOTALS = "Encabezado/Totales"


def amount_remarks(document: Document) -> Iterator[Remark]:
    """What is wrong with the figures and with what the header lacks."""
    yield from _lines(document)
    if document.tipo in _WITH_ADDRESS:
        yield from _receiver(document)
    if document.tipo in EXPORTS:
        yield from _export(document)
    if document.tipo == 43:
        yield from _liquidacion(document)
    if document.tipo in _ADDED_UP:
        yield from _sums(document)
    yield from _total(document)
    yield from _retained(document)


def whole(value: Decimal) -> Decimal:
    """*value* in whole pesos, halves away from zero."""
    return value.quantize(Decimal(1), ROUND_HALF_UP)


def _differ(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) > 1


def _lines(document: Document) -> Iterator[Remark]:
    for number, line in enumerate(document.all("Detalle"), 1):
        if not document.text("NmbItem", line):
            yield remark("DET-3-854", "Falta el nombre del item", number)
        quantity, price = document.amount("QtyItem", line), document.amount("PrcItem", line)
        if not quantity or not price:
            continue
        gained, lost = document.amount("RecargoMonto", line), document.amount("DescuentoMonto", line)
        expected, given = quantity * price - lost + gained, document.amount("MontoItem", line)
        if _differ(given, expected):
            code = "DET-1-200" if document.tipo in BOLETAS else "DET-2-200"
            yield compared(code, "Valor de la linea no cuadra", given, expected, number)


def _receiver(document: Document) -> Iterator[Remark]:
    for code, field, text in (("HED-3-845", "DirRecep", "Direccion"), ("HED-3-846", "CmnaRecep", "Comuna")):
        if not document.text(f"Encabezado/Receptor/{field}"):
            yield remark(code, f"Falta {text} del Receptor")


def _export(document: Document) -> Iterator[Remark]:
    if not document.has("Encabezado/OtraMoneda"):
        yield remark("HED-3-834", "Documento de exportacion sin Otra Moneda")
    if document.receptor != _FOREIGN:
        yield reparo("HED-2-832", f"Rut Receptor debe ser {_FOREIGN}")
    if document.text("Encabezado/IdDoc/FmaPagExp") == _NO_PAYMENT and document.amount(
        "Encabezado/OtraMoneda/MntTotOtrMnda"
    ):
        yield reparo("HED-1-803", "Montos en otra moneda deben ser 0 con forma de pago 21")
    for package in document.all("Encabezado/Transporte/Aduana/TipoBultos"):
        container = document.text("IdContainer", package) and document.text("Sello", package)
        if not document.text("Marcas", package) and not container:
            yield reparo("HED-2-804", "Bultos sin Marcas o contenedor sin identificacion y sello")


def _liquidacion(document: Document) -> Iterator[Remark]:
    if document.has(f"{_TOTALS}/MontoPeriodo") and document.amount(f"{_TOTALS}/MontoPeriodo") != document.total:
        yield remark("HED-3-265", "MontoPeriodo distinto del Monto Total")


def _sums(document: Document) -> Iterator[Remark]:
    taxed, exempt = (_sum(document, one) for one in ("", "1"))
    net, free = document.amount(f"{_TOTALS}/MntNeto"), document.amount(f"{_TOTALS}/MntExe")
    rate = document.amount(f"{_TOTALS}/TasaIVA") or Decimal(19)
    boleta = document.tipo in BOLETAS
    gross = document.text("Encabezado/IdDoc/MntBruto") == "1" or (
        boleta and document.text("Encabezado/IdDoc/IndMntNeto") != _NET_PRICES
    )
    if boleta and gross and document.has("DscRcgGlobal"):
        # The SII does this also where all figures are right; discounts by line pass.
        yield compared("HED-2-260", "Monto total no cuadra con parciales", document.total, _plain_sum(document))
        return
    expected = whole(taxed / (1 + rate / 100)) if gross else whole(taxed)
    if (not boleta or document.has(f"{_TOTALS}/MntNeto")) and _differ(net, expected):
        yield compared("HED-2-210", "Monto neto no cuadra con el detalle", net, expected)
    if (not boleta or document.has(f"{_TOTALS}/MntExe")) and _differ(free, whole(exempt)):
        yield compared("HED-2-220", "Monto exento no cuadra con el detalle", free, whole(exempt))
    if boleta and not document.has(f"{_TOTALS}/MntNeto") and _differ(document.total, _plain_sum(document)):
        yield compared("HED-2-260", "Monto total no cuadra con parciales", document.total, _plain_sum(document))
    if document.tipo == 33 and not net:
        code = "HED-2-223" if document.has(f"{_TOTALS}/MntNeto") else "HED-1-232"
        yield reparo(code, "Monto neto debe ser mayor que cero")


def _sum(document: Document, kind: str) -> Decimal:
    """The lines of one kind (``IndExe``; empty is taxed) with the global discounts and surcharges that are of it."""
    lines = sum((_value(document, one) for one in document.all("Detalle") if _kind(document, one) == kind), Decimal(0))
    total = lines
    for move in document.all("DscRcgGlobal"):
        if _kind(document, move, "IndExeDR") != kind:
            continue
        value = document.amount("ValorDR", move)
        amount = whole(lines * value / 100) if document.text("TpoValor", move) == "%" else value
        total += -amount if document.text("TpoMov", move) == "D" else amount
    return total


def _kind(document: Document, line: etree._Element, name: str = "IndExe") -> str:
    """The kind of a line, or by ``IndExeDR`` of a movement; in an exempt document all is exempt that says nothing."""
    said = document.text(name, line)
    return "1" if not said and document.tipo in _EXEMPT else said


def _value(document: Document, line: etree._Element) -> Decimal:
    return document.amount("MontoItem", line)


def _plain_sum(document: Document) -> Decimal:
    return sum(
        (_value(document, one) for one in document.all("Detalle") if document.text("IndExe", one) in ("", "1")),
        Decimal(0),
    )


def _total(document: Document) -> Iterator[Remark]:
    if document.tipo in BOLETAS and not document.has(f"{_TOTALS}/MntNeto"):
        return
    if document.tipo == 43 or document.tipo in EXPORTS:
        return
    parts = sum((document.amount(f"{_TOTALS}/{name}") for name in ("MntNeto", "MntExe", "IVA")), Decimal(0))
    parts += document.amount(f"{_TOTALS}/GrntDep") - document.amount(f"{_TOTALS}/CredEC")
    effects = texts("retentions")
    for tax in document.all(f"{_TOTALS}/ImptoReten"):
        amount = document.amount("MontoImp", tax)
        effect = effects.get(document.text("TipoImp", tax))
        parts += amount if effect == "suma" else -amount if effect == "resta" else 0
    if _differ(document.total, parts):
        yield compared("HED-2-260", "Monto total no cuadra", document.total, parts)


def _retained(document: Document) -> Iterator[Remark]:
    iva = document.amount(f"{_TOTALS}/IVA")
    for tax in document.all(f"{_TOTALS}/ImptoReten"):
        if document.text("TipoImp", tax) != _RETAINED:
            continue
        if not document.text("TasaImp", tax):
            yield compared("HED-2-300", "Retencion sin tasa", Decimal(0), Decimal(19))
        elif _differ(document.amount("MontoImp", tax), iva):
            yield compared("HED-2-302", "Retencion total no cuadra con el IVA", document.amount("MontoImp", tax), iva)
