"""A note against what the company issued before, as whoever holds the company's own copies tells it.

A note stops only where the SII would reject it for what the copy surely knows: a void folio, another receiver. What is
not there may be another provider's, and amounts are only remarked.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple, Protocol

from dteplanows.document.catalogue import problem, shown
from dteplanows.document.elements import BOLETAS, BRANCHES, EXPORTS
from dteplanows.document.model import Document, Group
from dteplanows.document.phrases import phrase
from dteplanows.document.problem import Problem
from dteplanows.document.writer import MAXIMUM_FOLIO
from dteplanows.validator.report import money

ANNULS, CORRECTS_TEXT, CORRECTS_AMOUNTS = 1, 2, 3
"""CodRef: what a note does to the document it refers to (Formato DTE v2.5, CodRef)."""

NOBODY = "66666666-6"
"""Receiver of a boleta whose buyer is not named."""

CREDIT_NOTE = 61


class OwnNote(NamedTuple):
    """A note that the company issued to one of its documents."""

    tipo: int
    folio: int
    """0 while the note is only judged, together with those after it in its file, and has no folio yet."""
    codigo: int
    """CodRef of its reference to that document."""
    monto: int
    """Pesos by which it corrects that document, less what other notes took back of it; 0 when it corrects several and
    does not say how much of each."""


class Correction(Protocol):
    """A note to a document, whoever tells it."""

    @property
    def tipo(self) -> int:
        """Type of the note."""

    @property
    def codigo(self) -> int:
        """CodRef of its reference to the document."""

    @property
    def monto(self) -> int:
        """Pesos by which it corrects the document; 0 for not known."""


class OwnDocument(NamedTuple):
    """A document that the company issued, as far as notes to it are judged by it. Amounts in whole pesos."""

    fecha_emision: date
    rut_receptor: str
    monto_neto: int
    monto_exento: int
    monto_total: int
    notas: tuple[OwnNote, ...]
    """Notes to it that are in force: no other note annuls them."""


class OwnDocuments(Protocol):
    """What one company issued in one environment."""

    def find(self, tipo: int, folio: int) -> OwnDocument | None:
        """The document of that type and folio, or None."""

    def without_document(self, tipo: int, folio: int) -> str:
        """Why there is no such document: ``libre`` for a folio of the company's CAFs that was not used yet,
        ``anulado`` for a void one, ``rechazado`` for a document that the SII refused, ``descartado`` for one that a
        person discarded; empty when nothing is known."""


def annuls(note: Correction, monto_total: int) -> bool:
    """Whether *note* leaves nothing of its document, whose total is *monto_total* pesos.

    One that says so (CodRef 1) and is of less cannot. Of exports that is not known: the same amount is another one in
    pesos, at the rate of another day.
    """
    return note.codigo == ANNULS and (note.tipo in EXPORTS or not 0 < note.monto < monto_total)


def is_partial(document: Document, found: OwnDocument) -> bool:
    """Whether the total of *document*, a note in pesos, is less than that of *found*, the only one it corrects."""
    return "MntTotal" not in document.unread and 0 < document.totales.amount("MntTotal") < found.monto_total


def own_key(reference: Group) -> tuple[int, int] | None:
    """Type and folio of the one document of the same issuer that *reference* names; None where it names none."""
    kind, folio = reference.text("TpoDocRef"), reference.text("FolioRef")
    if "RUTOtr" in reference.fields or reference.amount("IndGlobal"):
        return None
    if not all(one.isascii() and one.isdecimal() for one in (kind, folio)):
        return None
    tipo, number = int(kind), int(folio)
    return (tipo, number) if tipo in BRANCHES and 1 <= number <= MAXIMUM_FOLIO else None


_WITHOUT = {"libre": "REF-045", "anulado": "REF-046", "rechazado": "REF-054", "descartado": "REF-055"}
"""What is told where there is no document."""


def check(document: Document, reference: Group, own: OwnDocuments, is_only_one: bool) -> Iterator[Problem]:
    """Judge one reference with CodRef of a note to a document of the same issuer.

    :param is_only_one: the note corrects no other document, so its amounts are all for this one.
    """
    key = own_key(reference)
    if key is None:
        return
    found = own.find(*key)
    if found is None:
        code = _WITHOUT.get(own.without_document(*key))
        if code:
            yield problem(code, reference.place_of("FolioRef"), reference.text("FolioRef"), tipo=key[0])
        return
    yield from _check_identity(document, reference, found)
    yield from _check_annulment(reference, found)
    # The ledger has exports in pesos: at another rate the same amount is another one.
    if is_only_one and document.tipo not in EXPORTS:
        # One of less than its document is issued as a correction, or refused for something else.
        if reference.amount("CodRef") == ANNULS and not is_partial(document, found):
            yield from _check_amounts(document, reference, found)
        if document.tipo == CREDIT_NOTE:
            yield from _check_rest(document, reference, found)


def _facts(reference: Group) -> dict[str, object]:
    return {"tipo": reference.text("TpoDocRef"), "folio": shown(reference.text("FolioRef"))}


def _check_identity(document: Document, reference: Group, found: OwnDocument) -> Iterator[Problem]:
    """Date and receiver are those of the document referred to (Formato DTE v2.5, FchRef; our own copy)."""
    day = reference.day("FchRef")
    if day and day != found.fecha_emision:
        place = reference.place_of("FchRef")
        yield problem("REF-040", place, str(day), right=found.fecha_emision, **_facts(reference))
    receiver, place = document.receptor.text("RUTRecep"), document.receptor.place_of("RUTRecep")
    # A boleta seldom names its buyer; the note to it may, or the other way round.
    if receiver and receiver != found.rut_receptor and NOBODY not in (receiver, found.rut_receptor):
        facts = {"right": found.rut_receptor, **_facts(reference)}
        yield problem("REF-041", place, receiver, **facts)


def _check_annulment(reference: Group, found: OwnDocument) -> Iterator[Problem]:
    """What is annulled already has nothing left to correct; no answer of the SII to it is known."""
    other = next((one for one in found.notas if annuls(one, found.monto_total)), None)
    if other:
        key = "reference.other_note" if other.folio else "reference.note_before"
        facts = {"nota": phrase(key, tipo=other.tipo, folio=other.folio), **_facts(reference)}
        yield problem("REF-043", reference.place_of("FolioRef"), str(facts["folio"]), **facts)


def _check_amounts(document: Document, reference: Group, found: OwnDocument) -> Iterator[Problem]:
    """A note that annuls has the amounts of what it annuls (answer REF-2-780 of the SII)."""
    if any(one.code == "REF-048" for one in document.problems):
        return  # its IVA, which an exempt document has not, was told
    names = {"MntNeto": found.monto_neto, "MntExe": found.monto_exento, "MntTotal": found.monto_total}
    if int(reference.text("TpoDocRef")) in BOLETAS:  # need not say more than their total
        names = {"MntTotal": found.monto_total}
    totales = document.totales
    for name, right in names.items():
        given = totales.amount(name)
        if given != right and name not in document.unread:
            facts = {"name": name, "given": money(given), "right": money(right), **_facts(reference)}
            yield problem("REF-042", totales.place_of(name), totales.text(name), **facts)
            return


def _check_rest(document: Document, reference: Group, found: OwnDocument) -> Iterator[Problem]:
    """Credit notes take no more than there is (Formato DTE v2.5, CodRef 3); the SII does not compare.

    One that annuls takes the whole document, of which earlier ones may have left less. Each note rounds its own IVA, so
    that together they may take a peso more for each of them.
    """
    code = reference.amount("CodRef")
    corrections = [one for one in found.notas if one.codigo != CORRECTS_TEXT and not annuls(one, found.monto_total)]
    rest = found.monto_total - sum(one.monto if one.tipo == CREDIT_NOTE else -one.monto for one in corrections)
    # When no note took anything, one that annuls differs from the document itself, which was said already.
    is_judged = code == CORRECTS_AMOUNTS or (code == ANNULS and rest < found.monto_total)
    amount = document.totales.amount("MntTotal")
    if is_judged and amount > rest + len(corrections) + 1:
        place = document.totales.place_of("MntTotal")
        facts = {"given": money(amount), "rest": _in_words(rest), **_facts(reference)}
        yield problem("REF-044", place, document.totales.text("MntTotal"), **facts)


def _in_words(rest: int) -> str:
    if rest > 0:
        return phrase("reference.rest", amount=money(rest))
    return phrase("reference.more_than_rest", amount=money(-rest)) if rest else phrase("reference.no_rest")
