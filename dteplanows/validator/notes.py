"""What a note (56, 61, 111, 112) says it corrects, and how (Formato DTE v2.5, zone Referencia, CodRef)."""

from __future__ import annotations

from dteplanows.document.catalogue import problem, shown
from dteplanows.document.elements import EXPORTS, NOTES
from dteplanows.document.model import Document, Group
from dteplanows.document.problem import Problem
from dteplanows.document.reference_types import REFERENCE_TYPES, TAX_DOCUMENTS, name_of
from dteplanows.document.values import write
from dteplanows.validator import own_documents
from dteplanows.validator.own_documents import ANNULS, CORRECTS_AMOUNTS, CORRECTS_TEXT, OwnDocuments
from dteplanows.validator.report import money

MOST = 40
"""References of one document (Formato DTE v2.5); the structure refuses more, so the rest need no look."""

_EXPORTS = frozenset(str(one) for one in EXPORTS)

_GUIAS = frozenset({"50", "52"})
_EXEMPT = frozenset({"32", "34", "38", "41"})
"""Documents without net amount and IVA."""

_DEBIT_NOTES = frozenset({56, 111})
_CREDIT_NOTES = frozenset({"60", "61", "112"})

_OF_ONE_DOCUMENT = frozenset({ANNULS, CORRECTS_TEXT})
"""CodRef of notes that are about a single document."""


def check(document: Document, references: list[Group]) -> None:
    """A note says which tax documents it corrects and how, and what it says fits the kind of note.

    :param references: the references, those repeated left out.
    """
    if not references:
        document.problems.append(problem("REF-001", document.place, tipo=document.tipo))
        return
    correcting = [one for one in references if one.amount("CodRef")]
    if not correcting:
        if "CodRef" not in document.unread:
            document.problems.append(problem("REF-002", references[0].place_of("CodRef"), tipo=document.tipo))
        return
    if "TpoDocRef" not in document.unread:
        _check_what(document, references, correcting, _to_documents(correcting))
    _check_text(document, correcting)
    _check_amounts(document, correcting)


def against_own(document: Document, own: OwnDocuments) -> list[Problem]:
    """What a note does not share with the documents of the company that it corrects; nothing when it is no note.

    :param own: what the company issued before; asked only for what a note corrects.
    """
    if document.tipo not in NOTES or "TpoDocRef" in document.unread:
        return []
    references = document.root.all("Referencia")[:MOST]
    to_documents = _to_documents([one for one in references if one.amount("CodRef")])
    is_only_one = len(to_documents) == 1
    return [found for one in to_documents for found in own_documents.check(document, one, own, is_only_one)]


def _to_documents(correcting: list[Group]) -> list[Group]:
    return [one for one in correcting if one.text("TpoDocRef") in TAX_DOCUMENTS]


def _check_what(
    document: Document, references: list[Group], correcting: list[Group], to_documents: list[Group]
) -> None:
    """Which documents the note corrects."""
    problems, tipo = document.problems, document.tipo
    if not to_documents:
        # A type that is not in the list has its own error.
        if all(one.text("TpoDocRef") in REFERENCE_TYPES or not one.text("TpoDocRef").isdecimal() for one in correcting):
            kind = correcting[0].text("TpoDocRef")
            problems.append(problem("REF-012", correcting[0].place_of("TpoDocRef"), kind, tipo=tipo))
        return
    if all(one.text("TpoDocRef") in _GUIAS for one in to_documents):
        kind = to_documents[0].text("TpoDocRef")
        facts = {"tipo": tipo, "folio": shown(to_documents[0].text("FolioRef"))}
        problems.append(problem("REF-047", to_documents[0].place_of("TpoDocRef"), kind, **facts))
        return
    for one in to_documents:
        _check_kind(document, one)
    if all(one.text("TpoDocRef") in _EXEMPT for one in to_documents):
        _check_exempt(document, to_documents[0])
    for one in correcting:
        if one not in to_documents and one.text("TpoDocRef"):
            problems.append(problem("REF-030", one.place_of("CodRef"), one.text("CodRef"),
                                    name=name_of(one.text("TpoDocRef"))))  # fmt: skip
    single = [one for one in to_documents if one.amount("CodRef") in _OF_ONE_DOCUMENT]
    if single:
        _check_single(document, references, single[0], to_documents)
    # The credit note of exports names the factura also when it corrects a debit note to it.
    if tipo == 112 and all(one.text("TpoDocRef") != "110" for one in references):
        problems.append(problem("REF-015", to_documents[0].place_of("TpoDocRef"), to_documents[0].text("TpoDocRef")))


