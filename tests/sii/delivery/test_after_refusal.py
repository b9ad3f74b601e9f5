"""The folio of a refused document, issued again and taken by the simulated SII, which remembers folios."""

from __future__ import annotations

from random import Random

import pytest

from dteplanows.document import clock
from dteplanows.document.writer import MAXIMUM_FOLIO
from dteplanows.ledger.rows import StoredDocument
from tests import valid_documents
from tests.sii.delivery.conftest import House


def again(house: House, document: StoredDocument) -> StoredDocument:
    """Another document of the type and folio of *document*, corrected."""
    for seed in range(40):
        made = valid_documents.make(document.tipo, Random(seed), clock.today())
        file = valid_documents.as_file(made)
        asking = file.replace(b"<Folio>%d</Folio>" % MAXIMUM_FOLIO, b"<Folio>%d</Folio>" % document.folio)
        for one in house.installed.issue(asking, "2").documents:
            if one.accepted:
                found = house.ledger.documents.by_id(one.documento_id)
                assert found
                return found
    raise AssertionError(f"no document of type {document.tipo} could be issued")


@pytest.mark.parametrize("tipo", [33, 39])
def test_a_refused_folio_is_accepted_with_the_corrected_document(house: House, tipo: int) -> None:
    first = house.issue(tipo, "SIMULADOR=DTE-3-505")
    house.work_until("rechazado", first)
    second = again(house, first)
    assert (second.folio, second.reemplaza) == (first.folio, first.id)
    house.work_until("aceptado", second)
    assert house.state(first) == "rechazado"
    assert len({one.sha256 for one in house.envelopes()}) == 2

