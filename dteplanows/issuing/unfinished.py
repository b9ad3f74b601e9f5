"""A file whose issuing fails after a part of it is committed: what was issued is told, and why the rest was not.

A transaction that fails is rolled back, so that its documents are not issued. The ledger is asked nevertheless, because
the failure may have come after the commit.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import NamedTuple

from dteplanows.document.catalogue import problem
from dteplanows.document.model import Document
from dteplanows.document.outcome import DocumentOutcome
from dteplanows.document.phrases import phrase
from dteplanows.document.problem import Problem
from dteplanows.issuing.client import NOBODY
from dteplanows.issuing.issued_of_file import as_answered, matched
from dteplanows.issuing.outcomes import not_done
from dteplanows.issuing.submission import Submission
from dteplanows.ledger import faults
from dteplanows.ledger.store import Ledger
from dteplanows.log import call
from dteplanows.log.where import where

CHUNK = 50
"""Documents of one file that are committed together."""

Issue = Callable[[Submission, Sequence[Document]], list[DocumentOutcome]]
"""Issues documents of a file in one transaction, if its client is there at the end."""

log = logging.getLogger(__name__)

_SEND_THE_REST = phrase("repeated.send_the_rest")


class _Part(NamedTuple):
    """The documents of a file that are not issued when a transaction fails."""

    submission: Submission
    tried: Sequence[Document]
    """Those of the transaction."""
    behind: Sequence[Document]
    after: int
    """Id of the newest document before them."""


def in_chunks(
    ledger: Ledger, submission: Submission, documents: Sequence[Document], issue: Issue
) -> list[DocumentOutcome]:
    """Issue *documents* by *issue*, ``CHUNK`` of them in a transaction each.

    A failure in the first one is raised, for nothing is issued then. Once one is done, a failure is told instead, and
    the client may go: the rest is issued all the same, for it will ask for all of it.
    """
    if len(documents) <= CHUNK:
        return issue(submission, documents)
    outcomes: list[DocumentOutcome] = []
    newest, _ = ledger.answers.newest_id(submission.file.sha256)
    attended = submission._replace(client=NOBODY)
    for start in range(0, len(documents), CHUNK):
        end = start + CHUNK
        try:
            outcomes += issue(attended if outcomes else submission, documents[start:end])
        except Exception as failure:
            if not outcomes:
                raise
            after = max(newest, *(one.documento_id for one in outcomes))
            part = _Part(submission, documents[start:end], documents[end:], after)
            return outcomes + _rest(ledger, part, failure)
    return outcomes


def _rest(ledger: Ledger, part: _Part, failure: Exception) -> list[DocumentOutcome]:
    """What became of the documents of a file from the transaction on that ended in *failure*."""
    why = _reason(failure)
    try:
        issued = matched(part.tried, ledger.answers.issued_of_file(part.submission.sender, part.after))
        told = [_issued(ledger, one, issued[number].id) if number in issued else not_done(one, why)
                for number, one in enumerate(part.tried)]  # fmt: skip
    except Exception:  # noqa: BLE001 - the ledger cannot be asked either
        told = [not_done(one, problem("SRV-127", identificador=_identifier(failure))) for one in part.tried]
    return [*told, *(not_done(one, why) for one in part.behind)]


def not_entered(documents: Sequence[Document], failure: Exception) -> list[DocumentOutcome]:
    """The outcomes of received *documents* whose transaction failed, and of those behind them."""
    why = _reason(failure)
    return [not_done(one, why) for one in documents]


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
    log.error("%s, un archivo se emitió solo en parte: %s", found.code, faults.line(failure))
    return found


def _identifier(failure: Exception) -> str:
    """What the log and the client call this failure. Its message may quote the file, so it stays out of the log."""
    identifier = call.identifier()
    log.error("Error %s, un archivo se emitió solo en parte: %s", identifier, where(failure))
    return identifier
