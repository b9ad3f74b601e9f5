"""The pages of the Libro de Ventas, as a contador sees them and as nobody else does."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from urllib.parse import quote, unquote

import pytest
from lxml import etree, html

from dteplanows.document import clock
from dteplanows.document.elements import BRANCHES
from dteplanows.ledger.rows import Series, Span
from dteplanows.portal.sales import book, file, views
from tests.installation import COMPANY
from tests.issuing.test_after_refusal import brought_to, issued
from tests.issuing.test_issued_before import file as customer_file
from tests.ledger.example import new_document
from tests.portal.pages import OTHER, Browser, Site
from tests.sii.documents import issue

HOSTILE = "<script>alert(1)</script>\"'&<b>"
REASON = "(DTE-3-505) <img src=x onerror=alert(1)>"


def page_of(browser: Browser, path: str) -> html.HtmlElement:
    answer = browser.get(path)
    assert answer.status_code == 200, answer.text
    page: html.HtmlElement = html.fromstring(answer.text)
    return page


def safe(page: html.HtmlElement) -> None:
    """Nothing of a document became part of the page: no scripts, styles or handlers but those of our own files."""
    for script in page.iter("script"):
        assert not (script.text or "").strip()
        assert (script.get("src") or "").startswith("/portal/estatico/")
    assert not list(page.iter("style"))
    assert not page.xpath("//*[@style or @*[starts-with(name(), 'on')]]")
    assert not page.xpath("//img")


def text_of(page: html.HtmlElement) -> str:
    return " ".join(page.text_content().split())


@pytest.fixture
def many(site: Site) -> Site:
    """120 documents of today with hostile names, of this company and one of the other."""
    ledger, today = site.installation.ledger, clock.today().isoformat()
    for company, count in ((COMPANY, 120), (OTHER, 1)):
        caf = ledger.cafs.save(Series("pruebas", company.rut, 33), Span(1, 500), date(2026, 1, 1), b"ficticio")
        for folio in range(1, count + 1):
            row = replace(
                new_document(folio, caf), rut_emisor=company.rut, fecha_emision=today, monto_total=1000 + folio,
                razon_social_receptor=HOSTILE if company is COMPANY else "Secreto de otra",
            )  # fmt: skip
            ledger.documents.record(row)
    return site


def test_the_book_is_leafed_by_its_links_and_shows_each_once(many: Site) -> None:
    browser, path, seen = many.inside("contador"), f"{many.home}/ventas", list[str]()
    for _ in range(9):
        page = page_of(browser, path)
        safe(page)
        seen += page.xpath("//table[contains(@class, 'list')]//td[contains(@class, 'folio')]/a/text()")
        onwards = page.xpath("//a[@rel='next' and contains(@href, '_fila')]/@href")
        if not onwards:
            break
        path = onwards[0].removeprefix("/portal")
    assert seen == [str(folio) for folio in range(120, 0, -1)]
    back = page.xpath("//nav[contains(@class, 'pagination')]//a[@rel='prev']/@href")[0].removeprefix("/portal")
    assert len(page_of(browser, back).xpath("//table[contains(@class, 'list')]/tbody/tr")) == 50
    assert "Secreto" not in text_of(page)


def test_names_and_filters_are_texts_whatever_they_say(many: Site) -> None:
    browser = many.inside("contador")
    hostile = quote(HOSTILE)
    page = page_of(browser, f"{many.home}/ventas?receptor={hostile}&folio={hostile}&orden={hostile}&usuario={hostile}")
    safe(page)
    assert set(page.xpath("//input[@name='receptor']/@value")) == {HOSTILE}
    assert "sin letras" in text_of(page)
    page = page_of(browser, f"{many.home}/ventas?receptor=SCRIPT>alert&folio=7")
    safe(page)
    assert HOSTILE in page.text_content()
    (row,) = page.xpath("//table[contains(@class, 'list')]/tbody/tr")
    assert row.xpath(".//a/text()") == ["7"]


def test_a_part_of_the_page_is_that_alone(many: Site) -> None:
    browser = many.inside("contador")
    part = browser.get(f"{many.home}/ventas?parte=lista&folio=7").text
    assert "<html" not in part
    assert len(html.fromstring(f"<div>{part}</div>").xpath("//tbody/tr")) == 1
    totals = browser.get(f"{many.home}/ventas?parte=totales").text
    assert "<html" not in totals
    amount = f"{sum(range(1001, 1121)):,}".replace(",", ".")
    assert f"${amount}" in totals


def test_a_long_period_is_added_up_behind_its_page(many: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book, "MOST_AT_ONCE", 119)
    browser = many.inside("contador")
    page = page_of(browser, f"{many.home}/ventas")
    assert not page.xpath("//table[contains(@class, 'totals')]")
    (later,) = page.xpath("//*[@data-load]/@data-load")
    assert "Total ventas" in browser.get(later.removeprefix("/portal")).text
    (now,) = page.xpath("//a[contains(@href, 'sumar=1')]/@href")
    assert page_of(browser, now.removeprefix("/portal")).xpath("//table[contains(@class, 'totals')]")


def test_what_stops_a_search_is_said(many: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dteplanows.ledger.pages.MOST_LOOKED_AT", 60)
    monkeypatch.setattr(book, "MOST_LOOKED_AT", 60)
    browser = many.inside("contador")
    page = page_of(browser, f"{many.home}/ventas?receptor=nadie")
    assert "Se buscó en 60 documentos" in text_of(page)
    (on,) = page.xpath("//a[text()='Seguir buscando']/@href")
    page = page_of(browser, on.removeprefix("/portal"))
    assert "Se buscó en 60 documentos" in text_of(page)
    (on,) = page.xpath("//a[text()='Seguir buscando']/@href")
    assert "Ningún documento" in text_of(page_of(browser, on.removeprefix("/portal")))
    monkeypatch.setattr("dteplanows.ledger.pages.MOST_OF_INDEX", 100)
    assert "demasiados documentos" in text_of(page_of(browser, f"{many.home}/ventas?orden=monto"))


def test_an_empty_month_says_so(site: Site) -> None:
    page = page_of(site.inside("contador"), f"{site.home}/ventas?mes=2020-02")
    assert "No hay documentos en este período" in text_of(page)
    assert not page.xpath("//svg[contains(@class, 'chart')]")


@pytest.mark.parametrize("formato", ["csv", "xlsx"])
def test_an_export_has_the_filters_of_the_list(many: Site, formato: str) -> None:
    browser = many.inside("contador")
    page = page_of(browser, f"{many.home}/ventas?minimo=1119")
    (form,) = page.xpath("//form[@class='exports']")
    fields = {one.get("name"): one.get("value") for one in form.xpath(".//input")}
    assert formato in form.xpath(".//option/@value")
    answer = browser.post(form.get("action").removeprefix("/portal"), {**fields, "formato": formato})
    assert answer.status_code == 200
    name = answer.headers["Content-Disposition"]
    assert re.fullmatch(rf"attachment; filename=ventas-{COMPANY.rut}-\d{{4}}-\d\d\.{formato}", name)
    assert answer.headers["Cache-Control"] == "no-store"
    if formato == "csv":
        text = answer.data.decode("utf-8")
        assert text.count("\r\n") == 3
        assert '<script>alert(1)</script>""' in text
    else:
        with zipfile.ZipFile(io.BytesIO(answer.data)) as workbook:
            sheet = etree.fromstring(workbook.read("xl/worksheets/sheet2.xml"))
        assert len(sheet.findall(".//{*}row")) == 3


def test_a_document_of_every_type_can_be_read(site: Site) -> None:
    browser = site.inside("contador")
    for tipo in sorted(BRANCHES):
        stored = issue(site.installation, tipo)
        page = page_of(browser, f"{site.home}/ventas/{tipo}/{stored.folio}")
        safe(page)
        assert 'O\'Higgins & Ñandú <"Cía">' in page.text_content()
        assert page.xpath("//article//table//td")
        links = [one for one in page.xpath("//div[@class='page-acts']/a/@href") if "/ventas/" in one]
        for one in links:
            answer = browser.get(one.removeprefix("/portal"))
            assert answer.status_code == 200, one
            kind = answer.headers["Content-Type"]
            assert (answer.data[:4] == b"%PDF") is (kind == "application/pdf")
        assert any("/xml" in one for one in links)
        assert browser.get(f"{site.home}/ventas/{tipo}/{stored.folio}/xml").data == stored.xml


def test_a_replaced_document_and_its_notes_lead_to_each_other(site: Site) -> None:
    one = site.installation
    first = issued(one, customer_file())
    brought_to(one, first, "rechazado", REASON)
    second = issued(one, customer_file(folio=first.folio, neto=2000))
    note = issued(one, customer_file(61, (33, first.folio, 1), neto=2000))
    brought_to(one, second, "aceptado", "")
    browser, path = site.inside("contador"), f"{site.home}/ventas/33/{first.folio}"
    page = page_of(browser, path)
    safe(page)
    assert [f"/61/{note.folio}" in one for one in page.xpath("//ul[@class='plain-list']//a/@href")] == [True, False]
    (earlier,) = page.xpath("//a[contains(@href, 'documento=')][contains(text(), 'rechazó')]/@href")
    old = page_of(browser, earlier.removeprefix("/portal"))
    safe(old)
    assert "onerror=alert(1)" in text_of(old), "what the SII said, as a text"
    assert "Sin efecto: el SII lo rechazó" in text_of(old)
    assert not old.xpath("//a[@data-copy]"), "its address would open the other one"
    answer = browser.get(f"{path}/xml?documento={first.id}")
    assert answer.data == first.xml
    assert browser.get(f"{path}/xml").data == second.xml
    steps = [text_of(step) for step in old.xpath("//ol[@class='history']/li/span/strong")]
    assert steps == [
        "Recibido y emitido", "Ante el SII: en sobre", "Ante el SII: enviado", "Ante el SII: rechazado",
    ]  # fmt: skip
    assert "Corrige a" in text_of(page_of(browser, f"{site.home}/ventas/61/{note.folio}"))
    listed = page_of(browser, f"{site.home}/ventas")
    assert len(listed.xpath("//tr[@class='out']")) == 1


def test_the_link_opens_the_document_without_coming_in(site: Site) -> None:
    stored = issued(site.installation, customer_file())
    page = page_of(site.inside("contador"), f"{site.home}/ventas/33/{stored.folio}")
    links = page.xpath("//a[@data-copy]/@href")
    *copies, shown, xml = links
    assert len(copies) == 2
    for one in copies:
        assert one.startswith("http://portal.example/plano/descargar.php?")
        answer = site.browser().client.open(unquote(one))
        assert answer.data[:4] == b"%PDF"
    assert shown.startswith("http://portal.example/plano/documento?")
    assert f"N° {stored.folio}" in site.browser().client.open(unquote(shown)).text
    assert xml.startswith("http://portal.example/plano/documento.xml?")
    assert site.browser().client.open(unquote(xml)).data == stored.xml
    # Without a script they can be copied too.
    assert page.xpath("//input[@readonly]/@value") == links


def test_the_received_file_is_shown_and_given_as_it_came(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    data = customer_file()
    stored = issued(site.installation, data)
    browser, path = site.inside("contador"), f"{site.home}/ventas/33/{stored.folio}"
    page = page_of(browser, path)
    assert len(page.xpath("//ol[contains(@class, 'file-lines')]/li")) == len(data.splitlines())
    assert "Ver como columnas" in text_of(page)
    (heads,) = page.xpath("//table[contains(@class, 'columns-table')][.//td[text()='Clavos']]/thead")
    assert "Cantidad" in text_of(heads)
    answer = browser.get(f"{path}/archivo")
    assert answer.data == data
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    monkeypatch.setattr(file, "MOST_BYTES", 50)
    assert "Se muestra el comienzo" in text_of(page_of(browser, path))


def test_what_cannot_be_read_is_still_there(site: Site, many: Site) -> None:
    browser = many.inside("contador")
    page = page_of(browser, f"{site.home}/ventas/33/5")
    assert "no se puede mostrar" in text_of(page)
    assert browser.get(f"{site.home}/ventas/33/5/xml").status_code == 200
    assert "SRV-083" in browser.get(f"{site.home}/ventas/33/5/pdf").text


def test_nobody_reads_what_is_not_theirs(many: Site) -> None:
    browser = many.inside("contador")
    theirs = f"/pruebas/{OTHER.rut}/ventas"
    for path in ("", "/33/1", "/33/1/xml", "/33/1/pdf", "/33/1/archivo"):
        answer = browser.get(f"{theirs}{path}")
        assert answer.status_code == 404
        assert "Secreto" not in answer.text
        assert many.browser().get(f"{many.home}/ventas{path}").status_code == 302
    own = many.installation.ledger.documents.find("pruebas", OTHER.rut, 33, 1)
    assert own
    for path in (f"/33/1?documento={own.id}", f"/33/1/xml?documento={own.id}", "/33/400", "/33/7/clave", "/99/1"):
        assert browser.get(f"{many.home}/ventas{path}").status_code == 404


def test_months_are_chosen_in_words() -> None:
    found = book.months(date(2026, 1, 31), "2001-05")
    assert found[:2] == [("2026-01", "enero de 2026"), ("2025-12", "diciembre de 2025")]
    assert found[-1] == ("2001-05", "mayo de 2001")
    assert len(found) == book.MONTHS + 1
    assert set(views._FILES) == {"xml", "pdf", "cedible", "ticket", "archivo"}
