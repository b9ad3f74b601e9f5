from __future__ import annotations

import pytest

from dteplanows.bulk import queue
from dteplanows.portal.batches import views
from tests.portal.board.test_view_model import sample
from tests.portal.pages import OTHER, Site


def test_files_of_bulk_mode_are_followed_to_their_end(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "PAGE", 2)
    browser, installation = site.inside("contador"), site.installation
    assert "No se ha recibido ningún lote" in browser.get(f"{site.home}/lotes").text
    numbers = [installation.send_later(sample(name), "1") for name in ("factura33.txt", "guia52.txt")]
    bad = installation.send_later(sample("factura33-con-errores.txt"), "1")
    page = browser.get(f"{site.home}/lotes").text
    assert 'data-live="2"' in page
    assert page.count("pendiente</span>") == 2 and f"antes={numbers[1]}" in page
    assert 'data-live="1"' in browser.get(f"{site.home}/lotes/{bad}").text

    worker = queue.worker_of(site.settings, installation.issuer)
    while worker.work_once():
        pass
    page = browser.get(f"{site.home}/lotes?antes={bad}").text
    assert page.count("terminado</span>") == 2 and "data-live" not in page
    page = browser.get(f"{site.home}/lotes/{bad}").text
    assert "data-live" not in page
    assert "Documento 1 del archivo" in page
    assert "problem-code" in page
    assert "Documento 1" not in browser.get(f"{site.home}/lotes/{bad}?desde=1").text
    for path in (f"{site.home}/lotes/{2**70}", f"/pruebas/{OTHER.rut}/lotes/{bad}", f"{site.home}/lotes/99"):
        assert site.inside("operador").get(path).status_code == 404
