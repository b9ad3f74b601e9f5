"""The documents of a book of sales with the columns of the RCV's own file, ``Detalle`` of the Registro de Ventas.

The SII does not publish a description of that file, which a company downloads from its Registro de Compras y Ventas
(www4.sii.cl/consdcvinternetui): the columns are those of its first line, as it was in 2022 and in September 2026. What
only the SII knows (when it received a document, what a receiver answered) stays empty. Boletas are in the RCV as totals
alone, and guías and facturas de compra not among the sales.
"""

from __future__ import annotations

from typing import Any

from dteplanows.books.sales import has_row
from dteplanows.document import book_facts
from dteplanows.document.book_facts import BookFacts
from dteplanows.ledger.finding import ListedDocument
from dteplanows.ledger.store import Ledger

FIELDS = (
    "Nro", "Tipo Doc", "Tipo Venta", "Rut cliente", "Razon Social", "Folio", "Fecha Docto", "Fecha Recepcion",
    "Fecha Acuse Recibo", "Fecha Reclamo", "Monto Exento", "Monto Neto", "Monto IVA", "Monto total",
    "IVA Retenido Total", "IVA Retenido Parcial", "IVA no retenido", "IVA propio", "IVA Terceros",
    "RUT Emisor Liquid. Factura", "Neto Comision Liquid. Factura", "Exento Comision Liquid. Factura",
    "IVA Comision Liquid. Factura", "IVA fuera de plazo", "Tipo Docto. Referencia", "Folio Docto. Referencia",
    "Num. Ident. Receptor Extranjero", "Nacionalidad Receptor Extranjero", "Credito empresa constructora",
    "Impto. Zona Franca (Ley 18211)", "Garantia Dep. Envases", "Indicador Venta sin Costo",
    "Indicador Servicio Periodico", "Monto No facturable", "Total Monto Periodo", "Venta Pasajes Transporte Nacional",
    "Venta Pasajes Transporte Internacional", "Numero Interno", "Codigo Sucursal", "NCE o NDE sobre Fact. de Compra",
    "Codigo Otro Imp.", "Valor Otro Imp.", "Tasa Otro Imp.",
)  # fmt: skip

_SALES = {"": "Del Giro", "1": "Del Giro", "2": "Activo Fijo", "3": "Bienes Raíces"}
"""TpoTranVenta in the RCV's words."""


def rows(ledger: Ledger, one: ListedDocument, number: int) -> list[dict[str, Any]]:
    """The rows of a document: one, and another for each tax beyond its first; none where it is not in the RCV.

    :param number: of the first row.
    """
    stored = ledger.documents.by_id(one.id) if has_row(one.tipo) and one.has_effect else None
    if stored is None:
        return []
    facts = book_facts.read(stored.xml)
    row = dict.fromkeys(FIELDS, "") | _row(one, facts, number)
    taxes = [
        {"Codigo Otro Imp.": tax.codigo, "Valor Otro Imp.": tax.monto, "Tasa Otro Imp.": tax.tasa}
        for tax in facts.otros
    ]
    key = {name: row[name] for name in ("Tipo Doc", "Rut cliente", "Razon Social", "Folio", "Fecha Docto")}
    further = [dict.fromkeys(FIELDS, "") | key | tax for tax in taxes[1:]]
    return [row | (taxes[0] if taxes else {}), *further]


def _row(one: ListedDocument, facts: BookFacts, number: int) -> dict[str, Any]:
    year, month, day = one.fecha_emision.split("-")
    amounts = facts.montos
    neto, exento, iva = facts.comision
    is_liquidacion = any(facts.comision)
    of_purchase = facts.referencia[0] in ("45", "46")
    return {
        "Nro": number, "Tipo Doc": one.tipo, "Tipo Venta": _SALES.get(facts.tipo_venta, facts.tipo_venta),
        "Rut cliente": one.rut_receptor, "Razon Social": one.razon_social_receptor, "Folio": one.folio,
        "Fecha Docto": f"{day}/{month}/{year}", "Monto Exento": one.monto_exento, "Monto Neto": one.monto_neto,
        "Monto IVA": one.iva, "Monto total": one.monto_total, "IVA Retenido Total": facts.retenido_total,
        "IVA Retenido Parcial": facts.retenido_parcial, "IVA no retenido": amounts.get("IVANoRet", 0),
        "IVA propio": amounts.get("IVAProp", 0), "IVA Terceros": amounts.get("IVATerc", 0),
        "Neto Comision Liquid. Factura": neto if is_liquidacion else 0,
        "Exento Comision Liquid. Factura": exento if is_liquidacion else 0,
        "IVA Comision Liquid. Factura": iva if is_liquidacion else 0, "IVA fuera de plazo": 0,
        "Tipo Docto. Referencia": facts.referencia[0], "Folio Docto. Referencia": facts.referencia[1],
        "Num. Ident. Receptor Extranjero": facts.num_id, "Nacionalidad Receptor Extranjero": facts.nacionalidad,
        "Credito empresa constructora": amounts.get("CredEC", 0), "Garantia Dep. Envases": amounts.get("GrntDep", 0),
        "Indicador Servicio Periodico": facts.servicio, "Monto No facturable": amounts.get("MontoNF", 0),
        "Total Monto Periodo": amounts.get("MontoPeriodo", 0), "Codigo Sucursal": facts.sucursal,
        "NCE o NDE sobre Fact. de Compra": "1" if of_purchase else "",
    }  # fmt: skip
