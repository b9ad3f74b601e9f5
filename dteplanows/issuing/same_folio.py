"""A document whose folio is issued already: whether that is the same document, sent again, or another one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from lxml import etree

from dteplanows.document.catalogue import problem, shown
from dteplanows.document.model import Document
from dteplanows.document.outcome import DocumentOutcome
from dteplanows.document.phrases import phrase
from dteplanows.document.problem import Problem
from dteplanows.issuing.issued_of_file import as_answered
from dteplanows.issuing.submission import Submission
from dteplanows.ledger.delivery_tables import StateOfDocument
from dteplanows.ledger.rows import StoredDocument
from dteplanows.ledger.store import Ledger

TAKEN = "FOL-032"
"""What a folio that is issued already is refused with."""

_LIMIT = 5
"""Differences that are told."""

# The issuer's own data stand in the account, and may have changed since.
_NOT_COMPARED = ("Encabezado/IdDoc/Folio", "Encabezado/Emisor/", "TED/", "TmstFirma")

_SAME = phrase("taken.same")


def compared(ledger: Ledger, submission: Submission, document: Document, refused: DocumentOutcome) -> DocumentOutcome:
    """*refused*, the outcome of *document*: where its folio is issued already, saying how the issued one differs.

    For the same document it also names the issued one, so that a caller who asks for addresses gets them.

    :param submission: what *document* came in.
    """
    if all(one.code != TAKEN for one in refused.problems):
        return refused
    company = submission.company
    stored = ledger.documents.find(company.ambiente, company.rut, document.tipo, document.folio)
    if stored is None:
        return refused
    if discarded := _discarded(ledger, stored):
        told = tuple(_end(one, document, discarded) if one.code == TAKEN else one for one in refused.problems)
        return replace(refused, problems=told)
    differs = "" if stored.archivo_sha256 == submission.file.sha256 else _differences(stored, document)
    words = phrase("taken.other", differences=differs) if differs else _SAME
    told = tuple(_compared(one, document, words) if one.code == TAKEN else one for one in refused.problems)
    if differs:
        return replace(refused, problems=told)
    as_issued = as_answered(stored, document)
    return replace(refused, problems=told, documento_id=stored.id, cedible=as_issued.cedible)


def _discarded(ledger: Ledger, stored: StoredDocument) -> StateOfDocument | None:
    """The step by which a person discarded *stored*; None where nobody did."""
    delivery = ledger.deliveries.find(stored.id)
    return ledger.deliveries.history(stored.id)[-1] if delivery and delivery.estado == "descartado" else None


def _end(one: Problem, document: Document, discarded: StateOfDocument) -> Problem:
    moment = f"{discarded.momento:%Y-%m-%d %H:%M}"
    return problem("FOL-038", one.place, one.value, tipo=document.tipo, momento=moment, motivo=discarded.detalle)


def _compared(one: Problem, document: Document, words: str) -> Problem:
    return problem(TAKEN, one.place, one.value, tipo=document.tipo, comparado=words)


def _differences(stored: StoredDocument, document: Document) -> str:
    """How what *document* would be signed as differs from what was; empty when it does not."""
    now = Counter(_values(document.draft.encode()))
    then = Counter(_values(stored.xml))
    texts = _told(sorted((now - then).elements()), sorted((then - now).elements()))
    more = phrase("lists.more", count=len(texts) - _LIMIT) if len(texts) > _LIMIT else ""
    return "; ".join(texts[:_LIMIT]) + more


def _told(now: Sequence[tuple[str, str]], then: Sequence[tuple[str, str]]) -> list[str]:
    """The differences in words, element by element."""
    found = []
    left = list(then)
    for path, value in now:
        former = next((one for one in left if one[0] == path), None)
        if former:
            left.remove(former)
            found.append(phrase("taken.differs", path=path, value=shown(value), former=shown(former[1])))
        else:
            found.append(phrase("taken.added", path=path, value=shown(value)))
    return found + [phrase("taken.missing", path=path, value=shown(value)) for path, value in left]


def _values(xml: bytes) -> Iterator[tuple[str, str]]:
    """Paths and texts of the elements that hold one, below the root of the document."""
    root = etree.fromstring(xml)
    parts = [_local(one) for one in root]
    within = root if "Encabezado" in parts else root[0]
    for element in within.iter(etree.Element):
        if len(element) or not (element.text or "").strip():
            continue
        path = "/".join([*(_local(one) for one in reversed(list(_up_to(element, within)))), _local(element)])
        if not path.startswith(_NOT_COMPARED):
            yield path, (element.text or "").strip()


def _up_to(element: etree._Element, root: etree._Element) -> Iterator[etree._Element]:
    for one in element.iterancestors():
        if one is root:
            return
        yield one


def _local(element: etree._Element) -> str:
    return str(etree.QName(element).localname)
