"""The references of a document: what a note may be of, and whether the SII has it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from lxml import etree

from dteplanows.simulator.review.document import NOTES, Document, compared, remark, reparo
from dteplanows.simulator.store import Remark, Store

_ELECTRONIC = frozenset({33, 34, 39, 41, 43, 46, 52, 56, 61, 110, 111, 112})
_ANNULS, _CORRECTS, _AMOUNTS = "1", "2", "3"
_GUIA = 52
_SERVICES = "3"
_RESOLUTION_OF_CUSTOMS = "812"


class Reference(NamedTuple):
    """What a document refers to."""

    line: int
    tipo: int
    """0 where the type is no number (SET, HES…)."""
    folio: int
    cod: str


class Given(NamedTuple):
    """What the judgement knows."""

    store: Store
    within: dict[tuple[int, int], Document]
    """Documents of the same envelope, accepted so far, by type and folio."""
    strict: bool
    """Whether a note of a document that was never received is refused."""


def references_of(document: Document) -> list[Reference]:
    """The references, in order."""
    return [_reference(document, number, one) for number, one in enumerate(document.all("Referencia"), 1)]


def _reference(document: Document, number: int, element: etree._Element) -> Reference:
    tipo, folio = document.text("TpoDocRef", element), document.text("FolioRef", element)
    return Reference(
        number,
        int(tipo) if tipo.isascii() and tipo.isdigit() else 0,
        int(folio) if folio.isascii() and folio.isdigit() and len(folio) < 11 else 0,
        document.text("CodRef", element),
    )


def reference_remarks(document: Document, given: Given) -> Iterator[Remark]:
    """What is wrong with the references."""
    references = references_of(document)
    if document.tipo in (110, 111, 112) and document.text("Encabezado/IdDoc/IndServicio") == _SERVICES:
        kinds = {document.text("TpoDocRef", one) for one in document.all("Referencia")}
        if _RESOLUTION_OF_CUSTOMS not in kinds:
            yield reparo("REF-2-826", "Exportacion de servicios sin resolucion del SNA")
    if document.tipo not in NOTES:
        return
    of_documents = [one for one in references if one.tipo in _ELECTRONIC]
    paper = [one for one in references if one.tipo and one.tipo not in _ELECTRONIC and one.cod]
    if not of_documents and not paper:
        yield remark("REF-3-415", "Nota sin referencia valida")
        return
    for one in of_documents:
        yield from _of_note(document, one, given)


def _of_note(document: Document, reference: Reference, given: Given) -> Iterator[Remark]:
    line = reference.line
    if not reference.cod:
        yield remark("REF-3-758", "Nota debe indicar codigo de referencia", line)
        return
    if reference.tipo == _GUIA and reference.cod == _ANNULS:
        yield remark("REF-3-415", "Nota sin referencia valida", line)
        return
    known = given.store.live(document.emisor, reference.tipo, reference.folio)
    other = given.within.get((reference.tipo, reference.folio))
    if known is None and other is None:
        if given.strict:
            yield remark("REF-3-750", "Documento referenciado no existe en el SII", line)
        return
    receiver = known.receptor if known is not None else other.receptor if other is not None else ""
    if receiver != document.receptor:
        yield remark("REF-3-751", "Receptor no corresponde al del documento referenciado", line)
        return
    total = Decimal(known.monto or 0) if known is not None else other.total if other is not None else Decimal(0)
    if reference.cod == _ANNULS and document.total != total:
        yield compared("REF-2-780", "Monto de la nota que anula no corresponde", document.total, total, line)
    elif reference.cod == _CORRECTS and document.total:
        yield reparo("REF-2-781", "Nota que corrige texto no debe llevar montos", line)
    elif reference.cod == _AMOUNTS and not document.total:
        yield reparo("REF-2-768", "Nota que modifica montos con monto cero", line)
