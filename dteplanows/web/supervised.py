"""granian's main process, which starts a worker that died again and never ends because of it.

granian itself ends the whole service when one worker dies twice within seconds, and may overlook one of two that die at
the same moment. Here each worker is looked at, and started again after a pause that grows while it keeps dying.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from granian.server.mp import MPServer, WorkerProcess

from dteplanows.process import starting
from dteplanows.process.restarts import Restarts

_LOOK = 1.0
"""Seconds between two looks at the workers, besides the one that a death brings."""

_ENGLISH = "Unexpected exit from worker"
"""How granian's line about what :class:`~dteplanows.process.restarts.Restarts` tells begins."""


class SupervisedServer(MPServer):
    """granian's server. :meth:`serve` returns after SIGTERM or SIGINT, when the workers have ended."""

    def __init__(self, *arguments: Any, stopping: Connection, **options: Any) -> None:
        """:param stopping: closed once the service stops, before the workers are told: whoever holds the other end, as
        each worker does, sees the end of it.
        """
        super().__init__(*arguments, **options)
        self._stopping = stopping

    def _serve_loop(self, spawn_target: Callable[..., None], target_loader: Callable[..., Any]) -> None:
        """Keep every worker alive until the service is to stop."""
        logging.getLogger("_granian").addFilter(lambda record: not str(record.msg).startswith(_ENGLISH))
        restarts = [Restarts(f"proceso {index + 1} del servicio web") for index in range(len(self.wrks))]
        due: dict[int, float] = {}
        while not self.interrupt_signal:
            pause = min([_LOOK, *(moment - time.monotonic() for moment in due.values())])
            self.main_loop_interrupt.wait(max(0.0, pause))
            self.main_loop_interrupt.clear()
            if self.interrupt_signal:
                break
            for index, worker in enumerate(self.wrks):
                if index not in due and not worker.inner.is_alive():
                    due[index] = time.monotonic() + restarts[index].died(worker.inner.pid, worker.inner.exitcode)
            for index in [one for one, moment in due.items() if moment <= time.monotonic()]:
                del due[index]
                self.wrks[index] = self._started(index, spawn_target, target_loader)
                restarts[index].began()
        # They are told already, and granian would end with an error for them.
        self.interrupt_children.clear()

    def _spawn_worker(self, *arguments: Any, **named: Any) -> WorkerProcess:
        worker = super()._spawn_worker(*arguments, **named)
        if starting.forks():
            # granian hands its workers a socket as a bare number, which a forked one does not have. Not on Linux, where
            # each opens its own.
            inner = worker.inner
            worker.inner = starting.context().Process(name=inner.name, target=inner._target, args=inner._args)
        return worker

    def _started(self, index: int, spawn_target: Callable[..., None], loader: Callable[..., Any]) -> WorkerProcess:
        worker = self._spawn_worker(idx=index, target=spawn_target, callback_loader=loader)
        worker.start()  # type: ignore[no-untyped-call]
        return worker

    def _stop_workers(self) -> None:
        self._stopping.close()
        super()._stop_workers()  # type: ignore[no-untyped-call]

    def signal_handler_reload(self, *arguments: Any, **options: Any) -> None:
        """Nothing: SIGHUP is for the log, and granian would end its workers one by one."""
