"""What the SII knows of a document, for who asks with its data."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from dteplanows.simulator.sii import Sii
from dteplanows.simulator.store import Document

_CREDIT = frozenset({61, 112})
_NOTES = {"1": ("AND", "ANC"), "2": ("TMD", "TMC"), "3": ("MMD", "MMC")}
"""States by CodRef, of a debit note and of a credit note."""
_RECEIVED = frozenset({"DOK", "DNK", "TMD", "TMC", "MMD", "MMC", "AND", "ANC"})


class Question(NamedTuple):
    """What is asked."""

    company: str
    tipo: str
    folio: str
    receptor: str
    monto: str
    fecha: str
    """In one of the forms that the services take."""
    firma: str = ""
    """SignatureValue; empty where the service does not ask for it."""


class Known(NamedTuple):
    """What is known."""

    state: str
    document: Document | None

    @property
    def received(self) -> bool:
        """Whether the SII has the document."""
        return self.state in _RECEIVED


def known(sii: Sii, question: Question) -> Known:
    """The state of a document, as a code of the table ``document_states``.

    A refused document is not received, nor is one whose envelope has not come to its last state.
    """
    if sii.companies.get(question.company) is None:
        return Known("EMP", None)
    if not (_is_number(question.tipo) and _is_number(question.folio)):
        return Known("FAU", None)
    tipo, folio = int(question.tipo), int(question.folio)
    if sii.store.is_annulled(question.company, tipo, folio):
        return Known("FAN", None)
    found = sii.store.live(question.company, tipo, folio)
    now = sii.clock.now()
    if found is None or found.visible > now:
        return Known("FAU", None)
    if not _agrees(question, found):
        return Known("DNK", found)
    for by, cod in sii.store.notes_of(question.company, tipo, folio, now):
        if cod in _NOTES:
            return Known(_NOTES[cod][by in _CREDIT], found)
    return Known("DOK", found)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _agrees(question: Question, found: Document) -> bool:
    return (
        question.receptor == found.receptor
        and question.monto.lstrip("0") == found.monto.partition(".")[0].lstrip("0")
        and _day(question.fecha) == found.fecha
        and (not question.firma or "".join(question.firma.split()) == found.firma)
    )


def _day(text: str) -> str:
    """DDMMAAAA, DD-MM-AAAA or AAAA-MM-DD as the last; empty where it is none."""
    digits = text.replace("-", "")
    try:
        if len(digits) != 8 or not _is_number(digits):
            return ""
        if text[4:5] == "-":
            return date.fromisoformat(text).isoformat()
        return date(int(digits[4:]), int(digits[2:4]), int(digits[:2])).isoformat()
    except ValueError:
        return ""
