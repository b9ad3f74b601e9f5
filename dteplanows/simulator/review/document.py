"""A document as the judges look at it: its fields by name, amounts as decimals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from lxml import etree

from dteplanows.simulator.review.schema import name_of
from dteplanows.simulator.store import Remark

CODE = re.compile(r"SIMULADOR=([A-Z]{3,4}(?:-[0-9A-Z]+)*)")
"""Written in any text of a document: the code that it is refused with."""

_NUMBER = re.compile(r"-?[0-9]{1,18}(?:[.][0-9]{1,6})?")
BODIES = ("Documento", "Liquidacion", "Exportaciones")
NOTES = frozenset({56, 61, 111, 112})
EXPORTS = frozenset({110, 111, 112})
BOLETAS = frozenset({39, 41})


class Document:
    """One ``<DTE>``, parsed; *root* is its element, wherever it stands.

    :raises ValueError: it has no document in it.
    """

    def __init__(self, root: etree._Element) -> None:
        self.root = root
        self.body = body = body_of(root)
        self._namespace = etree.QName(body).namespace or ""
        self._texts: dict[str, str] = {}
        _gather(body, "", self._texts)
        self.tipo = int(self.text("Encabezado/IdDoc/TipoDTE"))
        self.folio = int(self.text("Encabezado/IdDoc/Folio"))
        self.fecha = self.text("Encabezado/IdDoc/FchEmis")
        self.emisor = self.text("Encabezado/Emisor/RUTEmisor")
        self.receptor = self.text("Encabezado/Receptor/RUTRecep")
        self.total = self.amount("Encabezado/Totales/MntTotal")
        self.monto = self.text("Encabezado/Totales/MntTotal")

    def all(self, path: str) -> list[etree._Element]:
        """Every element at *path*."""
        return list(self.body.findall(_qualified(self._namespace, path)))

    def text(self, path: str, start: etree._Element | None = None) -> str:
        """The text of the first element at *path* below *start* (the document); empty where there is none."""
        if start is None:
            return self._texts.get(path, "")
        return (start.findtext(_qualified(self._namespace, path)) or "").strip()

    def amount(self, path: str, start: etree._Element | None = None) -> Decimal:
        """The number at *path*; 0 where there is none that the schema admits."""
        text = self.text(path, start)
        return Decimal(text) if _NUMBER.fullmatch(text) else Decimal(0)

    def has(self, path: str) -> bool:
        """Whether there is an element at *path*."""
        return path in self._texts

    def wanted_codes(self) -> Iterator[str]:
        """The codes that its texts ask to be refused with."""
        for text in self.body.itertext():
            yield from CODE.findall(text)


def body_of(root: etree._Element) -> etree._Element:
    """The document in the ``<DTE>`` *root*.

    :raises ValueError: there is none.
    """
    for one in root.iterchildren(etree.Element):
        if name_of(one) in BODIES:
            return one
    raise ValueError("the DTE has no document")


def _gather(element: etree._Element, place: str, texts: dict[str, str]) -> None:
    """Add the text of every element below *element* to *texts*, by its path; the first of a path stays."""
    for child in element.iterchildren(etree.Element):
        path = place + name_of(child)
        texts.setdefault(path, (child.text or "").strip())
        if len(child):
            _gather(child, f"{path}/", texts)


@lru_cache(maxsize=1024)
def _qualified(namespace: str, path: str) -> str:
    return "/".join(f"{{{namespace}}}{part}" if namespace else part for part in path.split("/"))


def remark(code: str, text: str, line: int = 0) -> Remark:
    """A refusal."""
    return Remark(code, text, line)


def reparo(code: str, text: str, line: int = 0) -> Remark:
    """A reparo: accepted, and told."""
    return Remark(code, text, line, "REPARO")


def compared(code: str, text: str, ours: Decimal, theirs: Decimal, line: int = 0) -> Remark:
    """A reparo of two amounts that differ."""
    return Remark(code, text, line, "REPARO", _shown(ours, line), _shown(theirs, line))


def _shown(value: Decimal, line: int) -> str:
    """As the SII writes it: four decimals for a line, two for the header."""
    return f"{value:.{4 if line else 2}f}"
