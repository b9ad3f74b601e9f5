"""The index of the manual's search: which section of which page has which word.

A script of ours (``docs/manual/tema/buscar.js``) reads it. It is written as a script too, so that the search also works
where the pages are opened as files, from which a browser lets nothing be fetched.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from lxml import etree

NAME = "indice.js"
"""Name of the index beside the pages."""

_WORD = re.compile(r"[0-9a-z]+(?:[-_.][0-9a-z]+)*")
_LONGEST_BEGINNING = 140
_LONGEST_WORD = 40
_FEW = frozenset(
    _WORD.findall(
        "a al como con cual de del el en es esa ese esta este la las le lo los mas ni no o para por que se si sin su"
    )
    + _WORD.findall("sus un una y")
)
"""Words that stand everywhere and find nothing."""


class Part(NamedTuple):
    """One section of a page."""

    address: str
    """Relative to the manual, with the section's mark."""
    title: str
    page: str
    """Title of the page."""
    text: str


def words(text: str) -> list[str]:
    """The words of *text* as they are compared: small letters without accents, joined codes and names as one."""
    plain = unicodedata.normalize("NFD", text.lower())
    return _WORD.findall("".join(one for one in plain if not unicodedata.combining(one)))


def with_parts(found: list[str]) -> set[str]:
    """*found* and, of words that are joined, their parts: ``segundos_en_fila`` is found by ``fila`` too."""
    return {one for word in found for one in (word, *re.split("[-_.]", word)) if 1 < len(one) <= _LONGEST_WORD} - _FEW


def parts(folder: Path) -> Iterator[Part]:
    """Every section of every page in *folder*, in the order of their paths."""
    for path in sorted(folder.rglob("*.html")):
        name = path.relative_to(folder).as_posix()
        page = etree.fromstring(path.read_bytes(), etree.HTMLParser(encoding="utf-8"))
        etree.strip_elements(page, "button", with_tail=False)
        main = page.find(".//main")
        sections = [] if main is None else [one for one in main.iter("section") if one.get("id")]
        for section in sections:
            heading = next((one for one in section if one.tag in ("h1", "h2", "h3")), None)
            if heading is not None and name != "buscar.html":
                mark = "" if heading.tag == "h1" else f"#{section.get('id')}"
                yield Part(name + mark, _text(heading), _text(sections[0].find("h1")), _own_text(section))


def _text(element: etree._Element | None) -> str:
    return "" if element is None else " ".join("".join(str(one) for one in element.itertext()).split())


def _own_text(section: etree._Element) -> str:
    """The text of *section* without its heading and the sections in it."""
    inner = [one for one in section if one.tag not in ("section", "h1", "h2", "h3", "nav")]
    return " ".join(_text(one) for one in inner)


def index(folder: Path) -> str:
    """The index of the pages in *folder*, as a script that gives it a name.

    Sections are ``[address, title, page, beginning of the text]``; each word has the numbers of its sections as steps
    from one to the next in base 36, joined by blanks.
    """
    found = list(parts(folder))
    places: dict[str, list[int]] = {}
    for number, part in enumerate(found):
        for word in sorted(with_parts(words(f"{part.title} {part.text}"))):
            places.setdefault(word, []).append(number)
    sections = [
        [one.address, one.title, "" if one.page == one.title else one.page, _beginning(one.text)] for one in found
    ]
    steps = {word: " ".join(_steps(numbers)) for word, numbers in sorted(places.items())}
    lines = [json.dumps(one, ensure_ascii=False) for one in sections]
    return (
        "const INDICE = {\nsecciones: [\n" + ",\n".join(lines) + "\n],\npalabras: {\n"
        + ",\n".join(f"{json.dumps(word)}:{json.dumps(one)}" for word, one in steps.items())
        + "\n}};\n"
    )  # fmt: skip


def _beginning(text: str) -> str:
    whole = " ".join(text.split())
    return whole if len(whole) <= _LONGEST_BEGINNING else whole[:_LONGEST_BEGINNING].rpartition(" ")[0] + "…"


def _steps(numbers: list[int]) -> Iterator[str]:
    before = 0
    for one in numbers:
        yield _base36(one - before)
        before = one


def _base36(number: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    text = digits[number % 36]
    while number := number // 36:
        text = digits[number % 36] + text
    return text
