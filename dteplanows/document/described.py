"""What an element of the document holds, in Spanish: its meaning, its type and limits, and when it must be there.

The manual's reference and the portal say it with the same words.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources

from dteplanows.document.elements import Element

OBLIGATIONS = {
    1: ("Obl.", "obligatorio"),
    2: ("Cond.", "obligatorio si se cumple su condición"),
    3: ("Opc.", "optativo"),
    0: ("–", "no corresponde"),
}
"""The obligations of the element table: short, and in words."""

_KINDS = {
    "text": "texto",
    "rut": "RUT con guion y dígito verificador",
    "positive": "entero desde 1",
    "natural": "entero desde 0",
    "integer": "entero, también negativo",
    "decimal": "decimal con punto",
    "date": "fecha AAAA-MM-DD",
    "time": "hora HH:MM:SS",
    "datetime": "fecha y hora AAAA-MM-DDTHH:MM:SS",
    "group": "grupo",
}
_MANY_VALUES = 12
"""From so many allowed values on, the first few are shown."""


@cache
def meanings() -> Mapping[str, str]:
    """What elements hold, in Spanish, by name."""
    table = resources.files("dteplanows.document").joinpath("meanings.tsv").read_text("utf-8")
    rows = csv.DictReader(table.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    return {row["name"]: row["meaning"] for row in rows}


def obligation(element: Element, tipo: int) -> int:
    """The obligation of *element* in documents of type *tipo*, a key of :data:`OBLIGATIONS`; where the form says
    nothing, what the schema does."""
    said = element.obliged(tipo)
    if said is None:
        return 1 if element.min else 3
    return said


def type_and_limits(element: Element, quoted: Callable[[str], str] = str, codes: str = "") -> str:
    """Type and limits of *element*.

    :param quoted: marks an allowed value, where the page has a form for such.
    :param codes: what is put behind the type of a code.
    """
    if element.enum:
        shown = element.enum if len(element.enum) < _MANY_VALUES else element.enum[: _MANY_VALUES // 2]
        more = "" if shown == element.enum else f"… ({len(element.enum)} valores)"
        allowed = ", ".join(map(quoted, shown))
        return ("" if len(element.enum) == 1 else "uno de ") + allowed + more + codes
    parts = [_KINDS[element.kind] + codes]
    if element.max_length:
        least = f"{element.min_length} a " if element.min_length > 1 else "hasta "
        parts.append(f"{least}{element.max_length} caracteres")
    if element.digits:
        parts.append(f"hasta {element.digits} dígitos")
    if element.fraction:
        parts.append(f"hasta {element.fraction} decimales")
    if element.kind in ("positive", "natural", "integer") and element.highest:
        parts.append(f"hasta {element.highest}")
    return ", ".join(parts)
