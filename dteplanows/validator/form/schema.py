"""The SII's structure as an XML Schema, generated from the element table and applied with lxml.

The SII's own XSD files are not copied here; the tests prove that this schema and theirs give the same verdict. Judged
is the unsigned document as the writer gives it: no namespace, no TED, no TmstFirma. Two schemas are made of each
branch:

* the *strict* one is the SII's: what it accepts has no finding;
* the *loose* one has the same types but takes the elements in any order and number. libxml2 leaves a group at its first
  misplaced element; where that happened the order is compared with the table, and the values with the loose schema, so
  that all findings come in one pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from threading import Lock
from typing import Literal, NamedTuple, cast

from lxml import etree
from lxml.etree import ErrorTypes as Codes

from dteplanows.document.elements import BRANCHES, NUMBERS, Element, bounds, branch
from dteplanows.document.phrases import phrase

FindingKind = Literal[
    "missing", "unexpected", "order", "repeated", "length", "type", "enum", "range", "digits", "decimals", "pattern",
    "syntax",
]  # fmt: skip


class Finding(NamedTuple):
    """One way in which a document is not of the SII's structure."""

    path: str
    """Below the root, e.g. ``Detalle[2]/QtyItem``. An element that may repeat always has its number, from 1; any
    other only from its second occurrence. Empty for the root itself."""
    element: Element | None
    """Its row of the element table; None where the table has no such element."""
    kind: FindingKind
    """``digits``: too many digits in all; ``decimals``: behind the point; ``repeated``: too many occurrences;
    ``order``: known, but at a later place than the table has it; ``syntax``: the text is not XML."""
    value: str
    """The text of the element as it stands; empty when there is none."""
    message: str
    """What is wrong, for people, in Spanish."""


XS = "{http://www.w3.org/2001/XMLSchema}"

_BASES = {
    "text": "string", "rut": "string", "positive": "integer", "natural": "integer", "integer": "integer",
    "decimal": "decimal", "date": "date", "time": "time", "datetime": "dateTime",
}  # fmt: skip

_RUT = (("minLength", "3"), ("maxLength", "10"), ("pattern", "[0-9]+-([0-9]|K)"))
"""RUTType of the SII's schemas; the check digit is not a matter of the schema."""


# --- the schemas, from the table -----------------------------------------------------------------------------------


def make_schema(root: Element, *, strict: bool = True) -> etree._Element:
    """The schema of the branch *root* as an XML tree; *strict* or loose, see the module's text."""
    schema = etree.Element(f"{XS}schema", nsmap={"xs": XS[1:-1]})
    document = _declare(schema, root, strict)
    etree.SubElement(document, f"{XS}attribute", name="ID", type="xs:ID", use="required")
    return schema


def _declare(parent: etree._Element, element: Element, strict: bool) -> etree._Element:
    """Declare *element* under *parent*; the type that was made for it."""
    declaration = etree.SubElement(parent, f"{XS}element", name=element.name)
    if strict and element.path:
        declaration.set("minOccurs", str(element.min))
        declaration.set("maxOccurs", str(element.max))
    if element.kind != "group":
        return _simple_type(declaration, element)
    group = etree.SubElement(declaration, f"{XS}complexType")
    if strict:
        content = etree.SubElement(group, f"{XS}sequence")
    else:
        content = etree.SubElement(group, f"{XS}choice", minOccurs="0", maxOccurs="unbounded")
    for child in element.children:
        _declare(content, child, strict)
    return group


def _simple_type(declaration: etree._Element, element: Element) -> etree._Element:
    simple = etree.SubElement(declaration, f"{XS}simpleType")
    restriction = etree.SubElement(simple, f"{XS}restriction", base=f"xs:{_BASES[element.kind]}")
    for name, value in _facets(element):
        etree.SubElement(restriction, f"{XS}{name}", value=value)
    return simple


def _facets(element: Element) -> Iterator[tuple[str, str]]:
    """Facets of *element*, the most telling first: of several that fail only the first becomes a finding."""
    if element.enum:
        yield from (("enumeration", value) for value in element.enum)
        return
    if element.kind == "rut":
        yield from _RUT
    if element.min_length:
        yield "minLength", str(element.min_length)
    if element.max_length:
        yield "maxLength", str(element.max_length)
    if element.fraction:
        yield "fractionDigits", str(element.fraction)
    if element.digits:
        yield "totalDigits", str(element.digits)
    lowest, highest = _limits(element)
    if lowest:
        yield "minInclusive", lowest
    if highest:
        yield "maxInclusive", highest


