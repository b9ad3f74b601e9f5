"""An installation to issue customers' files with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installation import Installation, make_installation


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One for all tests of the process."""
    directory: Path = tmp_path_factory.mktemp("printing")
    made = make_installation(directory)
    yield made
    made.close()
