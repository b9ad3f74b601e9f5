"""The document as XML text, in the order of the element table.

The text is written in canonical form wherever the two could differ (double quotes, no empty-element tags, no carriage
return), one element a line (Instructivo de Emisión A.3.1), so that what is signed is what stands in the file.
"""

from __future__ import annotations

from functools import cache, lru_cache

from dteplanows.document.elements import NUMBERS, Element, bounds, structure
from dteplanows.document.model import Document, Field, Group
from dteplanows.document.values import write

MAXIMUM_FOLIO = 9_999_999_999
"""Highest folio of a document (Formato DTE v2.5, Folio)."""

_ID_DOC = "Encabezado/IdDoc"
_DRAFT_FOLIO = f"<Folio>{MAXIMUM_FOLIO}</Folio>"
"""Stands in a draft for the folio; the file's own is only what was asked for."""


def identifier(tipo: int, folio: int) -> str:
    """Value of the root's attribute ``ID``, e.g. ``F120T33``: an NCName, unique among the documents of one issuer."""
    return f"F{folio}T{tipo}"


def escape(text: str) -> str:
    """*text* for an element's content, as Canonical XML writes it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def escape_in_stamp(text: str) -> str:
    """*text* for what a stamp's signature covers: with all five of the SII's table (Manual de Muestras Impresas).

    The signature is of the characters as they stand. Programs that print a document they received write the stamp anew
    with those five (LibreDTE), so that it would not verify if any of them stood there as it is.
    """
    return escape(text).replace('"', "&quot;").replace("'", "&apos;")


def omitted(element: Element, one: Field) -> bool:
    """Whether a value is left out: the zero of an optional number that the SII only admits above zero.

    ERPs write 0 for "none" (``TipoDespacho``, ``DescuentoPct``, ``IndExe``...); the schema refuses that zero.
    """
    return not one.value and not isinstance(one.value, str) and refuses_zero(element)


@cache
def refuses_zero(element: Element) -> bool:
    """Whether *element* is optional, and a zero in it would not be admitted: it is left out then."""
    if element.min:
        return False
    if element.enum:
        return "0" not in element.enum
    lowest, _ = bounds(element)
    return lowest is not None and lowest > 0


def write_document(document: Document, folio: int, ending: str = "") -> str:
    """The root element (``Documento``...) as text without namespace declaration, numbered *folio*.

    :param ending: what comes after the last element of the table: the TED and the moment of signing.
    """
    return number_draft(write_draft(document), document.tipo, folio, ending)


def write_draft(document: Document) -> str:
    """The root element as text without namespace declaration, not numbered yet: its folio is the highest."""
    lines: list[str] = []
    root = structure(document.tipo)
    _write_children(root, document.root, lines)
    body = "\n".join(lines)
    return f'<{root.name} ID="{identifier(document.tipo, MAXIMUM_FOLIO)}">\n{body}\n</{root.name}>'


def number_draft(draft: str, tipo: int, folio: int, ending: str = "") -> str:
    """*draft* with its *folio* and *ending*, as :func:`write_document` takes them."""
    # A value of the customer's cannot look like the tag: in it "<" is escaped.
    _, _, rest = draft.partition("\n")
    root = structure(tipo).name
    rest = rest.replace(_DRAFT_FOLIO, f"<Folio>{folio}</Folio>", 1).removesuffix(f"</{root}>")
    ending = f"{ending}\n" if ending else ""
    return f'<{root} ID="{identifier(tipo, folio)}">\n{rest}{ending}</{root}>'


_Child = tuple[str, str, str, Element | None, bool]
"""What there is to know of an element to write it: its name; its tags; itself where it holds other elements, None where
it holds a value; whether a zero in it is left out. A plain tuple, which is taken apart faster than a named one."""


@cache
def _child(element: Element) -> _Child:
    name = element.name
    group = element if element.kind == "group" else None
    return name, f"<{name}>", f"</{name}>", group, element.kind in NUMBERS and refuses_zero(element)


@lru_cache(1024)
def _in_order(element: Element, fields: tuple[str, ...], groups: tuple[str, ...]) -> tuple[_Child, ...]:
    """Those children of *element* that a group with these *fields* and *groups* holds, in the order of the schema.

    Kept, since the lines of a document, and the documents of a program, hold the same ones in the same order.
    """
    names = {*fields, *groups} | ({"Folio"} if element.path == _ID_DOC else set())
    return tuple(_child(child) for child in element.children if child.name in names)


def _write_children(element: Element, group: Group, lines: list[str]) -> None:
    fields, groups = group.fields, group.groups
    for name, begin, end, below, zero_is_none in _in_order(element, tuple(fields), tuple(groups)):
        if below is not None:
            for one in groups[name]:
                lines.append(begin)
                begun = len(lines)
                _write_children(below, one, lines)
                if len(lines) == begun:
                    lines.pop()
                else:
                    lines.append(end)
        elif name == "Folio":
            lines.append(_DRAFT_FOLIO)
        else:
            for field in fields[name]:
                value = field.value
                if isinstance(value, str):
                    if "&" in value or "<" in value or ">" in value:
                        value = escape(value)
                elif not value and zero_is_none:
                    continue
                elif not isinstance(value, int):
                    value = write(value)
                lines.append(f"{begin}{value}{end}")
