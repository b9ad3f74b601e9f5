"""Folios loaded by dropping their file, as somebody with little sight can do it too."""

from __future__ import annotations

import base64

from playwright.sync_api import expect

from dteplanows.document import clock
from dteplanows.folios.authority import authority_in
from dteplanows.ledger.rows import Span
from dteplanows.settings import load
from tests.browser.conftest import Opens, Served, barriers
from tests.installation import COMPANY

_DROP = """([zone, name, content]) => {
  const given = new DataTransfer();
  given.items.add(new File([Uint8Array.from(atob(content), (c) => c.charCodeAt(0))], name));
  for (const kind of ["dragover", "drop"]) {
    zone.dispatchEvent(new DragEvent(kind, { dataTransfer: given, bubbles: true, cancelable: true }));
  }
}"""


def test_a_caf_is_loaded_by_dropping_it(enters: Opens, served: Served) -> None:
    authority = authority_in(load(directorio=served.directory).autoridad_de_prueba)
    caf = authority.make_caf(COMPANY.rut, COMPANY.razon_social, 33, Span(501, 600), clock.today())
    page = enters("administrador")
    page.goto(f"{served.home}/folios")
    zone = page.locator("[data-file-drop]")
    for name, content in (("otro.xml", b"<nada/>"), ("FoliosSII33.xml", caf)):
        page.evaluate(_DROP, [zone.element_handle(), name, base64.b64encode(content).decode()])
        expect(page.locator(".caf-file")).to_contain_text(name)
        if name == "otro.xml":
            expect(page.locator(".caf-file")).to_contain_text("FOL-001")
            expect(page.get_by_role("button", name="Cargar el archivo")).to_have_count(0)
    expect(page.locator(".caf-file")).to_contain_text("folios 501 a 600 (100)")
    page.get_by_label("Primer folio sin usar").fill("551")
    page.get_by_role("button", name="Cargar el archivo").click()

    expect(page.get_by_role("status").first).to_contain_text("CAF cargado: tipo 33")
    card = page.locator(".card", has_text="33 Factura Electrónica").first
    card.locator("summary").click()
    row = card.locator("tr", has_text="501 a 600")
    expect(row.locator("td").nth(3)).to_have_text("50")
    expect(row.locator("td").nth(5)).to_have_text("50")


def test_an_act_that_cannot_be_undone_asks_first(enters: Opens, served: Served) -> None:
    page = enters("administrador")
    page.goto(f"{served.home}/folios")
    page.get_by_role("button", name="Anular folios").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("no se puede deshacer")
    assert barriers(page) == []
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
