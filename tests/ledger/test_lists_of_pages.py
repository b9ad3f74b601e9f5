"""What the lists of the portal ask of the ledger, on either engine."""

from __future__ import annotations

from datetime import timedelta

from dteplanows.document import clock
from dteplanows.ledger.envelopes import WantedEnvelopes
from dteplanows.ledger.finding import Wanted
from dteplanows.ledger.undelivered import Owner
from tests.portal.board.test_view_model import sample
from tests.sii.delivery.conftest import House, house  # noqa: F401 - a fixture


def test_pages_of_envelopes_and_batches_and_what_receivers_got(house: House) -> None:  # noqa: F811
    ledger, company = house.ledger, house.installed.company
    key = company.ambiente, company.rut
    documents = [house.issue(33) for _ in range(2)]
    refused = house.issue(33, "SIMULADOR=REF-3-750")
    house.work_until("rechazado", refused)
    house.work_until("aceptado", *documents)
    last = house.issue(33)
    house.work_until("aceptado", last)

    wanted = WantedEnvelopes(*key)
    every = list(ledger.envelopes.found(wanted))
    assert len(every) > 1
    assert ledger.envelopes.page(wanted, 1) == every[:1]
    assert ledger.envelopes.page(wanted, 9, every[0].id) == every[1:]
    numbers = [house.installed.send_later(sample(name), "1") for name in ("factura33.txt", "guia52.txt")]
    assert [one.id for one in ledger.batches.page(*key, 9)] == numbers[::-1]
    assert [one.id for one in ledger.batches.page(*key, 9, numbers[1])] == numbers[:1]
    assert ledger.batches.page("produccion", company.rut, 9) == []

    found = list(ledger.finding.receivers(company, Wanted()))
    assert sum(one.documentos for one in found) == 3  # without the refused one
    assert sum(one.total for one in found) == sum(one.monto_total for one in (*documents, last))
    assert {type(one.total) for one in found} == {int}
    before, after = (clock.now() + timedelta(hours=hours) for hours in (-1, 1))
    assert len(list(ledger.undelivered.refused_since(Owner(*key), before))) == 1
    assert list(ledger.undelivered.refused_since(Owner(*key), after)) == []
