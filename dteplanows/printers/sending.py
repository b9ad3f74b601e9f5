"""What is asked of whoever sends a job to a printer, and how it says what became of it.

A sender is a function. It tells its :class:`Watch` before the first byte leaves, and now and then while it waits; it
returns when the printer has taken everything, and raises :class:`Unprinted` otherwise::

    def send(order: Order, watch: Watch) -> None: ...
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple, Protocol

from dteplanows.ledger.print_tables import StoredPrinter
from dteplanows.printers.addresses import Address
from dteplanows.printers.content import Content

GLANCE = 2.0
"""Seconds after which a sender that waits asks its watch."""

CONNECTING = 5.0
"""Seconds for a connection to a printer."""

STALLED = 600.0
"""Seconds after which a printer that has begun and takes nothing more is given up: somebody may be putting paper in."""


class Order(NamedTuple):
    """One job for a printer."""

    printer: StoredPrinter
    address: Address
    """Where the printer is at this moment."""
    content: Content
    mark: str = ""
    """What all tries of this job have in common, and no other job: a queue that keeps what it took is asked for it."""


class Watch(Protocol):
    """Who waits for the sender. Each method may raise what ends the sending; it is to be passed on."""

    def begins(self) -> None:
        """The first byte of the document is about to leave: what breaks from now on may have been printed."""

    def lives(self) -> None:
        """The sender still waits."""

    def warns(self, text: str) -> None:
        """Somebody has to see to the printer, as *text* says, and then it goes on; empty once it does."""


class Unprinted(Exception):  # noqa: N818 - named for the state of the job
    """The job is not printed, or nobody knows."""

    def __init__(self, reason: str, *, clean: bool = False) -> None:
        """:param reason: why, a sentence in Spanish without its end.
        :param clean: nothing of it was printed for sure, also where bytes have left.
        """
        super().__init__(reason)
        self.reason = reason
        self.clean = clean


def queue_mark(number: int, ordered: datetime) -> str:
    """The mark of the job of that *number*, which was asked for at that moment."""
    return f"{number}-{ordered:%Y%m%d%H%M%S}"


Sender = Callable[[Order, Watch], None]
