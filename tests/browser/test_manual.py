"""The manual as a person of the portal reads it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from docs.build import built
from tests.browser.conftest import Opens, Served
from tests.installation import COMPANY


@pytest.fixture(scope="module", autouse=True)
def _built() -> None:
    built()


def program(page: Page) -> str:
    """The example of PHP."""
    return page.locator("#php pre").text_content() or ""


def pasted(page: Page) -> str:
    """What the clipboard has, as the field of the search takes it: on one line."""
    field = page.get_by_label("Buscar en el manual")
    field.fill("")
    field.press("Control+v")
    return field.input_value()


@pytest.mark.parametrize("lends", [True, False], ids=["by https", "by http from another machine"])
def test_a_person_goes_from_the_portal_to_an_example_copies_it_and_comes_back(
    enters: Opens, served: Served, lends: bool
) -> None:
    page = enters("contador")
    if not lends:
        page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.locator("nav").get_by_role("link", name="Manual").click()
    page.locator("nav").get_by_role("link", name="Llamar desde su lenguaje").click()
    text = program(page)
    assert f"'{served.portal.removesuffix('/portal')}/WSDS/wsplano.asmx'" in text
    assert "base64_encode('contador')" in text and f"'{COMPANY.rut}'" in text and "MICLAVE" in text

    button = page.locator("#php").get_by_role("button")
    expect(button).to_have_text("Copiar")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Ejemplo copiado")
    expect(button).to_have_text("Copiado")
    expect(button).to_be_focused()
    assert pasted(page).split() == text.split()

    page.get_by_label("Apariencia").first.click()
    page.get_by_role("button", name="Oscura").click()
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "oscuro"
    page.get_by_role("link", name="Volver al portal").click()
    expect(page).to_have_url(f"{served.home}/tablero")
    assert page.evaluate("document.documentElement.dataset.theme") == "oscuro"


def test_without_a_script_it_can_be_read_and_has_no_button_that_does_nothing(opens: Opens, served: Served) -> None:
    page = opens(java_script_enabled=False)
    page.goto(f"{served.portal.removesuffix('/portal')}/manual/programas.html")
    expect(page.get_by_role("button", name="Copiar")).to_have_count(0)
    expect(page.get_by_role("link", name="Entrar al portal")).to_be_visible()
    assert "MIUSUARIO" in program(page)
