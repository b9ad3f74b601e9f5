"""Texts that are longer than the SII admits: those that only describe are cut, as the original service does.

What identifies something (codes, RUTs, folios, plates, addresses of mail, units: KILOMETROS would become KILO) is never
cut: shortened, it would name something else. Those stay errors of the structure.
"""

from __future__ import annotations

import re

from dteplanows.document.catalogue import problem, shown
from dteplanows.document.elements import Element, find
from dteplanows.document.model import Document, Field, Group

CUT = frozenset({
    "RznSoc", "RznSocEmisor", "RznSocProveedor", "GiroEmis", "GiroEmisor", "Sucursal", "DirOrigen", "CmnaOrigen",
    "CiudadOrigen",
    "RznSocRecep", "GiroRecep", "Contacto", "DirRecep", "CmnaRecep", "CiudadRecep", "DirPostal", "CmnaPostal",
    "CiudadPostal",
    "TermPagoGlosa", "GlosaPagos",
    "NombreChofer", "DirDest", "CmnaDest", "CiudadDest", "NombreTransp", "NomCiaTransp",
    "NmbItem", "DscItem", "NmbEvento", "LugarEvento",
    "GlosaSTI", "GlosaDR", "Glosa", "RazonRef",
})  # fmt: skip
"""The elements, in the order of the form."""

_NAME, _DESCRIPTION = "NmbItem", "DscItem"
"""Of a line: the whole name goes to the description, as much of it as that one takes, when it is empty."""

_LONGEST_WORD = 15
"""Characters given up at most for cutting between two words; and never more than a quarter of the text."""

_ESCAPE = re.compile(r"&#?\w{1,8};")
_LONGEST_ESCAPE = 11


def cut(document: Document, element: Element, group: Group, number: int) -> None:
    """Cut the text of the field *number* of *element* in *group* to its limit, and say what was written."""
    fields, name, limit = group.fields[element.name], element.name, element.max_length
    one = fields[number]
    whole = str(one.value)
    written = shortened(whole, limit)
    place = one.place if one.place.line else group.place_of(name)
    fields[number] = one._replace(value=written)
    moves = name == _NAME and not group.text(_DESCRIPTION)
    code = "DOC-051"
    facts: dict[str, object] = {"name": name, "length": len(whole), "limit": limit, "written": _legible(written)}
    if moves:
        most = find(document.tipo, f"Detalle/{_DESCRIPTION}").max_length
        description = whole if len(whole) <= most else shortened(whole, most)
        group.fields[_DESCRIPTION] = [Field(description, one.text, place)]
        code = "DOC-052" if description == whole else "DOC-053"
        facts |= {"description": len(description), "most": most}
    document.problems.append(problem(code, place, whole, **facts))


def shortened(text: str, limit: int) -> str:
    """The beginning of *text* in at most *limit* characters: whole words if one ends near, and no half escape.

    >>> shortened("Tornillos de acero inoxidable", 22), shortened("Pernos &amp; tuercas", 10)
    ('Tornillos de acero', 'Pernos')
    """
    end = limit
    ampersand = text.rfind("&", max(0, limit - _LONGEST_ESCAPE), limit)
    if ampersand > 0:
        escape = _ESCAPE.match(text, ampersand)
        if escape and escape.end() > limit:
            end = ampersand
    blank = text.rfind(" ", 0, end + 1)
    if blank >= max(limit - _LONGEST_WORD, limit * 3 // 4):
        end = blank
    return text[:end].rstrip()


def _legible(text: str) -> str:
    """*text* as a reason may show it: whole, but of a very long one the beginning and the end."""
    begin, end = text[:60], text[60:]
    return f"{shown(begin)} … {shown(end[-40:])}" if len(end) > 60 else shown(begin) + shown(end)
