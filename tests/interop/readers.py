"""How the customers' programs read an answer: each finds the first document's folio and result in its own way.

Every reader raises, as its program would break, when the answer lacks what it looks for.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple
from xml.dom import minidom
from xml.etree import ElementTree

from lxml import etree


class Read(NamedTuple):
    """What a program understood."""

    accepted: bool
    folio: str
    error: str = ""


class Unreadable(Exception):  # noqa: N818 - the text says what is missing
    """The program would not get on with this answer."""


# --- the string inside the result element ---------------------------------------------------------------------------


def php_simplexml(answer: str) -> Read:
    """PHP, SimpleXML turned into arrays: the outer result; on failure the message and the first ``Error``."""
    root = ElementTree.fromstring(answer)
    folio, error = root.findtext("Detalle/Documento/Folio"), root.findtext("Detalle/Documento/Error")
    if root.findtext("Resultado") == "True":
        return Read(True, folio or "")
    return Read(False, folio or "", f"{root.findtext('Mensaje')} - {error}")


def php_every_error(answer: str) -> Read:
    """PHP, SimpleXML: ``foreach`` over the errors, of which the first is kept."""
    root = ElementTree.fromstring(answer)
    accepted = root.findtext("Resultado") == "True"
    errors = [one.text or "" for one in root.iterfind("Detalle/Documento/Error")]
    if not accepted and not errors:
        raise Unreadable("Error")
    return Read(accepted, root.findtext("Detalle/Documento/Folio") or "", "" if accepted else errors[0])


def php_expression(answer: str) -> Read:
    """PHP, regular expressions and the first ``//Resultado``; without links ``urlOriginal`` must not be found."""
    if re.search(r"<urlOriginal>(.*?)</urlOriginal>", answer):
        raise Unreadable("a link that was not asked for")
    results = etree.fromstring(answer.encode()).xpath("//Resultado[1]")
    if not isinstance(results, list) or not isinstance(results[0], etree._Element):
        raise Unreadable("Resultado")
    return Read(results[0].text == "True", _between(answer, "Folio"), _optional(answer, "Error"))


def node_compact(answer: str) -> Read:
    """Node, xml-js in its compact form: ``._text`` of every element of the document, the error's on failure."""
    document = _compact(ElementTree.fromstring(answer))["Detalle"]["Documento"]
    document = document[0] if isinstance(document, list) else document
    texts = {name: document[name]["_text"] for name in ("Folio", "TipoDte", "Operacion", "Fecha", "Resultado")}
    accepted = texts["Resultado"] == "True"
    datetime.fromisoformat(texts["Fecha"])
    return Read(accepted, str(int(texts["Folio"])), "" if accepted else document["Error"]["_text"])


def node_arrays(answer: str) -> Read:
    """Node, xml2js: every element is an array of strings or objects."""
    whole = _arrays(ElementTree.fromstring(answer))
    document = whole["Detalle"][0]["Documento"][0]
    accepted = whole["Resultado"][0] == "True"
    return Read(accepted, document["Folio"][0], "" if accepted else document["Error"][0])


def ruby_css(answer: str) -> Read:
    """Ruby, Nokogiri: CSS paths, a date of fixed form, the folio as a number."""
    root = etree.fromstring(answer.encode())
    document = root.find("Detalle/Documento")
    if root.tag != "WSPLANO" or document is None:
        raise Unreadable("WSPLANO>Detalle>Documento")
    datetime.strptime(document.findtext("Fecha", ""), "%Y-%m-%dT%H:%M:%S")
    accepted = root.findtext("Resultado") == "True"
    return Read(accepted, str(int(document.findtext("Folio", ""))), document.findtext("Error", ""))


def vb_first_of_name(answer: str) -> Read:
    """VB.NET, ``GetElementsByTagName(…)(0)``; the folio as a number of 64 bits."""
    folio = int(vb_first(answer, "Folio"))
    if not -(2**63) <= folio < 2**63:
        raise Unreadable("Folio")
    accepted = vb_first(answer, "Resultado") == "True"
    return Read(accepted, str(folio), "" if accepted else vb_first(answer, "Error"))


