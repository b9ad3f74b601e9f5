"""The journey of an accountant: the month, a search, a document, its files, the export; also without a script."""

from __future__ import annotations

import csv
import re
import zipfile
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Locator, Page, expect

from dteplanows.document import clock
from dteplanows.soap.asmx.addresses import PATH
from tests.browser.conftest import Opens, Served, enter
from tests.issuing.test_issued_before import file
from tests.web.serving import call

NETOS = (7001, 7002, 7003)
TOTALS = (8331, 8332, 8333)
"""What these come to with IVA; no other test issues such amounts on the service that all share."""

FOLIOS = "table.list tbody .folio"


@pytest.fixture(scope="module")
def issued(served: Served) -> list[str]:
    """Folios of three invoices that an ERP has issued by the service itself."""
    folios = []
    for neto in NETOS:
        headers = {"Content-Type": "text/xml", "SOAPAction": "http://tempuri.org/Procesar"}
        address = served.portal.removesuffix("/portal") + PATH
        answer = requests.post(address, call(file(neto=neto)).encode(), headers=headers, timeout=30)
        found = re.search(r"&lt;Folio&gt;(\d+)", answer.text)
        assert found, answer.text
        folios.append(found[1])
    return folios


def rows(page: Page) -> list[str]:
    return page.locator(FOLIOS).all_inner_texts()


def downloaded(page: Page, name: str, folder: Path) -> bytes:
    """What the link of that name gives."""
    return pressed(page, page.get_by_role("link", name=name, exact=True), folder)


def exported(page: Page, kind: str, folder: Path) -> bytes:
    """The list as a file of that kind."""
    page.get_by_label("Exportar esta lista completa").select_option(label=kind)
    return pressed(page, page.get_by_role("button", name="Exportar", exact=True), folder)


def pressed(page: Page, button: Locator, folder: Path) -> bytes:
    """What *button* gives."""
    with page.expect_download() as wait:
        button.click()
    path = folder / wait.value.suggested_filename
    wait.value.save_as(path)
    return path.read_bytes()


def test_an_accountant_finds_a_document_and_takes_the_month_home(
    enters: Opens, served: Served, issued: list[str], tmp_path: Path
) -> None:
    page = enters("contador")
    page.get_by_role("link", name="Libro de Ventas").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Libro de Ventas")
    assert [one for one in rows(page) if one in issued] == issued[::-1]
    expect(page.locator("tr", has_text="Total ventas")).to_contain_text("$")

    page.get_by_label("Total hasta").fill("8.333")
    page.get_by_label("Total desde").fill("8332")
    expect(page.locator("table.list tbody tr")).to_have_count(2)
    expect(page).to_have_url(re.compile("minimo=8332"))
    expect(page.get_by_label("Total desde")).to_be_focused()
    page.get_by_label("Folio").fill(issued[1])
    expect(page.locator("table.list tbody tr")).to_have_count(1)
    page.reload()
    expect(page.locator(FOLIOS)).to_have_text([issued[1]])
    text = exported(page, "CSV", tmp_path).decode("utf-8")
    assert (text.count("\r\n"), f";{issued[1]};" in text) == (2, True)
    page.get_by_role("link", name="Quitar los filtros").click()
    expect(page.get_by_label("Total desde")).to_have_value("")
    assert set(rows(page)) >= set(issued)
    workbook = exported(page, "XLSX (Excel)", tmp_path)
    (tmp_path / "ventas.xlsx").write_bytes(workbook)
    with zipfile.ZipFile(tmp_path / "ventas.xlsx") as book:
        assert b"Totales" in book.read("xl/workbook.xml")

    page.get_by_role("link", name=issued[0], exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Factura Electrónica N° {issued[0]}")
    expect(page.get_by_role("article")).to_contain_text("8.331")
    assert downloaded(page, "XML firmado", tmp_path).startswith(b"<")
    address = page.get_by_role("link", name="PDF", exact=True).get_attribute("href") or ""
    answer = page.request.get(served.portal.removesuffix("/portal") + address)
    assert answer.body().startswith(b"%PDF")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("link", name="Copiar el enlace: PDF", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("Enlace copiado")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert requests.get(copied, timeout=30).content.startswith(b"%PDF")


def test_a_month_is_exported_while_the_page_is_closed(
    enters: Opens, served: Served, issued: list[str], tmp_path: Path
) -> None:
    page = enters("contador")
    page.get_by_role("link", name="Exportaciones").click()
    page.get_by_label("Tipo de archivo").select_option(label="Todos los PDF (zip)")
    page.get_by_role("button", name="Pedir").click()
    expect(page.get_by_text("El archivo se está preparando")).to_be_visible()
    row = page.locator("table.files tbody tr").first
    name = row.locator(".file-name").inner_text()
    assert name.startswith("ventas-pdf-") and name.endswith(".zip")
    page.close()

    page = enters("contador")
    page.goto(f"{served.home}/exportaciones")
    row = page.locator("table.files tbody tr").first
    # The list is asked for again by itself until the file is there.
    expect(row.get_by_text("listo")).to_be_visible(timeout=60_000)
    (tmp_path / "mes.zip").write_bytes(pressed(page, row.get_by_role("link", name=f"Descargar {name}"), tmp_path))
    with zipfile.ZipFile(tmp_path / "mes.zip") as made:
        assert made.testzip() is None
        month = f"{clock.today():%Y-%m}"
        lines = made.read("documentos.csv").decode("utf-8-sig").splitlines()
        listed = list(csv.DictReader(lines, delimiter=";"))
        assert set(issued) <= {one["folio"] for one in listed}
        # What the SII has refused by then, should one be there, is in the list alone.
        standing = [one for one in listed if one["tipo"] == "33" and one["estado_sii"] != "rechazado"]
        names = {f"{month}/factura-33-{one['folio']}.pdf" for one in standing}
        assert names == {one for one in made.namelist() if "/factura-33-" in one}
        assert all(made.read(one).startswith(b"%PDF") for one in names)

    row.get_by_role("button", name=f"Eliminar {name}").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("El archivo se borra del servicio")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    count = page.locator("table.files tbody tr").count()
    row.get_by_role("button", name=f"Eliminar {name}").click()
    dialog.get_by_role("button", name="Eliminar", exact=True).click()
    expect(page.locator("table.files tbody tr")).to_have_count(count - 1)


def test_the_same_works_without_a_script(opens: Opens, served: Served, issued: list[str]) -> None:
    page = opens(java_script_enabled=False)
    page.goto(f"{served.home}/ventas")
    enter(page, "contador")
    page.get_by_label("Total desde").fill(str(TOTALS[2]))
    page.get_by_label("Total hasta").fill(str(TOTALS[2]))
    page.get_by_role("button", name="Buscar").click()
    expect(page.locator(FOLIOS)).to_have_text(issued[:1:-1])
    page.get_by_label("Mes", exact=True).select_option(f"{clock.today().year - 1}-12")
    page.get_by_role("button", name="Ver").first.click()
    expect(page.get_by_text("Ningún documento cumple lo que busca")).to_be_visible()
