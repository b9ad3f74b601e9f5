"""A document as the judges look at it: its fields by name, amounts as decimals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

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
        body = next((one for one in root.iterchildren(etree.Element) if name_of(one) in BODIES), None)
        if body is None:
            raise ValueError("the DTE has no document")
        self.body = body
        self._namespace = etree.QName(body).namespace or ""
        self.tipo = int(self.text("Encabezado/IdDoc/TipoDTE"))
        self.folio = int(self.text("Encabezado/IdDoc/Folio"))
        self.fecha = self.text("Encabezado/IdDoc/FchEmis")
        self.emisor = self.text("Encabezado/Emisor/RUTEmisor")
        self.receptor = self.text("Encabezado/Receptor/RUTRecep")
        self.total = self.amount("Encabezado/Totales/MntTotal")
        self.monto = self.text("Encabezado/Totales/MntTotal")

    def find(self, path: str, start: etree._Element | None = None) -> etree._Element | None:
        """The first element at *path* below *start* (the document)."""
        return (self.body if start is None else start).find(self._qualified(path))

    def all(self, path: str, start: etree._Element | None = None) -> list[etree._Element]:
        """Every element at *path* below *start* (the document)."""
        return list((self.body if start is None else start).findall(self._qualified(path)))

    def text(self, path: str, start: etree._Element | None = None) -> str:
        """The text at *path*; empty where there is none."""
        found = self.find(path, start)
        return "" if found is None else (found.text or "").strip()

    def amount(self, path: str, start: etree._Element | None = None) -> Decimal:
        """The number at *path*; 0 where there is none that the schema admits."""
        text = self.text(path, start)
        return Decimal(text) if _NUMBER.fullmatch(text) else Decimal(0)

    def has(self, path: str) -> bool:
        """Whether there is an element at *path*."""
        return self.find(path) is not None

    def wanted_codes(self) -> Iterator[str]:
        """The codes that its texts ask to be refused with."""
        for text in self.body.itertext():
            yield from CODE.findall(text)

    def _qualified(self, path: str) -> str:
        return "/".join(f"{{{self._namespace}}}{part}" if self._namespace else part for part in path.split("/"))


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
