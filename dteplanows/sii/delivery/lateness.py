"""Says in the log when documents are near the delay in which they are to reach the SII."""

from __future__ import annotations

import logging
import time

from dteplanows.document import clock
from dteplanows.ledger.store import Ledger
from dteplanows.ledger.undelivered import DELAY
from dteplanows.log.rarely import Rarely

log = logging.getLogger(__name__)

_LOOK = 60.0
"""Seconds between two looks."""
_QUIET = 3600.0
"""Seconds after which the same company is named once more."""


class Lateness:
    """Looks at what has not reached the SII."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._looked = -_LOOK
        self._rarely = Rarely(_QUIET)

    def look(self) -> None:
        """Say what is near its delay, of each company and kind once an hour."""
        now = time.monotonic()
        if now - self._looked < _LOOK:
            return
        self._looked = now
        for one in self._ledger.undelivered.near(clock.now()):
            if self._rarely.admits((one.owner, one.clase)):
                log.warning(
                    "Sin llegar al SII: %s %s de %s, %s; el primero es el tipo %s folio %s, emitido el %s. El plazo es "
                    "de %s horas. Vea «dteplanows estado».",
                    one.documents, one.clase, one.owner.rut, one.owner.ambiente, one.tipo, one.folio,
                    f"{one.since:%Y-%m-%d a las %H:%M}", int(DELAY[one.clase].total_seconds()) // 3600,
                )  # fmt: skip