def _limits(element: Element) -> tuple[str, str]:
    """Lowest and highest value as the schema writes them; empty where there is none."""
    if element.kind not in NUMBERS:
        return element.lowest, element.highest
    lowest, highest = bounds(element)
    return ("" if lowest is None else format(lowest, "f"), "" if highest is None else format(highest, "f"))


class _Judge:
    """The compiled schemas of one branch, used by one thread at a time: lxml keeps the errors in the schema object."""

    def __init__(self, name: str) -> None:
        self.root = branch(name)
        self.strict = etree.XMLSchema(make_schema(self.root))
        self.loose = etree.XMLSchema(make_schema(self.root, strict=False))
        self.lock = Lock()


_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, remove_blank_text=True)
"""The blanks between elements go: there is less to judge."""


_BUILDING = Lock()
"""libxml2 2.14 makes its table of types with the first schema that it compiles, without a lock: where two threads do
that at once, one gets an error of the schema, or the process ends (SIGSEGV)."""

_JUDGES: dict[str, _Judge] = {}


def _judge(name: str) -> _Judge:
    if found := _JUDGES.get(name):
        return found
    with _BUILDING:
        if name not in _JUDGES:
            _JUDGES[name] = _Judge(name)
        return _JUDGES[name]


# --- the verdict ---------------------------------------------------------------------------------------------------


def check(text: str, tipo: int) -> list[Finding]:
    """What keeps *text* from being of the SII's structure for document type *tipo*; in the order of the document.

    :param text: the unsigned root element as :func:`dteplanows.document.writer.write_document` gives it.
    :raises KeyError: *tipo* is not issued by this service.
    """
    judge = _judge(BRANCHES[tipo])
    try:
        document = etree.fromstring(text, _PARSER)
    except etree.XMLSyntaxError as wrong:
        return [Finding("", None, "syntax", "", phrase("structure.unreadable", reason=wrong.msg))]
    with judge.lock:
        if judge.strict.validate(document):
            return []
        return _explain(judge, document)


_MISPLACED = frozenset({Codes.SCHEMAV_ELEMENT_CONTENT, Codes.SCHEMAV_CVC_TYPE_3_1_2})
"""Errors after which libxml2 skips the rest of the group."""

_KINDS: dict[int, FindingKind] = {
    Codes.SCHEMAV_CVC_ENUMERATION_VALID: "enum",
    Codes.SCHEMAV_CVC_MINLENGTH_VALID: "length",
    Codes.SCHEMAV_CVC_MAXLENGTH_VALID: "length",
    Codes.SCHEMAV_CVC_PATTERN_VALID: "pattern",
    Codes.SCHEMAV_CVC_FRACTIONDIGITS_VALID: "decimals",
    Codes.SCHEMAV_CVC_TOTALDIGITS_VALID: "digits",
    Codes.SCHEMAV_CVC_MININCLUSIVE_VALID: "range",
    Codes.SCHEMAV_CVC_MAXINCLUSIVE_VALID: "range",
    Codes.SCHEMAV_CVC_COMPLEX_TYPE_2_3: "unexpected",
    Codes.SCHEMAV_CVC_COMPLEX_TYPE_3_2_1: "unexpected",
    Codes.SCHEMAV_CVC_TYPE_3_1_1: "unexpected",
    Codes.SCHEMAV_CVC_COMPLEX_TYPE_4: "missing",
    Codes.SCHEMAV_CVC_ELT_1: "unexpected",
}
"""Kinds by libxml2's error code; any other code is a value of the wrong type."""


def _explain(judge: _Judge, document: etree._Element) -> list[Finding]:
    """The findings of *document*, which the strict schema refused."""
    errors = _errors(judge.strict)
    if document.tag != judge.root.name:
        return [_finding(judge.root, "", "unexpected", "")]
    positions = {node: place for place, node in enumerate(document.iter(etree.Element))}
    found: list[tuple[int, Finding]] = []
    if any(one.type in _MISPLACED for one in errors):
        found = [(positions[node], one) for node, one in _misplaced(document, judge.root, "")]
        judge.loose.validate(document)
        errors = _errors(judge.loose)
    seen: set[tuple[str, int]] = set()
    for error in errors:
        node = _node(document, error)
        once = (error.path or "", error.type if error.type in _OF_STRUCTURE else 0)
        if once not in seen:
            seen.add(once)
            found.append((positions[node], _of_error(judge.root, node, error)))
    return [one for _, one in sorted(found, key=lambda pair: pair[0])]


def _errors(schema: etree.XMLSchema) -> list[etree._LogEntry]:
    """What *schema* found last."""
    return list(cast("Iterable[etree._LogEntry]", schema.error_log))


