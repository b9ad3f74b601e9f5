"""A process that runs beside the service: replaced when it dies, and ended with the service.

A process and not a thread: what it does keeps a processor busy, and the calls being answered must not wait for it.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from dteplanows.process import hangups, secrecy, starting
from dteplanows.process.restarts import Restarts

PATIENCE = 30.0
"""Seconds that the process may take to end what it is at."""
_GLANCE = 1.0
"""Seconds between two looks of a main thread that only waits."""


class ProcessBeside:
    """Keeps one process alive from :meth:`start` to :meth:`stop`."""

    def __init__(self, name: str, work: Callable[..., None], *arguments: object) -> None:
        """
        :param name: what the process is, in Spanish, as the log names it.
        :param work: what it does until it is told to end; it begins with :func:`begin`. Both this and *arguments* reach
            the process through a pipe, so a secret in them stands in no environment and no argument list.
        """
        self._name, self._work, self._arguments = name, work, arguments
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._keep, daemon=True)

    def start(self) -> None:
        """Start the process."""
        self._thread.start()

    def stop(self) -> None:
        """Let the process, if it was started, finish what it is at, and end."""
        self._stopped.set()
        if self._thread.ident is not None:
            self._thread.join(PATIENCE + 5)

    def _keep(self) -> None:
        restarts = Restarts(self._name)
        while not self._stopped.is_set():
            process = starting.context().Process(target=self._work, args=self._arguments)
            process.start()
            restarts.began()
            while process.is_alive() and not self._stopped.wait(0.2):
                pass
            if self._stopped.is_set():
                process.terminate()
                process.join(PATIENCE)
                process.kill()
                process.join()
            else:
                process.join()
                self._stopped.wait(restarts.died(process.pid, process.exitcode))
            process.close()


@contextmanager
def running(name: str, work: Callable[..., None], *arguments: object) -> Iterator[None]:
    """The process runs inside; for the parameters see :class:`ProcessBeside`."""
    one = ProcessBeside(name, work, *arguments)
    one.start()
    try:
        yield
    finally:
        one.stop()


def begin(on_hangup: Callable[[], None]) -> threading.Event:
    """What such a process does first, in its main thread; the event says when it is to end.

    :param on_hangup: is called when the operator rotates the log.
    """
    hangups.on_hangup(on_hangup)
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
    return stop


def wait(stop: threading.Event) -> None:
    """Wait in the main thread until *stop* is set.

    With pauses: Python answers a signal in its main thread only, and the system may have handed it to another one.
    """
    while not stop.wait(_GLANCE):
        pass


def _end_with(service: multiprocessing.process.BaseProcess) -> None:
    """End with a service that was killed, as in a crash: what is at hand is rolled back."""
    service.join()
    os._exit(1)
