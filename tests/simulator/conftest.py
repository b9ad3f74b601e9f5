"""A running simulator for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dteplanows.simulator.options import Behaviour, Options
from dteplanows.simulator.server import Simulator
from tests.simulator import maker
from tests.simulator.client import Client

QUICK = 0.05
"""Seconds that the whole road takes here."""


@pytest.fixture
def options(tmp_path: Path) -> Options:
    """A simulator of its own folder, quick, that knows the authority of the tests."""
    return Options(
        tmp_path / "sii", port=0, caf_keys={maker.IDK: maker.authority_pem()}, behaviour=Behaviour(demora=QUICK)
    )


@pytest.fixture
def simulator(options: Options) -> Iterator[Simulator]:
    with Simulator(options) as running:
        yield running


@pytest.fixture
def client(simulator: Simulator) -> Client:
    """Logged in to both families."""
    return Client(simulator.address).log_in()
