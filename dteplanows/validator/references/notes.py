"""What a note (56, 61, 111, 112) says it corrects, and how (Formato DTE v2.5, zone Referencia, CodRef)."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import NamedTuple

from dteplanows.document.catalogue import problem, shown
from dteplanows.document.elements import EXPORTS, NOTES
from dteplanows.document.model import Document, Group
from dteplanows.document.problem import Problem, errors
from dteplanows.document.reference_types import REFERENCE_TYPES, TAX_DOCUMENTS, name_of
from dteplanows.document.values import write
from dteplanows.document.writer import write_draft
from dteplanows.validator.references import own_documents
from dteplanows.validator.references.own_documents import ANNULS, CORRECTS_AMOUNTS, CORRECTS_TEXT, OwnDocuments
from dteplanows.validator.report import money

MOST = 40
"""References of one document (Formato DTE v2.5); the structure refuses more, so the rest need no look."""

_EXPORTS = frozenset(str(one) for one in EXPORTS)

_GUIAS = frozenset({"50", "52"})
_EXEMPT = frozenset({"32", "34", "38", "41"})
"""Documents without net amount and IVA."""

_DEBIT_NOTES = frozenset({56, 111})
_CREDIT_NOTES = frozenset({"60", "61", "112"})

_OF_ANNULLING = frozenset({"REF-013", "REF-014", "REF-048"})
"""What is only wrong with a note that says to annul."""

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


class Corrected(NamedTuple):
    """A note that was to annul a document and only corrects its amounts."""

    document: Document
    """As it is issued, with CodRef 3; the one that the file gives is left as it was."""
    said: list[Problem]
    """What is to be said of that."""


def as_correction(document: Document, own: OwnDocuments) -> Corrected | None:
    """*document* with CodRef 3, where it says to annul a document of the company and is of less than that.

    Programs write CodRef 1 on every note, also when one of two articles comes back; the SII remarks on it (answer
    REF-2-780), and the rest of the document would count as annulled. None for any other document, for one that is not
    to be issued, and for exports, whose amounts in pesos are those of another day.

    :param own: what the company issued before.
    """
    if document.tipo not in NOTES or document.tipo in EXPORTS or errors(document.problems):
        return None
    correcting = _to_documents([one for one in document.root.all("Referencia") if one.amount("CodRef")])
    if len(correcting) != 1 or correcting[0].amount("CodRef") != ANNULS:
        return None
    reference = correcting[0]
    key = own_documents.own_key(reference)
    found = own.find(*key) if key and reference.text("TpoDocRef") not in _GUIAS else None
    if found is None or not own_documents.is_partial(document, found):
        return None
    changed = _with_code(document, reference, CORRECTS_AMOUNTS)
    changed.problems[:] = [one for one in document.problems if one.code not in _OF_ANNULLING]
    facts = {"tipo": reference.text("TpoDocRef"), "folio": reference.text("FolioRef")}
    amounts = {"given": money(document.totales.amount("MntTotal")), "right": money(found.monto_total)}
    said = [problem("REF-053", reference.place_of("CodRef"), str(ANNULS), **facts, **amounts)]
    if any(one.code == "REF-048" for one in document.problems):
        said += _iva_of_exempt(document, reference, CORRECTS_AMOUNTS)
    return Corrected(changed, said)


def _with_code(document: Document, reference: Group, code: int) -> Document:
    """A copy of *document* whose *reference* has the CodRef *code*."""
    other = copy.copy(reference)
    other.fields = dict(reference.fields)
    other.put("CodRef", code, reference.place_of("CodRef"))
    root = copy.copy(document.root)
    root.groups = dict(root.groups)
    root.groups["Referencia"] = [other if one is reference else one for one in root.all("Referencia")]
    changed = replace(document, root=root, problems=[])
    if document.draft:
        changed.draft = write_draft(changed)
    return changed


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
        problems += _iva_of_exempt(document, to_documents[0], to_documents[0].amount("CodRef"))
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


def _iva_of_exempt(document: Document, reference: Group, code: int) -> list[Problem]:
    """What has no IVA is not corrected by a note that has it; one that annuls has the same amounts (REF-2-780).

    :param code: CodRef of *reference*.
    """
    iva, totales = document.totales.amount("IVA"), document.totales
    if not iva or not document.unread.isdisjoint(("IVA", "MntNeto")):
        return []
    name = name_of(reference.text("TpoDocRef"))
    return [problem("REF-048" if code == ANNULS else "REF-049", totales.place_of("IVA"), money(iva), name=name)]


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
