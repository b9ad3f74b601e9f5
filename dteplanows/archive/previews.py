"""A document as it would be printed, before it is issued: without folio, stamp and signature, and marked so."""

from __future__ import annotations

from dteplanows import printing
from dteplanows.archive import facts_of
from dteplanows.document.company import Company
from dteplanows.document.model import Document
from dteplanows.document.writer import number_draft, write_draft
from dteplanows.ledger.store import Ledger
from dteplanows.printing.stored import Stored, read_draft


def preview(ledger: Ledger, company: Company, document: Document) -> bytes:
    """The PDF file of *document*, judged for *company* and with whatever is wrong with it.

    :raises ValueError: so much is wrong that it cannot be printed.
    """
    return printing.preview(_draft(document), facts_of(ledger, company, document.beside.as_dict()))


def shown(document: Document) -> Stored:
    """The same for whoever shows its values on a page.

    :raises ValueError: as for :func:`preview`.
    """
    return read_draft(_draft(document))


def _draft(document: Document) -> str:
    return number_draft(document.draft or write_draft(document), document.tipo, 0)
