"""The note that annuls an issued document: prepared from what was signed, as a customer's file for the one road.

A credit note annuls facturas, boletas and debit notes, a debit note annuls a credit note, and exports have notes of
their own (Formato DTE v2.5, CodRef). A guía is annulled by no note.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from dteplanows import parser
from dteplanows.document import rut
from dteplanows.document.catalogue import problem
from dteplanows.document.elements import BOLETAS, EXEMPT_DOCUMENTS, EXPORTS, Element, find, structure
from dteplanows.document.model import Document, Group
from dteplanows.document.money import IVA_RATE
from dteplanows.document.phrases import phrase
from dteplanows.document.problem import Refused
from dteplanows.document.reference_types import REFERENCE_TYPES
from dteplanows.document.writer import number_draft, write_draft
from dteplanows.ledger.rows import StoredDocument
from dteplanows.validator.references.own_documents import ANNULS

_CREDIT_NOTES, _DEBIT_NOTES = (61, 112), (56, 111)

_FACTURA_DE_EXPORTACION = "110"

_KEPT_OF_ID_DOC = ("MntBruto", "IndServicio", "TpoTranVenta", "TpoTranCompra")
"""What a note says of itself as its document does. How and until when that was to be paid is not the note's."""

_KEPT_OF_EXPORTS = (*_KEPT_OF_ID_DOC, "FmaPagExp", "FchCancel")

_NOT_OF_A_NOTE = frozenset(
    {"IdDoc", "MontoPeriodo", "SaldoAnterior", "VlrPagar", "Referencia", "SubTotInfo", "Transporte"}
)
"""Groups and values of a document that its note does not repeat as they are."""

LONGEST_REASON = find(61, "Referencia/RazonRef").max_length
"""Characters of the reason that stands in the note."""


USUAL_REASON = phrase("annulling.reason")
"""Where nobody says another."""


class Prepared(NamedTuple):
    """A note before it is issued."""

    tipo: int
    """Its document type."""
    file: bytes
    """As a customer's XML file would give it; the folio is left to the service."""


def note_type(tipo: int) -> int:
    """The type of the note that annuls a document of type *tipo*; 0 where none does.

    >>> note_type(33), note_type(61), note_type(110), note_type(52)
    (61, 56, 112, 0)
    """
    may = REFERENCE_TYPES[str(tipo)].corrected_by
    return next((one for one in (*_CREDIT_NOTES, *_DEBIT_NOTES) if one in may), 0)


def prepare(stored: StoredDocument, razon: str, today: date) -> Prepared:
    """The note that annuls *stored*, dated *today*.

    :param razon: why, for the reader of the note.
    :raises Refused: no note annuls that type (REF-060), or the reason is missing or too long (REF-061).
    """
    tipo = note_type(stored.tipo)
    if not tipo:
        raise Refused([problem("REF-060", value=str(stored.folio), tipo=stored.tipo)])
    razon = " ".join(razon.split())
    if not razon or len(razon) > LONGEST_REASON:
        raise Refused([problem("REF-061", value=razon, limit=LONGEST_REASON)])
    signed = read(stored)
    note = Document(tipo)
    _copy(structure(tipo), signed.root, note.root, tipo)
    _fill_id_doc(note, signed, today)
    if signed.tipo in BOLETAS:
        _fill_from_boleta(note, signed)
    if signed.tipo in EXEMPT_DOCUMENTS:
        _mark_exempt(note)
    if tipo in EXPORTS:
        _copy_below(note, signed, "Encabezado", "Transporte")
    _refer(note, signed, stored, razon)
    return Prepared(tipo, as_file(note))


def read(stored: StoredDocument) -> Document:
    """The document that was signed, as a file of it would be read."""
    return parser.parse(stored.xml, parser.XML)[0]


def as_file(document: Document) -> bytes:
    """*document* as a customer's XML file that leaves the folio to the service."""
    text = number_draft(write_draft(document), document.tipo, 0)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<DTE version="1.0">\n{text}\n</DTE>\n'.encode()


