"""What a person does about a document on the portal: each act is shown first, done once, and leaves a trace."""

from __future__ import annotations

import re

import pytest
from lxml import html
from werkzeug.test import TestResponse

from dteplanows import printing
from dteplanows.document.samples import WRONG, samples
from dteplanows.document.text import decode
from dteplanows.ledger.deliveries import Step
from dteplanows.ledger.rows import StoredDocument
from tests.installation import COMPANY
from tests.issuing.test_after_refusal import REASON, brought_to, issued
from tests.issuing.test_issued_before import file
from tests.portal.pages import ADDRESS, Browser, Site
from tests.portal.sales.test_sales_pages import page_of, safe, text_of
from tests.sii.documents import issue


def path_of(site: Site, stored: StoredDocument, act: str = "") -> str:
    return f"{site.home}/ventas/{stored.tipo}/{stored.folio}{act}"


def led(browser: Browser, answer: TestResponse) -> html.HtmlElement:
    """The page that a form led to."""
    assert answer.status_code == 302, answer.text
    page = page_of(browser, answer.location.removeprefix("/portal"))
    safe(page)
    return page


def acts(page: html.HtmlElement) -> list[str]:
    return [one.text_content().strip() for one in page.xpath("//ul[@class='acts']//a")]


def live(site: Site, tipo: int, folio: int) -> StoredDocument:
    found = site.installation.ledger.documents.find("pruebas", COMPANY.rut, tipo, folio)
    assert found
    return found


def test_a_contador_annuls_a_factura_by_a_note(site: Site) -> None:
    stored = issued(site.installation, file())
    browser = site.inside("contador")
    assert acts(page_of(browser, path_of(site, stored))) == ["Anular"]
    page = page_of(browser, path_of(site, stored, "/anular"))
    safe(page)
    assert "Se emitirá una Nota de Crédito Electrónica por $1.190" in text_of(page)
    assert "N° por asignar" in text_of(page)
    assert browser.get(path_of(site, stored, "/anular/pdf?razon=Error")).data.startswith(b"%PDF")
    assert not site.installation.ledger.documents.with_folio("pruebas", COMPANY.rut, stored.folio)[1:]

    done = browser.post(path_of(site, stored, "/anular"), {"razon": "Error en el <b>receptor</b>"})
    page = led(browser, done)
    assert "Se emitió esta nota" in text_of(page)
    assert "Error en el <b>receptor</b>" in text_of(page)
    found = re.search(r"/61/(\d+)", done.location)
    assert found
    note = live(site, 61, int(found[1]))
    assert (note.usuario, note.monto_total) == (f"contador.{COMPANY.rut}", 1190)
    page = page_of(browser, path_of(site, stored))
    assert "anulado por una nota" in text_of(page)
    assert acts(page) == []
    (event,) = [one for one in site.installation.ledger.events.of(stored.id) if one.tipo == "anulado por una nota"]
    assert (event.quien, event.desde) == (f"usuario contador.{COMPANY.rut}", ADDRESS)
    assert event.despues == {"nota": f"61-{note.folio}"}

    again = browser.post(path_of(site, stored, "/anular"), {"razon": "Otra vez"})
    assert (again.status_code, "REF-043" in again.text) == (400, True)
    page = page_of(browser, path_of(site, stored, "/anular"))
    assert not page.xpath("//button[contains(text(), 'Emitir')]")
    assert page.xpath(f"//a[contains(@href, '/61/{note.folio}')]")


@pytest.mark.parametrize("razon", ["", "x" * 91])
def test_a_reason_that_does_not_fit_is_told_at_its_field(site: Site, razon: str) -> None:
    stored = issued(site.installation, file())
    answer = site.inside("contador").post(path_of(site, stored, "/anular"), {"razon": razon})
    page = html.fromstring(answer.text)
    assert answer.status_code == 400
    assert page.xpath("//input[@id='razon']/@aria-invalid") == ["true"]
    assert page.xpath("//button[contains(text(), 'Emitir')]")


def test_a_guia_that_never_left_is_marked(site: Site) -> None:
    stored = issue(site.installation, 52)
    browser = site.inside("contador")
    assert acts(page_of(browser, path_of(site, stored))) == ["Anular la guía"]
    page = page_of(browser, path_of(site, stored, "/anular"))
    safe(page)
    assert "Libro de Guías" in text_of(page)
    assert site.installation.ledger.marks.annulled(stored.id) is None
    page = led(browser, browser.post(path_of(site, stored, "/anular")))
    assert "La guía quedó anulada" in text_of(page)
    assert site.installation.ledger.marks.annulled(stored.id)
    assert acts(page) == []
    assert not page_of(browser, path_of(site, stored, "/anular")).xpath("//main//form")


