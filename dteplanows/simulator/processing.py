"""The thread that judges what was uploaded, in the order of the uploads, and sends the results by mail."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from dteplanows.simulator import states
from dteplanows.simulator.mail import Mailer
from dteplanows.simulator.moments import Clock
from dteplanows.simulator.review.envelope import Judge, Judgement
from dteplanows.simulator.store import Envelope, Store

_LOG = logging.getLogger(__name__)
_LOOK = 0.2
"""Seconds between two looks for mails that are due."""


class Processing:
    """Judges and mails until it is stopped."""

    def __init__(
        self, store: Store, judge: Judge, mailer: Mailer, clock: Clock, bytes_of: Callable[[int], bytes]
    ) -> None:
        """:param bytes_of: the bytes of an envelope, by its TRACKID."""
        self._store = store
        self._judge = judge
        self._mailer = mailer
        self._clock = clock
        self._bytes_of = bytes_of
        self._wake = threading.Event()
        self._stopping = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin; what an earlier run left is judged first."""
        self._thread = threading.Thread(target=self._run, name="simulador-revision", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the envelope under way."""
        self._stopping = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join()

    def wake(self) -> None:
        """Something was uploaded."""
        self._wake.set()

    def _run(self) -> None:
        try:
            while not self._stopping:
                self._wake.clear()
                for track in self._store.not_judged():
                    if self._stopping:
                        break
                    self._judge_one(track)
                self._mail()
                self._wake.wait(_LOOK)
        finally:
            self._store.close()

    def _judge_one(self, track: int) -> None:
        envelope = self._store.envelope(track)
        if envelope is None:
            return
        behaviour = self._judge.behaviour
        judgement = self._judgement(envelope, envelope.received + behaviour.demora)
        final = envelope.received + behaviour.demora * states.part(judgement.state)
        final = max(final, self._clock.now())
        with self._store.writing() as base:
            base.execute(
                "UPDATE envelope SET state = ?, gloss = ?, final = ? WHERE track = ?",
                (judgement.state, judgement.gloss, final, track),
            )
            base.executemany("INSERT INTO total VALUES (?, ?, ?, ?, ?, ?)", [(track, *one) for one in judgement.totals])
            base.executemany("INSERT INTO fault VALUES (?, ?)", [(track, one) for one in judgement.faults])
            self._store.add_documents(
                base, [one._replace(document=one.document._replace(visible=final)) for one in judgement.documents]
            )
            if envelope.channel == "dte":
                base.executemany(
                    "INSERT INTO mail (track, due) VALUES (?, ?)",
                    [(track, due) for due in self._mailer.moments(final, behaviour)],
                )

    def _judgement(self, envelope: Envelope, final: float) -> Judgement:
        """What is said of *envelope*; VOF, the SII's word for its own failure, where that is ours."""
        try:
            return self._judge.judge(self._bytes_of(envelope.track), envelope, final)
        except Exception:  # noqa: BLE001 - the outermost edge: an envelope that cannot be judged holds up no other
            _LOG.exception("No se pudo revisar el envío %s", envelope.track)
            return Judgement("VOF")

    def _mail(self) -> None:
        for number, track in self._store.mails_due(self._clock.now()):
            try:
                self._mailer.send(track, number)
            except OSError as error:
                _LOG.warning("No se pudo enviar el correo del envío %s: %s", track, error)
            self._store.mailed(number, self._clock.now())
