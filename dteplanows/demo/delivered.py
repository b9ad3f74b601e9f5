"""The sample document on its way to the SII: waited for until the SII's word."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing

from dteplanows.ledger.delivery_states import FINAL
from dteplanows.ledger.place import place_of
from dteplanows.ledger.store import Ledger, New
from dteplanows.settings import Settings

_LIMIT = 45.0
"""Seconds; it takes about five."""


def wait_for_the_sii(settings: Settings, ended: Callable[[], bool]) -> tuple[str, str]:
    """Where the newest document stands at the SII, as soon as that is final, and the SII's number of its envelope.

    :param ended: whether the service has ended, so that nothing more will come.
    """
    end = time.monotonic() + _LIMIT
    with closing(Ledger(place_of(settings), settings.clave_maestra, New.NEVER)) as ledger:
        newest = ledger.deliveries.newest()
        while True:
            found = ledger.deliveries.find(newest)
            estado = found.estado if found else ""
            if estado in (*FINAL, "detenido") or ended() or time.monotonic() > end:
                envelope = ledger.envelopes.find(found.envio_id) if found and found.envio_id else None
                return estado, envelope.track_id if envelope else ""
            time.sleep(0.1)
