"""The XML of customers up to its documents: bytes to a tree, whole or piece by piece, and what cannot be one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from lxml import etree

from dteplanows import foreign_xml
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
_MARKS = tuple(f"{{*}}{name}" for name in ("DTE", *sorted(_ROOTS)))
SEALS = frozenset({"TED", "TmstFirma", "Signature"})


class NoDocuments(Exception):  # noqa: N818 - the file was refused; nothing failed
    """A file of which nothing can be issued; ``document`` says why."""

    def __init__(self, document: Document) -> None:
        self.document = document
        super().__init__()


def whole_tree(text: bytes) -> etree._Element:
    """The root of the :func:`prepared` *text*.

    :raises etree.XMLSyntaxError: it is no XML.
    """
    return foreign_xml.parse(text, **_OPTIONS)


def stream_xml(text: bytes) -> Iterator[tuple[etree._Element, list[str]]]:
    """As :func:`documents_below`, of the :func:`prepared` *text*, with no more than one document in memory.

    What is given lives until the next one is asked for. The names in *text* stay in memory until the thread ends that
    goes through it: one that reads files of others has to be their own.

    :raises etree.XMLSyntaxError: at the place where the text is no XML.
    :raises NoDocuments: it holds none.
    """
    # Events of these elements alone: those of all would cost more than reading the documents.
    context = etree.iterparse(BytesIO(text), events=("start", "end"), tag=_MARKS, **_OPTIONS)
    outermost: etree._Element | None = None
    any_found = False
    for event, node in context:
        if outermost is None and event == "start":
            root = node.getroottree().getroot()
            if not any_found and (refusal := not_documents(root)):
                raise NoDocuments(refusal)
            outermost = node if node is root or local(node) == "DTE" else None
        elif outermost is not None and event == "end" and node is outermost:
            for one in documents_below(node):
                any_found = True
                yield one
            outermost = None
            _forget(node)
    if not any_found:
        raise NoDocuments(not_documents(context.root) or none_found(context.root))


def _forget(node: etree._Element) -> None:
    """Free the memory of *node* and of its elder siblings, which have been read."""
    node.clear()
    parent = node.getparent()
    while parent is not None and node.getprevious() is not None:
        del parent[0]


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


def told_with_its_place(text: bytes, wrong: etree.XMLSyntaxError) -> etree.XMLSyntaxError:
    """*wrong*, which :func:`stream_xml` raised, as a parser says it that reads all of *text* at once.

    Read by pieces, an unknown entity has no line.
    """
    try:
        whole_tree(text)
    except etree.XMLSyntaxError as told:
        return told
    return wrong


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
    return Place(node.sourceline or 0, field=name[:_LONGEST_PATH], path=path[:_LONGEST_PATH])
