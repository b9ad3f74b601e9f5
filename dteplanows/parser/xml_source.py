"""The XML of customers up to its documents: bytes to a tree, and what cannot be one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from dteplanows.document.catalogue import problem
from dteplanows.document.elements import ROOTS
from dteplanows.document.model import Document
from dteplanows.document.problem import NOWHERE, Place
from dteplanows.document.text import decode

MOST_TAGS = 500_000
"""Tags of one file; a boleta of a thousand lines has about thirty thousand."""

_OPTIONS: dict[str, Any] = {
    "resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False, "encoding": "utf-8",
    "remove_comments": True, "remove_pis": True,
}  # fmt: skip

_LONGEST_PATH = 120
"""Characters of a place that are told; all places of the structure are shorter."""

_DECLARATION = re.compile(r"\s*<\?xml\b[^>]*\?>")
_DOCTYPE = re.compile(r"\s*+(?>(?:<\?(?>.*?\?>)|<!--(?>.*?-->))\s*+)*+<!DOCTYPE", re.DOTALL | re.IGNORECASE)

_ROOTS = frozenset(ROOTS.values())
SEALS = frozenset({"TED", "TmstFirma", "Signature"})


def whole_tree(text: bytes) -> etree._Element:
    """The root of the :func:`prepared` *text*.

    :raises etree.XMLSyntaxError: it is no XML.
    """
    return etree.fromstring(text, etree.XMLParser(**_OPTIONS))


def prepared(data: bytes, most_tags: int) -> bytes | Document:
    """*data* in UTF-8 for the parser; when it must not be parsed, the document that says why.

    Line breaks before the root stay, for the line numbers of places.
    """
    text = _text(data).lstrip("\ufeff")
    declaration = _DECLARATION.match(text)
    # the declaration names a charset that is no longer true
    if declaration:
        text = "\n" * declaration[0].count("\n") + text[declaration.end():]
    if _DOCTYPE.match(text):
        return _unreadable("TXT-052")
    if data.count(b"<") > most_tags:
        return _unreadable("TXT-053", limit=most_tags)
    return text.encode("utf-8", "replace")


def not_documents(root: etree._Element) -> Document | None:
    """What to answer to a file whose *root* shows that nothing in it can be issued; else None."""
    if root.getroottree().docinfo.internalDTD is not None:
        return _unreadable("TXT-052")
    name = local(root)
    return _unreadable("TXT-013", name) if name.startswith("Libro") or name == "EnvioLibro" else None


def none_found(root: etree._Element) -> Document:
    """What to answer to a file without documents."""
    name = local(root)
    return Document(0, problems=[problem("TXT-054", place_of(root, name, ""), name)])


def _text(data: bytes) -> str:
    """*data* decoded; where it is not all UTF-8, each piece between tags by itself."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return "<".join(decode(piece) for piece in data.split(b"<"))


def _unreadable(code: str, value: str = "", **facts: object) -> Document:
    return Document(0, problems=[problem(code, NOWHERE, value, **facts)])


def malformed(data: bytes, wrong: etree.XMLSyntaxError) -> Document:
    """What to answer to *data*, which is no XML."""
    if "depth" in (wrong.msg or "").lower():
        return _unreadable("TXT-053", limit=MOST_TAGS)
    line, column = wrong.position
    lines = data.decode("utf-8").split("\n")
    row = lines[line - 1] if 0 < line <= len(lines) else ""
    near = row[max(0, column - 30): column + 30].strip() or row[-60:].strip()
    return Document(0, problems=[problem("TXT-050", Place(line), near, line=line, column=column)])


def local(node: etree._Element) -> str:
    """Name of *node* without namespace; empty for an entity, which is no element."""
    tag = node.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def documents_below(root: etree._Element) -> Iterator[tuple[etree._Element, list[str]]]:
    """Each document of a DTE with the names of its siblings that seal it: the root's own or any wrapper's."""
    if local(root) in _ROOTS:
        yield root, []
        return
    for dte in root.iter():
        if local(dte) != "DTE":
            continue
        seals = [local(child) for child in dte if local(child) in SEALS]
        for child in dte:
            if local(child) in _ROOTS:
                yield child, seals


def place_of(node: etree._Element, path: str, name: str) -> Place:
    """Where *node* stands, which is called *name* and lies at *path*."""
    return Place(node.sourceline or 0, field=name[:_LONGEST_PATH], path=path[:_LONGEST_PATH])
