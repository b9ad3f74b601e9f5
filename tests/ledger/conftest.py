"""A ledger with the same fictitious company in both environments."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dteplanows.ledger.store import Ledger
from tests.ledger.example import COMPANY, REAL


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    one = Ledger(tmp_path / "datos")
    one.companies.save(COMPANY)
    one.companies.save(REAL)
    yield one
    one.close()
