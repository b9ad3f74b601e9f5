"""The schema, as the SII's own words tell its faults: a small one of this package, and the official one where it is.

The words are those of the SII's reader (Oracle's ``LSX-…``; ``CHR-…`` for characters and lines).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple, cast

from lxml import etree

from dteplanows.simulator.signatures import parsed
from dteplanows.simulator.tables import rows

SII = "{http://www.sii.cl/SiiDte}"
ROOTS = {"EnvioDTE": "EnvioDTE_v10.xsd", "EnvioBOLETA": "EnvioBOLETA_v11.xsd"}

_LONGEST_LINE = 4090
_BOLETAS = frozenset({"39", "41"})
_MOST_BOLETAS = 500
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_TYPES = etree.ErrorTypes


class Fault(NamedTuple):
    """One fault of the schema."""

    code: str
    text: str

    def __str__(self) -> str:
        return f"{self.code}: {self.text}"


class _Rule(NamedTuple):
    name: str
    least: int
    most: int
    form: re.Pattern[str] | None


@cache
def _rules() -> dict[str, tuple[_Rule, ...]]:
    found: dict[str, list[_Rule]] = {}
    for row in rows("schema"):
        form = re.compile(row["forma"]) if row["forma"] else None
        found.setdefault(row["padre"], []).append(_Rule(row["elemento"], int(row["minimo"]), int(row["maximo"]), form))
    return {parent: tuple(listed) for parent, listed in found.items()}


def name_of(element: etree._Element) -> str:
    """The local name of *element*."""
    return str(element.tag).rpartition("}")[2]


def read(data: bytes) -> etree._Element | Fault:
    """The root of the envelope *data*, or why it cannot be read."""
    for number, line in enumerate(data.split(b"\n"), 1):
        if len(line) > _LONGEST_LINE:
            return Fault("CHR-00002", f"Line too long ({_LONGEST_LINE}) at line {number}")
    if _CONTROL.search(data):
        return Fault("CHR-00001", "invalid character in document")
    try:
        root = parsed(data)
    except etree.XMLSyntaxError as error:
        return Fault("SCH-00001", f"{error.msg or 'not well-formed'}")
    if name_of(root) not in ROOTS:
        return Fault("LSX-00204", f'unexpected root element "{name_of(root)}"')
    return root


def faults(root: etree._Element, xsd: Path | None) -> list[Fault]:
    """What the schema says against the envelope *root*."""
    own = list(_own(root))
    if own or xsd is None:
        return own
    return list(_official(root, xsd))


def _own(root: etree._Element) -> Iterator[Fault]:
    if not root.tag.startswith(SII):
        yield Fault("LSX-00204", f'unexpected namespace in "{name_of(root)}"')
    for element in root.iter(etree.Element):
        name = name_of(element)
        if name in _rules() and not (name == "Signature" or _is_in_ted(element, name)):
            yield from _children(element, _rules()[name])
    yield from _kinds(root)


def _is_in_ted(element: etree._Element, name: str) -> bool:
    """Emisor, Receptor… are words of their own elsewhere; only the document's are looked at."""
    parent = element.getparent()
    return name in ("Emisor", "Receptor", "Totales", "IdDoc") and (parent is None or name_of(parent) != "Encabezado")


def _children(element: etree._Element, listed: tuple[_Rule, ...]) -> Iterator[Fault]:
    places = {rule.name: place for place, rule in enumerate(listed)}
    counts = dict.fromkeys(places, 0)
    reached = 0
    for child in element.iterchildren(etree.Element):
        place = places.get(name_of(child))
        if place is None:
            continue
        rule = listed[place]
        counts[rule.name] += 1
        if place < reached:
            yield Fault("LSX-00204", f'extra data at end of complex element: "{rule.name}"')
            continue
        reached = place
        if rule.form and not rule.form.fullmatch(child.text or ""):
            yield Fault("LSX-00290", f'invalid value "{(child.text or "")[:40]}" in "{rule.name}"')
    for rule in listed:
        if counts[rule.name] < rule.least:
            yield Fault("LSX-00213", f'only {counts[rule.name]} occurrences of particle "{rule.name}", '
                                     f"minimum is {rule.least}")  # fmt: skip
        elif counts[rule.name] > rule.most:
            yield Fault("LSX-00204", f'too many occurrences of "{rule.name}", maximum is {rule.most}')


def _kinds(root: etree._Element) -> Iterator[Fault]:
    """Boletas travel in EnvioBOLETA and nothing else does."""
    boletas = name_of(root) == "EnvioBOLETA"
    found = root.findall(f".//{SII}TipoDTE")
    for one in found:
        if (one.text in _BOLETAS) != boletas:
            yield Fault("LSX-00290", f'invalid enumeration choice "{one.text}" in "TipoDTE"')
    if boletas and len(found) > _MOST_BOLETAS:
        yield Fault("LSX-00204", f'too many occurrences of "DTE", maximum is {_MOST_BOLETAS}')


@cache
def _compiled(path: Path) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(path)))


def _official(root: etree._Element, folder: Path) -> Iterator[Fault]:
    schema = _compiled(folder / ROOTS[name_of(root)])
    if schema.validate(root):
        return
    for entry in cast("list[etree._LogEntry]", schema.error_log):
        text = entry.message.replace(SII, "")
        if entry.type == _TYPES.SCHEMAV_CVC_ENUMERATION_VALID:
            yield Fault("LSX-00290", text)
        elif entry.type == _TYPES.SCHEMAV_CVC_COMPLEX_TYPE_3_2_1:
            yield Fault("LSX-00265", text)
        elif entry.type == _TYPES.SCHEMAV_ELEMENT_CONTENT:
            yield Fault("LSX-00213" if "Missing" in text else "LSX-00204", text)
        else:
            yield Fault("SCH-00001", text)
