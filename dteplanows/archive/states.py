"""What became of an issued document: in force, refused by the SII, or annulled by a note or, as a guía, by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dteplanows.document.company import Company
from dteplanows.ledger.finding import ListedDocument
from dteplanows.ledger.rows import StoredDocument, StoredReference
from dteplanows.ledger.store import Ledger
from dteplanows.validator.references.own_documents import annuls

EMITIDO, ANULADO, RECHAZADO = "emitido", "anulado", "rechazado"


@dataclass(frozen=True, slots=True)
class State:
    """State of a document."""

    anulada: datetime | None = None
    """Since when a guía that never left is annulled."""
    notas: tuple[StoredReference, ...] = ()
    """Notes in force that correct the document."""
    nota: StoredReference | None = None
    """The one of them that annuls it."""
    rechazado: bool = False
    """The SII refused it. Notes to its folio are of the document that replaced it."""

    @property
    def name(self) -> str:
        """``emitido``, ``anulado`` or ``rechazado``."""
        if self.rechazado:
            return RECHAZADO
        return ANULADO if self.anulada or self.nota else EMITIDO

    def text(self) -> str:
        """The same for a table: with the day, or with type and folio of the note."""
        if self.rechazado:
            return "rechazado por el SII"
        if self.anulada:
            return f"anulada el {self.anulada:%Y-%m-%d}"
        return f"anulado por {self.nota.tipo}-{self.nota.folio}" if self.nota else EMITIDO


def state_of(ledger: Ledger, company: Company, one: StoredDocument | ListedDocument, anulada: datetime | None) -> State:
    """State of a document of *company*.

    :param anulada: since when it is annulled as a guía, as the ledger has it.
    """
    if _is_refused(ledger, one):
        return State(anulada, rechazado=True)
    notas = tuple(ledger.references.notes_in_force(company.ambiente, company.rut, one.tipo, one.folio))
    return State(anulada, notas, next((nota for nota in notas if annuls(nota, one.monto_total)), None))


def state_of_listed(ledger: Ledger, company: Company, one: ListedDocument) -> State:
    """State of a document of a list, without its notes where none says that it annuls."""
    if one.rechazado or not one.con_anulacion:
        return State(one.anulada, rechazado=one.rechazado)
    return state_of(ledger, company, one, one.anulada)


def _is_refused(ledger: Ledger, one: StoredDocument | ListedDocument) -> bool:
    if isinstance(one, ListedDocument):
        return one.rechazado
    delivery = ledger.deliveries.find(one.id)
    return delivery is not None and delivery.estado == "rechazado"
