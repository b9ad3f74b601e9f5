"""People in the portal: invited, coming in twice over, and seeing no more than they may."""

from __future__ import annotations

import pyotp
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, WIDE, Opens, Served, barriers, enter
from tests.portal.pages import CLAVE

NEW = "la-clave-que-eligió"


def link_of(page: Page) -> str:
    return page.get_by_label("Enlace de la invitación").input_value()


def invite(page: Page, served: Served, usuario: str) -> str:
    page.goto(f"{served.home}/usuarios")
    page.get_by_label("Nombre de usuario").fill(usuario)
    page.get_by_role("button", name="Crear la invitación").click()
    expect(page.get_by_role("status")).to_contain_text(f"{usuario} quedó invitado")
    return link_of(page)


def test_a_person_is_invited_sets_a_password_and_sees_what_its_role_may(
    enters: Opens, opens: Opens, served: Served
) -> None:
    boss = enters("administrador")
    boss.get_by_role("link", name="Usuarios").click()
    link = invite(boss, served, "Rosa Ñandú")
    boss.get_by_role("button", name="Copiar").click()
    expect(boss.get_by_role("button", name="Copiado")).to_be_visible()
    guest = opens(PHONE)
    guest.goto(link)
    expect(guest.get_by_role("heading", level=1)).to_have_text("Elegir su clave")
    assert barriers(guest) == []
    guest.get_by_label("Clave nueva", exact=True).fill(NEW)
    guest.get_by_label("Clave nueva, otra vez").fill("otra")
    guest.get_by_role("button", name="Guardar la clave").click()
    expect(guest.get_by_role("alert")).to_contain_text("no son iguales")
    guest.get_by_label("Clave nueva", exact=True).fill(NEW)
    guest.get_by_label("Clave nueva, otra vez").fill(NEW)
    guest.get_by_role("button", name="Guardar la clave").click()
    guest.get_by_role("link", name="Entrar al portal").click()
    enter(guest, "Rosa Ñandú", NEW)
    guest.wait_for_url(f"{served.home}/tablero")

    guest.get_by_role("button", name="Menú").click()
    expect(guest.get_by_role("link", name="Libro de Ventas")).to_be_visible()
    expect(guest.get_by_role("link", name="Usuarios")).to_have_count(0)
    for page in ("usuarios", "auditoria"):
        answer = guest.goto(f"{served.home}/{page}")
        assert answer
        assert answer.status == 403
        expect(guest.get_by_role("table")).to_have_count(0)
        expect(guest.get_by_role("alert")).to_contain_text("Su usuario no puede ver esta página")
    guest.goto(link)
    expect(guest.get_by_role("alert")).to_contain_text("ya no sirve")

    boss.goto(f"{served.home}/usuarios")
    boss.get_by_role("link", name="Rosa Ñandú").click()
    expect(boss.get_by_text("Sesiones abiertas: 1")).to_be_visible()
    boss.get_by_role("button", name="Deshabilitar").click()
    dialog = boss.get_by_role("dialog")
    expect(dialog).to_contain_text("Deja de entrar")
    dialog.get_by_role("button", name="Volver").click()
    expect(dialog).to_be_hidden()
    boss.get_by_role("button", name="Deshabilitar").click()
    boss.get_by_role("dialog").get_by_role("button", name="Deshabilitar").click()
    expect(boss.get_by_role("status")).to_contain_text("ya no puede entrar")
    guest.goto(f"{served.home}/tablero")
    expect(guest.get_by_role("heading", level=1)).to_have_text("Entrar al portal")
    boss.get_by_role("link", name="está en la Auditoría").click()
    expect(boss.get_by_label("Sobre qué o quién")).to_have_value("Rosa Ñandú")
    expect(boss.get_by_role("row").filter(has_text="habilitado:")).to_contain_text("usuario administrador")


def test_a_second_factor_is_added_and_asked_for(enters: Opens, opens: Opens, served: Served) -> None:
    link = invite(enters("administrador"), served, "dos veces")
    page = opens()
    page.goto(link)
    page.get_by_label("Clave nueva", exact=True).fill(NEW)
    page.get_by_label("Clave nueva, otra vez").fill(NEW)
    page.get_by_role("button", name="Guardar la clave").click()
    page.get_by_role("link", name="Entrar al portal").click()
    enter(page, "dos veces", NEW)
    page.get_by_label("Usuario dos veces").click()
    page.get_by_role("link", name="Mi cuenta").click()
    page.get_by_role("link", name="Agregar un segundo factor").click()
    secret = page.locator(".secret").inner_text()
    assert barriers(page) == []
    page.get_by_label("Código del teléfono").fill(pyotp.TOTP(secret).now())
    page.get_by_label("Clave actual").fill(NEW)
    page.get_by_role("button", name="Activar").click()
    code = page.locator(".codes li").first.inner_text()
    assert barriers(page) == []
    page.get_by_role("link", name="Los guardé").click()
    page.get_by_label("Usuario dos veces").click()
    page.get_by_role("button", name="Salir").click()
    enter(page, "dos veces", NEW)
    expect(page.get_by_role("heading", level=1)).to_have_text("Código del teléfono")
    assert barriers(page) == []
    page.get_by_label("Código", exact=True).fill("000000")
    page.get_by_role("button", name="Entrar", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("El código no es correcto")
    page.get_by_label("Código", exact=True).fill(code)
    page.get_by_role("button", name="Entrar", exact=True).click()
    page.wait_for_url(f"{served.home}/tablero")


def test_the_keyboard_goes_through_the_form_of_a_password(enters: Opens, served: Served) -> None:
    page = enters("administrador", WIDE)
    page.goto(f"{served.portal}/cuenta")
    page.get_by_label("Clave actual").fill(CLAVE)
    page.keyboard.press("Tab")
    expect(page.get_by_label("Clave nueva", exact=True)).to_be_focused()
