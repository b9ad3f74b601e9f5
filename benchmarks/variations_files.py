"""The sample files, field by field, found without the parser: to change one field and to know where it stands.

A TXT is cut at its line ends and semicolons, an XML at its tags; bytes outside the changed field stay as they are. What
a field may hold is looked up in the tables of the layout and of the elements, which are facts about the formats.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from dteplanows.document.elements import BRANCHES, Element, at
from dteplanows.parser.txt.layout import BY_NAME
from fixtures import FIXTURES

TXT, XML = "1", "2"
OWN = Path("dteplanows", "muestras")
SHOWN = Path("docs", "manual", "ejemplos")
_LATIN = "latin-1"
"""Reads any bytes, and gives the same bytes back."""

_MARKER = re.compile(r"\s*->\s*(\w+)\s*<-\s*")
_TAG = re.compile(r"<!\[CDATA\[.*?\]\]>|<!--.*?-->|<(/?)([\w:]+)([^<>]*?)(/?)>", re.DOTALL)
_CDATA = re.compile(r"\s*<!\[CDATA\[(.*?)\]\]>\s*", re.DOTALL)
_ROOTS = ("Documento", "Liquidacion", "Exportaciones")


class Place(NamedTuple):
    """Where a field stands, as the reasons say it."""

    line: int
    section: str
    """Empty in an XML."""
    position: int
    path: str
    """Below the root, without the number of a first occurrence; empty in a TXT."""


class Field(NamedTuple):
    """One field of a sample."""

    place: Place
    name: str
    """Of the column or element."""
    text: str
    element: Element | None
    """What the value becomes; None where the layout gives it a meaning of its own."""
    begin: int
    """Where the text begins in the file."""
    whole: tuple[int, int]
    """What is taken away where the field is missing: its text, in an XML the tags too."""
    row: str
    """What the fields of one row, or of one group, have in common."""


class Sample(NamedTuple):
    """One file that is issued as it stands."""

    name: str
    data: bytes
    formato: str

    def changed(self, field: Field, text: str | None) -> bytes:
        """The file with *text* in *field*; without the field where it is None."""
        whole = self.data.decode(_LATIN)
        begin, end = field.whole if text is None else (field.begin, field.begin + len(field.text))
        return (whole[:begin] + (text or "") + whole[end:]).encode(_LATIN)

    def fields(self) -> list[Field]:
        """All fields, in the order of the file."""
        return list(_txt(self.data.decode(_LATIN)) if self.formato == TXT else _xml(self.data.decode(_LATIN)))


def samples() -> list[Sample]:
    """The project's own samples and fixtures that hold documents to be issued, without those that show faults."""
    found = [Sample(str(one), one.data, str(one.formato)) for one in FIXTURES]
    for path in (*sorted(OWN.iterdir()), *sorted(SHOWN.iterdir())):
        if path.suffix in (".txt", ".xml") and not re.search("con-errores|libro", path.name):
            found.append(Sample(path.name, path.read_bytes(), TXT if path.suffix == ".txt" else XML))
    return found


# --- TXT ---


def _txt(text: str) -> Iterator[Field]:
    begin, section, tipo = 0, "", 0
    lines = re.split(r"(\r\r\n|\r\n|\n|\r)", text)
    for number, line in enumerate(lines[::2], 1):
        found = _MARKER.match(line)
        start = 0
        if found:
            section, start = found[1], found.end()
        known = BY_NAME.get(section.lower())
        row = line[start:]
        if known is not None and not known.free and row.strip() and '"' not in row:
            texts = row.rstrip("\x1a").split(";")
            if known.header:
                tipo = int(texts[0]) if texts[0].strip().isdecimal() else 0
            at_byte = begin + start
            for column, one in zip(known.columns, texts, strict=False):
                inner = len(one) - len(one.lstrip())
                first = at_byte + inner
                plain = one.strip()
                element = at(BRANCHES[tipo], column.path) if column.path and tipo in BRANCHES else None
                place = Place(number, known.name, column.position, "")
                yield Field(place, column.name, plain, element, first, (first, first + len(plain)), f"line {number}")
                at_byte += len(one) + 1
        begin += len(line) + (len(lines[2 * number - 1]) if 2 * number - 1 < len(lines) else 0)


# --- XML ---


class _Open(NamedTuple):
    name: str
    begin: int
    """Of its tag."""
    inner: int
    """Of its content."""
    step: str
    counts: dict[str, int]
    line: int


def _xml(text: str) -> Iterator[Field]:
    stack: list[_Open] = []
    said = re.search(r"<TipoDTE>\D*(\d+)", text)
    tipo = int(said[1]) if said else 0
    last, closed_at = "", -1
    for tag in _TAG.finditer(text):
        if tag[2] is None:
            continue
        name = tag[2].rpartition(":")[2]
        if not tag[1]:
            counts = stack[-1].counts if stack else {}
            counts[name] = counts.get(name, 0) + 1
            step = name if counts[name] == 1 else f"{name}[{counts[name]}]"
            if not tag[4]:
                stack.append(_Open(name, tag.start(), tag.end(), step, {}, text.count("\n", 0, tag.end()) + 1))
                last = name
            continue
        one = stack.pop()
        inside = [each.name for each in stack]
        root = next((number for number, each in enumerate(inside) if each in _ROOTS), None)
        content = text[one.inner : tag.start()]
        cdata = _CDATA.fullmatch(content)
        is_leaf = last == name and one.inner > closed_at and (cdata is not None or "<" not in content)
        closed_at = tag.end()
        if root is None or not is_leaf:
            continue
        path = "/".join([*(each.step for each in stack[root + 1 :]), one.name])
        element = at(BRANCHES[tipo], re.sub(r"\[\d+\]", "", path)) if tipo in BRANCHES else None
        inner = cdata[1] if cdata else content
        plain = inner.strip()
        first = one.inner + content.index(inner) + len(inner) - len(inner.lstrip())
        place = Place(one.line, "", 0, path)
        group = f"{stack[-1].line} {path.rpartition('/')[0]}"
        yield Field(place, name, plain, element, first, (one.begin, tag.end()), group)
