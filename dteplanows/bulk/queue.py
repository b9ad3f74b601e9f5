"""Bulk mode: the worker that issues the files received to be issued later.

It goes the main road, a chunk of documents at a time. Each chunk is one transaction that also says how far the batch
is, so a worker killed at any moment leaves the batch exactly behind a chunk, and the next one goes on from there.
"""

from __future__ import annotations

import gc
import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from itertools import islice
from typing import NamedTuple

from dteplanows.accounts.callers import Account
from dteplanows.document import clock
from dteplanows.document.catalogue import problem
from dteplanows.document.model import Document
from dteplanows.document.outcome import DocumentOutcome
from dteplanows.document.problem import Refused
from dteplanows.issuing import CHUNK, Issuer
from dteplanows.issuing.submission import submitted
from dteplanows.ledger import faults, presence
from dteplanows.ledger.batch_rows import StoredBatch
from dteplanows.ledger.batches import Overtaken
from dteplanows.ledger.engines import errors
from dteplanows.ledger.rows import ReceivedFile
from dteplanows.log import call, journal
from dteplanows.log.rarely import Rarely
from dteplanows.log.where import where
from dteplanows.parser.bulk import BulkFile
from dteplanows.parser.xml.foreign import apart
from dteplanows.settings import Settings

log = logging.getLogger(__name__)

IDLE = 0.25
"""Seconds between two looks at an empty queue."""

_AT_ONCE = 10
"""Chunks of one batch after which those that wait are next: a file of one document does not wait for a big one."""

_SWEEP = 2 * 2**20
"""Bytes of files after which garbage is collected: lxml's iterparse refers to itself, and to all names it has met."""

_QUIET = 60.0
"""Seconds after which the log says once more that the batches wait."""
_TIDY = 3600.0
"""Seconds between two looks at what need not be kept."""

_RETRY = 5.0
"""Seconds after which a batch is tried again that something stopped."""