def csharp_json(answer: str) -> Read:
    """C#, the XML as JSON put into classes: one ``Error`` string per document, a date-time, the folio as text."""
    whole = json.loads(json.dumps(_plain(ElementTree.fromstring(answer))))
    document = whole["Detalle"]["Documento"]
    document = document[0] if isinstance(document, list) else document
    datetime.fromisoformat(document["Fecha"])
    error = document.get("Error", "")
    if not isinstance(error, str):
        raise Unreadable("Error is no string")
    return Read(whole["Resultado"] == "True", document["Folio"], error)


def python_elementtree(answer: str) -> Read:
    """Python, ElementTree: the folio anywhere below the root."""
    root = ElementTree.fromstring(answer)
    folio = root.find(".//Documento/Folio")
    if folio is None or not folio.text:
        raise Unreadable("Folio")
    return Read(root.findtext(".//Documento/Resultado") == "True", folio.text, root.findtext(".//Error") or "")


def python_substrings(answer: str) -> Read:
    """Python, substrings and one regular expression; success is looked for before the duplicate."""
    found = re.search(r"<Folio>(\d+)</Folio>", answer)
    if not found:
        raise Unreadable("Folio")
    accepted = "<Resultado>True</Resultado>" in answer
    return Read(accepted, found[1], "" if accepted else _between(answer, "Error"))


def typescript_either(answer: str) -> Read:
    """TypeScript, which accepts one document or an array of them."""
    documents = _plain(ElementTree.fromstring(answer))["Detalle"]["Documento"]
    one = documents[0] if isinstance(documents, list) else documents
    return Read(one["Resultado"] == "True", one["Folio"], one.get("Error", ""))


OF_THE_ANSWER: list[Callable[[str], Read]] = [
    php_simplexml,
    php_every_error,
    php_expression,
    node_compact,
    node_arrays,
    ruby_css,
    vb_first_of_name,
    csharp_json,
    python_elementtree,
    python_substrings,
    typescript_either,
]


# --- the body as it came over the wire --------------------------------------------------------------------------------


def java_body(body: str) -> Read:
    """Java, which parses nothing: it cuts at literal tags and undoes three entities."""
    if "faultcode" in body:
        raise Unreadable("a fault")
    answer = _between(body, "ProcesarResult")
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        answer = answer.replace(entity, character)
    document = _between(answer, "Documento")
    return Read(_between(document, "Resultado") == "True", _between(document, "Folio"), _optional(document, "Error"))


def vb_body(body: str) -> Read:
    """VB.NET, XmlSerializer with exact namespaces of SOAP 1.2; failure is also looked for in the escaped text."""
    root = ElementTree.fromstring(body)
    path = "{http://www.w3.org/2003/05/soap-envelope}Body/{http://tempuri.org}ProcesarResponse"
    result = root.find(f"{path}/{{http://tempuri.org}}ProcesarResult")
    if result is None or len(result) or result.attrib or not result.text:
        raise Unreadable("ProcesarResult")
    read = vb_first_of_name(result.text)
    if read.accepted is ("&lt;Resultado&gt;False&lt;/Resultado&gt;" in body):
        raise Unreadable("the escaped result says something else")
    return read


def strict_base64(text: str) -> bytes:
    """Ruby's and Java's decoders: no blank, no line end, full padding."""
    return base64.b64decode(text, validate=True)


# --- what else the answer of Procesar holds ---------------------------------------------------------------------------


def movement_of(answer: str) -> str:
    """PHP: the first letter of the operation is the ``tpomov`` of the next calls."""
    return (ElementTree.fromstring(answer).findtext("Detalle/Documento/Operacion") or "")[0]


def node_compact_addresses(answer: str) -> tuple[str, str]:
    """Node, xml-js: on success the program reads ``._text`` of both."""
    document = _compact(ElementTree.fromstring(answer))["Detalle"]["Documento"]
    return _text(document["urlOriginal"]["_text"]), _text(document["urlCedible"]["_text"])


def node_arrays_address(answer: str) -> str:
    """Node, xml2js: the first ``urlOriginal`` of the first document."""
    return _text(_arrays(ElementTree.fromstring(answer))["Detalle"][0]["Documento"][0]["urlOriginal"][0])


def csharp_address(answer: str) -> str:
    """C#: a property of the document, which the program passes on without decoding it."""
    return str(_plain(ElementTree.fromstring(answer))["Detalle"]["Documento"]["urlOriginal"])


