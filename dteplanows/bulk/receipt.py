"""The door of bulk mode: a file is stored for a worker to issue, unless it came before; later its state is asked for.

The same file of the same user within some hours is the same batch, because a program that got no ``TrackId`` sends it
again. This does not hold for a file whose documents were all refused, which may be sent again once the cause is
removed, and for a boleta alone, because many are sold that look alike: its sender is told its former ``TrackId`` only
where that could not be delivered.
"""

from __future__ import annotations

import hashlib
import logging
from datetime import timedelta
from functools import partial
from typing import NamedTuple

from dteplanows import parser
from dteplanows.accounts.callers import Account
from dteplanows.document import clock
from dteplanows.document.catalogue import problem
from dteplanows.document.elements import BOLETAS
from dteplanows.document.outcome import Outcome
from dteplanows.document.problem import Place, Problem, Refused
from dteplanows.issuing import Issuer
from dteplanows.issuing.client import Delivery, or_refused
from dteplanows.issuing.submission import Submission
from dteplanows.ledger.answers import ReceivedBefore, Sender
from dteplanows.ledger.batch_rows import NewBatch, StoredBatch
from dteplanows.ledger.rows import ReceivedFile
from dteplanows.log import call

log = logging.getLogger(__name__)

_BOLETA_LIMIT = 500_000
"""Bytes of a file above which it is not looked at whether it is a boleta alone: they have a thousand lines at most."""


class Receipt(NamedTuple):
    """What is answered for a file."""

    track_id: int
    repeticion: Problem | None = None
    """Says that the file came before and has this ``TrackId`` since; None for a new one."""


class Batches:
    """The batches of one ledger, as whoever sends files sees them. Threads share it."""

    def __init__(self, issuer: Issuer, waiting_limit: int = 0) -> None:
        """:param waiting_limit: files that one company may have waiting; 0 for any number."""
        self._issuer = issuer
        self._ledger = issuer.ledger
        self._memory = issuer.memory
        self._waiting_limit = waiting_limit

    def receive(self, submission: Submission, con_enlaces: bool = False) -> Receipt:
        """Store a file durably for a worker to issue later, unless it came before: its batch.

        :param con_enlaces: the answer is to carry the addresses of the printed documents.
        :raises Refused: the client went before (SRV-120), or too many files of the company wait already (SRV-190).
        """
        call.note_file(submission.file.sha256, submission.file.formato)
        with or_refused(submission.usuario):
            receipt = self._receive(submission, con_enlaces)
        submission.client.when_answered(partial(self._answered, submission.sender, receipt))
        return receipt

    def state(self, account: Account, track_id: int) -> tuple[StoredBatch, Outcome | None]:
        """A batch of the account's company, with the outcome of the file once all its documents are done.

        :raises Refused: the company has no such batch (SRV-101).
        """
        company = account.company
        batch = self._ledger.batches.find(track_id)
        if batch is None or (batch.ambiente, batch.rut_emisor) != (company.ambiente, company.rut):
            raise Refused([problem("SRV-101", Place(field="trackid"), str(track_id), name=company.razon_social)])
        if batch.estado != "terminado":
            return batch, None
        outcomes = [outcome for _, outcome in self._ledger.batches.outcomes(track_id)]
        signing = self._issuer.signing
        return batch, Outcome(tuple(signing.with_expiry(company, signing.current(company), outcomes)))

    def _receive(self, submission: Submission, con_enlaces: bool) -> Receipt:
        """:raises Left: the client is gone; nothing was stored."""
        ledger, received, sender = self._ledger, submission.file, submission.sender
        hours = self._memory.batch_hours
        begin = clock.now() - timedelta(hours=hours)
        alone = hours and ledger.answers.first_batch(sender, received.formato, begin) and _is_boleta(received)
        with ledger.transaction("lotes"):
            # Asked again under the write lock: the same file may be received by another thread.
            before = ledger.answers.first_batch(sender, received.formato, begin) if hours else None
            if before and alone:
                before = self._undelivered(sender)
            if before is None:
                submission.client.must_be_there()
                company, account = submission.company, submission.account
                batch = NewBatch(
                    company.ambiente, company.rut, account.usuario, account.identity_from_account, received,
                    con_enlaces, account.puerto,
                )  # fmt: skip
                track_id = ledger.batches.receive(batch, self._waiting_limit)
        if before is None:
            return Receipt(track_id)
        log.warning("SRV-128: %s envió otra vez el mismo archivo; se le responde el lote %s", sender.usuario, before.id)
        when = f"{before.recibido:%Y-%m-%d a las %H:%M:%S}"
        return Receipt(before.id, problem("SRV-128", value=str(before.id), momento=when))

    def _answered(self, sender: Sender, receipt: Receipt, delivery: Delivery) -> None:
        """Note what became of the answer, where that is not the usual."""
        if delivery is Delivery.FAILED and self._memory.minutes:
            log.warning("SRV-128: el TrackId %s no se pudo entregar", receipt.track_id)
            self._ledger.answers.note_undelivered(_key(sender), receipt.track_id)
        elif delivery is not Delivery.FAILED and receipt.repeticion:
            self._ledger.answers.note_delivered(_key(sender))

    def _undelivered(self, sender: Sender) -> ReceivedBefore | None:
        """The batch of a boleta whose ``TrackId`` was not delivered; None where it was."""
        minutes = self._memory.minutes
        track_id = self._ledger.answers.undelivered(_key(sender), minutes * 60.0) if minutes else None
        batch = self._ledger.batches.find(track_id) if track_id else None
        return ReceivedBefore(batch.id, batch.recibido) if batch else None


def _is_boleta(received: ReceivedFile) -> bool:
    """Whether the file is one boleta, which leaves its folio to the service, and nothing else."""
    if len(received.contenido) > _BOLETA_LIMIT:
        return False
    documents = parser.parse(received.contenido, received.formato)
    return len(documents) == 1 and documents[0].tipo in BOLETAS and not documents[0].folio


def _key(sender: Sender) -> str:
    return "lote " + hashlib.sha256("\0".join(sender).encode("utf-8", "surrogatepass")).hexdigest()
