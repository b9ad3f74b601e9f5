"""Whether a process may issue at all: the ledger is not older than what was issued, and the clock can be believed."""

from __future__ import annotations

import logging

from dteplanows.document.company import Company
from dteplanows.document.problem import Problem
from dteplanows.folios.older_ledger import Watch
from dteplanows.ledger.clock_watch import Bounds, ClockWatch
from dteplanows.ledger.store import Ledger
from dteplanows.settings import Settings

log = logging.getLogger(__name__)


def bounds_of(settings: Settings) -> Bounds:
    """How far the clock may be off by *settings*."""
    return Bounds(settings.reloj_atrasado, settings.reloj_adelantado)


class Readiness:
    """Asked before each file is issued, in a microsecond or two where nothing is wrong."""

    def __init__(self, ledger: Ledger, reloj: Bounds) -> None:
        self.ledger = Watch(ledger)
        self.clock = ClockWatch(ledger, reloj)
        self._told: list[str] = []

    def problems(self, company: Company | None = None) -> list[Problem]:
        """Why nothing is issued; empty where there is no reason.

        :param company: who asks: it learns nothing of others. None for all.
        """
        found = [*self.ledger.problems(company), *self.clock.problems()]
        if found or self._told:
            self._tell([*self.ledger.problems(), *self.clock.problems()])
        return found

    def _tell(self, found: list[Problem]) -> None:
        """Say in the log that nothing is issued from now on, and why, or that it is again."""
        codes = [one.code for one in found]
        if codes == self._told:
            return
        self._told = codes
        for one in found:
            log.error("No se emite: %s", one.text())
        if not found:
            log.warning("Se emite de nuevo.")

    def at_start(self) -> list[Problem]:
        """What whoever starts the service should know, which may be less grave."""
        return [*self.ledger.at_start(), *self.clock.at_start()]
