"""What is told of each document: refused, foreseen to be issued, or issued."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from dteplanows.document import clock
from dteplanows.document.figures import of_document
from dteplanows.document.model import Document
from dteplanows.document.outcome import COMPRA, VENTA, DocumentOutcome
from dteplanows.document.problem import Place, Problem


def refused_outcome(document: Document, found: Sequence[Problem]) -> DocumentOutcome:
    """Of a document of the company's own that is refused for what was *found*."""
    return DocumentOutcome(document.folio, document.tipo, clock.now(), False, tuple(found))


def not_done(document: Document, why: Problem) -> DocumentOutcome:
    """Of a document, own or received, that was not issued or entered for a reason that is not its own."""
    operacion = COMPRA if document.received else VENTA
    return DocumentOutcome(document.folio, document.tipo, clock.now(), False, (why,), operacion)


def foreseen_outcome(document: Document, said: Sequence[Problem]) -> DocumentOutcome:
    """Of a document that would be issued."""
    return issued_outcome(document, document.folio, clock.now(), said)


def issued_outcome(document: Document, folio: int, moment: datetime, said: Sequence[Problem]) -> DocumentOutcome:
    """Of a document that is issued with *folio* at that *moment*.

    :param said: what does not keep it from being issued.
    """
    return DocumentOutcome(
        folio, document.tipo, moment, True, tuple(said), figures=of_document(document), receptor=receiver_of(document)
    )


def receiver_of(document: Document) -> str:
    """RUT and name of whoever receives *document*."""
    return f"{document.receptor.text('RUTRecep')} {document.receptor.text('RznSocRecep')}".strip()


def placed(place: Place, problems: Sequence[Problem]) -> list[Problem]:
    """*problems* as found at *place*."""
    return [one._replace(place=place) for one in problems]
