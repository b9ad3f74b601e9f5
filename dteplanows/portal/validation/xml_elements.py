"""The elements of an XML with the place of each in its lines, also of one that is no whole XML.

lxml knows the line of a start tag alone; here each tag has its characters. Paths are those of problems' places, below
the document's root, with the number of each element of its name among its siblings: ``Detalle[2]/QtyItem[1]``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from dteplanows.document.elements import ROOTS
from dteplanows.document.problem import Place
from dteplanows.portal.validation.source import Offsets, Source
from dteplanows.portal.validation.span import Span

MOST_CHARACTERS = 1_000_000
"""Of a longer XML no elements are sought: its problems are shown with their lines alone."""

_MOST_LEVELS = 256
"""Beyond so many levels the parser takes nothing either."""

_TOKEN = re.compile(
    r"(?P<skipped><!--|<!\[CDATA\[|<\?)|</(?P<end>[\w.:-]+)\s*>|"
    r"<(?P<name>[\w.:-]+)(?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+>"
)
_BEHIND = {"<!--": "-->", "<![CDATA[": "]]>", "<?": "?>"}
"""What ends that in which no tags stand."""
_NUMBER = re.compile(r"\[\d+\]")
_ROOTS = frozenset(ROOTS.values())


@dataclass(slots=True)
class XmlElement:
    """One element."""

    name: str
    path: str
    """Below the document's root, each step with its number; empty for the root, and outside of documents."""
    document: int
    """Number of its document, from 0; -1 outside of documents."""
    tag: Span
    """Its start tag, or the part of it in its first line."""
    last_line: int
    """Line in which its start tag ends."""
    begin: int
    """Where its content begins in the text."""
    end: int = -1
    """Where its content ends; -1 where nothing closes it."""
    leaf: bool = True

    @property
    def plain_path(self) -> str:
        """The path without numbers."""
        return _NUMBER.sub("", self.path)


@dataclass(slots=True)
class _Open:
    """An element that is not closed yet."""

    element: XmlElement
    counts: dict[str, int] = field(default_factory=dict)


class Elements:
    """The elements of one XML."""

    def __init__(self, source: Source) -> None:
        self._text, self._source = source.text, source
        self._offsets = Offsets(source.lines)
        self.all = list(self._read()) if len(self._text) <= MOST_CHARACTERS else []
        """In the order of their start tags."""
        self._by_path = {(one.document, one.path): one for one in reversed(self.all) if one.document >= 0}
        self._by_name: dict[str, list[XmlElement]] = {}
        for one in self.all:
            self._by_name.setdefault(one.name, []).append(one)

    @property
    def documents(self) -> list[XmlElement]:
        """The roots of the documents."""
        return [one for one in self.all if one.document >= 0 and not one.path]

    def content(self, element: XmlElement) -> str:
        """What stands between the tags of *element*."""
        return self._text[element.begin : max(element.begin, element.end)]

    def span(self, element: XmlElement) -> Span:
        """The content of *element*, when it is a text; its start tag when it holds others or nothing."""
        content = self.content(element)
        if not element.leaf or not content.strip():
            return element.tag
        begin = element.begin + len(content) - len(content.lstrip())
        line, at = self._offsets.place(begin)
        return Span(line, at, min(at + len(content.strip()), len(self._source.line(line))))

    def find(self, place: Place, document: int | None) -> XmlElement | None:
        """The element that *place* is about, or the nearest one around it.

        :param document: number of its document, where that is known.
        """
        path = _numbered(place.path)
        while path and document is not None:
            found = self._by_path.get((document, path))
            if found is not None and self._stands_at(found, place):
                return found
            if found is not None and path != _numbered(place.path):
                return found
            path = path.rpartition("/")[0]
        name = _NUMBER.sub("", place.path).rpartition("/")[2] or place.field
        here = [one for one in self._by_name.get(name, ()) if self._stands_at(one, place)]
        plain = _NUMBER.sub("", place.path)
        return next((one for one in here if one.plain_path == plain), here[0] if here else None)

    def _stands_at(self, element: XmlElement, place: Place) -> bool:
        return self._source.single or not place.line or element.tag.line <= place.line <= element.last_line

    def _read(self) -> Iterator[XmlElement]:
        stack: list[_Open] = []
        documents = 0
        for token in self._tokens():
            if token["end"]:
                _close(stack, token["end"].rpartition(":")[2], token.start())
                continue
            name = token["name"].rpartition(":")[2]
            document, path = _below(stack, name)
            if document < 0 and name in _ROOTS:
                document, documents = documents, documents + 1
            element = self._element(name, path if document >= 0 else "", document, token)
            yield element
            if token[0].endswith("/>"):
                element.end = element.begin
            elif len(stack) >= _MOST_LEVELS:
                return
            else:
                stack.append(_Open(element))

    def _tokens(self) -> Iterator[re.Match[str]]:
        """The tags, up to where something is left open."""
        at = 0
        while token := _TOKEN.search(self._text, at):
            at = token.end()
            if not token["skipped"]:
                yield token
                continue
            mark = _BEHIND[token["skipped"]]
            at = self._text.find(mark, at)
            if at < 0:
                return

    def _element(self, name: str, path: str, document: int, token: re.Match[str]) -> XmlElement:
        line, begin = self._offsets.place(token.start())
        last, end = self._offsets.place(token.end() - 1)
        end = end + 1 if last == line else len(self._source.line(line))
        return XmlElement(name, path, document, Span(line, begin, end), last, token.end())


def _below(stack: list[_Open], name: str) -> tuple[int, str]:
    """Document and path of an element *name* in the innermost one; -1 and the empty path outside of documents."""
    if not stack:
        return -1, ""
    above = stack[-1]
    above.element.leaf = False
    if above.element.document < 0:
        return -1, ""
    count = above.counts[name] = above.counts.get(name, 0) + 1
    step = f"{name}[{count}]"
    return above.element.document, f"{above.element.path}/{step}" if above.element.path else step


def _close(stack: list[_Open], name: str, offset: int) -> None:
    """Close the innermost element *name*, and with it what nothing else closed; nothing where none is open."""
    if any(one.element.name == name for one in stack):
        while stack:
            element = stack.pop().element
            element.end = offset
            if element.name == name:
                return


def _numbered(path: str) -> str:
    """*path* with a number at each step, as :attr:`XmlElement.path` has it."""
    return "/".join(one if one.endswith("]") else f"{one}[1]" for one in path.split("/")) if path else ""
