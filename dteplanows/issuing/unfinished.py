"""A file whose issuing fails after a part of it is committed: what was issued is told, and why the rest was not.

A transaction that fails is rolled back, so that its documents are not issued. All the same the ledger is asked: what
fails may be what comes after the commit.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from dteplanows.document import clock
from dteplanows.document.catalogue import problem
from dteplanows.document.model import Document
from dteplanows.document.outcome import COMPRA, VENTA, DocumentOutcome
from dteplanows.document.problem import Problem
from dteplanows.issuing.client import Client
from dteplanows.issuing.issued_of_file import as_answered, matched
from dteplanows.ledger import faults
from dteplanows.ledger.answers import Sender
from dteplanows.ledger.store import Ledger
from dteplanows.log import call
from dteplanows.log.where import where

Issue = Callable[[Sequence[Document], Client | None], list[DocumentOutcome]]
"""Issues documents in one transaction; with a client, only if it is there at the end."""

log = logging.getLogger(__name__)

_SEND_THE_REST = "Envíe de nuevo solo los documentos rechazados cuando esté resuelto; los otros ya tienen su folio."


def in_chunks(
    ledger: Ledger, sender: Sender, documents: Sequence[Document], size: int, client: Client, issue: Issue
) -> list[DocumentOutcome]:
    """Issue *documents* by *issue*, *size* of them in a transaction each.

    A failure in the first one is raised, for nothing is issued then. Once one is done, a failure is told instead, and
    the client may go: the rest is issued all the same, for it will ask for all of it.
    """
    if len(documents) <= size:
        return issue(documents, client)
    outcomes: list[DocumentOutcome] = []
    newest, _ = ledger.answers.newest_id(sender.archivo_sha256)
    for start in range(0, len(documents), size):
        chunk = documents[start : start + size]
        try:
            outcomes += issue(chunk, None if outcomes else client)
        except Exception as failure:
            if not outcomes:
                raise
            after = max(newest, *(one.documento_id for one in outcomes))
            return outcomes + _rest(ledger, sender, documents[start:], len(chunk), after, failure)
    return outcomes


def _rest(
    ledger: Ledger, sender: Sender, documents: Sequence[Document], chunk: int, after: int, failure: Exception
) -> list[DocumentOutcome]:
    """What became of the documents of a file from those on whose transaction failed.

    :param documents: those that were being issued, and all behind them.
    :param chunk: how many of them were being issued.
    :param after: id of the newest document before them.
    """
    why = _reason(failure)
    begun, behind = documents[:chunk], documents[chunk:]
    try:
        issued = matched(begun, ledger.answers.issued_of_file(sender, after))
        told = [_issued(ledger, one, issued[number].id) if number in issued else refused(one, why)
                for number, one in enumerate(begun)]  # fmt: skip
    except Exception:  # noqa: BLE001 - the ledger cannot be asked either
        told = [refused(one, problem("SRV-127", identificador=_identifier(failure))) for one in begun]
    return [*told, *(refused(one, why) for one in behind)]


def unregistered(documents: Sequence[Document], failure: Exception) -> list[DocumentOutcome]:
    """The outcomes of received *documents* whose transaction failed, and of those behind them."""
    why = _reason(failure)
    return [replace(refused(one, why), operacion=COMPRA) for one in documents]


def refused(document: Document, why: Problem) -> DocumentOutcome:
    """The outcome of *document*, which was not issued for a reason that is not its own."""
    operacion = COMPRA if document.received else VENTA
    return DocumentOutcome(document.folio, document.tipo, clock.now(), False, (why,), operacion)


def _issued(ledger: Ledger, document: Document, identifier: int) -> DocumentOutcome:
    stored = ledger.documents.by_id(identifier)
    if stored is None:
        raise LookupError(f"document {identifier} is gone")
    return as_answered(stored, document)


def _reason(failure: Exception) -> Problem:
    """Why the rest was not issued, once the log has it."""
    found = faults.told(failure, resultado=_SEND_THE_REST)
    if found is None:
        return problem("SRV-126", identificador=_identifier(failure))
    if found.code == "SRV-003":
        found = problem("SRV-125")
    log.error("%s, a file was issued in part: %s", found.code, faults.line(failure))
    return found


def _identifier(failure: Exception) -> str:
    """What the log and the client call this failure. Its message may quote the file, so it stays out of the log."""
    identifier = call.identifier()
    log.error("Error %s, a file was issued in part: %s", identifier, where(failure))
    return identifier
