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
    document = minidom.parseString(answer)

    def first(name: str) -> str:
        node = document.getElementsByTagName(name)[0].firstChild
        if node is None:
            raise Unreadable(name)
        return str(node.nodeValue)

    folio = int(first("Folio"))
    if not -(2**63) <= folio < 2**63:
        raise Unreadable("Folio")
    accepted = first("Resultado") == "True"
    return Read(accepted, str(folio), "" if accepted else first("Error"))


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
