from __future__ import annotations

import pytest

from dteplanows.archive.links import Copy
from dteplanows.document_mail.template import SUBJECT, TEXT
from dteplanows.settings import load
from tests.installation import COMPANY
from tests.portal.pages import Site
from tests.sii.documents import issue


def form(**changes: str) -> dict[str, str]:
    texto = TEXT.replace("\n", "\r\n")
    return {"asunto": SUBJECT, "texto": texto, "con_pdf": "si", "con_xml": "si", "con_enlace": "si", **changes}


def test_the_way_is_shown_before_it_is_saved(site: Site) -> None:
    browser, mails = site.inside("administrador"), site.installation.ledger.document_mails
    address = f"{site.home}/correo"
    assert "{documento}" in browser.get(address).text
    assert browser.post(f"{address}/cambiar", form()).status_code == 302
    assert "Nada cambió" in browser.get(address).text
    wanted = form(activo="si", nombre="Ventas <b>", asunto="{documento} para {receptor}")
    page = browser.post(f"{address}/cambiar", wanted)
    assert (page.status_code, "Ventas &lt;b&gt;" in page.text) == (200, True)
    assert "[PRUEBA] Factura Electrónica para Comercial Ejemplo Ltda." in page.text
    assert not mails.way_of(COMPANY).activo
    assert browser.post(f"{address}/cambiar", {**wanted, "confirmado": "si"}).status_code == 302
    way = mails.way_of(COMPANY)
    assert (way.activo, way.nombre, way.asunto, way.texto) == (True, "Ventas <b>", "{documento} para {receptor}", "")
    (event,) = (one for one in site.installation.ledger.events.changes() if one.tipo == "correo de documentos cambiado")
    assert (event.despues["activo"], event.quien) == (True, f"usuario administrador.{COMPANY.rut}")


def test_what_does_not_serve_is_said_and_stays_written(site: Site) -> None:
    browser, mails = site.inside("administrador"), site.installation.ledger.document_mails
    page = browser.post(f"{site.home}/correo/cambiar", form(asunto="{otro}", remitente="a@b.cl, c@d.cl"))
    assert page.status_code == 400
    assert page.text.count("SRV-285") == 2 and 'value="{otro}"' in page.text
    nothing = {"asunto": "x", "texto": "y", "confirmado": "si"}
    assert "SRV-282" in browser.post(f"{site.home}/correo/cambiar", nothing).text
    link = {"asunto": "x", "texto": "Vea {enlace}", "con_enlace": "si", "activo": "si", "confirmado": "si"}
    assert "SRV-282" in browser.post(f"{site.home}/correo/cambiar", link).text, "there is no url_publica"
    assert mails.way_of(COMPANY).asunto == ""


def test_a_document_is_mailed_from_its_page_and_the_page_says_so(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = site.installation.ledger
    stored = issue(site.installation, 33)
    browser = site.inside("contador")
    address = f"{site.home}/ventas/33/{stored.folio}"
    refused = browser.post(f"{address}/correo", {"direccion": "x@y.example\nBcc: z@y.example"})
    assert refused.status_code == 400 and "SRV-285" in refused.text and "SRV-284" in refused.text
    assert ledger.document_mails.of_document(stored.id) == []
    settings = load(
        directorio=ledger.directory, correo_smtp_servidor="127.0.0.1", correo_remitente="dte@empresa.example",
        correo_permitidos_pruebas="@cliente.example",
    )  # fmt: skip
    monkeypatch.setattr("dteplanows.portal.sales.handing_views.services", lambda: _Services(ledger, settings))
    assert browser.post(f"{address}/correo", {"direccion": "ana@cliente.example"}).status_code == 302
    page = browser.get(address).text
    assert "ana@cliente.example" in page and "Enviar por correo" in page
    (mail,) = ledger.document_mails.of_document(stored.id)
    assert (mail.motivo, mail.quien) == ("reenvío", f"contador.{COMPANY.rut}")
    monkeypatch.undo()
    read: list[int] = []
    monkeypatch.setattr(type(ledger.documents), "by_id", lambda _, number: read.append(number))
    page = browser.get(f"{site.home}/correo").text
    assert ("ana@cliente.example" in page, f"/ventas/33/{stored.folio}" in page, read) == (True, True, [])


class _Services:
    """As the portal's, with other settings."""

    def __init__(self, ledger: object, settings: object) -> None:
        self.ledger, self.settings = ledger, settings


def test_links_are_withdrawn_of_one_and_of_all(site: Site) -> None:
    ledger, browser = site.installation.ledger, site.inside("administrador")
    one, other = issue(site.installation, 33), issue(site.installation, 33)
    links = site.installation.links

    def works(query: str) -> bool:
        return links.copy_of(query.partition("?")[2]) is not None

    first, second = (links.page(Copy(each.id), "pruebas") for each in (one, other))
    address = f"{site.home}/ventas/33/{one.folio}/retirar-enlaces"
    assert "No se deshace" in browser.get(address).text and works(first)
    assert browser.post(address).status_code == 302
    assert (works(first), works(second)) == (False, True)
    third = links.xml(Copy(one.id), "pruebas")
    assert third.startswith("/plano/documento.xml?") and works(third)
    assert browser.post(f"{site.home}/correo/retirar-enlaces").status_code == 302
    assert not works(second) and not works(third)
    assert works(links.path(Copy(other.id), "pruebas"))
    assert links.refusal_of(second.partition("?")[2]) == "retirado"
    assert "ya no abren nada" in browser.get(f"{site.home}/correo").text
    assert "enlaces retirados" in {event.tipo for event in ledger.events.changes()}
