"""References to other documents (Formato DTE v2.5, zone Referencia; Formato Boletas v4.2)."""

from __future__ import annotations

import re
from datetime import date

from dteplanows.document.catalogue import problem, shown
from dteplanows.document.codes import listed
from dteplanows.document.elements import BOLETAS, BRANCHES, EXPORTS, NOTES, find
from dteplanows.document.model import Document, Group
from dteplanows.document.reference_types import IN_BOLETA, REFERENCE_TYPES, TAX_DOCUMENTS, name_of
from dteplanows.validator.references import notes
from dteplanows.validator.references.notes import MOST

_LONGEST_FOLIO = 10
"""Digits of the folio of a tax document (Formato DTE v2.5, Folio)."""

_LONGEST_SIGLA = find(33, "Referencia/TpoDocRef").max_length
"""Letters of a type that the parties agree on between themselves."""

_DUS, _MIC, _CARTA_DE_PORTE, _QUALIFICATION, _PASSPORT = "807", "810", "811", "812", "813"

_QUALIFIED, _HOTEL, _LAND_TRANSPORT = 3, 4, 5
"""IndServicio of exports: qualified by the customs, lodging of foreigners, and international transport by land."""

_SET = "SET"
"""Type, in boletas CodRef, of the reference to a case of the SII's certification."""

_CASE = re.compile(r"CASO\s+\d+-\d+", re.IGNORECASE)
_CASE_OF_BOLETA = re.compile(r"CASO-\d+", re.IGNORECASE)


def check(document: Document) -> None:
    """References name a document that exists in the SII's list; a note says what it corrects."""
    references = document.root.all("Referencia")
    if document.tipo in BOLETAS:
        for reference in references[:MOST]:
            _check_boleta(document, reference)
        return
    if document.tipo in NOTES:
        _drop_repeated(document)
        references = document.root.all("Referencia")
    emission = document.id_doc.day("FchEmis")
    for reference in references[:MOST]:
        if "TpoDocRef" not in document.unread:
            _check_kind(document, reference)
            _check_other_issuer(document, reference)
        _check_global(document, reference)
        _check_date(document, reference, emission)
    if references and "TpoDocRef" not in document.unread:
        _check_set(document, references[:MOST])
    if document.tipo in (52, 110) and "TpoDocRef" not in document.unread:
        _check_customs(document, references[:MOST])
    if document.tipo in EXPORTS and document.unread.isdisjoint(("TpoDocRef", "IndServicio")):
        _check_qualified(document, references[:MOST])
    if document.tipo in NOTES:
        notes.check(document, references[:MOST])


def _drop_repeated(document: Document) -> None:
    """Some programs repeat the reference of a note for each line; the SII wants one."""
    seen: set[tuple[str, ...]] = set()
    kept: list[Group] = []
    for reference in document.root.all("Referencia"):
        key = tuple(reference.text(name) for name in ("TpoDocRef", "FolioRef", "FchRef", "CodRef", "RazonRef"))
        if key in seen:
            document.problems.append(problem("REF-006", reference.place, key[1], tipo=shown(key[0])))
            continue
        seen.add(key)
        kept.append(reference)
    if len(kept) < len(document.root.all("Referencia")):
        document.root.groups["Referencia"] = kept
        for number, reference in enumerate(kept, 1):
            reference.put("NroLinRef", number, reference.place_of("NroLinRef"))


def _check_boleta(document: Document, reference: Group) -> None:
    """A boleta names few types; in the certification CodRef says SET and RazonRef the case (Formato Boletas v4.2)."""
    kind, reason = reference.text("TpoDocRef"), reference.text("RazonRef")
    if kind and kind not in IN_BOLETA:
        codes = _codes(document, kind)
        document.problems.append(problem("REF-004", reference.place_of("TpoDocRef"), kind, codes=codes))
    if reference.text("CodRef") == _SET and not _CASE_OF_BOLETA.match(reason):
        document.problems.append(problem("REF-029", reference.place_of("RazonRef"), reason, wanted="CASO-1"))


def _codes(document: Document, kind: str) -> str:
    """The types that a reference of *document* may name, those that *kind* may mean first."""
    return listed(find(document.tipo, "Referencia/TpoDocRef"), kind)


