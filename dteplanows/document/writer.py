"""The document as XML text, in the order of the element table.

The text is written in canonical form wherever the two could differ (double quotes, no empty-element tags, no carriage
return), one element a line (Instructivo de Emisión A.3.1), so that what is signed is what stands in the file.
"""

from __future__ import annotations

from dteplanows.document.elements import Element, bounds, structure
from dteplanows.document.model import Document, Field, Group
from dteplanows.document.values import write

_FOLIO = "Encabezado/IdDoc/Folio"
"""Written as given to the writer: the file's own is only what was asked for."""


def identifier(tipo: int, folio: int) -> str:
    """Value of ``Documento/@ID``, e.g. ``F120T33``: an NCName, unique among the documents of one issuer."""
    return f"F{folio}T{tipo}"


def escape(text: str) -> str:
    """*text* for an element's content, as Canonical XML writes it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def omitted(element: Element, one: Field) -> bool:
    """Whether a value is left out: the zero of an optional number that the SII only admits above zero.

    ERPs write 0 for "none" (``TipoDespacho``, ``DescuentoPct``, ``IndExe``...); the schema refuses that zero.
    """
    if element.min or isinstance(one.value, str) or one.value:
        return False
    if element.enum:
        return "0" not in element.enum
    lowest, _ = bounds(element)
    return lowest is not None and lowest > 0


def write_document(document: Document, folio: int, ending: str = "") -> str:
    """The element ``Documento`` as text without namespace declaration, numbered *folio*.

    :param ending: what comes after the last element of the table: the TED and the moment of signing.
    """
    lines: list[str] = []
    for child in structure(document.tipo).children:
        _write(child, document.root, folio, lines)
    body = "\n".join(lines)
    ending = f"{ending}\n" if ending else ""
    return f'<Documento ID="{identifier(document.tipo, folio)}">\n{body}\n{ending}</Documento>'


def _write(element: Element, group: Group, folio: int, lines: list[str]) -> None:
    name = element.name
    if element.path == _FOLIO:
        lines.append(f"<{name}>{folio}</{name}>")
        return
    if element.kind == "group":
        for one in group.groups.get(name, ()):
            lines.append(f"<{name}>")
            begun = len(lines)
            for child in element.children:
                _write(child, one, folio, lines)
            if len(lines) == begun:
                lines.pop()
            else:
                lines.append(f"</{name}>")
        return
    for field in group.fields.get(name, ()):
        if not omitted(element, field):
            lines.append(f"<{name}>{escape(write(field.value))}</{name}>")
