"""The SOAP envelope of a call: from bytes to the operation and the element that holds its parameters.

More tolerant than an ASMX server where clients differ, and stricter where a body could do harm: a call needs little, so
the number of elements and attributes is limited before parsing, the depth after it, and DOCTYPE is refused unread.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from lxml import etree

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Place
from dteplanows.parser.xml import foreign as foreign_xml
from dteplanows.soap.asmx.charset import to_utf8
from dteplanows.soap.asmx.faults import Broken, Soap

MARKUP_LIMIT = 20_000
"""Elements, and attributes, of a call (a call has some ten)."""
DEPTH_LIMIT = 64
"""Levels of a call (a call has five)."""
_REFERENCE_LIMIT = 32

_ONLY_LOOKS = "Validar"
"""The operation that takes a file and never issues it."""

_PROLOG = re.compile(rb"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)

_VERSIONS = {version.value.namespace: version for version in Soap}
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


class Call(NamedTuple):
    """What a client calls."""

    version: Soap
    operation: str
    """Name as the contract spells it."""
    element: etree._Element
    """The element whose children are the parameters, without references and nil values."""


def read_call(body: bytes, charset: str, actions: Sequence[str], operations: Mapping[str, str]) -> Call:
    """The call in *body*.

    :param charset: charset of the HTTP header; empty when not given.
    :param actions: SOAPAction of version 1.1 and ``action`` of 1.2, each empty when not given; the first that names an
        operation decides, else the name of the first element in Body does. Where any of them says ``Validar``, nothing
        is issued.
    :param operations: the operations' names by their lower-case form.
    :raises Broken: it is no call of this service (SRV-040, SRV-045 to SRV-056).
    """
    root = _parse(body, charset)
    version, soap_body = _open(root)
    element = next(iter(soap_body), None)
    name = "" if element is None else _local(element)
    if element is not None and element.tag == f"{{{version.value.namespace}}}Fault":
        raise Broken(problem("SRV-053"), version=version)
    named = [_last_part(action) for action in actions]
    found = [operations[one.lower()] for one in (*named, name) if one.lower() in operations]
    # Where header and body disagree, one of them may be left from another call: what only looks is the safe one.
    operation = _ONLY_LOOKS if _ONLY_LOOKS in found else next(iter(found), "")
    if not operation:
        asked = name or next(filter(None, named), "")
        if not asked:
            raise Broken(problem("SRV-052"), version=version)
        known = ", ".join(operations.values())
        raise Broken(problem("SRV-054", value=asked, operaciones=known), version=version)
    if element is None:
        element = etree.Element(operation)
    _settle(element, soap_body, version)
    return Call(version, operation, element)


def _parse(body: bytes, charset: str) -> etree._Element:
    text = to_utf8(body, charset)
    if not text:
        raise Broken(problem("SRV-040"))
    tags = _count(text, b"<")
    # Base64 has "=" only at its end, so their number bounds that of the attributes.
    if tags > MARKUP_LIMIT or _count(text, b"=") > MARKUP_LIMIT:
        raise Broken(problem("SRV-046", maximo=MARKUP_LIMIT))
    if text.startswith(b"<!", _end_of_prolog(text)):
        raise Broken(problem("SRV-048"))
    try:
        root = foreign_xml.parse(
            text, encoding="utf-8", resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True,
            huge_tree=True, collect_ids=False,
        )  # fmt: skip
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise Broken(problem("SRV-049", linea=line, columna=column)) from None
    if tags > DEPTH_LIMIT and _depth(root) > DEPTH_LIMIT:
        raise Broken(problem("SRV-047", maximo=DEPTH_LIMIT))
    return root


def _count(text: bytes, mark: bytes) -> int:
    """How often *mark* occurs, up to one more than is allowed. Searching beats ``count`` where marks are few."""
    found, position = 0, text.find(mark)
    while position >= 0 and found <= MARKUP_LIMIT:
        found += 1
        position = text.find(mark, position + 1)
    return found


def _end_of_prolog(text: bytes) -> int:
    """Where the first tag or the DOCTYPE begins: elsewhere a DOCTYPE is not XML, and the parser says so."""
    match = _PROLOG.match(text)
    return match.end() if match else 0


def _depth(root: etree._Element) -> int:
    deepest = depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _open(root: etree._Element) -> tuple[Soap, etree._Element]:
    if _local(root) != "Envelope":
        raise Broken(problem("SRV-050", value=_local(root)))
    namespace = str(root.tag)[1:].partition("}")[0] if str(root.tag).startswith("{") else ""
    version = _VERSIONS.get(namespace)
    if version is None:
        raise Broken(problem("SRV-051", value=namespace), code="VersionMismatch")
    soap_body = root.find(f"{{{namespace}}}Body")
    if soap_body is None:
        raise Broken(problem("SRV-052"), version=version)
    return version, soap_body


def _last_part(action: str) -> str:
    return action.strip(" \t\"'/").rpartition("/")[2].rpartition("#")[2]


def _settle(element: etree._Element, soap_body: etree._Element, version: Soap) -> None:
    """Follow references (SOAP encoding), drop nil values, and see that texts are texts."""
    parts = _parts(element)
    if any(one.keys() for one in parts):
        _resolve([one for one in parts if one.get("href")], soap_body, version)
        for one in _parts(element):
            if str(one.attrib.pop(_NIL, "")).strip().lower() in ("1", "true"):
                one.getparent().remove(one)  # type: ignore[union-attr, unused-ignore]
        parts = _parts(element)
    element.attrib.pop(_NIL, "")
    if len({_local(one) for one in element}) < len(element):
        _drop_repeated(element)
        parts = _parts(element)
    for one in parts:
        if len(one) and not _is_login(one):
            raise Broken(problem("SRV-055", Place(field=_local(one))), version=version)


def _drop_repeated(element: etree._Element) -> None:
    """Of a parameter that comes more than once the first counts, as for ASMX."""
    seen: set[str] = set()
    for one in list(element):
        if _local(one) in seen:
            element.remove(one)
        seen.add(_local(one))


def _parts(element: etree._Element) -> list[etree._Element]:
    """The parameters below *element*, each with the parts of ``login`` behind it."""
    return [part for child in element for part in ((child, *child) if _is_login(child) else (child,))]


def _is_login(element: etree._Element) -> bool:
    return _local(element) == "login"


def _resolve(pending: list[etree._Element], soap_body: etree._Element, version: Soap) -> None:
    """Put what a ``href`` refers to in its place, in the parameters and in the parts of ``login``."""
    if not pending:
        return
    targets = {child.get("id"): child for child in soap_body.iter() if child.get("id")}
    followed = 0
    while pending:
        one = pending.pop()
        reference = str(one.attrib.pop("href"))
        target = targets.get(reference.removeprefix("#"))
        followed += 1
        if target is None or followed > _REFERENCE_LIMIT or len(target) > _REFERENCE_LIMIT:
            raise Broken(problem("SRV-056", value=reference), version=version)
        _fill(one, target)
        pending.extend(part for part in (one, *one) if part.get("href"))


def _fill(one: etree._Element, target: etree._Element) -> None:
    """Give *one* the text, the children (one level: a call needs no more) and the onward reference of *target*."""
    one.text = target.text
    one[:] = []
    for part in target:
        new = etree.SubElement(one, part.tag)
        new.text = part.text
        new.attrib.update({name: value for name, value in part.attrib.items() if name in ("href", _NIL)})
    onward = target.get("href")
    if onward:
        one.set("href", onward)
