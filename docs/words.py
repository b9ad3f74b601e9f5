"""The words and marks of the manual's reference: Spanish for what the tables say, and reStructuredText for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from dteplanows.document.elements import Element
from dteplanows.parser.txt.layout import Section

OBLIGATIONS = {
    1: ("Obl.", "obligatorio"),
    2: ("Cond.", "obligatorio si se cumple su condición"),
    3: ("Opc.", "optativo"),
    0: ("–", "no corresponde"),
}
"""How the reference shows each obligation of the element table, and what it means."""

CONTENTS = ".. contents:: En esta página\n   :local:\n   :depth: 1\n   :backlinks: none\n\n"
"""The list of the sections of a page."""

_SPECIAL = re.compile(r"([\\*`|_\[\]<>:@])")
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
"""From so many allowed values on, a table shows the first few."""


def plain(text: str) -> str:
    """*text* as reStructuredText that means just these characters."""
    return _SPECIAL.sub(r"\\\1", text)


def literal(text: str) -> str:
    """*text* as code; nothing for an empty text."""
    return f"``{text}``" if text else ""


def title(text: str, line: str) -> str:
    """A heading underlined with *line*."""
    return f"{text}\n{line * len(text)}\n\n"


def joined(texts: Iterable[str]) -> str:
    """*texts* as a list in a sentence."""
    listed = list(texts)
    return " y ".join([part for part in (", ".join(listed[:-1]), *listed[-1:]) if part])


def table(heading: Sequence[str], rows: Iterable[Sequence[str]], kind: str = "") -> str:
    """A table that scrolls sideways where it is too wide.

    :param kind: what the style sheet calls such tables, where it treats them in a way of its own.
    """
    lines = [f".. container:: tabla {kind}".rstrip(), ""]
    lines += ["   .. list-table::", "      :header-rows: 1", "      :widths: auto", ""]
    for row in (heading, *rows):
        lines += [f"      {'*' if not position else ' '} - {cell}".rstrip() for position, cell in enumerate(row)]
    return "\n".join(lines) + "\n\n"


def label_of_codes(table: str) -> str:
    """The label of a table of codes in the manual."""
    return f"codigos-{table.lower().replace('.', '-')}"


def described_type(element: Element) -> str:
    """Type and limits of *element*; of a code, where its meanings stand."""
    meanings = f" (:ref:`códigos <{label_of_codes(element.codes)}>`)" if element.codes else ""
    if element.enum:
        shown = element.enum if len(element.enum) < _MANY_VALUES else element.enum[: _MANY_VALUES // 2]
        more = "" if shown == element.enum else f"… ({len(element.enum)} valores)"
        allowed = ", ".join(literal(one) for one in shown)
        return ("" if len(element.enum) == 1 else "uno de ") + allowed + more + meanings
    parts = [_KINDS[element.kind] + meanings]
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


def times(element: Element) -> str:
    """How often *element* may stand in its group."""
    if not element.max:
        return f"{element.min} o más"
    if element.min == element.max:
        return str(element.min)
    return f"{element.min} a {element.max}"


def described_rows(section: Section) -> str:
    """How many rows and columns *section* takes."""
    if section.free:
        return "Lleva cualquier número de columnas."
    columns = len(section.columns)
    rows = "Lleva una sola fila" if section.rows == 1 else "Lleva una o más filas"
    width = "1 columna" if columns == 1 else f"{columns} columnas"
    if section.required < columns:
        width += f", de las que las {columns - section.required} últimas se pueden omitir"
    return f"{rows} de {width}."
