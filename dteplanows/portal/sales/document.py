"""One issued document as people read it: what was signed, what became of it, and what stands in relation to it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from dteplanows.archive.states import State, state_of
from dteplanows.document.company import Ambiente, Company
from dteplanows.document.elements import BOLETAS, DOCUMENT_NAMES
from dteplanows.ledger.delivery_states import UNSENT
from dteplanows.ledger.delivery_tables import Delivery
from dteplanows.ledger.rows import StoredDocument
from dteplanows.ledger.store import Ledger
from dteplanows.printing.closing import change_value, change_words
from dteplanows.printing.fields import Entry, entries, words
from dteplanows.printing.stored import Stored, read
from dteplanows.printing.table_rows import line, reference
from dteplanows.sii.reasons import read_reason

SECTIONS = ("documento", "transporte", "aduana", "madera", "moneda")
"""Sections of labelled values beside receiver and totals, in the order in which they are shown."""

COLUMNS = ("code", "description", "quantity", "unit", "price", "changes", "amount")
"""What is told of each line, by the names of their texts."""
NUMERIC = frozenset({"quantity", "price", "changes", "amount"})


class Related(NamedTuple):
    """A document that corrects this one, or is corrected by it."""

    tipo: int
    folio: int
    name: str
    """Of its type."""
    how: str
    """What it does, in words."""
    is_here: bool
    """It was issued here, so that there is a page of it."""


class Content(NamedTuple):
    """What was signed, or would be."""

    emisor: list[Entry]
    emisor_name: str
    emisor_giro: str
    receptor: list[Entry]
    sections: dict[str, list[Entry]]
    """By name, those that the document has."""
    columns: list[int]
    """Which of :data:`COLUMNS` any of the lines has."""
    lines: list[list[str]]
    """A cell for each of :data:`COLUMNS`."""
    changes: list[tuple[str, str]]
    """Discounts and surcharges on the whole."""
    references: list[list[str]]
    """Document, folio, day, reason."""
    totals: list[Entry]
    observaciones: list[str]
    adicionales: Mapping[str, str]
    has_cedible: bool


class Shown(NamedTuple):
    """A document and all that is told of it."""

    stored: StoredDocument
    name: str
    content: Content | None
    """None for one that cannot be read."""
    state: State
    standing: str
    """Where it stands at the SII."""
    delivery: Delivery | None
    reasons: list[str]
    """What the SII says against it, explained."""
    corrected_by: list[Related]
    corrects: list[Related]
    replaced: list[StoredDocument]
    """Those that the SII refused and whose folio it took."""
    replaced_by: StoredDocument | None
    """The one that has its folio now, where the SII refused this one."""
    avisos: list[str]
    answer: list[tuple[str, str]]
    """What is kept of the answer that its sender got, by the names of its elements."""

    @property
    def has_ticket(self) -> bool:
        """It is a boleta."""
        return self.stored.tipo in BOLETAS


def find(ledger: Ledger, company: Company, tipo: int, folio: int, documento_id: int = 0) -> StoredDocument | None:
    """The live document of that type and folio of *company*, or that one of them which has the id; None for none."""
    ambiente, rut = company.ambiente, company.rut
    if not documento_id:
        return ledger.documents.find(ambiente, rut, tipo, folio)
    every = ledger.documents.history(ambiente, rut, tipo, folio)
    return next((one for one in every if one.id == documento_id), None)


def show(ledger: Ledger, company: Company, stored: StoredDocument) -> Shown:
    """All that the page of *stored* tells."""
    ambiente, rut = company.ambiente, company.rut
    state = state_of(ledger, company, stored, ledger.marks.annulled(stored.id))
    delivery = ledger.deliveries.find(stored.id)
    every = ledger.documents.history(ambiente, rut, stored.tipo, stored.folio)
    later = [one for one in every if one.id > stored.id]
    answered = json.loads(stored.respuesta)
    return Shown(
        stored,
        DOCUMENT_NAMES[stored.tipo],
        _content(stored),
        state,
        delivery.estado if delivery else UNSENT,
        delivery,
        [read_reason(one).told() for one in (delivery.motivos.splitlines() if delivery else ())],
        [_related(ledger, (ambiente, rut), one.tipo, one.folio, one.codigo) for one in state.notas],
        [_related(ledger, (ambiente, rut), *one[:3]) for one in ledger.references.of_note(stored.id)],
        [one for one in every if one.id < stored.id],
        later[-1] if later else None,
        [str(one) for one in answered.pop("avisos", ())],
        [(name, _plain(value)) for name, value in answered.items()],
    )


def _related(ledger: Ledger, company: tuple[Ambiente, str], tipo: int, folio: int, codigo: int) -> Related:
    name = DOCUMENT_NAMES.get(tipo, f"Documento {tipo}")
    found = ledger.documents.find(*company, tipo, folio)
    return Related(tipo, folio, name, words("CodRef", str(codigo)), found is not None)


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "True" if value else "False"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _content(stored: StoredDocument) -> Content | None:
    try:
        signed = read(stored.xml)
    except ValueError:
        return None
    return content_of(signed, json.loads(stored.beside))


def content_of(signed: Stored, beside: Mapping[str, Any]) -> Content:
    """What stands in a document, as people read it.

    :param signed: one that is issued, or a draft.
    :param beside: as :class:`dteplanows.document.model.Beside` gives it.
    """
    lines = [line(signed, one) for one in signed.root.all("Detalle")]
    found = {section: entries(section, signed) for section in SECTIONS}
    return Content(
        entries("emisor", signed),
        signed.issuer_name,
        signed.issuer_giro,
        entries("receptor", signed),
        {section: values for section, values in found.items() if values},
        [at for at in range(len(COLUMNS)) if any(one[at] for one in lines)],
        lines,
        _changes(signed),
        [reference(one) for one in signed.root.all("Referencia")],
        entries("totales", signed),
        [str(one) for one in beside.get("observaciones", ())],
        beside.get("adicionales", {}),
        signed.has_cedible,
    )


def _changes(signed: Stored) -> list[tuple[str, str]]:
    return [(change_words(one), change_value(signed, one)) for one in signed.root.all("DscRcgGlobal")]
