"""The pages of the envelopes over a real delivery to the simulated SII."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dteplanows.ledger.place import Place
from dteplanows.portal.envelopes import view_model
from tests.commands.delivery_house import before_delivery, had_before
from tests.commands.test_envelope_acts import stopped
from tests.installation import COMPANY
from tests.portal.pages import OTHER, Browser, Site, site_of
from tests.sii.delivery.conftest import House, house_at

HOME = f"/{COMPANY.ambiente}/{COMPANY.rut}/envios"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    installed, simulator = house_at(Place(tmp_path), tmp_path)
    with simulator:
        (tmp_path / "dteplanows.toml").write_text(f'sii_simulador = "{simulator.address}"\n', "utf-8")
        yield House(installed, simulator, tmp_path)
    installed.close()


@pytest.fixture
def site(house: House) -> Site:
    house.ledger.companies.save(OTHER)
    return site_of(house.installed)


def text(browser: Browser, path: str = "") -> str:
    answer = browser.get(f"{HOME}{path}")
    assert answer.status_code == 200, answer.text
    return answer.text


def test_envelopes_are_shown_with_what_the_sii_said(house: House, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view_model, "PAGE", 2)
    browser = site.inside("contador")
    assert "No hay envíos así" in text(browser)
    document = house.issue(33)
    refused = house.issue(33, "SIMULADOR=REF-3-750")
    house.work_until("rechazado", refused)
    for _ in range(2):
        house.work_until("aceptado", house.issue(33))
    page = text(browser)
    first = house.envelopes()[0]

    assert "rechazado" in page
    assert page.count("procesado</span>") == 2
    assert f"antes={house.envelopes()[-2].id}" in page
    older = text(browser, f"?antes={house.envelopes()[-2].id}")
    assert f"{HOME}/{first.id}" in older and f"antes={first.id}" not in older
    assert "No hay envíos así" in text(browser, "?estado=detenido")
    assert "procesado</span>" in text(browser, f"?estado=nada&antes={2**70}")

    page = text(browser, f"/{first.id}")
    assert all(one in page for one in (first.track_id, first.sha256, "DTEUpload", "FAU", str(document.folio % 1000)))
    assert "Seguir ahora" not in page
    file = browser.get(f"{HOME}/{first.id}/archivo")
    assert file.data == house.ledger.envelopes.file(first.id)
    for path in (f"{HOME}/99", f"{HOME}/{2**70}", f"/pruebas/{OTHER.rut}/envios/{first.id}"):
        assert site.inside("operador").get(path).status_code == 404


def test_a_stopped_envelope_goes_on_or_is_made_anew(house: House, site: Site) -> None:
    one = stopped(house)
    browser = site.inside("administrador")
    page = text(browser)
    assert "Documentos detenidos" in page and f"Ver el envío {one.id}" in page
    page = text(browser, f"/{one.id}")
    assert all(words in page for words in ("Está detenido", "Seguir ahora", "Formar de nuevo"))

    assert browser.post(f"{HOME}/{one.id}/reintentar").status_code == 302
    assert "está ahora en duda" in text(browser, f"/{one.id}")
    house.work(lambda: house.envelopes()[-1].estado == "procesado")
    for what in ("reintentar", "rehacer"):
        refused = browser.post(f"{HOME}/{one.id}/{what}")
        assert (refused.status_code, "SII-020" in refused.text) == (400, True)
    quien = [each.quien for each in house.ledger.events.changes() if each.tipo == "envío reintentado"]
    assert quien == [f"usuario administrador.{COMPANY.rut}"]

    other = stopped(house)
    assert browser.post(f"{HOME}/{other.id}/rehacer").status_code == 302
    assert "quedó disuelto" in text(browser, f"/{other.id}")
    assert "en otro envío" in text(browser, f"/{other.id}")
    house.work(lambda: house.envelopes()[-1].estado == "procesado")

    last = stopped(house)
    assert "SRV-250" in browser.post(f"{HOME}/{last.id}/subido", {"track": "no"}).text
    assert "SRV-251" in browser.post(f"{HOME}/{last.id}/subido").text
    assert browser.post(f"{HOME}/{last.id}/subido", {"track": "777"}).status_code == 302
    assert "TRACKID 777" in text(browser, f"/{last.id}")


def test_the_sii_is_asked_about_a_document_and_about_a_free_folio(house: House, site: Site) -> None:
    document = house.issue(33)
    house.work_until("aceptado", document)
    browser = site.inside("administrador")

    def asked(folio: object, tipo: object = 33) -> str:
        return browser.post(f"{HOME}/consultar", {"tipo": str(tipo), "folio": str(folio)}).text

    assert "Preguntar al SII" in text(browser, "/consultar")
    assert "aceptado" in asked(document.folio)
    assert "El SII no tiene ese folio" in asked(document.folio + 5)
    assert "SII-047" in asked(1)
    assert "SRV-250" in asked("x")


def test_documents_that_wait_for_a_person_are_let_go_or_left(house: House, site: Site) -> None:
    with before_delivery(house):
        old = [house.issue(33) for _ in range(2)]
    taken = house.issue(33)
    had_before(house, taken, monto="1")
    house.work(lambda: house.state(taken) == "detenido")
    browser = site.inside("administrador")
    page = text(browser)
    assert "Descartar" in page
    assert "«Descartar» de la página Envíos" in page
    assert "«envios" not in page

    which = {"tipo": "33", "folio": str(taken.folio)}
    assert "SRV-251" in browser.post(f"{HOME}/descartar", which).text
    assert browser.post(f"{HOME}/descartar", {**which, "folio": "5", "motivo": "x"}).status_code == 404
    assert browser.post(f"{HOME}/descartar", {**which, "motivo": "de otro sistema"}).status_code == 302
    assert "Documento descartado" in text(browser)
    assert house.state(taken) == "descartado"

    assert "Documentos: 2" in text(browser, "/adoptar?mirar=si")
    assert "No hay documentos que esperen" in text(browser, "/adoptar?mirar=si&tipo=61")
    assert "La fecha no existe" in text(browser, "/adoptar?mirar=si&desde=nada")
    assert "termina antes de comenzar" in text(browser, "/adoptar?mirar=si&desde=2026-02-01&hasta=2026-01-01")
    assert browser.post(f"{HOME}/adoptar", {"mirar": "si"}).status_code == 302
    assert "pendientes de enviar: 2" in text(browser)
    assert [house.state(one) for one in old] == ["pendiente", "pendiente"]
