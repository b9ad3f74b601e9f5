from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.installation import Installation
from tests.portal.pages import ADDRESS, Site, served


@pytest.fixture
def site(installation: Installation) -> Iterator[Site]:
    """A portal whose ledger is empty but for two companies.

    Whatever a person does there, by any test: the audit knows from where.
    """
    yield from served(installation)
    done = [one for one in installation.ledger.events.changes() if one.quien.startswith("usuario ")]
    assert {one.tipo for one in done if one.desde != ADDRESS} == set()
