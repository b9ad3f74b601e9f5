"""Documents that the company received from others: they leave the road for the ledger, without folio and signature."""

from __future__ import annotations

from collections.abc import Sequence

from dteplanows import purchases
from dteplanows.document.model import Document
from dteplanows.document.outcome import DocumentOutcome
from dteplanows.issuing.submission import Submission
from dteplanows.issuing.unfinished import CHUNK, not_entered
from dteplanows.ledger.store import Ledger


class _Rehearsed(Exception):  # noqa: N818 - rolls a rehearsal back; nothing failed
    """Ends a transaction that only looked whether the documents could be entered."""


def enter(
    ledger: Ledger, submission: Submission, documents: Sequence[Document], something_done: bool
) -> list[DocumentOutcome]:
    """Enter those of *documents* that have no error; each document stands for itself.

    :param something_done: other documents of the file are issued already: a failure is told and not raised.
    """
    _judge(submission, documents)
    outcomes: list[DocumentOutcome] = []
    for start in range(0, len(documents), CHUNK):
        try:
            with ledger.transaction(purchases.part_of(submission.company)):
                entered = _entered(ledger, submission, documents[start : start + CHUNK])
        except Exception as failure:
            if not outcomes and not something_done:
                raise
            return outcomes + not_entered(documents[start:], failure)
        outcomes += entered
    return outcomes


def rehearse(ledger: Ledger, submission: Submission, documents: Sequence[Document]) -> list[DocumentOutcome]:
    """What would become of *documents*; what was entered on trial is taken back."""
    _judge(submission, documents)
    outcomes: list[DocumentOutcome] = []
    try:
        # One, so that a document that stands twice in the file is found.
        with ledger.transaction(purchases.part_of(submission.company)):
            outcomes += _entered(ledger, submission, documents)
            raise _Rehearsed
    except _Rehearsed:
        return outcomes


def _judge(submission: Submission, documents: Sequence[Document]) -> None:
    for document in documents:
        purchases.judge(document, submission.company, submission.today)


def _entered(ledger: Ledger, submission: Submission, documents: Sequence[Document]) -> list[DocumentOutcome]:
    return [purchases.enter(ledger, submission.account, one, submission.file) for one in documents]