def _check_kind(document: Document, reference: Group) -> None:
    """Which type of note may correct which document, and what a debit note may annul."""
    kind, tipo, place = reference.text("TpoDocRef"), document.tipo, reference.place_of("TpoDocRef")
    allowed = REFERENCE_TYPES[kind].corrected_by
    if (kind in _EXPORTS) != (tipo in EXPORTS):
        document.problems.append(problem("REF-010", place, kind, tipo=tipo, name=name_of(kind)))
    elif tipo not in allowed:
        document.problems.append(problem("REF-011", place, kind, tipo=tipo, name=name_of(kind)))
    elif tipo in _DEBIT_NOTES and reference.amount("CodRef") == ANNULS and kind not in _CREDIT_NOTES:
        document.problems.append(problem("REF-013", reference.place_of("CodRef"), "1", tipo=tipo, name=name_of(kind)))


def _check_exempt(document: Document, reference: Group) -> None:
    """What has no IVA is not corrected by a note that has it; one that annuls has the same amounts (REF-2-780)."""
    iva, totales = document.totales.amount("IVA"), document.totales
    if iva and document.unread.isdisjoint(("IVA", "MntNeto")):
        code = "REF-048" if reference.amount("CodRef") == ANNULS else "REF-049"
        kind = reference.text("TpoDocRef")
        document.problems.append(problem(code, totales.place_of("IVA"), money(iva), name=name_of(kind)))


def _check_single(document: Document, references: list[Group], single: Group, to_documents: list[Group]) -> None:
    """A note that annuls or corrects a text is about one document."""
    code = single.text("CodRef")
    if len(to_documents) > 1:
        document.problems.append(problem("REF-008", to_documents[1].place_of("CodRef"), code))
    elif single.amount("IndGlobal") == 1:
        document.problems.append(problem("REF-019", single.place_of("IndGlobal"), "1", indicator=code))
    elif document.tipo not in EXPORTS:
        others = [one for one in references if one is not single and one.text("TpoDocRef") in TAX_DOCUMENTS]
        if others:
            kind = others[0].text("TpoDocRef")
            place = others[0].place_of("TpoDocRef")
            document.problems.append(problem("REF-014", place, kind, indicator=code, name=name_of(kind)))


def _check_text(document: Document, correcting: list[Group]) -> None:
    """A note that corrects a text has no amounts, one line, and says what is to be read (answer REF-2-781)."""
    first = correcting[0]
    if first.amount("CodRef") != CORRECTS_TEXT:
        return
    total = document.totales.number("MntTotal")
    if total:
        document.problems.append(problem("REF-009", document.totales.place_of("MntTotal"), write(total)))
    elif len(document.detalles) > 1:
        second = document.detalles[1]
        document.problems.append(problem("REF-024", second.place, str(len(document.detalles))))
    if not first.text("RazonRef") and "RazonRef" not in document.unread:
        document.problems.append(problem("REF-023", first.place_of("RazonRef")))


def _check_amounts(document: Document, correcting: list[Group]) -> None:
    """A note that corrects amounts has some (answer REF-2-768)."""
    totales = document.totales
    if any(one.amount("CodRef") != CORRECTS_AMOUNTS for one in correcting) or "MntTotal" in document.unread:
        return
    if "MntTotal" in totales.fields and not totales.number("MntTotal") and not totales.number("MontoNF"):
        document.problems.append(problem("REF-050", totales.place_of("MntTotal"), "0"))
