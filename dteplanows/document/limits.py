"""The limits and tolerances that reasons tell: each once, with its name in the code and in braces in the catalogue.

The catalogue fills them in when it is read, so that the number that is told is the one that is used.
"""

from __future__ import annotations

from collections.abc import Mapping

from dteplanows.document.elements import branch

OWN_ROUNDING = 1
"""Pesos that an amount may differ from its rate: the IVA, an additional tax, a part of the IVA. Sums have none."""

OTHERS_ROUNDING = 2
"""Pesos that figures of documents which others issued may differ by rounding: they are facts, and only told."""

LATE_DAYS = 3
"""Days after emission from which the SII remarks a late delivery (observed answer DTE-1-650)."""

LARGE_UF = 135
"""Unidades de Fomento above which a boleta names its buyer and the means of payment (Ley 21.713)."""

STAMPED_NAME = 40
"""Characters of a name in the stamp (RSR, IT1), counted before escaping; as many has the razón social in a CAF."""

TOKEN_HOURS = 24
"""How long a token of the REST service is good, as with the original service."""

REST_PARAMETERS = 64
"""Parameters of one call of the REST service; its operations have six at most."""


def _lines(structure: str) -> int:
    detalle = branch(structure).child("Detalle")
    assert detalle is not None
    return detalle.max


TOLD: Mapping[str, int] = {
    "pesos_de_otros": OTHERS_ROUNDING,
    "dias_sin_reparo": LATE_DAYS,
    "largo_en_timbre": STAMPED_NAME,
    "horas_del_token": TOKEN_HOURS,
    "parametros_rest": REST_PARAMETERS,
    "lineas_de_factura": _lines("factura"),
    "lineas_de_boleta": _lines("boleta"),
}
"""What the texts of the catalogue call them."""


def filled(text: str) -> str:
    """*text* of the catalogue with the limits in it, and all else that it names still to be filled in."""
    if "{" in text:
        for name, value in TOLD.items():
            text = text.replace(f"{{{name}}}", str(value))
    return text
