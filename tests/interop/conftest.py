"""The documents of all input files, issued once for the tests of a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fixtures import FIXTURES
from tests.installation import make_installation
from tests.interop.issued import Issued


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Issued]]:
    """The documents of all input files."""
    installation = make_installation(tmp_path_factory.mktemp("emisor"))
    made: list[Issued] = []
    for one in FIXTURES:
        outcome = installation.issue(one.data, str(one.formato))
        assert [document.accepted for document in outcome.documents] == [True] * len(one.folios), (str(one), outcome)
        for document in outcome.documents:
            company = installation.company
            row = installation.ledger.documents.find(company.ambiente, company.rut, document.tipo, document.folio)
            assert row
            made.append(Issued(str(one), row.tipo, row.folio, row.xml, row.caf_id, installation))
    yield made
    installation.close()
