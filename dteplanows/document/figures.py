"""The figures of a document as it is signed, for whoever sent it to compare with its own."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from lxml import etree

from dteplanows.document.elements import EXPORTS
from dteplanows.document.model import Document
from dteplanows.document.money import PESO

_TOTALES, _IN_PESOS = "Encabezado/Totales", "Encabezado/OtraMoneda"
_OF_TOTALES = ("MntNeto", "MntExe", "IVA", "MntTotal")
_TOTAL_IN_PESOS = "MntTotOtrMnda"


class Figures(NamedTuple):
    """Net, exempt, IVA and total. Pesos; those of exports in :attr:`moneda`, with its decimals. What is absent is 0."""

    neto: int | Decimal
    exento: int | Decimal
    iva: int | Decimal
    total: int | Decimal
    moneda: str = ""
    """Currency of an export as the document writes it, e.g. ``DOLAR USA``; empty for all others."""
    total_en_pesos: int | Decimal = 0
    """Total of an export as its ``OtraMoneda`` converts it; 0 where it says none."""


def of_document(document: Document) -> Figures:
    """The figures that *document* will be signed with, once it is judged."""
    totales = document.totales
    if document.tipo not in EXPORTS:
        neto, exento, iva, total = (totales.amount(name) for name in _OF_TOTALES)
        return Figures(neto, exento, iva, total)
    amounts = [totales.number(name) or 0 for name in _OF_TOTALES]
    in_pesos = document.root.group("Encabezado").group("OtraMoneda").number(_TOTAL_IN_PESOS)
    return _of_export(amounts, totales.text("TpoMoneda"), in_pesos or 0)


def of_signed(xml: bytes) -> Figures:
    """The figures that stand in a signed document.

    :raises lxml.etree.XMLSyntaxError: *xml* is no XML.
    """
    root = etree.fromstring(xml)
    amounts = [Decimal(_text(root, f"{_TOTALES}/{name}") or 0) for name in _OF_TOTALES]
    in_pesos = Decimal(_text(root, f"{_IN_PESOS}/{_TOTAL_IN_PESOS}") or 0)
    return _of_export(amounts, _text(root, f"{_TOTALES}/TpoMoneda"), in_pesos)


def _of_export(amounts: Sequence[int | Decimal], moneda: str, in_pesos: int | Decimal) -> Figures:
    neto, exento, iva, total = amounts
    return Figures(neto, exento, iva, total, moneda, total if moneda == PESO else in_pesos)


def _text(root: etree._Element, path: str) -> str:
    return root.findtext(".//" + "/".join(f"{{*}}{name}" for name in path.split("/"))) or ""
