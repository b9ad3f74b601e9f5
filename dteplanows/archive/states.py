"""What became of an issued document: in force, or annulled by a note or, as a guía that never left, by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dteplanows.document.company import Company
from dteplanows.ledger.finding import ListedDocument
from dteplanows.ledger.rows import StoredDocument, StoredReference
from dteplanows.ledger.store import Ledger
from dteplanows.validator.references.own_documents import annuls

EMITIDO, ANULADO = "emitido", "anulado"


@dataclass(frozen=True, slots=True)
class State:
    """State of a document."""

    anulada: datetime | None = None
    """Since when a guía that never left is annulled."""
    notas: tuple[StoredReference, ...] = ()
    """Notes in force that correct the document."""
    nota: StoredReference | None = None
    """The one of them that annuls it."""

    @property
    def name(self) -> str:
        """``emitido`` or ``anulado``."""
        return ANULADO if self.anulada or self.nota else EMITIDO

    def text(self) -> str:
        """The same for a table: with the day, or with type and folio of the note."""
        if self.anulada:
            return f"anulada el {self.anulada:%Y-%m-%d}"
        return f"anulado por {self.nota.tipo}-{self.nota.folio}" if self.nota else EMITIDO


def state_of(ledger: Ledger, company: Company, one: StoredDocument | ListedDocument, anulada: datetime | None) -> State:
    """State of a document of *company*.

    :param anulada: since when it is annulled as a guía, as the ledger has it.
    """
    notas = tuple(ledger.references.notes_in_force(company.ambiente, company.rut, one.tipo, one.folio))
    return State(anulada, notas, next((nota for nota in notas if annuls(nota, one.monto_total)), None))


def state_of_listed(ledger: Ledger, company: Company, one: ListedDocument) -> State:
    """State of a document of a list, without its notes where none says that it annuls."""
    if not one.con_anulacion:
        return State(one.anulada)
    return state_of(ledger, company, one, one.anulada)
