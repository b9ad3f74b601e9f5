"""From the issue of a document to the SII's last word, at the simulator."""

from __future__ import annotations

import pytest

from dteplanows.ledger.delivery_states import FINAL
from tests.sii.delivery.conftest import House


@pytest.mark.parametrize("tipo", [33, 39])
def test_a_document_is_due_when_it_is_issued_and_travels_to_its_end(house: House, tipo: int) -> None:
    document = house.issue(tipo)
    assert house.state(document) == "pendiente"
    house.work_until("aceptado", document)
    assert house.steps(document)[0] == "en sobre"
    assert house.steps(document)[-1] == "aceptado"
    (envelope,) = house.envelopes()
    assert (envelope.estado, envelope.estado_sii, envelope.subidas, envelope.documentos) == ("procesado", "EPR", 1, 1)
    assert envelope.conteo == {str(tipo): [1, 1, 0, 0]}
    assert envelope.siguiente == 0


@pytest.mark.parametrize("tipo", [33, 39])
def test_a_refusal_is_told_with_its_reason_and_the_others_are_accepted(house: House, tipo: int) -> None:
    good, bad = house.issue(tipo), house.issue(tipo, "SIMULADOR=DTE-3-505")
    remarked = house.issue(tipo, "SIMULADOR=DET-2-200")
    house.work(lambda: all(house.state(one) in FINAL for one in (good, bad, remarked)))
    states = [house.state(one) for one in (good, bad, remarked)]
    assert states[:2] == ["aceptado", "rechazado"]
    assert len(house.envelopes()) == 1
