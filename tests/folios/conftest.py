"""A ledger of one company, in both environments."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dteplanows.ledger.place import Place
from dteplanows.ledger.store import Ledger
from tests.ledger.example import COMPANY, REAL


@pytest.fixture
def ledger(place: Place) -> Iterator[Ledger]:
    one = Ledger(place)
    one.companies.save(COMPANY)
    one.companies.save(REAL)
    yield one
    one.close()


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """One for many examples, each with a company of its own."""
    one = Ledger(tmp_path_factory.mktemp("compartido"))
    # What is tested with it is not durability.
    one.connection.execute("PRAGMA synchronous = OFF")
    yield one
    one.close()
