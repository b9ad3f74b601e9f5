"""What a company issued before, for judging the notes that correct it, and what a note says for those after it."""

from __future__ import annotations

from collections.abc import Container
from datetime import date

from dteplanows.document.company import Company
from dteplanows.document.elements import NOTES
from dteplanows.document.model import Document
from dteplanows.document.reference_types import TAX_DOCUMENTS
from dteplanows.ledger.delivery_states import WITHOUT_EFFECT
from dteplanows.ledger.rows import NewReference, Series, StoredReference
from dteplanows.ledger.store import Ledger
from dteplanows.validator.references.own_documents import OwnDocument, OwnNote, own_key


class IssuedBefore:
    """The documents of one company as its ledger has them.

    Asked inside the transaction that issues the document judged, it also knows what precedes in the same file and was
    issued, however many documents are committed together; and nothing that was refused, for its folio or otherwise.
    """

    def __init__(self, ledger: Ledger, company: Company, unnumbered: Container[tuple[int, int]] = ()) -> None:
        """:param unnumbered: type and folio of what stands in the ledger on trial, with a folio it need not get."""
        self._ledger = ledger
        self._company = company
        self._unnumbered = unnumbered

    def find(self, tipo: int, folio: int) -> OwnDocument | None:
        """The live document of that type and folio with the notes to it, or None; one without effect is none."""
        ledger, ambiente, rut = self._ledger, self._company.ambiente, self._company.rut
        found = ledger.documents.find(ambiente, rut, tipo, folio)
        if found is None or not self._has_effect(found.id):
            return None
        notas = tuple(map(self._note, ledger.references.notes_in_force(ambiente, rut, tipo, folio)))
        return OwnDocument(
            date.fromisoformat(found.fecha_emision),
            found.rut_receptor,
            found.monto_neto,
            found.monto_exento,
            found.monto_total,
            notas,
        )

    def without_document(self, tipo: int, folio: int) -> str:
        """``anulado`` for a void folio, ``libre`` for one of the company's CAFs, ``rechazado`` or ``descartado`` where
        that became of the document; empty when nothing is known of it, as of one that another system used."""
        ledger, ambiente, rut = self._ledger, self._company.ambiente, self._company.rut
        use = ledger.folios.use(Series(ambiente, rut, tipo), folio)
        if use.estado == "emitido":
            found = ledger.documents.find(ambiente, rut, tipo, folio)
            delivery = ledger.deliveries.find(found.id) if found else None
            return delivery.estado if delivery else ""
        if use.estado:
            return "anulado" if use.estado == "anulado" else ""
        cafs = ledger.cafs.of(ambiente, rut, tipo)
        return "libre" if any(one.desde <= folio <= one.hasta for one in cafs) else ""

    def _has_effect(self, documento_id: int) -> bool:
        delivery = self._ledger.deliveries.find(documento_id)
        return delivery is None or delivery.estado not in WITHOUT_EFFECT

    def _note(self, stored: StoredReference) -> OwnNote:
        note = OwnNote(*stored)
        return note._replace(folio=0) if (note.tipo, note.folio) in self._unnumbered else note


def corrections(document: Document, monto_total: int) -> tuple[NewReference, ...]:
    """What *document* corrects among the documents of its issuer; nothing when it is no note.

    :param monto_total: its total in pesos, which is for the one document it corrects, if it is one.
    """
    if document.tipo not in NOTES:
        return ()
    correcting = [
        one
        for one in document.root.all("Referencia")
        if one.amount("CodRef") and one.text("TpoDocRef") in TAX_DOCUMENTS
    ]
    monto = monto_total if len(correcting) == 1 else 0
    keys = [(own_key(one), one.amount("CodRef")) for one in correcting]
    return tuple(NewReference(*key, codigo, monto) for key, codigo in keys if key)
