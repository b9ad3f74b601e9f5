"""The totals of a document as the ledger keeps them: in whole pesos, whatever the currency of the document."""

from __future__ import annotations

from decimal import Decimal

from dteplanows.document.elements import EXPORTS
from dteplanows.document.model import Document
from dteplanows.document.money import PESO, pesos

_IN_PESOS = {"MntExe": "MntExeOtrMnda", "MntTotal": "MntTotOtrMnda"}
"""Where an export in another currency says its amounts in pesos."""


def in_pesos(document: Document, name: str) -> int:
    """The total called *name* in whole pesos; of an export in another currency, as its OtraMoneda converts it."""
    totales = document.totales
    if document.tipo not in EXPORTS:
        return totales.amount(name)
    if name in _IN_PESOS and totales.text("TpoMoneda") != PESO:
        amount = document.root.group("Encabezado").group("OtraMoneda").number(_IN_PESOS[name])
    else:
        amount = totales.number(name)
    return pesos(amount or Decimal(0))
