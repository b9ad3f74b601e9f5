"""The element table: every element of the SII's document, its order, type, limits and obligation by document type.

The facts stand once, in ``elements.tsv`` (Formato DTE v2.5 of 2026-02 and the schemas DTE_v10 and EnvioBOLETA_v11 of
06-02-2026); the parser, the writer, the schema and the reasons all read them here.

Columns of the table: ``branch`` (``factura``, ``liquidacion``, ``exportacion`` or ``boleta``: which of the SII's four
structures), ``path`` below its root (``Documento``, ``Liquidacion`` or ``Exportaciones``), ``min`` and ``max``
occurrences, ``type``, ``facets`` (blanks inside a value are written ``_``; ``codes`` names the table of a code's
meanings), ``rejected`` (``*``: the SII rejects a document without it) and, by document type, the obligation: 0 does
not apply, 1 mandatory, 2 conditional, 3 optional.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Literal

from dteplanows.document.reference_types import REFERENCE_TYPES

Kind = Literal["group", "text", "rut", "positive", "natural", "integer", "decimal", "date", "time", "datetime"]

NUMBERS: frozenset[Kind] = frozenset({"positive", "natural", "integer", "decimal"})
"""Kinds of elements that are numbers."""

BRANCHES: Mapping[int, str] = {
    33: "factura", 34: "factura", 46: "factura", 52: "factura", 56: "factura", 61: "factura",
    43: "liquidacion",
    110: "exportacion", 111: "exportacion", 112: "exportacion",
    39: "boleta", 41: "boleta",
}  # fmt: skip
"""Document types that this service issues, with the structure each one uses."""

ROOTS: Mapping[str, str] = {
    "factura": "Documento", "liquidacion": "Liquidacion", "exportacion": "Exportaciones", "boleta": "Documento",
}  # fmt: skip
"""The structures, with the element that holds a document of each."""

DOCUMENT_NAMES: Mapping[int, str] = {tipo: REFERENCE_TYPES[str(tipo)].name for tipo in BRANCHES}

BOLETAS = frozenset({39, 41})
EXEMPT_DOCUMENTS = frozenset({34, 41})
NOTES = frozenset({56, 61, 111, 112})
EXPORTS = frozenset({110, 111, 112})


@dataclass(frozen=True, slots=True, eq=False)
class Element:
    """One element of the document's structure."""

    name: str
    path: str
    """Path below the root, e.g. ``Encabezado/IdDoc/Folio``; empty for the root (``Documento``...) itself."""
    min: int
    max: int
    kind: Kind
    enum: tuple[str, ...] = ()
    codes: str = ""
    """Table that its values are codes of, see :mod:`dteplanows.document.codes`; empty for what is no code."""
    min_length: int = 0
    max_length: int = 0
    """Characters; 0 means without limit."""
    digits: int = 0
    """Significant digits at most; 0 means without limit."""
    fraction: int = 0
    """Decimals at most."""
    lowest: str = ""
    highest: str = ""
    rejected: bool = False
    """The SII rejects the document when this one is missing (the asterisk of the form)."""
    obligation: tuple[tuple[int, int], ...] = ()
    """(document type, 0 to 3) pairs; see the module's text."""
    children: tuple[Element, ...] = ()

    def obliged(self, tipo: int) -> int | None:
        """Obligation in documents of type *tipo*: 0 to 3; None where the form says nothing."""
        return dict(self.obligation).get(tipo)

    def child(self, name: str) -> Element | None:
        """The child element called *name*, if there is one."""
        return children_of(self).get(name)

    def walk(self) -> Iterator[Element]:
        """This element and all below it, in document order."""
        yield self
        for child in self.children:
            yield from child.walk()


@cache
def children_of(element: Element) -> Mapping[str, Element]:
    """The child elements of *element* by name, for who looks up many."""
    return {child.name: child for child in element.children}


def _facets(text: str) -> dict[str, str]:
    return {key: value.replace("_", " ") for key, _, value in (part.partition("=") for part in text.split())}


def _element(row: Mapping[str, str], children: tuple[Element, ...]) -> Element:
    facets = _facets(row["facets"])
    return Element(
        name=row["path"].rpartition("/")[2],
        path=row["path"],
        min=int(row["min"]),
        max=int(row["max"]),
        kind=row["type"],  # type: ignore[arg-type]
        enum=tuple(facets["enum"].split("|")) if "enum" in facets else (),
        codes=facets.get("codes", ""),
        min_length=int(facets.get("minlen", 0)),
        max_length=int(facets.get("maxlen", 0)),
        digits=int(facets.get("digits", 0)),
        fraction=int(facets.get("fraction", 0)),
        lowest=facets.get("from", ""),
        highest=facets.get("to", ""),
        rejected=row["rejected"] == "*",
        obligation=tuple((tipo, int(row[str(tipo)])) for tipo in BRANCHES if row[str(tipo)]),
        children=children,
    )


@cache
def branch(name: str) -> Element:
    """The structure called *name*, one of :data:`ROOTS`: its root element with all below it."""
    table = resources.files("dteplanows.document").joinpath("elements.tsv").read_text("utf-8")
    rows = [row for row in csv.DictReader(table.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
            if row["branch"] == name]  # fmt: skip

    below: dict[str, list[Mapping[str, str]]] = {}
    for row in rows:
        below.setdefault(row["path"].rpartition("/")[0], []).append(row)

    def build(path: str) -> tuple[Element, ...]:
        return tuple(_element(row, build(row["path"])) for row in below.get(path, ()))

    return Element(ROOTS[name], "", 1, 1, "group", children=build(""))


def structure(tipo: int) -> Element:
    """The root element of document type *tipo*: ``Documento``, ``Liquidacion`` or ``Exportaciones``.

    :raises KeyError: *tipo* is not issued by this service.
    """
    return branch(BRANCHES[tipo])


@cache
def at(name: str, path: str) -> Element | None:
    """The element at *path* (below the root) of the structure called *name*, or None."""
    element: Element | None = branch(name)
    for step in path.split("/"):
        element = element.child(step) if element else None
    return element


def find(tipo: int, path: str) -> Element:
    """The element at *path* (below the root) of document type *tipo*.

    :raises KeyError: there is none.
    """
    element = at(BRANCHES[tipo], path)
    if element is None:
        raise KeyError(path)
    return element


@cache
def bounds(element: Element) -> tuple[Decimal | None, Decimal | None]:
    """Lowest and highest value of a numeric *element*; None where there is no bound."""
    lowest = {"positive": "1", "natural": "0"}.get(element.kind, "") if not element.lowest else element.lowest
    return (Decimal(lowest) if lowest else None, Decimal(element.highest) if element.highest else None)


MOST_MOVEMENTS = find(33, "DscRcgGlobal").max
"""Global discounts and surcharges that a document may have."""
