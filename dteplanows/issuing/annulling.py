"""The note that annuls an issued document, on the one road: rehearsed for a person to look at, then issued."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from dteplanows import parser
from dteplanows.accounts.callers import Account
from dteplanows.document import clock
from dteplanows.document.outcome import DocumentOutcome, Outcome
from dteplanows.document.problem import NOWHERE, Problem, Refused
from dteplanows.issuing.annulling_note import Prepared, prepare
from dteplanows.issuing.road import Issuer
from dteplanows.issuing.submission import submitted
from dteplanows.ledger.events import NewEvent
from dteplanows.ledger.rows import ReceivedFile, StoredDocument

_STOPPING = frozenset({"REF-042", "REF-043", "REF-044", "REF-045", "REF-048", "REF-053", "REF-054", "REF-055"})
"""What is said of a note that does not annul its document, or annuls what needs no note. A program's note is issued all
the same, for it may know more; here nothing is known but the document."""


class Rehearsed(NamedTuple):
    """A note as it would be issued."""

    note: Prepared
    outcome: DocumentOutcome
    """What would become of it."""
    stopping: list[Problem]
    """Why it is not issued; empty where it can be."""


def rehearse(issuer: Issuer, account: Account, stored: StoredDocument, razon: str) -> Rehearsed:
    """What would become of the note that annuls *stored*; nothing is taken for it.

    :param razon: why, for the reader of the note.
    :raises Refused: as :func:`.annulling_note.prepare`.
    """
    note = prepare(stored, razon, clock.today())
    (outcome,) = issuer.process(account, note.file, parser.XML, solo_validar=True).documents
    return Rehearsed(note, outcome, _stopping(outcome.problems))


def annul(issuer: Issuer, account: Account, stored: StoredDocument, razon: str) -> Outcome:
    """Issue the note that annuls *stored*, in the name of *account*.

    Whether it still annuls it is looked at in the transaction that issues it: of two who ask at once one gets a note.

    :param razon: why, for the reader of the note.
    :raises Refused: as :func:`.annulling_note.prepare`, or for what the road says of the note; nothing was issued.
    """
    note = prepare(stored, razon, clock.today())
    submission = submitted(account, ReceivedFile(parser.XML, note.file))

    def record(outcomes: list[DocumentOutcome]) -> None:
        (outcome,) = outcomes
        found = _stopping(outcome.problems)
        if found:
            raise _Stopped(found)
        detail = f"tipo {outcome.tipo}, folio {outcome.folio}: {razon}"
        issuer.ledger.events.note(
            NewEvent(
                "anulado por una nota", detail, stored.ambiente, stored.rut_emisor, stored.id,
                despues={"nota": f"{outcome.tipo}-{outcome.folio}"},
            )
        )

    try:
        return Outcome(tuple(issuer.issue_part(submission, parser.parse(note.file, parser.XML), record)))
    except _Stopped as stopped:
        raise Refused(stopped.problems) from None


class _Stopped(Exception):  # noqa: N818 - takes back what the transaction did; nothing failed
    """The note is not to be issued."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__()
        self.problems = problems


def _stopping(problems: Iterable[Problem]) -> list[Problem]:
    return [one._replace(stopping=True, place=NOWHERE) for one in problems if one.refuses or one.code in _STOPPING]
