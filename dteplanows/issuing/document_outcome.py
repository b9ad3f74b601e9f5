"""The outcomes of documents that are not issued, and what an outcome says of its document."""

from __future__ import annotations

from collections.abc import Sequence

from dteplanows.document import clock
from dteplanows.document.figures import of_document
from dteplanows.document.model import Document
from dteplanows.document.outcome import DocumentOutcome
from dteplanows.document.problem import Place, Problem


def refused_outcome(document: Document, found: Sequence[Problem]) -> DocumentOutcome:
    """Of a document that is refused for what was *found*."""
    return DocumentOutcome(document.folio, document.tipo, clock.now(), False, tuple(found))


def foreseen_outcome(document: Document, said: Sequence[Problem]) -> DocumentOutcome:
    """Of a document that would be issued."""
    return DocumentOutcome(
        document.folio, document.tipo, clock.now(), True, tuple(said),
        figures=of_document(document), receptor=receiver_of(document),
    )  # fmt: skip


def receiver_of(document: Document) -> str:
    """RUT and name of whoever receives *document*."""
    return f"{document.receptor.text('RUTRecep')} {document.receptor.text('RznSocRecep')}".strip()


def placed(place: Place, problems: Sequence[Problem]) -> list[Problem]:
    """*problems* as found at *place*."""
    return [one._replace(place=place) for one in problems]
