from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installation import Installation, make_installation


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """A whole installation, ready to issue."""
    one = make_installation(tmp_path / "instalacion")
    yield one
    one.close()
