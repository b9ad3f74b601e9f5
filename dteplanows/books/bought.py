"""The rows of a book of purchases: one for each document that was received, guías excepted."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from dteplanows.document.taxes import TAXES
from dteplanows.ledger.rows import StoredReceived

_GUIAS = frozenset({50, 52})


def has_row(tipo: int) -> bool:
    """Whether a document of a type belongs into the book."""
    return tipo not in _GUIAS


def row_of(one: StoredReceived) -> dict[str, Any]:
    """The row of a received document. All IVA is taken for recoverable: nobody has said otherwise here."""
    totales = _totales(json.loads(one.contenido))
    row: dict[str, Any] = {
        "TpoDoc": one.tipo, "NroDoc": one.folio or one.id, "TasaImp": totales.get("TasaIVA", "") if one.iva else "",
        "FchDoc": one.fecha_emision, "RUTDoc": one.rut_emisor, "RznSoc": one.razon_social_emisor,
        "MntExe": one.monto_exento, "MntTotal": one.monto_total,
    }  # fmt: skip
    if one.monto_neto or one.iva:
        row |= {"MntNeto": one.monto_neto, "MntIVA": one.iva}
    if taxes := list(_taxes(totales)):
        row["OtrosImp"] = taxes
    return row


def _totales(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """The group ``Totales`` of what a received document says."""
    for header in content.get("Encabezado", ()):
        for found in header.get("Totales", ()):
            return dict(found)
    return {}


def _taxes(totales: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for one in totales.get("ImptoReten", ()):
        if one.get("TipoImp") in TAXES and str(one.get("MontoImp", "")).isdigit():
            yield {"CodImp": one["TipoImp"], "TasaImp": one.get("TasaImp", ""), "MntImp": int(one["MontoImp"])}
