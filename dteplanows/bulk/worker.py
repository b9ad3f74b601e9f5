"""The worker that runs beside the service: batches, scheduled backups, what people export, and what is printed.

What it was at when it was killed is rolled back, and done when the batch is taken again.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from dteplanows import issuing
from dteplanows.bulk import queue
from dteplanows.document_mail.worker import mailing
from dteplanows.exports.worker import exporting
from dteplanows.ledger.store import Ledger
from dteplanows.log import journal, metrics
from dteplanows.printers.worker import printing
from dteplanows.process import beside
from dteplanows.recovery.schedule import scheduled
from dteplanows.settings import Settings
from dteplanows.sii.delivery.worker import delivering


@contextmanager
def running(settings: Settings) -> Iterator[None]:
    """A worker runs inside. It makes what people export, and prints, in any case; the rest as the settings want it."""
    with beside.running("proceso de los lotes", _work, settings):
        yield


@contextmanager
def working(settings: Settings, ledger: Ledger, stop: threading.Event) -> Iterator[None]:
    """All that works beside batches runs inside, each in a thread of its own."""
    with (
        scheduled(settings, ledger, stop),
        delivering(settings, ledger, stop),
        exporting(settings, ledger, stop),
        printing(settings, ledger, stop),
        mailing(settings, ledger, stop),
    ):
        yield


def _work(settings: Settings) -> None:
    """What the process does."""
    stop = beside.begin(journal.reopen)
    journal.start(settings)
    metrics.share()
    issuer = issuing.open_issuer(settings)
    ledger = issuer.ledger
    with working(settings, ledger, stop):
        if settings.procesar_lotes:
            queue.worker_of(settings, issuer).run(stop)
        beside.wait(stop)
    ledger.close()
    journal.close()
