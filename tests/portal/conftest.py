from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.installation import Installation
from tests.portal.pages import Site, served


@pytest.fixture
def site(installation: Installation) -> Iterator[Site]:
    """A portal whose ledger is empty but for two companies."""
    yield from served(installation)
