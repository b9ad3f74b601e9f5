"""Reads the tree of a LibroCompraVenta into groups of typed values, with a problem for whatever does not fit.

Elements come in any order and namespaces do not matter, as in the XML of documents. Rows of ``Detalle`` are given one
by one and not kept: a book may have tens of thousands.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from lxml import etree

from dteplanows.books.table import OTHER_NAMES, SEALS, counting_names, structure
from dteplanows.document.elements import Element, bounds
from dteplanows.document.model import Document, Field, Group, Value
from dteplanows.document.phrases import phrase
from dteplanows.document.problem import Place
from dteplanows.document.values import write
from dteplanows.parser.reading import Reading
from dteplanows.parser.report import Report
from dteplanows.parser.xml.source import local, place_of

DETAIL = "Detalle"


class Reader:
    """Reads one book. Its problems, and all of it but the rows, are in ``document``."""

    def __init__(self, root: etree._Element) -> None:
        place = Place(root.sourceline or 0)
        self.document = Document(0, Group("", place), place=place)
        self.reading = Reading(self.document, Report())
        self._told: set[str] = set()
        self._rows: list[etree._Element] = []
        found = [child for child in root if local(child) == "EnvioLibro"]
        if len(found) != 1:
            code = "LIB-002" if found else "LIB-001"
            self.reading.problem(code, place_of(found[1] if found else root, "EnvioLibro", "EnvioLibro"),
                                 name="EnvioLibro", group=local(root), limit=1)  # fmt: skip
        if found:
            self.document.root.place = Place(found[0].sourceline or 0)
            self._fill(structure(), found[0], self.document.root, "")

    def rows(self) -> Iterator[Group]:
        """The rows of ``Detalle`` in order; ``document.unread`` holds what could not be read in the one given last."""
        element = structure().child(DETAIL)
        if element is None:
            return
        for number, node in enumerate(self._rows, 1):
            path = f"{DETAIL}[{number}]"
            row = Group(DETAIL, Place(node.sourceline or 0, path=path))
            self.document.unread = set()
            self._fill(element, node, row, path)
            yield row

    # --- the tree ---

    def _fill(self, element: Element, node: etree._Element, group: Group, path: str) -> None:
        counts: dict[str, int] = {}
        self._stray(node.text, node, path, element.name)
        for child in node:
            self._stray(child.tail, child, path, element.name)
            name = local(child)
            below = element.child(name) or element.child(OTHER_NAMES.get(name, ""))
            inner = f"{path}/{name}" if path else name
            if below is None:
                self._other(element, child, name, inner)
                continue
            counts[below.name] = number = counts.get(below.name, 0) + 1
            if number == below.max + 1 and below.max:
                place = place_of(child, inner, name)
                self.reading.problem("LIB-002", place, name=name, group=element.name, limit=below.max)
            if below.path == DETAIL:
                self._rows.append(child)
            elif below.kind != "group":
                self._leaf(below, child, group, inner)
            else:
                step = inner if below.max == 1 else f"{inner}[{number}]"
                self._fill(below, child, group.add_group(below.name, Place(child.sourceline or 0, path=step)), step)
        for below in element.children:
            present = below.name in group.fields or below.name in group.groups or below.name in self.document.unread
            if below.min and not present:
                self.reading.problem("LIB-001", group.place_of(below.name), name=below.name, group=element.name)
                self.document.unread.add(below.name)

    def _leaf(self, element: Element, node: etree._Element, group: Group, path: str) -> None:
        text = (node.text or "").strip()
        place = place_of(node, path, element.name)
        for child in node:
            self._other(element, child, local(child), f"{path}/{local(child)}")
        # programs write 0 where nothing applies
        if not text or (element.kind == "positive" and not element.min and not text.strip("0")):
            group.blank.setdefault(element.name, place)
        elif element.kind == "text":
            group.add(element.name, Field(text, text, place))
        else:
            self.reading.store_value(group, element, text, text, place)
        one = group.field(element.name)
        if one and one.place == place and not self._fits(element, one.value, place, text):
            self.document.unread.add(element.name)

    def _fits(self, element: Element, value: Value, place: Place, text: str) -> bool:
        """Whether *value* keeps the limits of *element*; if not, that is told."""
        if element.enum:
            if str(value) in element.enum:
                return True
            code = "LIB-024" if element.name in ("TpoDoc", "TpoDocRef") else "LIB-020"
            self.reading.problem(code, place, text, allowed=", ".join(element.enum))
        elif isinstance(value, str) and element.max_length and len(value) > element.max_length:
            self.reading.problem("LIB-021", place, text, length=len(value), limit=element.max_length)
            return True
        elif isinstance(value, int | Decimal) and element.digits and _digits(value) > element.digits:
            self.reading.problem("LIB-022", place, text, limit=element.digits)
        elif not _in_bounds(element, value):
            low, high = _shown_bounds(element)
            self.reading.problem("LIB-023", place, text, low=low, high=high)
        else:
            return True
        return False

    def _stray(self, text: str | None, node: etree._Element, path: str, name: str) -> None:
        if text and text.strip():
            self.reading.problem("TXT-058", place_of(node, path or name, name), text.strip())

    def _other(self, element: Element, node: etree._Element, name: str, path: str) -> None:
        """One problem for each name that does not belong there, however many rows repeat it."""
        known = f"{element.path}/{name}"
        text = "".join(node.itertext()).strip()
        if name in SEALS or known in self._told or not (text.strip("0") or len(node)):
            return
        self._told.add(known)
        code = "LIB-004" if name.lower() in counting_names() else "LIB-003"
        nearest = "ninguno" if self.reading.report.full else _nearest(element, name)
        self.reading.problem(code, place_of(node, path, name), name, nearest=nearest)


def _nearest(element: Element, name: str) -> str:
    """The name of the child of *element* that is most like *name*."""
    names = {child.name.lower(): child.name for child in element.children}
    near = difflib.get_close_matches(name.lower()[:40], names, 1, 0.6)
    return names[near[0]] if near else "ninguno"


def _digits(value: int | Decimal) -> int:
    return len(write(value).lstrip("-").replace(".", "").lstrip("0"))


def _in_bounds(element: Element, value: Value) -> bool:
    if isinstance(value, date):
        text = value.isoformat()[:10]
        return (not element.lowest or text >= element.lowest) and (not element.highest or text <= element.highest)
    if isinstance(value, int | Decimal):
        low, high = bounds(element)
        return (low is None or value >= low) and (high is None or value <= high)
    return True


def _shown_bounds(element: Element) -> tuple[str, str]:
    if element.kind == "date":
        return element.lowest, element.highest
    low, high = bounds(element)
    lowest = phrase("limits.no_lowest") if low is None else str(low)
    return lowest, phrase("limits.no_highest") if high is None else str(high)
