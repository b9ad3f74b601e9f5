"""Whole ways of people through the portal, from coming in to what they came for, against a service that delivers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Locator, Page, expect

from dteplanows.ledger.rows import UserSettings
from dteplanows.settings import load
from dteplanows.web.server import free_port
from tests.bad_inputs import FACTURA
from tests.browser.conftest import PHONE, WIDE, Opens, Served, barriers, enter
from tests.browser.test_sales import downloaded
from tests.installation import COMPANY, one_salt
from tests.portal.pages import CLAVE
from tests.sii.documents import installation_in
from tests.web.serving import HOST, running

REFUSED = "SIMULADOR=DTE-3-505"
"""What has the local SII refuse a document."""

WORD_OF_THE_SII = 60_000
"""Milliseconds until it is there at the latest."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service that delivers to an SII of its own, with an administrador."""
    directory = tmp_path_factory.mktemp("camino")
    installation = installation_in(directory)
    with one_salt():
        users = installation.ledger.users
        users.save("administrador", CLAVE, COMPANY.ambiente, COMPANY.rut, UserSettings(rol="administrador"))
    load(directorio=directory).autoridad_de_prueba.write_bytes(installation.authority.to_pem())
    installation.close()
    settings = (
        f'trabajadores = 1\nsii_simulador = "http://{HOST}:{free_port(HOST)}"\n'
        "sii_espera_facturas = 0\nsii_espera_boletas = 0\n"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DTEPLANOWS_SIMULADOR_AUTOMATICO", "true")
        with running(directory, settings) as port:
            yield Served(f"http://{HOST}:{port}/portal", directory)


def come_in(page: Page, house: Served) -> None:
    page.goto(f"{house.portal}/entrar")
    enter(page, "administrador")
    page.wait_for_url(f"{house.home}/tablero")


def drop(page: Page, name: str, text: str) -> None:
    """Let a file fall onto the page, as a mouse does, once its scripts have run."""
    page.locator("[data-drop]").wait_for()
    page.wait_for_load_state("load")
    made = page.evaluate_handle(
        """([name, text]) => {
          const data = new DataTransfer();
          data.items.add(new File([text], name, { type: "text/plain" }));
          return data;
        }""",
        [name, text],
    )
    page.dispatch_event("[data-drop]", "drop", {"dataTransfer": made})


def issued(page: Page, sheet: Locator) -> str:
    """Issue the file of a sheet; the folio of its document."""
    sheet.get_by_role("button", name="Emitir en pruebas").click()
    page.get_by_role("dialog").get_by_role("button", name="Emitir en pruebas").click()
    said = sheet.locator(".document-head").inner_text
    expect(sheet.locator(".document-head")).to_contain_text("Folio")
    found = re.search(r"Folio ([\d.]+)", said())
    assert found
    return found[1].replace(".", "")


def until(page: Page, state: str) -> None:
    """Load the page of a document anew until it stands so at the SII."""
    for _ in range(WORD_OF_THE_SII // 1000):
        page.reload()
        if page.locator(".head-badges").get_by_text(state, exact=True).count():
            return
        page.wait_for_timeout(1000)
    pytest.fail(f"not {state}: {page.locator('main').inner_text()}")


def text_of_pdf(data: bytes) -> str:
    return str(pypdfium2.PdfDocument(data)[0].get_textpage().get_text_range())


def test_from_a_wrong_file_to_the_book_and_back_by_a_note(opens: Opens, house: Served, tmp_path: Path) -> None:
    page = opens()
    come_in(page, house)
    page.get_by_role("link", name="Validar archivos").click()
    drop(page, "venta.txt", FACTURA.replace("Tornillo;10;1000;", "Tornillo;diez;1000;"))
    sheet = page.get_by_role("article", name="venta.txt")
    expect(sheet).to_contain_text("Rechazado")
    reason = sheet.locator(".finding").first
    expect(reason).to_contain_text("Cantidad")
    expect(reason).to_contain_text("diez")
    reason.get_by_role("link").click()
    page.keyboard.type("10")
    expect(sheet).to_contain_text("Se puede emitir")
    with page.context.expect_page() as opened:
        sheet.get_by_role("button", name="Vista previa del PDF").click()
    opened.value.close()
    folio = issued(page, sheet)

    page.get_by_role("link", name="Libro de Ventas").click()
    page.get_by_label("Folio").fill(folio)
    page.get_by_role("link", name=folio, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Factura Electrónica N° {folio}")
    assert b"<QtyItem>10</QtyItem>" in downloaded(page, "XML firmado", tmp_path)
    address = page.get_by_role("link", name="PDF", exact=True).get_attribute("href") or ""
    pdf = page.request.get(house.portal.removesuffix("/portal") + address).body()
    assert "Tornillo" in text_of_pdf(pdf)

    # Whoever gets it sees it without coming in.
    shown = page.get_by_label("Página para quien lo recibe", exact=True).input_value()
    stranger = opens(PHONE)
    stranger.goto(shown)
    expect(stranger.get_by_role("heading", level=1)).to_have_text(f"Factura Electrónica N° {folio}")
    with stranger.expect_download() as wait:
        stranger.get_by_role("link", name="Descargar el XML").click()
    assert b"<QtyItem>10</QtyItem>" in Path(wait.value.path()).read_bytes()

    until(page, "aceptado")
    page.get_by_role("link", name="Anular", exact=True).click()
    expect(page.get_by_role("article")).to_contain_text("N° por asignar")
    page.get_by_label("Razón, como aparece en la nota").fill("Cantidad equivocada")
    page.get_by_role("button", name="Emitir la Nota de Crédito Electrónica").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Nota de Crédito Electrónica N°")
    expect(page.get_by_role("article")).to_contain_text("Cantidad equivocada")
    stranger.reload()
    expect(stranger.get_by_text("Está anulado por la Nota de Crédito Electrónica")).to_be_visible()
    stranger.close()


def test_a_refused_document_is_issued_again(opens: Opens, house: Served) -> None:
    page = opens()
    come_in(page, house)
    page.goto(f"{house.home}/validar")
    drop(page, "rechazo.txt", FACTURA.replace("Tornillo;10", f"Tornillo {REFUSED};10"))
    folio = issued(page, page.get_by_role("article", name="rechazo.txt"))
    page.goto(f"{house.home}/ventas/33/{folio}")
    until(page, "rechazado")
    expect(page.get_by_text("DTE-3-505").first).to_be_visible()

    page.get_by_role("link", name="Corregir y emitir de nuevo").click()
    area = page.get_by_label("Texto del archivo")
    text = area.input_value()
    assert REFUSED in text
    area.fill(text.replace(f" {REFUSED}", "").replace("Tornillo;10", "Tornillo;diez"))
    page.get_by_role("button", name="Revisar").click()
    expect(page.get_by_role("alert")).to_contain_text("diez")
    area = page.get_by_label("Texto del archivo")
    area.fill(area.input_value().replace("diez", "10"))
    page.get_by_role("button", name="Revisar").click()
    expect(page.get_by_text("El archivo está bien")).to_be_visible()
    page.get_by_role("button", name=f"Emitir con el folio {folio}").click()
    expect(page.get_by_text("se emitió de nuevo")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Factura Electrónica N° {folio}")
    until(page, "aceptado")
    expect(page.get_by_role("heading", name="Reemplaza a")).to_be_visible()


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_the_pages_of_the_acts_keep_nobody_out(opens: Opens, house: Served, size: tuple[int, int]) -> None:
    page = opens(size, color_scheme="dark" if size == PHONE else "light")
    come_in(page, house)
    page.goto(f"{house.home}/ventas")
    first = page.locator("table.list tbody .folio a").first.get_attribute("href") or ""
    base = house.portal.removesuffix("/portal")
    page.goto(base + first)
    shown = page.get_by_label("Página para quien lo recibe", exact=True).input_value()
    for address in (first, f"{first}/anular", f"{first}/reenviar", shown, shown.replace("p1=", "p1=x")):
        page.goto(address if address.startswith("http") else base + address)
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], address
        assert barriers(page) == [], address
