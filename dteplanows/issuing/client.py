"""Who waits for the answer of one call, as far as the server's end of the connection tells.

What is known, and what is not:

* a client that closed its connection, or whose connection the network reported as broken, is known to be *gone*, on
  Linux at once and else a moment later; a client whose cable was cut is not, until the system gives its connection up;
* an answer is *delivered* when it was so short that it was sent at once and the client was there just before. No server
  can know whether it then arrived, or whether anybody read it;
* of a longer one it is *unknown*: parts of it wait in this process or in the system until the client has read others;
* an answer is known not to be delivered when the client was gone by then, or when this process failed before.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from enum import Enum
from typing import Any

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Problem, Refused

log = logging.getLogger(__name__)

ENVIRON = "dteplanows.client"
"""Where the environment of a WSGI call has its client."""


_AT_ONCE = 64 << 10
"""Bytes of an answer that the system takes at once, before the client has read any."""


class Delivery(Enum):
    """What is known of the delivery of an answer."""

    DONE = "done"
    UNKNOWN = "unknown"
    FAILED = "failed"


class Left(Exception):  # noqa: N818 - the client went; nothing failed
    """The client went before anything was done for it; what was begun is to be taken back."""


def _never() -> bool:
    return False


class Client:
    """One call's client. The server that reads the call makes it, and tells it when the call is answered."""

    __slots__ = ("_afterwards", "_answered", "_before", "_ended", "_failed", "_gone", "arrived")

    def __init__(
        self,
        gone: Callable[[], bool] = _never,
        arrived: float = 0.0,
        *,
        ended: Callable[[], bool] = _never,
        answered: bool = False,
    ) -> None:
        """:param gone: whether the client is known to be gone; asked by any thread.
        :param ended: the same, of the system, which costs more: asked only where a folio depends on it.
        :param arrived: moment, by ``time.monotonic()``, at which the call had arrived; 0 for now.
        :param answered: nobody will tell when the answer is delivered: it counts as delivered at once.
        """
        self._gone = gone
        self._ended = ended
        self._answered = answered
        self._failed = False
        self._before: list[Callable[[], None]] = []
        self._afterwards: list[Callable[[Delivery], None]] = []
        self.arrived = arrived or time.monotonic()

    @property
    def is_gone(self) -> bool:
        """Whether it is known to be gone, as far as that is known at no cost."""
        return self._gone()

    @property
    def waited(self) -> float:
        """Seconds since its call arrived."""
        return time.monotonic() - self.arrived

    def must_be_there(self) -> None:
        """Stop what is done for a client that is gone.

        :raises Left: it is.
        """
        if self._gone() or self._ended():
            raise Left

    def before_answer(self, do: Callable[[], None]) -> None:
        """Call *do* just before the answer is handed over: from then on the client may have it. Never where nobody
        tells when the answer is delivered.
        """
        if not self._answered:
            self._before.append(do)

    def hands_over(self) -> bool:
        """The answer is about to be handed over; whether the client is there. Only the first call of this counts.

        Later it may have the answer and be gone for that reason.
        """
        before, self._before = self._before, []
        for do in before:
            do()
        return not self._gone() and not (self._afterwards and self._ended())

    def when_answered(self, do: Callable[[Delivery], None]) -> None:
        """Call *do* once the answer was handed over or will not be; at once where nobody tells."""
        if self._answered:
            do(Delivery.DONE)
        else:
            self._afterwards.append(do)

    def fails(self) -> None:
        """What the client will be answered is not what became of its call."""
        self._failed = True

    def answered(self, delivered: bool, size: int = 0) -> None:
        """The answer was handed over, or will not be. Only the first call of this counts.

        :param size: bytes of the answer.
        """
        if self._answered:
            return
        self._answered = True
        known = Delivery.FAILED
        if delivered and not self._failed:
            known = Delivery.UNKNOWN if size > _AT_ONCE else Delivery.DONE
        for do in self._afterwards:
            do(known)


class _Nobody(Client):
    """Of calls that come over no connection: it waits, and is answered, at any time."""

    __slots__ = ()

    @property
    def waited(self) -> float:
        return 0.0


NOBODY = _Nobody(answered=True)
"""The client of a call that does not come over a connection, as one of the command line, or whose server tells of none.
"""


@contextmanager
def or_refused(usuario: str) -> Iterator[None]:
    """Surround what is done for the client of a call of *usuario*.

    :raises Refused: it went before anything was done (SRV-120).
    """
    try:
        yield
    except Left:
        log.warning("SRV-120: un cliente de %s se fue antes de que se atendiera su llamada: no se hizo nada", usuario)
        raise Refused([problem("SRV-120")]) from None


def refuse_for_nobody(client: Client, usuario: str) -> None:
    """:raises Refused: the *client* of a call of *usuario* is gone (SRV-120)."""
    with or_refused(usuario):
        if client.is_gone:
            raise Left


def too_late(client: Client, limit: float) -> Problem | None:
    """Why a call is not begun any more: it waited longer than *limit* seconds for somebody to attend it."""
    waited = client.waited
    if waited <= limit:
        return None
    log.warning("SRV-121: una llamada esperó %.0f segundos y no se comenzó", waited)
    return problem("SRV-121", segundos=f"{limit:g}")


def client_of(environ: Mapping[str, Any]) -> Client:
    """The client of a WSGI call; where its server tells of none, one that is always there."""
    found = environ.get(ENVIRON)
    return found if isinstance(found, Client) else NOBODY