class Worker:
    """Issues the documents of batches, one batch at a time. Any number of them may run, in any number of processes."""

    def __init__(self, issuer: Issuer, limit: int, keep_days: int = 0) -> None:
        """:param limit: documents that a file may hold.
        :param keep_days: how long a file is kept of which nothing was issued; 0 for ever.
        """
        self._issuer = issuer
        self._ledger = issuer.ledger
        self._limit = limit
        self._opened = 0
        self._rarely = Rarely(_QUIET)
        self._keep_days = keep_days
        self._tidied = -_TIDY
        self.name = presence.new_worker()

    def run(self, stop: threading.Event) -> None:
        """Work until *stop* is set; the chunk at hand is finished first."""
        with presence.held(self._ledger.directory, "trabajador"):
            self._run(stop)

    def _run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                self.tidy()
                worked = self.work_once(stop)
            except Exception as failure:  # noqa: BLE001 - the outermost edge: a worker that ends helps nobody
                self._note(failure)
                stop.wait(_RETRY if isinstance(failure, Refused) or faults.told(failure) else 0.0)
                worked = False
            if not worked:
                stop.wait(IDLE)

    def _note(self, failure: Exception) -> None:
        """Log what stopped a batch; the same reason again only after a while, since it is tried every few seconds."""
        said = faults.in_words(failure)
        if self._rarely.admits(said):
            log.error("Los lotes esperan, y se intentan de nuevo cada %s segundos: %s", _RETRY, said)

    def tidy(self) -> None:
        """Forget what need not be kept, once an hour."""
        if time.monotonic() - self._tidied < _TIDY:
            return
        self._tidied = time.monotonic()
        journal.tidy()
        if not self._keep_days:
            return
        forgotten = self._ledger.batches.forget_refused_files(clock.now() - timedelta(self._keep_days))
        if forgotten:
            journal.say("info", journal.MESSAGE, texto=f"Archivos de lotes rechazados que se eliminaron: {forgotten}.")

    def work_once(self, stop: threading.Event | None = None) -> bool:
        """Take the next batch and work on it for a while; False when there was none."""
        if stopped := self._issuer.watch.problems():
            # Not refused, as a call is: the batch can wait until a person has said how to go on.
            raise Refused(stopped)
        batch = self._ledger.batches.take(self.name, presence.is_gone)
        if batch is None:
            return False
        after = _RETRY
        try:
            # What libxml2 keeps of the names in a file goes with the thread that reads it.
            apart(self._work_and_close, batch, stop or threading.Event())
            after = 0.0
        except Overtaken:
            log.warning("Lote %s: otro proceso siguió con él", batch.id)
        finally:
            self._ledger.batches.give_back(batch, self.name, after)
        return True

    def _work_and_close(self, batch: StoredBatch, stop: threading.Event) -> None:
        try:
            self._work_on(batch, stop)
        finally:
            self._ledger.close()
            if self._opened > _SWEEP:
                gc.collect()
                self._opened = 0

    def _work_on(self, batch: StoredBatch, stop: threading.Event) -> None:
        work = self._open(batch)
        if not batch.hechos:
            batch = self._ledger.batches.count(batch, self.name, work.file.total)
        chunks = 0
        documents = work.file.documents(batch.hechos)
        while batch.hechos < batch.total:
            try:
                with _line(batch):
                    batch = self._issue(batch, work, list(islice(documents, CHUNK)))
            except _passing():
                raise
            except Exception as failure:
                if faults.told(failure):
                    raise
                log.error("Lote %s, después del documento %s: %s", batch.id, batch.hechos, where(failure))
                batch = self._one_by_one(batch, work)
                documents = work.file.documents(batch.hechos)
            chunks += 1
            if stop.is_set() or (chunks % _AT_ONCE == 0 and self._ledger.batches.waits(batch.id)):
                return

    def _open(self, batch: StoredBatch) -> _Work:
        received = self._ledger.files.find(batch.archivo_sha256)
        company = self._ledger.companies.find(batch.ambiente, batch.rut_emisor)
        if received is None or company is None:
            raise LookupError(f"batch {batch.id} has no file or no company")
        self._opened += len(received.contenido)
        account = Account(batch.usuario, company, batch.identidad_de_cuenta, puerto=batch.puerto)
        # A batch that was begun is not counted again, and finished under the limit it began with.
        total = batch.total if batch.hechos else 0
        return _Work(account, received, BulkFile(received.contenido, batch.formato, max(self._limit, total), total))

    def _issue(self, batch: StoredBatch, work: _Work, documents: Sequence[Document]) -> StoredBatch:
        """Issue *documents*, the next of the batch; the batch behind them."""
        if not documents:
            raise LookupError(f"batch {batch.id} has more documents than its file")
        behind = [batch]

        def record(outcomes: list[DocumentOutcome]) -> None:
            behind[:] = [self._ledger.batches.advance(batch, self.name, outcomes)]

        outcomes = self._issuer.issue_part(submitted(work.account, work.received), documents, record)
        call.note_outcomes(outcomes)
        return behind[0]

    def _one_by_one(self, batch: StoredBatch, work: _Work) -> StoredBatch:
        """Issue a chunk that failed for a reason of ours; what fails again is refused, and the log says why."""
        end = min(batch.total, batch.hechos + CHUNK)
        while batch.hechos < end:
            with _line(batch) as line:
                try:
                    batch = self._issue(batch, work, list(islice(work.file.documents(batch.hechos), 1)))
                except _passing():
                    raise
                except Exception as failure:
                    if faults.told(failure):
                        raise
                    log.error("Error %s en el lote %s: %s", line.id, batch.id, where(failure))
                    refused = DocumentOutcome(0, 0, clock.now(), False, (problem("SRV-102", identificador=line.id),))
                    with self._ledger.transaction("lotes"):
                        batch = self._ledger.batches.advance(batch, self.name, [refused])
                    call.note_outcomes([refused])
        return batch


def worker_of(settings: Settings, issuer: Issuer) -> Worker:
    """A worker on the ledger of *issuer*, by *settings*."""
    return Worker(issuer, limit=settings.maximo_lote, keep_days=settings.lotes_rechazados_dias)


@contextmanager
def _line(batch: StoredBatch) -> Iterator[call.Call]:
    """Surround the issuing of a chunk of *batch*: it is a line of the log, with whoever sent the file."""
    with journal.calling("lote", "ProcesarWSMasivo") as line:
        call.note_account(batch.usuario, batch.ambiente, batch.rut_emisor)
        call.note_file(batch.archivo_sha256, batch.formato)
        call.note_batch(batch.id)
        yield line


class _Work(NamedTuple):
    """What a batch is worked on with."""

    account: Account
    received: ReceivedFile
    file: BulkFile


def _passing() -> tuple[type[Exception], ...]:
    """What is no fault of a document, as is the state of the database. It may be better when it is tried again."""
    return (Overtaken, OSError, MemoryError, *errors.passing())
