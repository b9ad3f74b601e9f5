"""Whether the clock of this machine can be believed, before it dates documents that nobody can take back.

Two things tell that it cannot: it is before documents that were issued already, or it has gone ahead while the time
that the machine has been running has not. Which of both is right only a person can say: the documents may have been
dated by a clock that was ahead, and a virtual machine that was stopped for a while has a clock that jumps and is right.
"""

from __future__ import annotations

import json
import logging
import secrets
import sys
import threading
import time
from datetime import datetime
from typing import NamedTuple

from dteplanows.document import clock
from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Problem
from dteplanows.ledger.events import NewEvent
from dteplanows.ledger.store import Ledger
from dteplanows.settings import usual

log = logging.getLogger(__name__)

_ACCEPTED = "reloj_aceptado"
"""Setting of the ledger: the newest document when a person last said that the clock is right, and a mark of that."""

_AGAIN = 1.0
"""Seconds after which the ledger is asked again: others may have dated documents ahead, or a person said a word."""

_SLOW = 1.0
"""Seconds of difference that are the clock being put right little by little."""

_LONG = 31
"""Days without a document after which it is worth a look at the clock when the service starts."""

_NEWEST = "SELECT id, creado FROM documento WHERE id > ? ORDER BY id DESC LIMIT 1"
_DAY = 86_400


class Bounds(NamedTuple):
    """How far the clock may be off, in minutes; 0 for not looking."""

    behind: int = usual("reloj_atrasado")
    """Before the newest document."""
    ahead: int = usual("reloj_adelantado")
    """Farther than the time that has passed."""


class ClockWatch:
    """The clock as one process sees it."""

    def __init__(self, ledger: Ledger, bounds: Bounds = Bounds()) -> None:  # noqa: B008 - a value
        self._ledger = ledger
        self._behind, self._ahead = bounds.behind * 60.0, bounds.ahead * 60.0
        self._lock = threading.Lock()
        self._newest = 0.0
        self._word = ""
        # From here on and not from the first file: a worker may get that one after the clock has jumped.
        self._anchor = clock.instant() - elapsed()
        """What the clock shows less the time that has passed, as it was when the clock was believed."""
        self._trusted = False
        """Whether it was ever."""
        self._looked = 0.0
        """When the ledger was last asked, in :func:`elapsed`; 0 for never."""

    def problems(self) -> list[Problem]:
        """Why nothing is dated by this clock: it is behind (BAS-025) or has jumped ahead (BAS-026)."""
        with self._lock:
            now, passed = clock.instant(), elapsed()
            if not self._looked:
                self._ask(passed)
            elif passed - self._looked > _AGAIN:
                word = self._word
                self._ask(passed)
                if self._word != word:
                    self._anchor = now - passed
            if not self._trusted and self._is_behind(self._anchor + passed):
                self._anchor = now - passed  # it was behind when the process began: nothing to compare with
            drift = now - passed - self._anchor
            if abs(drift) < _SLOW:
                self._anchor += drift
            elif drift < 0:
                self._ask(passed)
                if not self._is_behind(now):
                    self._anchor += drift  # it was ahead, and is put right
            self._trusted = self._trusted or not self._is_behind(now)
            return self._found(now, drift)

    def at_start(self) -> list[Problem]:
        """What is to be told when the service starts: :meth:`problems`, or that the last document is old (BAS-027)."""
        if found := self.problems():
            return found
        days = int((clock.instant() - self._newest) // _DAY)
        if self._newest and days > _LONG:
            return [problem("BAS-027", value=_text(self._newest), dias=days, today=_text(clock.instant()))]
        return []

    def _found(self, now: float, drift: float) -> list[Problem]:
        if self._is_behind(now):
            return [problem("BAS-025", value=_text(now), fecha=_text(self._newest))]
        if self._ahead and drift > self._ahead:
            return [problem("BAS-026", value=_text(now), fecha=_text(now - drift))]
        return []

    def _is_behind(self, now: float) -> bool:
        return bool(self._behind) and now < self._newest - self._behind

    def _ask(self, passed: float) -> None:
        """Read the newest document and a person's word."""
        self._looked = passed or 1e-9
        identifier, self._word = _accepted(self._ledger)
        row = self._ledger.connection.execute(_NEWEST, (identifier,)).fetchone()
        self._newest = _instant_of(row[1]) if row else 0.0


def accept(ledger: Ledger, por: str) -> None:
    """Note that the clock is right as it is now, whatever the documents and the processes that run say.

    :param por: who says so.
    """
    with ledger.transaction():
        row = ledger.connection.execute(_NEWEST, (0,)).fetchone()
        ledger.settings.save(_ACCEPTED, json.dumps([row[0] if row else 0, secrets.token_hex(8)]))
        ledger.events.note(NewEvent("reloj aceptado", f"{_text(clock.instant())}, por {por}"))


if sys.platform == "win32":

    def elapsed() -> float:
        """Seconds that have passed, sleep included, since some moment."""
        return time.monotonic()

else:
    _CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)

    def elapsed() -> float:
        """Seconds that have passed, sleep included, since some moment."""
        return time.clock_gettime(_CLOCK)


def _accepted(ledger: Ledger) -> tuple[int, str]:
    """The document up to which moments do not count, and which word of a person that comes from."""
    text = ledger.settings.get(_ACCEPTED)
    if not text:
        return 0, ""
    identifier, word = json.loads(text)
    return int(identifier), str(word)


def _instant_of(text: str) -> float:
    """A moment of the ledger. Of an hour that came twice, when summer time ended, it is the first."""
    return datetime.fromisoformat(text).replace(tzinfo=clock.SANTIAGO, fold=0).timestamp()


def _text(instant: float) -> str:
    return f"{datetime.fromtimestamp(instant, clock.SANTIAGO):%d-%m-%Y %H:%M:%S}"
