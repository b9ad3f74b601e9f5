"""References to other documents (Formato DTE v2.5, zone Referencia; Formato Boletas v4.2)."""

from __future__ import annotations

from dteplanows.document.catalogue import problem, shown
from dteplanows.document.elements import BOLETAS, NOTES
from dteplanows.document.model import Document, Group


def _codes(*parts: int | range) -> frozenset[str]:
    return frozenset(str(one) for part in parts for one in (part if isinstance(part, range) else (part,)))


TAX_DOCUMENTS = _codes(
    30, range(32, 36), range(38, 42), 43, 45, 46, 48, 50, 52, 55, 56, 60, 61, 103, range(110, 113)
)  # fmt: skip
OTHER_DOCUMENTS = _codes(range(801, 816), range(820, 824))
IN_BOLETA = _codes(39, 41, 50, 52, range(801, 807), 813)

_ANNULS, _CORRECTS_TEXT = 1, 2

_MOST = 40
"""References of one document (Formato DTE v2.5); the structure refuses more, so the rest need no look."""


def check(document: Document) -> None:
    """References name a document that exists in the SII's list; a note says what it corrects."""
    if document.tipo in NOTES:
        _drop_repeated(document)
    for reference in document.root.all("Referencia")[:_MOST]:
        if document.tipo in BOLETAS:
            _check_boleta(document, reference)
        elif "TpoDocRef" not in document.unread:
            _check_kind(document, reference)
    if document.tipo in NOTES:
        _check_note(document)


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
    kind = reference.text("TpoDocRef")
    if kind and kind not in IN_BOLETA:
        document.problems.append(problem("REF-004", reference.place_of("TpoDocRef"), kind))


def _check_kind(document: Document, reference: Group) -> None:
    kind, folio = reference.text("TpoDocRef"), reference.text("FolioRef")
    if kind.isdecimal() and kind not in TAX_DOCUMENTS | OTHER_DOCUMENTS:
        document.problems.append(problem("REF-003", reference.place_of("TpoDocRef"), kind))
    if kind in TAX_DOCUMENTS and folio and not folio.isdecimal():
        document.problems.append(problem("REF-005", reference.place_of("FolioRef"), folio, tipo=kind))
    if folio.strip("0") == "" and folio and not reference.amount("IndGlobal"):
        document.problems.append(problem("REF-007", reference.place_of("FolioRef"), folio))


def _check_note(document: Document) -> None:
    references = document.root.all("Referencia")
    if not references:
        document.problems.append(problem("REF-001", document.place, tipo=document.tipo))
        return
    correcting = [one for one in references if one.amount("CodRef")]
    if not correcting:
        if "CodRef" not in document.unread:
            document.problems.append(problem("REF-002", references[0].place_of("CodRef"), tipo=document.tipo))
        return
    first = correcting[0]
    code = first.amount("CodRef")
    to_documents = [one for one in correcting if one.text("TpoDocRef") in TAX_DOCUMENTS]
    if code in (_ANNULS, _CORRECTS_TEXT) and len(to_documents) > 1:
        document.problems.append(problem("REF-008", to_documents[1].place_of("CodRef"), str(code)))
    if code == _CORRECTS_TEXT and document.totales.amount("MntTotal"):
        place = document.totales.place_of("MntTotal")
        document.problems.append(problem("REF-009", place, document.totales.text("MntTotal")))
