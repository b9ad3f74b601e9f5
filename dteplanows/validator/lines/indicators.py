"""What a line is (IndExe) and what follows for its amount (Formato DTE v2.5 and Formato Boletas v4.2, IndExe)."""

from __future__ import annotations

from collections.abc import Mapping

from dteplanows.document.catalogue import problem
from dteplanows.document.model import Document, Group
from dteplanows.document.values import write
from dteplanows.validator.report import contradiction, money

_DEPOSIT, _NO_SALE, _DEDUCTED = 3, 4, 5
_WITHOUT_AMOUNT = frozenset({_NO_SALE, _DEDUCTED})
_CORRECTS_TEXT = 2
_SALE = 1

WITH_DEPOSITS = frozenset({33, 34, 56, 61})
"""Document types whose totals have a place for deposits on containers (GrntDep)."""

_ALLOWED: Mapping[int, frozenset[int]] = {
    33: frozenset({1, 2, 3, 4, 6}),
    34: frozenset({1, 2, 3, 4, 6}),
    39: frozenset({1, 2, 6}),
    41: frozenset({1, 2, 6}),
    43: frozenset({1, 2}),
    46: frozenset({1, 2, 4, 6}),
    52: frozenset({1, 2, 4, 5, 6}),
    56: frozenset({1, 2, 3, 6}),
    61: frozenset({1, 2, 3, 6}),
    110: frozenset({1, 2, 4}),
    111: frozenset({1, 2}),
    112: frozenset({1, 2}),
}
"""Indicators that mean something in each document type. Boletas have three; a liquidación no negative one; only
facturas and guías have lines that are no sale, and only guías lines that lessen an earlier guía."""


def check_line(document: Document, line: Group, tolerante: bool) -> None:
    """The line's indicator fits the document, and a line that is no sale has no amount."""
    indicator = line.amount("IndExe")
    place = line.place_of("IndExe")
    if indicator == _DEPOSIT and document.tipo not in WITH_DEPOSITS:
        document.problems.append(problem("TOT-035", place, "3", tipo=document.tipo))
    elif 0 < indicator <= 6 and (
        indicator not in _ALLOWED[document.tipo] or (document.tipo == 52 and not _fits_guide(document, indicator))
    ):
        document.problems.append(problem("TOT-034", place, str(indicator), tipo=document.tipo))
    if indicator in _WITHOUT_AMOUNT and line.number("MontoItem"):
        amount = line.number("MontoItem") or 0
        where = line.place_of("MontoItem")
        contradiction(document, tolerante, "TOT-032", where, write(amount), given=money(amount), indicator=indicator)
        if tolerante:
            line.put("MontoItem", 0, where)
    named = {one.text("TpoDocRef") for one in document.root.all("Referencia")}
    if indicator == _DEDUCTED and named.isdisjoint(("50", "52")):
        document.problems.append(problem("TOT-036", place, "5"))


def is_without_amount(line: Group) -> bool:
    """Whether *line* is no sale, or lessens an earlier guía: it has no amount."""
    return line.amount("IndExe") in _WITHOUT_AMOUNT


def _fits_guide(document: Document, indicator: int) -> bool:
    """Lines that are no sale stand in guías of a sale; lines that lessen a guía in the others."""
    is_sale = document.id_doc.amount("IndTraslado") == _SALE
    return {_NO_SALE: is_sale, _DEDUCTED: not is_sale}.get(indicator, True)


def may_be_zero(document: Document, line: Group) -> bool:
    """Whether a line with a price may still amount to nothing."""
    return line.amount("IndExe") in _WITHOUT_AMOUNT or may_be_without_amounts(document)


def may_be_without_amounts(document: Document) -> bool:
    """Whether the lines need no amounts: of a note that corrects a text, and of a guía that is no sale."""
    return corrects_text(document) or (document.tipo == 52 and document.id_doc.amount("IndTraslado") != _SALE)


def corrects_text(document: Document) -> bool:
    """Whether the document is a note that corrects only texts, and so has no amounts (Formato DTE v2.5, CodRef 2)."""
    if document.tipo not in (56, 61, 111, 112):
        return False
    codes = [one.amount("CodRef") for one in document.root.all("Referencia")]
    return next((code for code in codes if code), 0) == _CORRECTS_TEXT


def check(document: Document) -> None:
    """A note that corrects a text has lines of words only: quantity and price are left out."""
    if not corrects_text(document) or document.totales.number("MntTotal"):
        return
    for line in document.detalles:
        if line.number("MontoItem") == 0 and (line.number("PrcItem") or line.number("QtyItem")):
            document.problems.append(problem("TOT-033", line.place_of("PrcItem"), line.text("PrcItem")))
            for name in ("QtyItem", "PrcItem"):
                line.drop(name)
