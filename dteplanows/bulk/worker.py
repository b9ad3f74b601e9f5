"""The worker that runs beside the service: a process of its own, replaced when it dies and ended with the service.

A process and not a thread: issuing keeps a processor busy, and the calls being answered must not wait for it.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from dteplanows import issuing
from dteplanows.bulk import queue
from dteplanows.log import journal, metrics
from dteplanows.process import hangups, secrecy
from dteplanows.process.restarts import Restarts
from dteplanows.recovery.schedule import scheduled
from dteplanows.settings import Settings
from dteplanows.sii.delivery.worker import delivering

_PATIENCE = 30.0
"""Seconds that a worker may take to finish its chunk."""


class WorkerProcess:
    """Keeps one worker alive from :meth:`start` to :meth:`stop`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._keep, daemon=True)

    def start(self) -> None:
        """Start the worker."""
        self._thread.start()

    def stop(self) -> None:
        """Let the worker finish its chunk and end."""
        self._stopped.set()
        self._thread.join(_PATIENCE + 5)

    def _keep(self) -> None:
        restarts = Restarts("proceso de los lotes")
        while not self._stopped.is_set():
            process = multiprocessing.get_context("spawn").Process(target=_work, args=(self._settings,))
            process.start()
            restarts.began()
            while process.is_alive() and not self._stopped.wait(0.2):
                pass
            if self._stopped.is_set():
                process.terminate()
                process.join(_PATIENCE)
                process.kill()
                process.join()
            else:
                process.join()
                self._stopped.wait(restarts.died(process.pid, process.exitcode))
            process.close()


@contextmanager
def running(settings: Settings) -> Iterator[None]:
    """A worker runs inside, when the settings want one, the backups that it makes, or the delivery to the SII."""
    if not (settings.procesar_lotes or settings.respaldo_carpeta or settings.sii_enviar):
        yield
        return
    one = WorkerProcess(settings)
    one.start()
    try:
        yield
    finally:
        one.stop()


def _work(settings: Settings) -> None:
    """What the process does."""
    hangups.on_hangup(journal.reopen)
    hangups.listen()
    secrecy.protect_memory()
    stop = threading.Event()

    def finish(number: int, frame: FrameType | None) -> None:
        stop.set()

    # A terminal sends SIGINT to this process too; the service, which gets it as well, says when to end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, finish)
    service = multiprocessing.parent_process()
    if service:
        threading.Thread(target=_end_with, args=(service,), daemon=True).start()
    journal.start(settings)
    metrics.share()
    issuer = issuing.open_issuer(settings)
    with scheduled(settings, issuer.ledger, stop), delivering(settings, issuer.ledger, stop):
        if settings.procesar_lotes:
            queue.worker_of(settings, issuer).run(stop)
        stop.wait()
    issuer.ledger.close()
    journal.close()


def _end_with(service: multiprocessing.process.BaseProcess) -> None:
    """End with a service that was killed: the chunk at hand is rolled back, and done when the batch is taken again."""
    service.join()
    os._exit(1)
