from __future__ import annotations

import io

from dteplanows.demo.certificate import make_certificate
from dteplanows.document import clock
from dteplanows.signer.certificate import utc_now
from tests.installation import COMPANY, RUT_OF_SIGNER
from tests.portal.pages import OTHER, Browser, Site

ANOTHER = "15000003-3"
FILE = make_certificate(ANOTHER, "Otra Persona & Cía.", "clave ñ")


def load(site: Site, browser: Browser, clave: str = "clave ñ", data: bytes = FILE, **more: str) -> str:
    """What the page says after that certificate was sent."""
    form = {"archivo": (io.BytesIO(data), "firma.pfx"), "clave": clave, **more}
    answer = browser.post(f"{site.home}/certificados/cargar", form)
    return answer.text if answer.status_code == 400 else browser.get(f"{site.home}/certificados").text


def test_a_certificate_of_somebody_else_is_loaded_once_that_is_said(site: Site) -> None:
    browser, ledger = site.inside("administrador"), site.installation.ledger
    kept = ledger.certificates.of(COMPANY.ambiente, COMPANY.rut)
    assert "CRT-" in load(site, browser, "otra clave")
    assert "SRV-252" in browser.post(f"{site.home}/certificados/cargar", {"clave": "x"}).text
    page = load(site, browser)
    assert "CRT-032" in page
    assert 'name="otro_firmante"' in page
    assert ledger.certificates.of(COMPANY.ambiente, COMPANY.rut) == kept

    page = load(site, browser, otro_firmante="si", aunque_venza_antes="si")
    assert "Certificado cargado: Otra Persona &amp; Cía." in page
    assert page.count("<tr>") == 1 + len(kept) + 1
    signs = ledger.certificates.current(COMPANY.ambiente, COMPANY.rut, utc_now())
    found = ledger.certificates.find(signs)
    assert found and found.rut_firmante == ANOTHER
    (event,) = (one for one in ledger.events.of() if one.tipo == "certificado cargado" and "Otra" in one.detalle)
    assert event.quien == f"usuario administrador.{COMPANY.rut}"
    assert "clave ñ" not in repr(event)


def test_the_page_says_who_signs_and_until_when(site: Site) -> None:
    page = site.inside("contador").get(f"{site.home}/certificados").text
    (one,) = site.installation.ledger.certificates.of(COMPANY.ambiente, COMPANY.rut)

    assert "En uso" in page and "en uso" in page
    assert clock.day(one.valid_until) in page
    assert one.rut_firmante == RUT_OF_SIGNER
    assert "Cargar" not in page and "Quitar" not in page


def test_the_last_one_is_removed_only_when_that_is_said(site: Site) -> None:
    browser, ledger = site.inside("administrador"), site.installation.ledger
    (one,) = ledger.certificates.of(COMPANY.ambiente, COMPANY.rut)
    address = f"{site.home}/certificados/{one.id}/quitar"

    assert "CRT-035" in browser.post(address).text
    assert browser.post(f"{site.home}/certificados/{one.id + 50}/quitar").status_code == 404
    assert browser.post(address, {"aunque_no_quede_otro": "si"}).status_code == 302
    page = browser.get(f"{site.home}/certificados").text
    assert "Certificado quitado" in page
    assert "CRT-020" in page
    assert ledger.certificates.of(COMPANY.ambiente, COMPANY.rut) == []


def test_one_of_another_company_is_not_there(site: Site) -> None:
    ledger = site.installation.ledger
    (mine,) = ledger.certificates.of(COMPANY.ambiente, COMPANY.rut)
    site.person("administrador", OTHER, usuario="ana")
    browser = site.browser()
    browser.enter("ana")

    address = f"/pruebas/{OTHER.rut}/certificados/{mine.id}/quitar"
    assert browser.post(address, {"aunque_no_quede_otro": "si"}).status_code == 404
    assert ledger.certificates.find(mine.id)
