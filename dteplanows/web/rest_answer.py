"""The answers of the REST service: the tree of the SOAP answers as JSON, and failures with an HTTP status.

Every value is a text, as in the XML that it comes from, for a client compares the folio letter by letter. One
``Documento`` is an object and several are a list. Beside ``WSPLANO`` stand, for clients that read a flat answer,
``Resultado`` (``OK`` or ``ERROR``), ``Folio`` (a number), ``Error`` and ``url``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from lxml import etree

from dteplanows.document import clock
from dteplanows.document.outcome import VENTA
from dteplanows.document.problem import Problem
from dteplanows.log import call
from dteplanows.soap import answer
from dteplanows.soap.asmx.reply import Reply
from dteplanows.soap.operations import parameters

_ALWAYS_LISTS: Mapping[str, str] = {"Avisos": "Aviso", "MotivosSii": "MotivoSii"}
"""Elements of ours, which no client of the original knows, are lists whatever their number; by what they stand in."""

_STATUS: Mapping[str, int] = {
    "SRV-001": 500, "SRV-003": 503, "SRV-004": 500, "SRV-121": 503, "SRV-124": 503, "SRV-129": 503,
    "AUT-001": 401,
    "AUT-002": 401, "AUT-003": 401, "AUT-013": 429, "AUT-014": 429, "AUT-015": 429,
    "AUT-073": 403, "AUT-074": 403, "AUT-075": 401, "AUT-016": 401, "AUT-017": 401, "FOL-060": 404,
}  # fmt: skip
"""HTTP status of a call that fails, by its first reason; 400 for all others."""

_CHALLENGE = ("WWW-Authenticate", "Bearer")


NOTHING = parameters.Key(0, 0)


def of_object(values: Mapping[str, Any], status: int = 200, *headers: tuple[str, str]) -> Reply:
    """*values* as a JSON object, which nothing on its way may keep."""
    body = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()
    return Reply(body, "application/json; charset=utf-8", status, headers, cache="no-store")


def of_answer(wsplano: str, **flat: str) -> Reply:
    """The answer string of a SOAP operation as JSON.

    :param flat: what stands beside ``WSPLANO`` besides what all answers have there.
    """
    tree = _value(etree.fromstring(wsplano))
    return of_object({"WSPLANO": tree, **_flat(tree), **flat})


def of_failure(
    problems: Iterable[Problem], status: int = 0, *headers: tuple[str, str], asked: parameters.Key = NOTHING
) -> Reply:
    """The answer to a call that failed, with the reasons.

    ``Mensaje`` is empty, for a client may take it for a link in base64.

    :param asked: the document that the call names; 0 for what it does not say.
    :param status: HTTP status; 0 for that of the first reason.
    """
    found = tuple(problems)
    call.note_refused(found)
    status = status or _STATUS.get(found[0].code, 400)
    documento = {
        "Folio": str(asked.folio), "TipoDte": str(asked.tipo), "Operacion": VENTA,
        "Fecha": clock.now().isoformat(timespec="seconds"), "Resultado": "False", "Error": answer.reasons(found),
    }  # fmt: skip
    tree = {"Resultado": "False", "Mensaje": "", "Detalle": {"Documento": documento}}
    headers = (*headers, _CHALLENGE) if status == 401 else headers
    return of_object({"WSPLANO": tree, **_flat(tree)}, status, *headers)


def _value(element: etree._Element) -> Any:
    """The text of *element*, or the values of its children by their names."""
    listed = _ALWAYS_LISTS.get(str(element.tag))
    if not len(element) and listed is None:
        return element.text or ""
    found: dict[str, Any] = {listed: []} if listed else {}
    for child in element:
        value = _value(child)
        if child.tag not in found:
            found[child.tag] = value
        elif isinstance(found[child.tag], list):
            found[child.tag].append(value)
        else:
            found[child.tag] = [found[child.tag], value]
    return found


def _flat(tree: dict[str, Any]) -> dict[str, Any]:
    """What clients that read a flat answer look for, of the one document or of the whole."""
    documents = tree.get("Detalle", {}).get("Documento", {})
    one = documents if isinstance(documents, dict) else {}
    refused = tree.get("Resultado", "True") == "False"
    flat: dict[str, Any] = {"Resultado": "ERROR" if refused else "OK"}
    if one:
        flat["Folio"] = int(one["Folio"])
    if refused:
        flat["Error"] = one.get("Error") or tree["Mensaje"]
    return flat
