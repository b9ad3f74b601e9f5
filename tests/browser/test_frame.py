"""Coming in, and what stands around every page."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Opens, Served, barriers, enter

HEADING = "Tablero"


def heading(page: Page) -> str:
    return page.get_by_role("heading", level=1).inner_text()


def test_a_person_comes_in_where_it_wanted_to_be_and_goes_out(opens: Opens, served: Served) -> None:
    page = opens()
    page.goto(f"{served.home}/tablero?desde=correo")
    expect(page).to_have_title("Entrar · dteplanows")
    enter(page, "contador", "otra clave")
    expect(page.get_by_role("alert")).to_contain_text("El usuario o la clave no son correctos")
    enter(page, "contador")

    expect(page).to_have_url(f"{served.home}/tablero?desde=correo")
    assert heading(page) == HEADING
    page.get_by_label("Usuario contador").click()
    page.get_by_role("button", name="Salir").click()
    expect(page).to_have_url(f"{served.portal}/entrar")
    page.go_back()
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Entrar al portal")


def test_a_system_does_not_come_in(opens: Opens, served: Served) -> None:
    page = opens()
    page.goto(served.portal)
    enter(page, "integracion")

    expect(page.get_by_role("alert")).to_contain_text("AUT-071")


def test_a_role_that_is_too_low_sees_why(enters: Opens, served: Served) -> None:
    page = enters("contador")
    answer = page.goto(f"{served.portal}/estilo")

    assert answer
    assert answer.status == 403
    expect(page.get_by_role("alert")).to_contain_text("Su usuario no puede ver esta página")
    page.get_by_role("link", name="Ir al inicio").click()
    assert heading(page) == HEADING


def test_the_menu_of_a_phone_opens_and_closes(enters: Opens) -> None:
    page = enters("contador", PHONE)
    entry = page.get_by_role("link", name="Tablero")
    expect(entry).to_be_hidden()
    page.get_by_role("button", name="Menú").click()
    expect(entry).to_be_visible()
    page.keyboard.press("Escape")
    expect(entry).to_be_hidden()
    page.get_by_role("button", name="Menú").click()
    page.get_by_role("button", name="Cerrar").click()
    expect(entry).to_be_hidden()


def background(page: Page) -> str:
    found: str = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return found


def test_the_look_follows_the_system_until_somebody_chooses(enters: Opens, served: Served) -> None:
    page = enters("contador", color_scheme="dark")
    dark = background(page)
    page.get_by_label("Usuario contador").click()
    page.get_by_role("button", name="Clara").click()
    light = background(page)

    assert light != dark
    page.reload()
    assert background(page) == light
    page.get_by_label("Usuario contador").click()
    expect(page.get_by_role("button", name="Clara")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Automática").click()
    assert background(page) == dark
    page.reload()
    assert background(page) == dark


def test_everything_is_reached_by_the_keyboard(enters: Opens) -> None:
    page = enters("contador")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Ir al contenido")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenido"
    page.get_by_label("Usuario contador").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Salir")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Salir")).to_be_hidden()
    expect(page.get_by_label("Usuario contador")).to_be_focused()


def test_a_dialog_opens_and_closes(enters: Opens, served: Served) -> None:
    page = enters("administrador")
    page.goto(f"{served.portal}/estilo")
    page.get_by_role("button", name="Anular el documento").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_keeps_anybody_from_using_a_page(enters: Opens, opens: Opens, served: Served, scheme: str) -> None:
    page = opens(color_scheme=scheme)
    page.goto(f"{served.portal}/entrar")
    assert barriers(page) == []
    page = enters("administrador", color_scheme=scheme)
    for address in (f"{served.home}/tablero", f"{served.portal}/estilo", f"{served.portal}/nada"):
        page.goto(address)
        page.locator(".user-menu summary").click()
        assert barriers(page) == [], address


def test_a_page_that_stayed_open_goes_on_after_its_session_has_ended(enters: Opens, served: Served) -> None:
    page = enters("operador")
    ask = f"portal.ask('{urlsplit(served.portal).path}/ficha').then(r => r.status, e => [e.status, e.message, e.login])"
    assert page.evaluate(ask) == 200
    cookies = page.context.cookies()
    page.context.clear_cookies()
    status, message, login = page.evaluate(ask)
    assert (status, login) == (401, "/portal/entrar")
    assert "Entre de nuevo" in message
    other = page.context.new_page()
    other.goto(urljoin(page.url, login))
    enter(other, "operador")
    expect(other.get_by_role("heading", level=1)).to_have_text(HEADING)
    assert page.context.cookies() != cookies
    token = "document.querySelector('meta[name=csrf-token]').content"
    before = page.evaluate(token)
    page.evaluate("portal.renew()")
    assert page.evaluate(token) != before
    salir = f"portal.ask('{urlsplit(served.portal).path}/salir', {{method: 'POST'}}).then(r => r.status)"
    assert page.evaluate(salir) == 200
