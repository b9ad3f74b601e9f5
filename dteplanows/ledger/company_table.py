"""The table of the companies that issue."""

from __future__ import annotations

from dteplanows.document.company import Company
from dteplanows.ledger.table import Schema, Table

_PRINTED = 21
"""The step that adds what a company says of its stamps and its papers."""

EMPRESA = Table(
    "empresa",
    Company,
    {"id": int},
    schema=Schema(
        constraints=("CHECK (ambiente IN ('pruebas', 'produccion'))", "UNIQUE (ambiente, rut)"),
        added={
            "timbre_sin_acentos": _PRINTED,
            "rollo": _PRINTED,
            "puntos_ticket": _PRINTED,
            "puntos_carta": _PRINTED,
            "boleta_sin_timbre": _PRINTED,
        },
    ),
)
