"""Elements of an XML that are no part of a DTE: whether the document would be another without them."""

from __future__ import annotations

import difflib
import re
from functools import cache

from lxml import etree

from dteplanows.document.elements import NUMBERS, ROOTS, Element, branch
from dteplanows.document.problem import Place
from dteplanows.parser import habits
from dteplanows.parser.xml.source import local

_FIGURE = re.compile(r"-?[\d.,]+")

_QUOTED = 10
"""Texts of a repeated element that are quoted; the file itself is kept whole."""


class Repeated:
    """An ignored element whose name was told, and what stands under it in further places."""

    __slots__ = ("count", "name", "place", "texts")

    def __init__(self, name: str, place: Place) -> None:
        self.name = name
        self.place = place
        self.count = 0
        self.texts: list[str] = []

    def add(self, text: str) -> None:
        """It is there once more."""
        self.count += 1
        if text and len(self.texts) < _QUOTED:
            self.texts.append(text)


def content_of(node: etree._Element) -> str:
    """The texts in *node*, one behind the other."""
    return " ".join(text.strip() for text in node.itertext() if text.strip())


def alters(structure: str, element: Element, node: etree._Element) -> bool:
    """Whether *node*, unknown in this place, states something without which the document would be another.

    That is what has the name of a number or a group of the structure, what changes the amount of a line where this
    structure has no such thing, and what holds anything that has a name of the SII's: a line or a reference whose
    own name is misspelt.
    """
    name = local(node)
    if not "".join(node.itertext()).strip():
        return False
    if element.kind != "group" or _counts(structure, name):
        return True
    if _is_misspelt_figure(element, node):
        return True
    if in_other_structure(element, name):
        return name in habits.LINE_CHANGES and bool("".join(node.itertext()).strip().strip("0."))
    return any(local(one).lower() in _all_names() for one in node.iterdescendants())


def _is_misspelt_figure(element: Element, node: etree._Element) -> bool:
    """Whether *node* says a figure that has no such name: any number among the totals, or nearly a known one."""
    name, text = local(node), (node.text or "").strip()
    if len(node) or not _FIGURE.fullmatch(text) or not text.strip("0.,") or in_other_structure(element, name):
        return False
    if element.name == "Totales":
        return True
    figures = [one.name.lower() for one in element.children if one.kind in NUMBERS]
    return bool(difflib.get_close_matches(name.lower()[:40], figures, 1, 0.85))


def in_other_structure(element: Element, name: str) -> bool:
    """Whether another structure has *name* in this place: then it is no slip of the pen."""
    path = f"{element.path}/{name}" if element.path else name
    return any(path in _paths(other) for other in ROOTS)


@cache
def _paths(branch_name: str) -> frozenset[str]:
    return frozenset(one.path for one in branch(branch_name).walk())


def _counts(branch_name: str, name: str) -> bool:
    """Whether *name* is, but for upper and lower case, a number or a group of the structure.

    Such a one in the wrong place means an amount or a discount that the customer believes to have stated.
    """
    return name.lower() in _counting_names(branch_name)


@cache
def _counting_names(branch_name: str) -> frozenset[str]:
    return frozenset(one.name.lower() for one in branch(branch_name).walk() if one.kind in {"group", *NUMBERS})


@cache
def _all_names() -> frozenset[str]:
    """Every name of the SII's structures, and of the elements that hold a document, in small letters."""
    return frozenset(one.name.lower() for name in ROOTS for one in branch(name).walk())
