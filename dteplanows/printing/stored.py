"""The stored document, read for printing: its values as the texts they are, the stamp as the bytes that were signed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree

from dteplanows.document.elements import BRANCHES, EXPORTS

_BETWEEN_TAGS = re.compile(rb">\s+<")
_CEDIBLE = frozenset({33, 34, 43, 46})
_GUIA, _VENTA = 52, "1"
_PESO = "PESO CL"

NO_FOLIO = "por asignar"
"""In the place of the folio of a document that has none yet."""


class Part:
    """Values and parts below one element, by element name."""

    __slots__ = ("parts", "values")

    def __init__(self) -> None:
        self.values: dict[str, list[str]] = {}
        self.parts: dict[str, list[Part]] = {}

    def all(self, path: str) -> Sequence[Part]:
        """All parts at *path*, in order."""
        above, last = _way(path)
        return self._below((*above, last))

    def texts(self, path: str) -> list[str]:
        """All values at *path*, in order."""
        above, name = _way(path)
        if not above:
            return list(self.values.get(name, ()))
        return [text for owner in self._below(above) for text in owner.values.get(name, ())]

    def _below(self, steps: Sequence[str]) -> Sequence[Part]:
        # Nearly all that is asked for is not there, and of the rest there is nearly always one.
        found: Sequence[Part] = (self,)
        for name in steps:
            if len(found) == 1:
                found = found[0].parts.get(name, ())
            else:
                found = [below for part in found for below in part.parts.get(name, ())]
            if not found:
                break
        return found

    def text(self, path: str) -> str:
        """The first value at *path*; empty when there is none."""
        found = self.texts(path)
        return found[0] if found else ""


@lru_cache(1024)
def _way(path: str) -> tuple[tuple[str, ...], str]:
    """The steps of *path* but for the last, and the last."""
    *above, last = path.split("/")
    return tuple(above), last


@dataclass(frozen=True, slots=True)
class Stored:
    """A signed document."""

    tipo: int
    structure: str
    """Which of the SII's four structures it has: a key of ``elements.ROOTS``."""
    root: Part
    """``Documento``, ``Liquidacion`` or ``Exportaciones``."""
    ted: bytes
    """The stamp as the barcode carries it: flat, in ISO-8859-1 (Instructivo de Emisión, A.2.4 and A.2.5). Empty for a
    document that is not issued."""

    @property
    def folio(self) -> str:
        """Its number."""
        return self.root.text("Encabezado/IdDoc/Folio")

    @property
    def issuer_name(self) -> str:
        """``RznSoc``, which boletas call ``RznSocEmisor``."""
        emisor = "Encabezado/Emisor/RznSoc"
        return self.root.text(emisor) or self.root.text(f"{emisor}Emisor")

    @property
    def issuer_giro(self) -> str:
        """``GiroEmis``, which boletas call ``GiroEmisor``."""
        emisor = "Encabezado/Emisor/GiroEmis"
        return self.root.text(emisor) or self.root.text(f"{emisor}or")

    @property
    def decimals(self) -> int:
        """Decimals that its amounts are printed with at least: exports are in other currencies."""
        if self.tipo not in EXPORTS or self.root.text("Encabezado/Totales/TpoMoneda") == _PESO:
            return 0
        return 2

    @property
    def has_cedible(self) -> bool:
        """Whether it has a cedible copy: invoices, and guías that are a sale (Ley 19.983)."""
        return is_cedible(self.tipo, self.root.text("Encabezado/IdDoc/IndTraslado"))


def is_cedible(tipo: int, traslado: str) -> bool:
    """Whether a document of type *tipo* with that ``IndTraslado`` has a cedible copy."""
    return traslado == _VENTA if tipo == _GUIA else tipo in _CEDIBLE


def read(xml: bytes) -> Stored:
    """The signed document in *xml*.

    :raises ValueError: it is not a signed document of a type that is issued here.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, remove_comments=True)
    try:
        dte = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"not a document: {error}") from None
    root = _part(dte[0]) if len(dte) else Part()
    tipo = root.text("Encabezado/IdDoc/TipoDTE")
    if not tipo.isdigit() or int(tipo) not in BRANCHES:
        raise ValueError(f"not a document that is printed: type {tipo!r}")
    return Stored(int(tipo), BRANCHES[int(tipo)], root, _stamp(xml))


def read_draft(text: str) -> Stored:
    """A document that is not issued yet: its root element, without stamp and signature, and with no folio of its own.

    :raises ValueError: it is none.
    """
    try:
        element = etree.fromstring(text, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    except etree.XMLSyntaxError as error:
        raise ValueError(f"not a document: {error}") from None
    root = _part(element)
    tipo = root.text("Encabezado/IdDoc/TipoDTE")
    if not tipo.isdigit() or int(tipo) not in BRANCHES:
        raise ValueError(f"not a document that is printed: type {tipo!r}")
    for one in root.all("Encabezado/IdDoc"):
        one.values["Folio"] = [NO_FOLIO]
    return Stored(int(tipo), BRANCHES[int(tipo)], root, b"")


def _stamp(xml: bytes) -> bytes:
    start, end = xml.find(b"<TED"), xml.find(b"</TED>")
    if start < 0 or end < 0:
        raise ValueError("the document has no stamp")
    return _BETWEEN_TAGS.sub(b"><", xml[start : end + len(b"</TED>")])


def _part(node: etree._Element) -> Part:
    part = Part()
    values, parts = part.values, part.parts
    for child in node:
        name = _local_name(child.tag)
        if len(child):
            parts.setdefault(name, []).append(_part(child))
        elif text := (child.text or "").strip():
            values.setdefault(name, []).append(text)
    return part


@lru_cache(4096)
def _local_name(tag: str) -> str:
    return tag.rpartition("}")[2]
