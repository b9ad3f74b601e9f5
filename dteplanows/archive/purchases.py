"""Received documents as rows of named facts, and what they do to the purchases."""

from __future__ import annotations

from typing import Any

from dteplanows.document.received import RECEIVED_TYPES
from dteplanows.ledger.bought import ListedPurchase
from dteplanows.ledger.rows import StoredReceived

_TAKEN_OFF = frozenset({60, 61, 112})
_NO_PURCHASES = frozenset({50, 52})
"""What a guía carries is invoiced apart."""

PURCHASE_FIELDS = (
    "tipo", "documento", "folio", "fecha_emision", "rut_emisor", "razon_social_emisor", "neto", "exento", "iva",
    "otros_impuestos", "total", "signo", "usuario",
)  # fmt: skip


def sign_of_received(tipo: int) -> int:
    """1 for a document that adds to the purchases, -1 for a credit note, 0 for one that is no purchase."""
    return 0 if tipo in _NO_PURCHASES else -1 if tipo in _TAKEN_OFF else 1


def purchase_row(one: ListedPurchase | StoredReceived) -> dict[str, Any]:
    """A received document as CSV names its facts. Amounts as they stand in it."""
    known = RECEIVED_TYPES.get(one.tipo)
    facts = (
        one.tipo, known.name if known else "", one.folio, one.fecha_emision, one.rut_emisor, one.razon_social_emisor,
        one.monto_neto, one.monto_exento, one.iva, one.otros_impuestos, one.monto_total, sign_of_received(one.tipo),
        one.usuario,
    )  # fmt: skip
    return dict(zip(PURCHASE_FIELDS, facts, strict=True))