def test_a_refused_document_is_mended_and_issued_with_its_folio(site: Site) -> None:
    one = site.installation
    stored = issued(one, file())
    brought_to(one, stored, "rechazado")
    assert acts(page_of(site.inside("contador"), path_of(site, stored))) == []
    browser = site.inside("administrador")
    assert acts(page_of(browser, path_of(site, stored))) == ["Corregir y emitir de nuevo"]
    page = page_of(browser, path_of(site, stored, "/reemitir"))
    safe(page)
    (text,) = page.xpath("//textarea[@id='texto']")
    assert text.text.strip() == file().decode().strip()
    assert "DTE-3-505" in text_of(page)

    wrong = browser.post(path_of(site, stored, "/reemitir"), {"texto": file(neto=2000).decode().replace("2380", "9")})
    assert (wrong.status_code, "TOT-010" in wrong.text) == (400, True)
    other = browser.post(path_of(site, stored, "/reemitir"), {"texto": file(61, (33, 1, 1)).decode()})
    assert (other.status_code, "SII-042" in other.text) == (400, True)

    good = {"texto": file(neto=2000).decode()}
    looked = browser.post(path_of(site, stored, "/reemitir"), good)
    assert "El archivo está bien" in looked.text
    assert "2.380" in looked.text
    assert live(site, 33, stored.folio).id == stored.id, "looking issues nothing"
    assert browser.post(path_of(site, stored, "/reemitir/pdf"), good).data.startswith(b"%PDF")
    page = led(browser, browser.post(path_of(site, stored, "/reemitir"), {**good, "confirmado": "si"}))
    assert "se emitió de nuevo" in text_of(page)
    now = live(site, 33, stored.folio)
    assert (now.reemplaza, now.monto_total, now.usuario) == (stored.id, 2380, f"administrador.{COMPANY.rut}")
    again = browser.post(path_of(site, stored, "/reemitir"), {**good, "confirmado": "si"})
    assert (again.status_code, "SII-040" in again.text) == (400, True)


def test_of_a_file_with_others_the_document_alone_is_mended(site: Site) -> None:
    one = site.installation
    many = one.issuer.process(one.account, file() + file(neto=3000), "1").documents
    stored = one.ledger.documents.by_id(many[1].documento_id)
    assert stored
    brought_to(one, stored, "rechazado", REASON)
    page = page_of(site.inside("administrador"), path_of(site, stored, "/reemitir"))
    (text,) = page.xpath("//textarea[@id='texto']")
    assert text.text.strip().startswith("<?xml")
    assert "<MntTotal>3570</MntTotal>" in text.text
    answer = site.inside("operador").post(path_of(site, stored, "/reemitir"), {"texto": text.text})
    assert "El archivo está bien" in answer.text


def test_what_was_stopped_goes_to_the_sii_again(site: Site) -> None:
    stored = issued(site.installation, file())
    deliveries = site.installation.ledger.deliveries
    deliveries.move([stored.id], Step("detenido"))
    browser = site.inside("administrador")
    assert acts(page_of(browser, path_of(site, stored)))[0] == "Enviar al SII"
    page = page_of(browser, path_of(site, stored, "/reenviar"))
    safe(page)
    assert "quedará pendiente" in text_of(page)
    page = led(browser, browser.post(path_of(site, stored, "/reenviar")))
    assert "va otra vez camino al SII" in text_of(page)
    found = deliveries.find(stored.id)
    assert found
    assert found.estado == "pendiente"
    assert not page_of(browser, path_of(site, stored, "/reenviar")).xpath("//main//form")
    answer = browser.post(path_of(site, stored, "/reenviar"))
    assert (answer.status_code, "SII-046" in answer.text) == (400, True)


def test_acts_are_for_documents_that_are_there_and_roles_that_may(site: Site) -> None:
    stored = issued(site.installation, file())
    contador, administrador = site.inside("contador"), site.inside("administrador")
    for act in ("/reemitir", "/reenviar"):
        assert contador.get(path_of(site, stored, act)).status_code == 403
        assert contador.post(path_of(site, stored, act)).status_code == 403
    for act in ("/anular", "/anular/pdf", "/reemitir", "/reenviar"):
        assert administrador.get(f"{site.home}/ventas/33/77{act}").status_code == 404
    answer = administrador.get(path_of(site, stored, "/reemitir"))
    assert (answer.status_code, "SII-040" in answer.text) == (400, True)


def unreadable(draft: str) -> None:
    raise ValueError(draft)


def test_a_file_is_previewed_without_taking_anything(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = site.inside("contador")
    path = f"{site.home}/validar/previa"
    for name in ("factura33.txt", WRONG, "factura33.xml"):
        answer = browser.post(path, {"texto": decode(samples()[name]), "documento": "1"})
        assert answer.data.startswith(b"%PDF"), name
        assert answer.headers["Content-Disposition"].startswith("inline")
    assert site.installation.ledger.documents.find("pruebas", COMPANY.rut, 33, 1) is None
    text = decode(samples()["factura33.txt"])
    for number, status in (("2", 404), ("x", 400), ("999999", 400)):
        assert browser.post(path, {"texto": text, "documento": number}).status_code == status
    assert browser.post(path, {"texto": "nada"}).status_code == 404
    assert browser.post(path).status_code == 400
    monkeypatch.setattr(printing, "read_draft", unreadable)
    answer = browser.post(path, {"texto": text})
    assert (answer.status_code, "SRV-240" in answer.text) == (400, True)
