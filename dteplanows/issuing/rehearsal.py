"""Which documents of a file would be issued: all of it is done in a transaction that is rolled back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dteplanows import validator
from dteplanows.accounts.callers import Account
from dteplanows.document import clock
from dteplanows.document.model import Document
from dteplanows.document.outcome import DocumentOutcome
from dteplanows.document.problem import Problem, Refused, errors
from dteplanows.folios import allocation, on_demand
from dteplanows.folios.authority import TestAuthority
from dteplanows.folios.remarks import may_have_long_stamp, remarks, remarks_on_trial_stamp
from dteplanows.issuing import issued_before, same_folio
from dteplanows.issuing.document_outcome import foreseen_outcome, placed, refused_outcome
from dteplanows.issuing.issued_row import row_of
from dteplanows.ledger.rows import ReceivedFile
from dteplanows.ledger.store import Ledger

_NO_FILE = ReceivedFile("", b"")
"""In place of the customer's file, which may be large, where a document is recorded on trial."""


class _Rehearsed(Exception):  # noqa: N818 - rolls a rehearsal back; nothing failed
    """Ends a transaction that only looked which documents would be issued."""


def rehearse(
    ledger: Ledger, account: Account, documents: Sequence[Document], today: date, authority: TestAuthority | None
) -> list[DocumentOutcome]:
    """What would become of *documents*, of which some have no error; what they would take is given back.

    :param authority: would make CAFs on demand.
    """
    company = account.company
    outcomes: list[DocumentOutcome] = []
    numbered: set[tuple[int, int]] = set()
    own = issued_before.IssuedBefore(ledger, company, numbered)
    try:
        with ledger.transaction():  # one, so that each is judged with those before it
            for number, judged in enumerate(documents, 1):
                document, found = validator.with_own(judged, company, own)
                if errors(found):
                    outcomes.append(refused_outcome(document, found))
                    continue
                # Its stamp need only be made where something may have to be said of it.
                long = may_have_long_stamp(document)
                is_last = number == len(documents) and not long
                try:
                    taken, remarked = _take_on_trial(ledger, account, document, today, is_last, authority)
                except Refused as refused:
                    refusal = refused_outcome(document, [*refused.problems, *found])
                    outcomes.append(same_folio.compared(ledger, company, document, _NO_FILE, refusal))
                    continue
                if not document.folio:
                    numbered.add((document.tipo, taken.folio))
                of_stamp = remarks_on_trial_stamp(ledger, document, taken) if long else []
                said = (*found, *remarked, *of_stamp)
                outcomes.append(foreseen_outcome(document, said))
            raise _Rehearsed
    except _Rehearsed:
        return outcomes


def _take_on_trial(
    ledger: Ledger,
    account: Account,
    document: Document,
    today: date,
    is_last: bool,
    authority: TestAuthority | None,
) -> tuple[allocation.Taken, list[Problem]]:
    """Take a folio for one document, and record it unsigned unless it *is_last*, for those after it to be judged.

    :return: the folio, and what there is to say of its CAF.
    :raises Refused: it cannot be taken.
    """
    company, tipo, folio = account.company, document.tipo, document.folio
    try:
        taken = allocation.take(ledger, company, tipo, folio, today)
    except Refused as refused:
        if not on_demand.on_demand(ledger, company, tipo, folio, today, authority):
            raise Refused(placed(document.id_doc.place_of("Folio"), refused.problems)) from None
        if is_last:  # nothing asks for the CAF itself, whose key takes long to make
            taken = allocation.Taken(folio, 0, today)
        else:
            on_demand.ensure(ledger, company, tipo, folio, today, authority)
            taken = allocation.take(ledger, company, tipo, folio, today)
    remarked = remarks(ledger, company, document, taken, today)
    if not is_last:
        outcome = DocumentOutcome(taken.folio, tipo, clock.now(), True, ())
        ledger.documents.record(row_of(account.usuario, company, document, outcome, b"", taken.caf_id, _NO_FILE))
    return taken, remarked
