"""The XML of customers up to its documents: bytes to a tree, whole or piece by piece, and what cannot be one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import chain
from typing import Any, NamedTuple

from lxml import etree

from dteplanows.document.catalogue import problem
from dteplanows.document.elements import ROOTS
from dteplanows.document.model import Document
from dteplanows.document.problem import NOWHERE, Place
from dteplanows.parser.characters import charset
from dteplanows.parser.characters.charset import Text
from dteplanows.parser.xml import foreign as foreign_xml

MOST_TAGS = 500_000
"""Tags of one file; a boleta of a thousand lines has about thirty thousand."""

_OPTIONS: dict[str, Any] = {
    "resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False, "encoding": "utf-8",
    "remove_comments": True, "remove_pis": True,
}  # fmt: skip

_LONGEST_PATH = 120
"""Characters of a place that are told; all places of the structure are shorter."""

_TAG_BEGINS = re.compile(r"<[A-Za-z_]")
_DECLARATION = re.compile(r"\s*<\?xml\b[^>]*\?>")
_DOCTYPE = re.compile(r"\s*+(?>(?:<\?(?>.*?\?>)|<!--(?>.*?-->))\s*+)*+<!DOCTYPE", re.DOTALL | re.IGNORECASE)

_ROOTS = frozenset(ROOTS.values())
_MARKS = tuple(f"{{*}}{name}" for name in ("DTE", *sorted(_ROOTS)))
SEALS = frozenset({"TED", "TmstFirma", "Signature"})

# What may stand beside documents, in small letters: not all programs keep to the SII's.
_DOCUMENTS = frozenset(name.lower() for name in ("DTE", *_ROOTS))
_ENVELOPES = frozenset({"enviodte", "envioboleta", "setdte"})
_PARTS = frozenset({"caratula", "personalizado", "personalizados", *(name.lower() for name in SEALS)})
_NOTES = frozenset({"adicional", "adicionales", "observacion", "observaciones"})
"""What some write behind the document in its DTE instead of inside it."""

_MOST_NAMES = 3
"""Names that are told of what a DTE holds instead of a document."""


class Found(NamedTuple):
    """A document that can be read."""

    node: etree._Element
    seals: list[str]
    """Names of its siblings in the DTE that seal it."""
    unused: list[etree._Element]
    """Its siblings in the DTE that say something and are not read."""


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


def stream_xml(text: bytes) -> Iterator[Found | Document]:
    """As :func:`documents_below`, of the :func:`prepared` *text*, with no more than one document in memory.

    What is given lives until the next one is asked for. The names in *text* stay in memory until the thread ends that
    goes through it: one that reads files of others has to be their own.

    :raises etree.XMLSyntaxError: at the place where the text is no XML.
    :raises NoDocuments: it holds none.
    """
    # Events of these elements alone: those of all would cost more than reading the documents.
    context = etree.iterparse(BytesIO(text), events=("start", "end"), tag=_MARKS, **_OPTIONS)
    marks = _streamed(context)
    first = next(marks, None)
    root = context.root if first is None else first.getroottree().getroot()
    refusal = not_documents(root)
    if refusal is None and first is not None:
        any_found = False
        for one in _in_order(root, chain([first], marks)):
            any_found = True
            yield one
        refusal = None if any_found else none_found(root)
    elif refusal is None:
        refusal = none_found(root)
    if refusal:
        raise NoDocuments(refusal)


def _streamed(context: Any) -> Iterator[etree._Element]:
    """The outermost marked elements of *context*, each complete, and forgotten when the next is asked for."""
    outermost: etree._Element | None = None
    for event, node in context:
        if outermost is None:
            outermost = node
        elif event == "end" and node is outermost:
            yield node
            outermost = None
            _forget(node)


def _forget(node: etree._Element) -> None:
    """Free the memory of *node* and of all that stands before it: it has been read.

    The emptied node itself stays, to tell where reading goes on.
    """
    node.clear()
    inner: etree._Element | None = node
    while inner is not None:
        parent = inner.getparent()
        while parent is not None and inner.getprevious() is not None:
            del parent[0]
        inner = parent


def prepared(data: bytes, most_tags: int) -> Text | Document:
    """*data* in UTF-8 for the parser; when it must not be parsed, the document that says why.

    Line breaks before the root stay, for the line numbers of places.
    """
    recognised = charset.of_xml(data)
    text = recognised.data.decode().lstrip("\ufeff")
    declaration = _DECLARATION.match(text)
    # the declaration names a charset that is no longer true
    if declaration:
        text = "\n" * declaration[0].count("\n") + text[declaration.end():]
    if _DOCTYPE.match(text):
        return _unreadable("TXT-052")
    if data.count(b"<") > most_tags:
        return _unreadable("TXT-053", limit=most_tags)
    return Text(text.encode(), recognised.remarks)


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


def _unreadable(code: str, value: str = "", **facts: object) -> Document:
    return Document(0, problems=[problem(code, NOWHERE, value, **facts)])


def _is_cut(lines: Sequence[str], line: int, column: int) -> bool:
    """Whether nothing is left where the reading stopped: something is missing there, and nothing wrong."""
    first, *more = lines[line - 1 :] or [""]
    return not first[column - 1 :].strip() and not any(map(str.strip, more))


def malformed(data: bytes, wrong: etree.XMLSyntaxError) -> Document:
    """What to answer to *data*, which is no XML."""
    if "depth" in (wrong.msg or "").lower():
        return _unreadable("TXT-053", limit=MOST_TAGS)
    line, column = wrong.position
    if _begins_again(data, wrong):
        return Document(0, problems=[problem("TXT-066", Place(line), line=line)])
    lines = data.decode("utf-8").split("\n")
    row = lines[line - 1] if 0 < line <= len(lines) else ""
    near = row[max(0, column - 30): column + 30].strip() or row[-60:].strip()
    if wrong.code != etree.ErrorTypes.ERR_TAG_NAME_MISMATCH and _is_cut(lines, line, column):
        last = next((one.strip() for one in reversed(lines) if one.strip()), "")
        return Document(0, problems=[problem("TXT-067", Place(line), last[-60:], line=line)])
    return Document(0, problems=[problem("TXT-050", Place(line), near, line=line, column=column)])


def _begins_again(data: bytes, wrong: etree.XMLSyntaxError) -> bool:
    """Whether *data* went wrong where another XML begins behind a whole one."""
    line, column = wrong.position
    rows = data.decode("utf-8").split("\n")
    if not 0 < line <= len(rows):
        return False
    if wrong.code == etree.ErrorTypes.ERR_DOCUMENT_END:
        return _TAG_BEGINS.match(rows[line - 1], column - 1) is not None
    if wrong.code != etree.ErrorTypes.ERR_RESERVED_XML_NAME:
        return False
    # A declaration may also stand in the midst of the first.
    before = "\n".join([*rows[: line - 1], rows[line - 1][: column - 1]]).removesuffix("<?xml")
    try:
        whole_tree(before.encode())
    except etree.XMLSyntaxError:
        return False
    return True


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


def documents_below(root: etree._Element) -> Iterator[Found | Document]:
    """Each document below *root* or *root* itself, in order; for what is passed over, a document that says why.

    A document stands in a DTE or directly in any wrapper.
    """
    return _in_order(root, _outermost(root.iter(*_MARKS)))


def _outermost(marks: Iterator[etree._Element]) -> Iterator[etree._Element]:
    """Those of *marks*, which come in document order, that are inside no other."""
    last: etree._Element | None = None
    for mark in marks:
        if last is None or all(one is not last for one in mark.iterancestors()):
            last = mark
            yield mark


def _in_order(container: etree._Element, marks: Iterator[etree._Element]) -> Iterator[Found | Document]:
    """The documents of *marks*, the outermost in *container*, and between them what is passed over."""
    last: etree._Element | None = None
    for mark in marks:
        for node in _between(container, last, mark):
            yield from _passed_over(node)
        yield from _documents_of(mark)
        last = mark
    if last is not None:
        for node in _between(container, last, None):
            yield from _passed_over(node)


def _between(
    container: etree._Element, last: etree._Element | None, stop: etree._Element | None
) -> Iterator[etree._Element]:
    """The biggest elements in *container* behind *last* and before *stop*; None is its begin and its end."""
    path = [] if stop is None else [stop, *stop.iterancestors()]
    below = container if last is None else None
    node = last
    while below is None and node is not None and node is not container:
        for one in node.itersiblings():
            if one in path:
                below = one
                break
            yield one
        node = node.getparent()
    while below is not None and below is not stop:
        above, below = below, None
        for one in above:
            if one in path:
                below = one
                break
            yield one


def _documents_of(mark: etree._Element) -> Iterator[Found | Document]:
    """The documents of *mark*, which is one or a DTE."""
    if local(mark) in _ROOTS:
        yield Found(mark, [], [])
        return
    inner = list(_outermost(mark.iterdescendants(*_MARKS)))
    if not inner:
        # A root without document is told as the whole file.
        if mark.getparent() is not None:
            yield _without_document(mark)
        return
    seals = [local(child) for child in mark if local(child) in SEALS]
    unused = [child for child in mark if _is_unused(child)]
    for one in _in_order(mark, iter(inner)):
        own = isinstance(one, Found) and one.node.getparent() is mark
        yield Found(one.node, seals, unused) if own and isinstance(one, Found) else one


def _is_unused(node: etree._Element) -> bool:
    """Whether *node*, in a DTE beside its document, says something that no one reads and need not be refused."""
    name = local(node)
    if not name or name in SEALS or name.lower() in _DOCUMENTS or not _says_something(node):
        return False
    return len(node) == 0 or name.lower() in _PARTS | _NOTES


def _passed_over(node: etree._Element) -> Iterator[Document]:
    """For *node*, in which no document was found, why nothing of it is issued; nothing when it had nothing to say."""
    name = local(node)
    small = name.lower()
    parent = node.getparent()
    if small in _PARTS or (small in _NOTES and parent is not None and local(parent) == "DTE"):
        return
    if small in _ENVELOPES:
        for child in node:
            yield from _passed_over(child)
    elif small in _DOCUMENTS or (len(node) and _says_something(node)):
        place = place_of(node, name, name)
        yield Document(0, problems=[problem("TXT-065", place, name)], place=place)


def _says_something(node: etree._Element) -> bool:
    return any(text.strip() for text in node.itertext())


def _without_document(dte: etree._Element) -> Document:
    place = place_of(dte, "DTE", "DTE")
    names = ", ".join([local(child) for child in dte if local(child)][:_MOST_NAMES])
    return Document(0, problems=[problem("TXT-064", place, names)], place=place)


def place_of(node: etree._Element, path: str, name: str) -> Place:
    return Place(node.sourceline or 0, "", name[:_LONGEST_PATH], 0, path[:_LONGEST_PATH])
