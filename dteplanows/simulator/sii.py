"""Everything that the services share, and the simulator's life: opened in a folder, started, stopped."""

from __future__ import annotations

import threading
from hashlib import sha256
from typing import NamedTuple

from dteplanows.simulator.companies import Companies
from dteplanows.simulator.faults import Faults
from dteplanows.simulator.files import write_durably
from dteplanows.simulator.mail import Mailer
from dteplanows.simulator.moments import Clock
from dteplanows.simulator.options import Options
from dteplanows.simulator.processing import Processing
from dteplanows.simulator.review.envelope import Judge
from dteplanows.simulator.review.stamp import Keys
from dteplanows.simulator.store import Envelope, Store
from dteplanows.simulator.tokens import Holder, Tokens


class Taken(NamedTuple):
    """An upload that was kept."""

    track: int
    before: int
    """How often the same bytes had come before; then *track* is the first one's."""


class Sii:
    """The simulated SII, without its socket."""

    def __init__(self, options: Options) -> None:
        options.folder.mkdir(parents=True, exist_ok=True)
        self.options = options
        self.behaviour = options.behaviour
        self.clock = Clock()
        self.store = Store(options.folder / "simulador.sqlite")
        self.tokens = Tokens(self.clock, self.behaviour)
        self.companies = Companies(self.store, self.behaviour, options.register)
        self.faults = Faults()
        self.mailer = Mailer(self.store, self.companies, self.clock, options)
        self.keys = Keys(options.produccion, options.caf_keys, options.register)
        for idk, pem in self.store.caf_keys():
            self.keys.add(idk, pem)
        self.judge = Judge(self.store, self.companies, self.keys, options)
        self._received = options.folder / "recibidos"
        self._received.mkdir(exist_ok=True)
        self._taking = threading.Lock()
        self.processing = Processing(self.store, self.judge, self.mailer, self.clock, self.bytes_of)

    def start(self) -> None:
        """Begin to judge."""
        self.processing.start()

    def stop(self) -> None:
        """End; what is not judged yet is judged at the next start."""
        self.processing.stop()

    def bytes_of(self, track: int) -> bytes:
        """The bytes of an envelope that was taken."""
        envelope = self.store.envelope(track)
        assert envelope is not None
        return (self._received / f"{envelope.sha}.xml").read_bytes()

    def take(self, channel: str, data: bytes, holder: Holder, company: str, file: str) -> Taken:
        """Keep an upload for judgement, durably when this returns; at DTEUpload the same bytes are kept once."""
        sha = sha256(data).hexdigest()
        with self._taking:
            before = self.store.same_file(channel, company, sha) if channel == "dte" else None
            if before is not None:
                return Taken(before.track, self.store.counted_again(before.track))
            write_durably(self._received / f"{sha}.xml", data)
            now = self.clock.now()
            track = self.store.add_envelope(
                Envelope(0, channel, sha, company, holder.rut, file, now, 1, None, None, None)
            )
        self.processing.wake()
        return Taken(track, 0)