def _check_kind(document: Document, reference: Group) -> None:
    """The type is listed or of letters; a tax document has a number (Formato DTE v2.5, TpoDocRef and FolioRef)."""
    kind, folio = reference.text("TpoDocRef"), reference.text("FolioRef")
    if kind not in REFERENCE_TYPES and (kind.isdecimal() or len(kind) > _LONGEST_SIGLA):
        codes = _codes(document, kind)
        document.problems.append(problem("REF-003", reference.place_of("TpoDocRef"), kind, codes=codes))
    if kind not in TAX_DOCUMENTS or not folio:
        return
    if not (folio.isascii() and folio.isdecimal()):
        document.problems.append(problem("REF-005", reference.place_of("FolioRef"), folio, tipo=kind))
    elif len(folio.lstrip("0")) > _LONGEST_FOLIO:
        # What a note corrects the SII looks for, where it is electronic; what is only mentioned it does not.
        is_sought = document.tipo in NOTES and reference.amount("CodRef") and int(kind) in BRANCHES
        facts = {"tipo": kind, "limit": _LONGEST_FOLIO}
        code = "REF-052" if is_sought else "REF-016"
        document.problems.append(problem(code, reference.place_of("FolioRef"), folio, **facts))


def _check_global(document: Document, reference: Group) -> None:
    """Folio 0 and IndGlobal 1 go together: many documents, which the reason explains (Formato DTE v2.5, IndGlobal)."""
    if "FolioRef" in document.unread or "IndGlobal" in document.unread:
        return
    folio, is_global = reference.text("FolioRef"), reference.amount("IndGlobal") == 1
    is_zero = folio != "" and folio.strip("0") == ""
    if is_zero and not reference.amount("IndGlobal"):
        document.problems.append(problem("REF-007", reference.place_of("FolioRef"), folio))
    if is_global and folio and not is_zero:
        document.problems.append(problem("REF-017", reference.place_of("FolioRef"), folio))
    if is_global and not reference.text("RazonRef"):
        document.problems.append(problem("REF-018", reference.place_of("RazonRef")))


def _check_other_issuer(document: Document, reference: Group) -> None:
    """RUTOtr names another issuer of a tax document; elsewhere it is left out (Formato DTE v2.5, RUTOtr).

    In documents that have no RUTOtr at all the structure leaves it out.
    """
    other, kind = reference.text("RUTOtr"), reference.text("TpoDocRef")
    if not other:
        return
    place = reference.place_of("RUTOtr")
    if other == document.emisor.text("RUTEmisor"):
        document.problems.append(problem("REF-020", place, other))
    elif kind not in TAX_DOCUMENTS:
        document.problems.append(problem("REF-021", place, other, name=name_of(kind)))
    else:
        return
    reference.drop("RUTOtr")


def _check_date(document: Document, reference: Group, emission: date | None) -> None:
    """What is referred to exists already. The form only asks for the date; that it is not later is plain sense."""
    day = reference.day("FchRef")
    if day and emission and day > emission:
        place = reference.place_of("FchRef")
        document.problems.append(problem("REF-022", place, str(day), emission=emission))


def _check_set(document: Document, references: list[Group]) -> None:
    """Case of the SII's certification: the first reference, with the case's number (instructions of the set)."""
    for number, reference in enumerate(references):
        if reference.text("TpoDocRef") != _SET:
            continue
        if number:
            document.problems.append(problem("REF-028", reference.place_of("TpoDocRef"), _SET))
        reason = reference.text("RazonRef")
        if not _CASE.match(reason):
            wanted = "CASO 414175-1"
            document.problems.append(problem("REF-029", reference.place_of("RazonRef"), reason, wanted=wanted))


def _check_customs(document: Document, references: list[Group]) -> None:
    """Papers of the customs: how many of each, and which service needs which (Formato DTE v2.5, TpoDocRef).

    That lodging needs the guest's passport is not in the form; it was observed in answers of the SII.
    """
    kinds = [one.text("TpoDocRef") for one in references]
    single = {_DUS, _MIC} if document.tipo == 52 else {_DUS}
    found = [one for one in references if one.text("TpoDocRef") in single]
    if len(found) > 1:
        names = " o ".join(name_of(one) for one in sorted(single))
        place = found[1].place_of("TpoDocRef")
        document.problems.append(
            problem("REF-025", place, found[1].text("TpoDocRef"), tipo=document.tipo, name=names, count=len(found))
        )
    if document.tipo != 110 or "IndServicio" in document.unread:
        return
    service, place = document.id_doc.amount("IndServicio"), document.id_doc.place_of("IndServicio")
    if service == _LAND_TRANSPORT and kinds.count(_CARTA_DE_PORTE) != 1:
        document.problems.append(problem("REF-026", place, "5", count=kinds.count(_CARTA_DE_PORTE)))
    if service == _HOTEL and _PASSPORT not in kinds:
        document.problems.append(problem("REF-027", place, "4"))


def _check_qualified(document: Document, references: list[Group]) -> None:
    """A service that the customs qualified names their resolution, its notes too (answer REF-2-826)."""
    if document.id_doc.amount("IndServicio") != _QUALIFIED:
        return
    if all(one.text("TpoDocRef") != _QUALIFICATION for one in references):
        document.problems.append(problem("REF-051", document.id_doc.place_of("IndServicio"), "3"))
