from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from dteplanows.ledger import presence
from dteplanows.ledger.delivery_tables import StoredEnvelope
from dteplanows.ledger.place import Place
from dteplanows.ledger.rows import StoredDocument
from dteplanows.ledger.store import Ledger
from dteplanows.settings import load
from dteplanows.sii.addresses import addresses_of
from dteplanows.sii.calls import Http
from dteplanows.sii.client import Client, Limits
from dteplanows.sii.delivery.context import Delivery, Listening, SharedTokens
from dteplanows.sii.delivery.pace import Pace
from dteplanows.sii.delivery.worker import Worker
from dteplanows.sii.service import Sii
from dteplanows.simulator.options import Behaviour, Options
from dteplanows.simulator.server import Simulator
from tests.installation import Installation, make_installation
from tests.sii.documents import issue

QUICK = Pace(
    facturas=0, boletas=0, after_upload=0.02, doubt=0.05, doubts=2, shortest=0.02, longest_question=0.1,
    longest_repetition=0.1,
)  # fmt: skip


@dataclass
class House:
    """An installation, a simulated SII that it delivers to, and workers."""

    installed: Installation
    simulator: Simulator
    folder: Path

    @property
    def ledger(self) -> Ledger:
        return self.installed.ledger

    def worker(self, pace: Pace = QUICK, http: Http = Client(Limits(connect=3, read=3))) -> Worker:  # noqa: B008 - a value
        """A new worker, as one that comes after another."""
        settings = load(directorio=self.folder, sii_simulador=self.simulator.address)
        listening = Listening(http)
        sii = Sii(listening, addresses_of(settings), SharedTokens(self.ledger))
        return Worker(Delivery(self.ledger, sii, presence.new_worker(), pace, listening))

    def issue(self, tipo: int, text: str = "") -> StoredDocument:
        """A new document; *text* stands in the name of its receiver."""
        return issue(self.installed, tipo, text=text)

    def state(self, document: StoredDocument) -> str:
        """Where *document* stands."""
        found = self.ledger.deliveries.find(document.id)
        return found.estado if found else "sin enviar"

    def steps(self, document: StoredDocument) -> list[str]:
        """Every state that *document* was in."""
        return [one.estado for one in self.ledger.deliveries.history(document.id)]

    def envelopes(self) -> list[StoredEnvelope]:
        """Every envelope, in order."""
        return self.ledger.envelopes.newest(1000)[::-1]

    def work(self, good: Callable[[], bool], worker: Worker | None = None, seconds: float = 20) -> None:
        """Let a worker work until *good*.

        :raises AssertionError: it took too long.
        """
        one, end = worker or self.worker(), time.monotonic() + seconds
        while not good():
            told = [(e.id, e.estado, e.estado_sii, e.resultado, e.detalle) for e in self.envelopes()]
            assert time.monotonic() < end, told
            if not one.work_once():
                time.sleep(0.02)

    def work_until(self, state: str, *documents: StoredDocument) -> None:
        """Let a worker work until all *documents* stand at *state*."""
        self.work(lambda: all(self.state(one) == state for one in documents))


def house_at(place: Place, folder: Path) -> tuple[Installation, Simulator]:
    installed = make_installation(place)
    company = replace(installed.company, fecha_resolucion=date(2026, 1, 2))
    installed.ledger.companies.save(company)
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    key = installed.authority.public_key.public_bytes(serialization.Encoding.PEM, form).decode()
    options = Options(folder / "simulador", "127.0.0.1", 0, caf_keys={"900": key}, behaviour=Behaviour(demora=0.05))
    return replace(installed, company=company), Simulator(options)


@pytest.fixture
def house(place: Place, tmp_path: Path) -> Iterator[House]:
    """On either engine."""
    installed, simulator = house_at(place, tmp_path)
    with simulator:
        yield House(installed, simulator, tmp_path)
    installed.close()
