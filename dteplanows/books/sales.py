"""The rows of a book of sales: one for each document, but for boletas, of which only the totals stand there.

Guías and facturas de compra are in other books. What the SII refused or a person discarded is in none.
"""

from __future__ import annotations

from typing import Any

from dteplanows.books.table import SUMMED_UP
from dteplanows.document.book_facts import BookFacts
from dteplanows.ledger.finding import ListedDocument

NOT_SALES = frozenset({46, 52})
"""Types that other books have."""

_NAMES = {
    "IVAProp": "IVAPropio", "IVATerc": "IVATerceros", "CredEC": "CredEC", "GrntDep": "DepEnvase",
    "IVANoRet": "IVANoRetenido", "MontoNF": "MntNoFact", "MontoPeriodo": "MntPeriodo",
}  # fmt: skip
"""Names of the book for those of ``Totales``."""


def has_row(tipo: int) -> bool:
    """Whether each document of a type has a row."""
    return tipo not in SUMMED_UP and tipo not in NOT_SALES


def row_of(one: ListedDocument, facts: BookFacts, rut_emisor: str) -> dict[str, Any]:
    """The row of a document.

    :param rut_emisor: who issued it.
    """
    row: dict[str, Any] = {
        "TpoDoc": one.tipo, "NroDoc": one.folio, "TasaImp": facts.tasa_iva if one.iva else "",
        "IndServicio": facts.servicio if facts.servicio in ("1", "2", "3") else "", "FchDoc": one.fecha_emision,
        "CdgSIISucur": facts.sucursal, "RUTDoc": one.rut_receptor, "RznSoc": one.razon_social_receptor,
        "MntExe": one.monto_exento, "MntTotal": one.monto_total,
    }  # fmt: skip
    if one.monto_neto or one.iva:
        row |= {"MntNeto": one.monto_neto, "MntIVA": one.iva}
    if facts.num_id or facts.nacionalidad:
        row["Extranjero"] = [{"NumId": facts.num_id, "Nacionalidad": facts.nacionalidad}]
    # Of a factura de compra, which is a purchase, the IVA that is kept stands among the other taxes.
    taxes = facts.otros + facts.retenidos if one.tipo in NOT_SALES else facts.otros
    if taxes:
        row["OtrosImp"] = [{"CodImp": tax.codigo, "TasaImp": tax.tasa, "MntImp": tax.monto} for tax in taxes]
    for name, amount in (("IVARetTotal", facts.retenido_total), ("IVARetParcial", facts.retenido_parcial)):
        if amount and one.tipo not in NOT_SALES:
            row[name] = amount
    row |= {_NAMES[name]: amount for name, amount in facts.montos.items()}
    if any(facts.comision):
        neto, exento, iva = facts.comision
        row["Liquidaciones"] = [
            {"RutEmisor": rut_emisor, "ValComNeto": neto, "ValComExe": exento, "ValComIVA": iva}
        ]
    return row
