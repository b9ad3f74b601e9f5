"""SIGHUP: what is to be done when the operator rotates the log, in every process of the service.

The signal is blocked, and a thread waits for it: so nothing is interrupted, and a process that is only starting keeps
it until it is ready, where the usual action would end it. Processes inherit the block from the one that starts them.
On Windows there is no such signal, and nothing is done.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

log = logging.getLogger(__name__)

_hooks: list[Callable[[], None]] = []


def on_hangup(hook: Callable[[], None]) -> None:
    """Call *hook*, in a thread of its own, each time this process gets SIGHUP: to open its log again, for one."""
    _hooks.append(hook)


def listen() -> None:
    """Begin to wait for SIGHUP, and hand it on to the processes that this one has started.

    To be called once in each process of the service, by its main thread, before it starts another thread or process.
    """
    if sys.platform == "win32":
        return
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
    threading.Thread(target=_wait, name="sighup", daemon=True).start()


def _wait() -> None:
    if sys.platform == "win32":
        return
    while True:
        signal.sigwait({signal.SIGHUP})
        for hook in _hooks:
            try:
                hook()
            except Exception:
                log.exception("SIGHUP: falló %r", hook)
        for child in multiprocessing.active_children():
            if child.pid:
                with suppress(ProcessLookupError):
                    os.kill(child.pid, signal.SIGHUP)