_OF_STRUCTURE = frozenset({
    Codes.SCHEMAV_CVC_COMPLEX_TYPE_2_3, Codes.SCHEMAV_CVC_COMPLEX_TYPE_3_2_1, Codes.SCHEMAV_CVC_TYPE_3_1_1,
    Codes.SCHEMAV_CVC_COMPLEX_TYPE_4,
})  # fmt: skip
"""Errors that say nothing of an element's value, so that its value may have an error of its own."""


def _node(document: etree._Element, error: etree._LogEntry) -> etree._Element:
    found = document.getroottree().xpath(error.path or "/*")
    return found[0] if isinstance(found, list) and found and isinstance(found[0], etree._Element) else document


def _of_error(root: Element, node: etree._Element, error: etree._LogEntry) -> Finding:
    element: Element | None = root
    path = ""
    for step in (error.path or "").split("/")[2:]:
        name, _, number = step.partition("[")
        if not name.startswith("@"):
            element = element.child(name) if element else None
            path = _join(path, name, int(number.rstrip("]") or 1), element)
    return _finding(element, path, _KINDS.get(error.type, "type"), node.text or "")


# --- order and number of the elements ------------------------------------------------------------------------------


def _misplaced(node: etree._Element, group: Element, path: str) -> Iterator[tuple[etree._Element, Finding]]:
    """What is missing, unknown, repeated too often or out of order below *node*, with the node it stands at.

    Takes unknown elements away, for the loose schema to judge what is left.
    """
    counts = dict.fromkeys((child.name for child in group.children), 0)
    order = {name: place for place, name in enumerate(counts)}
    reached = 0
    unknown: list[etree._Element] = []
    for one in list(node.iterchildren(etree.Element)):
        name = str(one.tag)
        element = group.child(name)
        counts[name] = counts.get(name, 0) + 1
        below = _join(path, name, counts[name], element)
        if element is None:
            yield one, _finding(None, below, "unexpected", one.text or "")
            unknown.append(one)
            continue
        if counts[name] > element.max:
            yield one, _finding(element, below, "repeated", one.text or "")
        elif order[name] < reached:
            yield one, _finding(element, below, "order", one.text or "")
        reached = max(reached, order[name])
        yield from _misplaced(one, element, below)
    for one in unknown:
        node.remove(one)
    for element in group.children:
        if counts[element.name] < element.min:
            yield node, _finding(element, _join(path, element.name, 1, element), "missing", "")


def _join(path: str, name: str, number: int, element: Element | None) -> str:
    """*path* and *name*, with its *number* among its like where that is needed."""
    step = f"{name}[{number}]" if number > 1 or (element is not None and element.max > 1) else name
    return f"{path}/{step}" if path else step


# --- what the findings say -----------------------------------------------------------------------------------------

_FORMS = {
    "positive": "whole", "natural": "whole", "integer": "whole", "decimal": "decimal", "date": "date", "time": "time",
    "datetime": "datetime",
}  # fmt: skip
"""The phrases that say of which form a value is."""


def _finding(element: Element | None, path: str, kind: FindingKind, value: str) -> Finding:
    name = element.name if element else re.sub(r"\[\d+\]$", "", path.rpartition("/")[2])
    return Finding(path, element, kind, value, _message(element, name, kind, value))


def _message(element: Element | None, name: str, kind: FindingKind, value: str) -> str:
    if element is None or kind == "unexpected":
        return phrase("structure.unexpected", name=name)
    if not element.path:
        return phrase("structure.identifier", name=element.name)
    return phrase(f"structure.{kind}", name=name, **_facts(element, kind, value))


def _facts(element: Element, kind: FindingKind, value: str) -> dict[str, object]:
    """What the phrase of *kind* names, beside the element itself."""
    lowest, highest = _length(element)
    facts: dict[str, dict[str, object]] = {
        "repeated": {"most": element.max},
        "length": {"length": len(value), "lowest": lowest, "highest": highest},
        "enum": {"values": ", ".join(element.enum)},
        "range": {"range": _between(*_limits(element))},
        "digits": {"most": element.digits},
        "decimals": {"most": element.fraction},
        "type": {"form": phrase(f"forms.{_FORMS.get(element.kind, 'other')}")},
    }
    return facts.get(kind, {})


def _length(element: Element) -> tuple[int, int]:
    return (3, 10) if element.kind == "rut" else (element.min_length, element.max_length)


def _between(lowest: str, highest: str) -> str:
    return (phrase("structure.from", lowest=lowest) if lowest else "") + (
        phrase("structure.to", highest=highest) if highest else ""
    )
