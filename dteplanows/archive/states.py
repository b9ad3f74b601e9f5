"""What became of an issued document: in force, refused, discarded, or annulled by a note or, as a guía, by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dteplanows.document.company import Company
from dteplanows.ledger.delivery_states import WITHOUT_EFFECT
from dteplanows.ledger.finding import ListedDocument
from dteplanows.ledger.rows import StoredDocument, StoredReference
from dteplanows.ledger.store import Ledger
from dteplanows.validator.references.own_documents import annuls

EMITIDO, ANULADO = "emitido", "anulado"
_WITHOUT_EFFECT = {"rechazado": "rechazado por el SII", "descartado": "descartado; el SII no lo tiene"}


@dataclass(frozen=True, slots=True)
class State:
    """State of a document."""

    anulada: datetime | None = None
    """Since when a guía that never left is annulled."""
    notas: tuple[StoredReference, ...] = ()
    """Notes in force that correct the document."""
    nota: StoredReference | None = None
    """The one of them that annuls it."""
    without_effect: str = ""
    """``rechazado`` or ``descartado`` for one that the SII does not have and never will; empty for the others. Notes to
    the folio of one that was refused are of the document that replaced it."""

    @property
    def name(self) -> str:
        """``emitido``, ``anulado``, ``rechazado`` or ``descartado``."""
        if self.without_effect:
            return self.without_effect
        return ANULADO if self.anulada or self.nota else EMITIDO

    def text(self) -> str:
        """The same for a table: with the day, or with type and folio of the note."""
        if self.without_effect:
            return _WITHOUT_EFFECT[self.without_effect]
        if self.anulada:
            return f"anulada el {self.anulada:%Y-%m-%d}"
        return f"anulado por {self.nota.tipo}-{self.nota.folio}" if self.nota else EMITIDO


def state_of(ledger: Ledger, company: Company, one: StoredDocument | ListedDocument, anulada: datetime | None) -> State:
    """State of a document of *company*.

    :param anulada: since when it is annulled as a guía, as the ledger has it.
    """
    if ended := _without_effect(ledger, one):
        return State(anulada, without_effect=ended)
    notas = tuple(ledger.references.notes_in_force(company.ambiente, company.rut, one.tipo, one.folio))
    return State(anulada, notas, next((nota for nota in notas if annuls(nota, one.monto_total)), None))


def state_of_listed(ledger: Ledger, company: Company, one: ListedDocument) -> State:
    """State of a document of a list, without its notes where none says that it annuls."""
    if not one.has_effect or not one.con_anulacion:
        return State(one.anulada, without_effect="" if one.has_effect else one.estado_sii)
    return state_of(ledger, company, one, one.anulada)


def _without_effect(ledger: Ledger, one: StoredDocument | ListedDocument) -> str:
    """The state of a document that has no effect; empty for one that has."""
    if isinstance(one, ListedDocument):
        return "" if one.has_effect else one.estado_sii
    delivery = ledger.deliveries.find(one.id)
    return delivery.estado if delivery and delivery.estado in WITHOUT_EFFECT else ""