# --- the parts of the note ----------------------------------------------------------------------------------------


def _copy(element: Element, source: Group, target: Group, tipo: int) -> None:
    """Copy what *source* has and a note may have at *element*."""
    for name, fields in source.fields.items():
        child = element.child(name)
        if child and child.kind != "group" and child.obliged(tipo) != 0 and name not in _NOT_OF_A_NOTE:
            target.fields[name] = list(fields)
    for name, groups in source.groups.items():
        child = element.child(name)
        if child and child.kind == "group" and child.obliged(tipo) != 0 and name not in _NOT_OF_A_NOTE:
            for one in groups:
                _copy(child, one, target.add_group(name), tipo)


def _copy_below(note: Document, signed: Document, *path: str) -> None:
    """Copy the group at *path* too."""
    source, target, element = signed.root, note.root, structure(note.tipo)
    for name in path:
        if name not in source.groups:
            return
        below = element.child(name)
        assert below
        source, target, element = source.group(name), target.group(name), below
    _copy(element, source, target, note.tipo)


def _fill_id_doc(note: Document, signed: Document, today: date) -> None:
    id_doc = note.id_doc
    id_doc.put("TipoDTE", note.tipo)
    id_doc.put("FchEmis", today)
    for name in _KEPT_OF_EXPORTS if note.tipo in EXPORTS else _KEPT_OF_ID_DOC:
        element = structure(note.tipo).child("Encabezado").child("IdDoc").child(name)  # type: ignore[union-attr]
        value = signed.id_doc.text(name)
        admitted = element is not None and element.obliged(note.tipo) != 0
        if element and admitted and value and (not element.enum or value in element.enum):
            id_doc.fields[name] = list(signed.id_doc.fields[name])


def _fill_from_boleta(note: Document, signed: Document) -> None:
    """What a boleta says otherwise than a note, or need not say: its prices include the IVA unless it says so."""
    note.id_doc.drop("IndServicio")
    if signed.tipo == 39 and not signed.id_doc.amount("IndMntNeto"):
        note.id_doc.put("MntBruto", 1)
    if note.totales.amount("IVA"):
        note.totales.put("TasaIVA", IVA_RATE)
    receptor = note.receptor
    if not receptor.text("RUTRecep"):
        receptor.put("RUTRecep", rut.CLIENT_WITHOUT_RUT)
    if not receptor.text("RznSocRecep"):
        receptor.put("RznSocRecep", phrase("annulling.nobody"))


def _mark_exempt(note: Document) -> None:
    """Say of each line and each change what the type of the document said of all of them: that it is exempt."""
    for line in note.detalles:
        if "IndExe" not in line.fields:
            line.put("IndExe", 1)
    for change in note.root.all("DscRcgGlobal"):
        if "IndExeDR" not in change.fields:
            change.put("IndExeDR", 1)


def _refer(note: Document, signed: Document, stored: StoredDocument, razon: str) -> None:
    """The reference by which the note annuls, and behind it the factura of an export that a note to a note names."""
    reference = note.root.add_group("Referencia")
    reference.put("NroLinRef", 1)
    reference.put("TpoDocRef", str(stored.tipo))
    reference.put("FolioRef", str(stored.folio))
    reference.put("FchRef", date.fromisoformat(stored.fecha_emision))
    reference.put("CodRef", ANNULS)
    reference.put("RazonRef", razon)
    if note.tipo not in EXPORTS or str(stored.tipo) == _FACTURA_DE_EXPORTACION:
        return
    for one in signed.root.all("Referencia"):
        if one.text("TpoDocRef") == _FACTURA_DE_EXPORTACION:
            factura = note.root.add_group("Referencia")
            factura.fields = {name: list(fields) for name, fields in one.fields.items() if name != "CodRef"}
            factura.put("NroLinRef", 2)
            return
