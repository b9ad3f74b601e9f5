"""A ledger with the same fictitious company in both environments."""

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
