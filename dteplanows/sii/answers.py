"""Answers of the SII as they come: XML in one charset or another, XML inside a text, pages, nothing.

Elements are looked up by local name wherever they stand, for the SII's own papers put the same element in several
places, with a prefix or without.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from lxml import etree

from dteplanows.sii.calls import Answer, Broken, Reply
from dteplanows.sii.outcomes import OUTCOMES, Outcome

_PARSER_OPTIONS = {"resolve_entities": False, "no_network": True, "load_dtd": False, "remove_comments": True}
_PAGE = re.compile(r"\s*(?:<!doctype\s+html|<html|<head|<body|<title)|.{0,2000}?<html[\s>]", re.IGNORECASE | re.DOTALL)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>\s*")
_SPACE = re.compile(r"\s+")
_TAG = re.compile(r"<(?:script|style).*?</(?:script|style)>|<[^>]*>", re.IGNORECASE | re.DOTALL)
_LONGEST = 300
"""Characters of a strange answer that a person is shown."""

_BY_STATUS = {
    400: "pregunta_rechazada", 401: "no_autenticado", 403: "no_autenticado", 404: "no_existe", 405: "ocupado",
    408: "sin_respuesta", 413: "tamano", 429: "ocupado", 503: "ocupado",
}  # fmt: skip
"""Outcomes of HTTP's own codes; other codes from 500 are failures of the SII, and those below are not known."""


class Fields:
    """The elements of an answer, by local name without regard to case."""

    def __init__(self, root: etree._Element | None = None) -> None:
        self._root = root

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Name, in capitals, and text of every element, in their order."""
        for one in () if self._root is None else self._root.iter(etree.Element):
            yield etree.QName(one).localname.upper(), (one.text or "").strip()

    def first(self, *names: str) -> str:
        """The text of the first element that has one of *names* and is not empty."""
        wanted = {one.upper() for one in names}
        return next((text for name, text in self if name in wanted and text), "")

    def all(self, name: str) -> list[str]:
        """The texts of all elements *name*."""
        return [text for found, text in self if found == name.upper()]

    def below(self, name: str) -> list[Fields]:
        """Every element *name* with what is below it."""
        found = () if self._root is None else self._root.iter(etree.Element)
        return [Fields(one) for one in found if etree.QName(one).localname.upper() == name.upper()]

    @property
    def root_name(self) -> str:
        """Local name of the outermost element, in capitals; empty for nothing."""
        return "" if self._root is None else str(etree.QName(self._root).localname).upper()


class Heard(NamedTuple):
    """An answer that was read, or why it could not be."""

    outcome: Outcome
    """``respondido`` when there is something in ``fields`` or ``data``."""
    fields: Fields
    detail: str = ""
    """What came instead, shortened, or what the library said."""
    data: Any = None
    """Of an answer in JSON."""
    wait: int = 0
    """Seconds that the SII asked to wait; 0 for nothing."""


def read_xml(answer: Answer) -> Heard:
    """An answer that should be XML, or a SOAP envelope with XML in a text."""
    failed = _failed(answer)
    if failed or isinstance(answer, Broken):
        return failed or _not_heard("respuesta_ilegible")
    text = as_text(answer.body)
    root = parse(text)
    if root is None:
        return _not_heard("pagina_html" if _PAGE.match(text) else "respuesta_ilegible", shortened(text))
    fields = Fields(root)
    if fault := fields.first("faultstring"):
        return _not_heard("falla_del_sii", shortened(fault))
    if root.tag == "html" or fields.root_name == "HTML":
        return _not_heard("pagina_html", shortened(text))
    inner = next((one for name, one in fields if name.endswith("RETURN") and one.startswith("<")), "")
    if fields.root_name == "ENVELOPE":
        found = parse(inner)
        if found is None:
            return _not_heard("respuesta_ilegible" if inner else "respuesta_vacia", shortened(inner or text))
        fields = Fields(found)
    return Heard(OUTCOMES["respondido"], fields)


def read_json(answer: Answer) -> Heard:
    """An answer that should be a JSON object; what is no JSON is told from a page."""
    failed = _failed(answer)
    if failed or isinstance(answer, Broken):
        return failed or _not_heard("respuesta_ilegible")
    text = as_text(answer.body)
    try:
        found = json.loads(text, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return _not_heard("pagina_html" if _PAGE.match(text) else "respuesta_ilegible", shortened(text))
    if not isinstance(found, dict):
        return _not_heard("respuesta_ilegible", shortened(text))
    return Heard(OUTCOMES["respondido"], Fields(), data=found)


def as_text(body: bytes) -> str:
    """*body* as text, whatever charset it says to have: UTF-8 where it is that, else ISO-8859-1; UTF-16 by its mark."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", "replace")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("latin-1")


def parse(text: str) -> etree._Element | None:
    """The root element of an XML *text*; None when it is not well formed, or has a DOCTYPE."""
    plain = _DECLARATION.sub("", text, count=1)
    if "<!DOCTYPE" in plain[:1000]:
        return None
    try:
        return etree.fromstring(plain.encode("utf-8", "replace"), etree.XMLParser(**_PARSER_OPTIONS))
    except etree.XMLSyntaxError:
        return None


def shortened(text: str) -> str:
    """The words of a strange answer, without tags, in one line that is not too long."""
    words = _SPACE.sub(" ", "".join(c if c.isprintable() else " " for c in _TAG.sub(" ", text))).strip()
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}..."


def _failed(answer: Answer) -> Heard | None:
    """What is known already without the body; None when it has to be read."""
    if isinstance(answer, Broken):
        return Heard(answer.outcome, Fields(), answer.detail)
    if answer.status == 200:
        return None if answer.body.strip() else _not_heard("respuesta_vacia")
    words = shortened(as_text(answer.body))
    unknown = "falla_del_sii" if answer.status >= 500 else "respuesta_desconocida"
    name = _BY_STATUS.get(answer.status, unknown)
    return _not_heard(name, f"HTTP {answer.status}: {words}".rstrip(": "), answer)


def _not_heard(name: str, detail: str = "", reply: Reply | None = None) -> Heard:
    return Heard(OUTCOMES[name], Fields(), detail, wait=reply.retry_after if reply else 0)
