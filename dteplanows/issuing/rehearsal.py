"""Which documents of a file would be issued: all of it is done in a transaction that is rolled back."""

from __future__ import annotations

from collections.abc import Sequence

from dteplanows import validator
from dteplanows.document import clock
from dteplanows.document.model import Document
from dteplanows.document.outcome import DocumentOutcome
from dteplanows.document.problem import Problem, Refused, errors
from dteplanows.folios import allocation
from dteplanows.folios.authority import TestAuthority
from dteplanows.folios.on_demand import CafsOnDemand
from dteplanows.folios.remarks import may_have_long_stamp, remarks, remarks_on_trial_stamp
from dteplanows.issuing.issued_before import IssuedBefore
from dteplanows.issuing.issued_row import row_of
from dteplanows.issuing.outcomes import foreseen_outcome, placed, refused_outcome
from dteplanows.issuing.same_folio import compared
from dteplanows.issuing.submission import Submission
from dteplanows.issuing.transaction import series_of
from dteplanows.ledger.rows import ReceivedFile
from dteplanows.ledger.store import Ledger

_NO_FILE = ReceivedFile("", b"")
"""In place of the customer's file, which may be large, where a document is recorded on trial."""


class _Rehearsed(Exception):  # noqa: N818 - rolls a rehearsal back; nothing failed
    """Ends a transaction that only looked which documents would be issued."""


def rehearse(
    ledger: Ledger, authority: TestAuthority | None, submission: Submission, documents: Sequence[Document]
) -> list[DocumentOutcome]:
    """What would become of *documents*, of which some have no error; what they would take is given back.

    :param authority: would make CAFs on demand.
    """
    rehearsal = _Rehearsal(ledger, authority, submission._replace(file=_NO_FILE))
    outcomes: list[DocumentOutcome] = []
    try:
        # One, so that each is judged with those before it.
        with ledger.transaction(*series_of(submission.company, documents)):
            for number, judged in enumerate(documents, 1):
                outcomes.append(rehearsal.outcome_of(judged, is_last=number == len(documents)))
            raise _Rehearsed
    except _Rehearsed:
        return outcomes


class _Rehearsal:
    """One rehearsal, inside its transaction."""

    def __init__(self, ledger: Ledger, authority: TestAuthority | None, submission: Submission) -> None:
        self._ledger = ledger
        self._cafs = CafsOnDemand(ledger, authority) if authority else None
        self._submission = submission
        self._numbered: set[tuple[int, int]] = set()
        self._own = IssuedBefore(ledger, submission.company, self._numbered)

    def outcome_of(self, judged: Document, is_last: bool) -> DocumentOutcome:
        """What would become of a document.

        :param is_last: none of the file comes after it.
        """
        ledger = self._ledger
        document, found = validator.with_own(judged, self._submission.company, self._own)
        if errors(found):
            return refused_outcome(document, found)
        # Its stamp need only be made where something may have to be said of it.
        long = may_have_long_stamp(document)
        try:
            taken, remarked = self._take(document, is_last and not long)
        except Refused as refused:
            refusal = refused_outcome(document, [*refused.problems, *found])
            return compared(ledger, self._submission, document, refusal)
        if not document.folio:
            self._numbered.add((document.tipo, taken.folio))
        of_stamp = remarks_on_trial_stamp(ledger, document, taken) if long else []
        return foreseen_outcome(document, (*found, *remarked, *of_stamp))

    def _take(self, document: Document, is_last: bool) -> tuple[allocation.Taken, list[Problem]]:
        """Take a folio for one document, and record it unsigned unless it *is_last*, for those after it to be judged.

        :return: the folio, and what there is to say of its CAF.
        :raises Refused: it cannot be taken.
        """
        ledger, company, today = self._ledger, self._submission.company, self._submission.today
        tipo, folio = document.tipo, document.folio
        try:
            taken = allocation.take(ledger, company, tipo, folio, today)
        except Refused as refused:
            if self._cafs is None or not self._cafs.needed(company, tipo, folio, today):
                raise Refused(placed(document.id_doc.place_of("Folio"), refused.problems)) from None
            if is_last:  # nothing asks for the CAF itself, whose key takes long to make
                taken = allocation.Taken(folio, 0, today)
            else:
                self._cafs.ensure(company, tipo, folio, today)
                taken = allocation.take(ledger, company, tipo, folio, today)
        remarked = remarks(ledger, company, document, taken, today)
        if not is_last:
            outcome = DocumentOutcome(taken.folio, tipo, clock.now(), True, ())
            ledger.documents.record(row_of(self._submission, document, outcome, b"", taken))
        return taken, remarked
