"""Whether a client program saw what it had to see: the assertions on all of them stand here once."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from typing import Any

from lxml import etree

from tests.clients import Service
from tests.installation import FIRST_FOLIO, FOLIOS_OF_EACH
from tests.interop.readers import OF_THE_ANSWER
from tests.interop.scenario import Step

Line = dict[str, Any]


def differences(scenario: Iterable[Step], seen: Iterable[Line], service: Service) -> list[str]:
    """What a program saw otherwise than it had to."""
    lines = {one["paso"]: one for one in seen}
    found: list[str] = []
    issued = (0, 0)
    for one in scenario:
        line = lines.get(one.name)
        if line is None:
            found.append(f"{one.name}: not called")
            continue
        if one.operation == "Procesar" and one.accepted:
            issued = (int(line.get("tipo") or 0), int(line.get("folio") or 0))
        found += [f"{one.name}: {text}; it wrote {str(line)[:400]}" for text in _problems(one, line, service, issued)]
    return found


def _problems(one: Step, line: Line, service: Service, issued: tuple[int, int]) -> Iterator[str]:
    if one.fault:
        yield from _fault(one, line)
    elif "falla" in line or "valor" not in line:
        yield "no result"
    elif one.value is not None:
        if line["valor"] != one.value:
            yield f"expected {one.value!r}"
    elif one.accepted is not None:
        yield from _answer(one, line)
    elif not one.stored:
        yield from _missing(one, line["valor"])
    else:
        yield from _bytes(base64.b64decode(line["valor"], validate=True), service, issued)


def _fault(one: Step, line: Line) -> Iterator[str]:
    if not re.search("Client|Sender", str(line.get("falla", ""))):
        yield "expected a fault of the client"
    yield from _missing(one, str(line.get("texto", "")))


def _missing(one: Step, text: str) -> Iterator[str]:
    yield from (f"expected the text {each!r}" for each in one.says if each not in text)


def _answer(one: Step, line: Line) -> Iterator[str]:
    """The program's own reading, the readings of all known programs, and the documents one by one."""
    if line.get("resultado") != str(one.accepted):
        yield f"expected to read {one.accepted}"
    folio = int(line.get("folio") or -1)
    if one.folio is None:
        if not FIRST_FOLIO <= folio < FIRST_FOLIO + FOLIOS_OF_EACH:
            yield "expected a folio of ten digits"
    elif folio != one.folio:
        yield f"expected the folio {one.folio}"
    yield from _missing(one, str(line.get("error") or ""))
    documents = etree.fromstring(line["valor"].encode()).findall("Detalle/Documento")
    types = tuple(int(each.findtext("TipoDte", "-1")) for each in documents)
    if types != one.documents:
        yield f"expected documents of the types {one.documents}"
    for read in OF_THE_ANSWER:
        accepted, number, _ = read(line["valor"])
        if (accepted, int(number)) != (one.accepted, folio):
            yield f"{read.__name__} reads {accepted} and {number}"


def _bytes(value: bytes, service: Service, issued: tuple[int, int]) -> Iterator[str]:
    company = service.installation.company
    document = service.installation.ledger.documents.find(company.ambiente, company.rut, *issued)
    if document is None or document.xml != value:
        yield "expected the bytes of the document issued before"
