"""The Libro de Compras as a contador sees it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from lxml import html

from dteplanows.document import clock
from dteplanows.ledger.rows import ReceivedFile
from tests.installation import COMPANY
from tests.ledger.example import RECEIVED
from tests.portal.pages import OTHER, Site
from tests.sii.documents import issue

HOSTILE = "<script>alert(1)</script>"
TODAY = clock.today().isoformat()


@pytest.fixture
def bought(site: Site) -> Site:
    ledger = site.installation.ledger
    for folio in range(1, 61):
        tipo = 61 if folio == 60 else 52 if folio == 59 else 33
        file = ReceivedFile("1", f"{folio}".encode())
        row = replace(RECEIVED, rut_empresa=COMPANY.rut, tipo=tipo, folio=folio, fecha_emision=TODAY, archivo=file,
                      razon_social_emisor=HOSTILE, creado=datetime(2026, 1, 1))  # fmt: skip
        ledger.received.record(row)
        if folio == 1:
            ledger.received.record(replace(row, rut_empresa=OTHER.rut, razon_social_emisor="Secreto de otra"))
    return site


def page_of(site: Site, path: str) -> html.HtmlElement:
    answer = site.inside("contador").get(path)
    assert answer.status_code == 200
    assert "Secreto de otra" not in answer.text and HOSTILE not in answer.text
    found: html.HtmlElement = html.fromstring(answer.text)
    return found


def text_of(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def test_a_month_has_its_totals_and_its_documents(bought: Site) -> None:
    stored = issue(bought.installation, 46, range(3, 40))
    page = page_of(bought, f"{bought.home}/compras?mes={stored.fecha_emision[:7]}")
    assert "(46, emitidas por la empresa)" in text_of(page)
    page = page_of(bought, f"{bought.home}/compras")
    table = page.xpath("//table[contains(@class, 'totals')]")[0]
    rows = {
        text_of(row.xpath("./th")[0]): [text_of(cell) for cell in row.xpath("./td")] for row in table.xpath(".//tr[td]")
    }
    assert rows["Factura (33)"] == ["58", "$58.000", "$0", "$11.020", "$5.800", "$74.820"]
    assert rows["Nota de Crédito (61)"][-1] == "-$1.290"
    assert rows["Guía de Despacho (52)"][0] == "1"
    first = [text_of(one) for one in page.xpath("//tbody//td[contains(@class, 'folio')]")]
    assert first == [str(folio) for folio in range(60, 10, -1)]
    (later,) = page.xpath("//a[@rel='next' and contains(@href, 'desde_fila')]/@href")
    second = page_of(bought, later.removeprefix("/portal").partition("#")[0])
    assert len(second.xpath("//tbody//td[contains(@class, 'folio')]")) == 10
    (back,) = second.xpath("//a[@rel='prev' and contains(@href, 'hasta_fila')]/@href")
    again = page_of(bought, back.removeprefix("/portal").partition("#")[0])
    assert [text_of(one) for one in again.xpath("//tbody//td[contains(@class, 'folio')]")] == first


@pytest.mark.parametrize("query", ["?mes=2020-02", "?mes=nada", "?mes=9999-12", "?desde_fila=x", "?mes=0000-01"])
def test_whatever_stands_in_its_address_it_answers(site: Site, query: str) -> None:
    for path in ("compras", "guias", "f29", "ventas"):
        page = page_of(site, f"{site.home}/{path}{query}")
        assert page.xpath("//h1")


def test_an_empty_month_says_so(site: Site) -> None:
    assert "No hay compras en este mes" in text_of(page_of(site, f"{site.home}/compras?mes=2020-02"))
