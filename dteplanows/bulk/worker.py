"""The worker that runs beside the service, and makes the batches and the scheduled backups.

What it was at when it was killed is rolled back, and done when the batch is taken again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from dteplanows import issuing
from dteplanows.bulk import queue
from dteplanows.log import journal, metrics
from dteplanows.process import beside
from dteplanows.recovery.schedule import scheduled
from dteplanows.settings import Settings
from dteplanows.sii.delivery.worker import delivering


@contextmanager
def running(settings: Settings) -> Iterator[None]:
    """A worker runs inside, when the settings want one, the backups that it makes, or the delivery to the SII."""
    if not (settings.procesar_lotes or settings.respaldo_carpeta or settings.sii_enviar):
        yield
        return
    with beside.running("proceso de los lotes", _work, settings):
        yield


def _work(settings: Settings) -> None:
    """What the process does."""
    stop = beside.begin(journal.reopen)
    journal.start(settings)
    metrics.share()
    issuer = issuing.open_issuer(settings)
    with scheduled(settings, issuer.ledger, stop), delivering(settings, issuer.ledger, stop):
        if settings.procesar_lotes:
            queue.worker_of(settings, issuer).run(stop)
        beside.wait(stop)
    issuer.ledger.close()
    journal.close()
