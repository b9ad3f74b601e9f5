from __future__ import annotations

import time

import pytest

from dteplanows.document import clock
from dteplanows.portal.board import month
from tests.portal.board.test_view_model import sample
from tests.portal.envelopes.test_envelopes_pages import house, site  # noqa: F401 - fixtures
from tests.portal.pages import Site
from tests.sii.delivery.conftest import House


def test_clients_and_reasons_of_the_month(house: House, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    # The note is refused too: it corrects what the SII does not have.
    for name in ("factura33.txt", "factura33.txt", "nota-credito61.txt", "guia52.txt", "boleta39.txt"):
        assert house.installed.issue(sample(name, clock.today()), "1").documents[0].accepted, name
    refused = house.issue(33, "SIMULADOR=REF-3-750")
    house.work_until("rechazado", refused)
    browser = site.inside("operador")
    end = time.monotonic() + 20
    while 'data-live="1"' in (page := browser.get(f"{site.home}/tablero").text):
        assert time.monotonic() < end

    found = month.of_company(house.ledger, house.installed.company)
    best = found.clients[0]
    assert (best.documentos, best.total > 0) == (2, True)
    assert best.name.replace("&", "&amp;") in page
    assert refused.rut_receptor not in {one.rut for one in found.clients}
    assert [one.documents for one in found.reasons] == [2]
    assert found.reasons[0].text in page
    assert "La instalación" in page and "Disco" in page
    assert "La instalación" not in site.inside("contador").get(f"{site.home}/tablero").text

    monkeypatch.setattr(month, "TOO_MANY", 2)
    assert month.of_company(house.ledger, house.installed.company)[:2] == ((), True)
