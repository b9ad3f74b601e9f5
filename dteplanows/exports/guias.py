"""The guías de despacho of a period: what each was for (IndTraslado), which stands in its XML alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dteplanows.archive.rows import DOCUMENT_FIELDS, document_row
from dteplanows.archive.states import state_of_listed
from dteplanows.document import book_facts
from dteplanows.document.company import Company
from dteplanows.document.glosas import glosas
from dteplanows.ledger.finding import ListedDocument
from dteplanows.ledger.store import Ledger

FIELDS = (*DOCUMENT_FIELDS, "ind_traslado", "traslado")


def transfer_of(ledger: Ledger, one: ListedDocument) -> str:
    """IndTraslado of a guía; empty where its XML does not say."""
    return transfers(ledger, [one])[0]


def transfers(ledger: Ledger, documents: Sequence[ListedDocument]) -> list[str]:
    """IndTraslado of each of some guías; empty where its XML does not say."""
    xmls = ledger.documents.xmls([one.id for one in documents])
    return [book_facts.transfer(xmls[one.id]) if one.id in xmls else "" for one in documents]


def rows(ledger: Ledger, company: Company, one: ListedDocument) -> list[dict[str, Any]]:
    """The row of a guía."""
    code = transfer_of(ledger, one)
    row = document_row(one, state_of_listed(ledger, company, one))
    return [{**row, "ind_traslado": code, "traslado": glosas("IndTraslado").get(code, "")}]
