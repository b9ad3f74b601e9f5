"""The words and marks of the manual's reference: Spanish for what the tables say, and reStructuredText for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from dteplanows.document.described import type_and_limits
from dteplanows.document.elements import Element
from dteplanows.parser.txt.layout import Section

CONTENTS = ".. contents:: En esta página\n   :local:\n   :depth: 1\n   :backlinks: none\n\n"
"""The list of the sections of a page."""

_SPECIAL = re.compile(r"([\\*`|_\[\]<>:@])")


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
    return type_and_limits(element, literal, meanings)


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