def python_cedible(answer: str) -> str:
    """Python, one regular expression."""
    found = re.search(r"<urlCedible>(.+?)</urlCedible>", answer)
    if not found:
        raise Unreadable("urlCedible")
    return _text(found[1])


def vb_first(answer: str, name: str) -> str:
    """VB.NET, the text of ``GetElementsByTagName(name)(0)``."""
    found = minidom.parseString(answer).getElementsByTagName(name)
    if not found or found[0].firstChild is None:
        raise Unreadable(name)
    return str(found[0].firstChild.nodeValue)


# --- the answers of other operations ----------------------------------------------------------------------------------


def php_address(answer: str) -> str:
    """PHP, SimpleXML: ``Mensaje`` below the root, decoded."""
    return base64.b64decode(ElementTree.fromstring(answer).findtext("Mensaje") or "").decode()


def php_order(answer: str) -> str:
    """PHP, SimpleXML: ``OK``, or what stands in its place is shown to the person."""
    found = ElementTree.fromstring(answer).findtext("Mensaje/Resultado")
    if not found:
        raise Unreadable("Mensaje/Resultado")
    return found


def ruby_address(answer: str) -> str:
    """Ruby, Nokogiri ``WSPLANO>Mensaje`` and the strict decoder."""
    root = etree.fromstring(answer.encode())
    if root.tag != "WSPLANO":
        raise Unreadable("WSPLANO")
    return _text(root.findtext("Mensaje") or "")


def java_address(body: str) -> str:
    """Java, literal tags of the body and the strict decoder; ``0`` where the word ``faultcode`` stands."""
    if "faultcode" in body:
        return "0"
    answer = _between(body, "ObtenerLinkResult").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return _text(_between(answer, "Mensaje"))


class Printed(NamedTuple):
    """What a thermal printer is given."""

    head: str
    stamp: str
    foot: str


def python_ticket(answer: str) -> Printed | None:
    """Python, ElementTree: the three parts below ``Mensaje``; None where the program prints a receipt of its own."""
    message = ElementTree.fromstring(answer).find("Mensaje")
    parts = [] if message is None else [message.findtext(name) for name in ("Head", "TED", "Foot")]
    texts = [_utf8_or_latin1(base64.b64decode(one)) for one in parts if one is not None]
    return Printed(*texts) if len(texts) == 3 else None


def vb_receipt(answer: str) -> str:
    """VB.NET: the number of the file, as text; what is wrong is told by the first ``Error``."""
    if vb_first(answer, "Resultado") != "True":
        raise Unreadable(vb_first(answer, "Error"))
    return vb_first(answer, "TrackId")


def vb_state(body: str, result: str) -> Read:
    """VB.NET: the document, or folio 0 where there is none yet, which makes the program ask again.

    :param body: of the whole response, with *result* inside.
    """
    try:
        read = vb_first_of_name(result)
    except Unreadable:
        return Read(False, "0")
    if read.accepted is ("&lt;Resultado&gt;False&lt;/Resultado&gt;" in body):
        raise Unreadable("the escaped result says something else")
    return read


def _text(coded: str) -> str:
    return strict_base64(coded).decode()


def _utf8_or_latin1(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


# --- shapes ----------------------------------------------------------------------------------------------------------


def _compact(node: ElementTree.Element) -> dict[str, Any]:
    return _grouped(node, _compact) if len(node) else ({"_text": node.text} if node.text else {})


def _plain(node: ElementTree.Element) -> Any:
    return _grouped(node, _plain) if len(node) else node.text


def _grouped(node: ElementTree.Element, make: Callable[[ElementTree.Element], Any]) -> dict[str, Any]:
    """Children by name; an array only where a name comes more than once."""
    grown: dict[str, Any] = {}
    for name, values in _by_name(node, make).items():
        grown[name] = values[0] if len(values) == 1 else values
    return grown


def _arrays(node: ElementTree.Element) -> Any:
    return _by_name(node, _arrays) if len(node) else node.text


def _by_name(node: ElementTree.Element, make: Callable[[ElementTree.Element], Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for child in node:
        found.setdefault(child.tag, []).append(make(child))
    return found


def _between(text: str, name: str) -> str:
    start, end = f"<{name}>", f"</{name}>"
    if start not in text or end not in text:
        raise Unreadable(name)
    return text.partition(start)[2].partition(end)[0]


def _optional(text: str, name: str) -> str:
    return _between(text, name) if f"<{name}>" in text else ""
