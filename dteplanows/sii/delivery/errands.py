"""What is done beside the delivery, which slow servers do not hold up: the SII's mail is fetched, notices are sent."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from dteplanows.ledger.faults import in_words
from dteplanows.ledger.store import Ledger
from dteplanows.log.rarely import Rarely
from dteplanows.settings import Settings
from dteplanows.sii.client import Client, Limits
from dteplanows.sii.delivery.post import Postman
from dteplanows.sii.notices.sending import Noticer

log = logging.getLogger(__name__)

_EVERY = 1.0
"""Seconds between two looks."""
_QUIET = 300.0
"""Seconds after which the log says the same once more."""


def run(settings: Settings, ledger: Ledger, stop: threading.Event) -> None:
    """Run errands until *stop* is set."""
    postman = Postman(settings, ledger, Client(Limits(3, 10)))
    noticer = Noticer(settings, ledger, Client(Limits(10, 20, 30, 65536)))
    errands = [postman.look, noticer.look]
    rarely = Rarely(_QUIET)
    while not stop.is_set():
        for one in errands:
            _do(one, rarely)
        stop.wait(_EVERY)
    ledger.close()


def _do(errand: Callable[[], object], rarely: Rarely) -> None:
    """Run one; whatever it meets, the others have their turn, and it has its next one."""
    try:
        errand()
    except Exception as failure:  # noqa: BLE001 - the outermost edge: a thread that ends helps nobody
        words = in_words(failure)
        if rarely.admits(words):
            log.error("Un recado de la entrega falló: %s", words)
