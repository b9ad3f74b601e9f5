"""The receipt of a file in bulk mode: stored for a worker to issue, unless it is a file that came before.

The same file of the same user within some hours is the same batch, for whoever got no ``TrackId`` sends it again. Not
so a file whose documents were all refused, which may be sent again once the cause is mended, nor a boleta alone, of
which one is sold like the other: it is told its former ``TrackId`` only where that could not be delivered.
"""

from __future__ import annotations

import hashlib
import logging
from datetime import timedelta
from typing import NamedTuple

from dteplanows import parser
from dteplanows.accounts.callers import Account
from dteplanows.document import clock
from dteplanows.document.catalogue import problem
from dteplanows.document.elements import BOLETAS
from dteplanows.document.problem import Problem
from dteplanows.issuing.client import Client
from dteplanows.issuing.repeats import Memory, sender_of
from dteplanows.ledger.answers import ReceivedBefore, Sender
from dteplanows.ledger.rows import ReceivedFile
from dteplanows.ledger.store import Ledger

log = logging.getLogger(__name__)

_LONGEST_BOLETA = 500_000
"""Bytes of a file above which it is not looked at whether it is a boleta alone: they have a thousand lines at most."""


class Receipt(NamedTuple):
    """What is answered for a file."""

    track_id: int
    repeticion: Problem | None = None
    """Says that the file came before and has this ``TrackId`` since; None for a new one."""


def receive(
    ledger: Ledger,
    account: Account,
    received: ReceivedFile,
    con_enlaces: bool,
    memory: Memory,
    client: Client,
    most_waiting: int = 0,
) -> Receipt:
    """Store *received* durably for a worker to issue later.

    :param con_enlaces: the answer is to carry the addresses of the printed documents.
    :param most_waiting: files of the company that may wait; 0 for any number.
    :raises Left: the client is gone; nothing was stored.
    :raises Refused: too many files of the company wait already (SRV-190).
    """
    company, sender = account.company, sender_of(account, received)
    begin = clock.now() - timedelta(hours=memory.batch_hours)
    alone = memory.batch_hours and ledger.answers.first_batch(sender, received.formato, begin) and _is_boleta(received)
    with ledger.transaction("lotes"):
        # Asked again under the write lock: the same file may be received by another thread.
        before = ledger.answers.first_batch(sender, received.formato, begin) if memory.batch_hours else None
        if before and alone:
            before = _undelivered(ledger, sender, memory)
        if before is None:
            client.must_be_there()
            track_id = ledger.batches.receive(
                company.ambiente, company.rut, account.usuario, account.identity_from_account, received, con_enlaces,
                most_waiting,
            )  # fmt: skip
    if before:
        log.warning("SRV-128: the same file of %s again, it is told the batch %s", account.usuario, before.id)
        when = f"{before.recibido:%Y-%m-%d a las %H:%M:%S}"
        receipt = Receipt(before.id, problem("SRV-128", value=str(before.id), momento=when))
    else:
        receipt = Receipt(track_id)
    key = _key(sender)

    def answered(delivered: bool) -> None:
        if not delivered and memory.minutes:
            log.warning("SRV-128: the TrackId %s could not be delivered", receipt.track_id)
            ledger.answers.note_undelivered(key, receipt.track_id)
        elif delivered and receipt.repeticion:
            ledger.answers.note_delivered(key)

    client.when_answered(answered)
    return receipt


def _undelivered(ledger: Ledger, sender: Sender, memory: Memory) -> ReceivedBefore | None:
    """The batch of a boleta whose ``TrackId`` was not delivered; None where it was."""
    track_id = ledger.answers.undelivered(_key(sender), memory.minutes * 60.0) if memory.minutes else None
    batch = ledger.batches.find(track_id) if track_id else None
    return ReceivedBefore(batch.id, batch.recibido) if batch else None


def _is_boleta(received: ReceivedFile) -> bool:
    """Whether the file is one boleta, which leaves its folio to the service, and nothing else."""
    if len(received.contenido) > _LONGEST_BOLETA:
        return False
    documents = parser.parse(received.contenido, received.formato)
    return len(documents) == 1 and documents[0].tipo in BOLETAS and not documents[0].folio


def _key(sender: Sender) -> str:
    return "lote " + hashlib.sha256("\0".join(sender).encode("utf-8", "surrogatepass")).hexdigest()
