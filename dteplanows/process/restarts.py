"""How soon a process that died is started again: at once the first time, ever later while it keeps dying, for ever."""

from __future__ import annotations

import logging
import signal
import time

from dteplanows.document.catalogue import problem

log = logging.getLogger(__name__)

_FIRST = 0.1
"""Seconds before the first restart."""

_LONGEST = 30.0
"""Seconds before any restart: what keeps a process from living (a disk, a database) may mend at any moment."""

_CALM = 60.0
"""Seconds that a process has to live for its death to count as the first again."""


class Restarts:
    """The restarts of one process of the service."""

    def __init__(self, name: str) -> None:
        """:param name: what the process is, in Spanish, as the log names it."""
        self._name = name
        self._began = time.monotonic()
        self._deaths = 0

    def began(self) -> None:
        """The process was started."""
        self._began = time.monotonic()

    def died(self, number: int | None, exit_code: int | None) -> float:
        """The process died; the seconds to wait before another is started. Says so in the log.

        :param number: of the process.
        :param exit_code: as ``multiprocessing`` has it: the signal, negative, where one ended it.
        """
        self._deaths = 1 if time.monotonic() - self._began > _CALM else self._deaths + 1
        pause = min(_LONGEST, _FIRST * float(4 ** min(self._deaths - 1, 30)))
        told = problem("SRV-150", value=self._name, numero=number, causa=cause(exit_code), espera=f"{pause:g}")
        log.error("%s: %s %s %s", told.code, told.message, told.expected, told.remedy)
        return pause


def cause(exit_code: int | None) -> str:
    """Why a process ended, in words."""
    if exit_code is None or exit_code >= 0:
        return "terminó por sí mismo" if not exit_code else f"terminó con el código {exit_code}"
    try:
        return f"lo terminó la señal {signal.Signals(-exit_code).name}"
    except ValueError:
        return f"lo terminó la señal {-exit_code}"
