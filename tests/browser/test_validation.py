"""«Validar archivos» as a person uses it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, Route, expect

from tests.bad_inputs import CLIENTE, FACTURA, XML, spoiled
from tests.browser.conftest import PHONE, Opens, Served, barriers, enter

WRONG = spoiled(FACTURA.replace("Pintura", "Pintura añil"), "Tornillo;10;1000;", "Tornillo;diez;1000;")


def payload(data: bytes, name: str = "factura.txt") -> FilePayload:
    return {"name": name, "mimeType": "text/plain", "buffer": data}


@pytest.fixture
def page(enters: Opens, served: Served) -> Page:
    """The page of an administrador."""
    one = enters("administrador")
    one.goto(f"{served.home}/validar")
    return one


def give(page: Page, *files: FilePayload) -> None:
    page.get_by_label("Elegir archivos").set_input_files(list(files))


def test_a_wrong_file_is_read_mended_accepted_and_issued(page: Page) -> None:
    give(page, payload(WRONG))
    sheet = page.get_by_role("article", name="factura.txt")
    expect(sheet).to_contain_text("Rechazado")
    expect(sheet.locator(".edit-line .mark")).to_have_text("diez")
    expect(page.locator("[data-live]")).to_contain_text("factura.txt: Rechazado. El archivo fue rechazado: 1 problema.")

    sheet.get_by_role("link", name="campo 4 (Cantidad)").click()
    area = sheet.get_by_label("Texto de factura.txt")
    expect(area).to_be_focused()
    assert page.evaluate("getSelection().toString()") == "diez"
    expect(sheet.locator(".caret-facts")).to_contain_text("4 · Cantidad")
    page.keyboard.type("10")

    expect(sheet).to_contain_text("Se puede emitir")
    expect(sheet).to_contain_text("No hay nada que corregir.")
    expect(sheet.locator(".edit-line .mark")).to_have_count(0)
    assert "Pintura añil" in area.input_value()
    sheet.get_by_role("button", name="Emitir en pruebas").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("«factura.txt»")
    dialog.get_by_role("button", name="Volver sin emitir").click()
    expect(sheet).to_contain_text("Aceptado")
    sheet.get_by_role("button", name="Emitir en pruebas").click()
    dialog.get_by_role("button", name="Emitir en pruebas").click()

    expect(sheet).to_contain_text("Folio 98700000")
    expect(page.locator("[data-live]")).to_contain_text("Emitido")
    with page.expect_download() as download:
        sheet.get_by_role("link", name="Descargar el XML").click()
    assert b"<QtyItem>10</QtyItem>" in Path(download.value.path()).read_bytes()
    answer = page.request.get(sheet.get_by_role("link", name="Ver el PDF").evaluate("link => link.href"))
    assert answer.body()[:5] == b"%PDF-"


def test_what_is_issued_untouched_are_the_bytes_of_the_file(page: Page, served: Served) -> None:
    data = FACTURA.replace("Tornillo", "Tornillo ñandú").encode("latin-1")
    give(page, payload(data, "intacta.txt"))
    page.get_by_role("button", name="Emitir en pruebas").click()
    page.get_by_role("dialog").get_by_role("button", name="Emitir en pruebas").click()
    expect(page.get_by_role("article")).to_contain_text("Folio 98700000")
    expect(page.get_by_role("article")).to_contain_text("Windows-1252")


def test_of_quick_edits_the_last_one_is_shown(page: Page) -> None:
    give(page, payload(WRONG))
    area = page.get_by_label("Texto de factura.txt")
    held: list[Route] = []

    def hold(route: Route) -> None:
        """The first answer comes after the second one."""
        held.append(route)
        if len(held) > 1:
            route.continue_()

    expect(area).to_be_visible()
    page.route("**/validar/archivo", hold)
    with page.expect_request("**/validar/archivo"):
        area.fill(FACTURA.replace("Tornillo", ""))
    area.fill(FACTURA)
    expect(page.get_by_role("article")).to_contain_text("Aceptado")
    held[0].continue_()
    page.wait_for_timeout(300)
    expect(page.get_by_role("article")).to_contain_text("Aceptado")
    assert len(held) == 2


def test_nothing_is_lost_when_the_service_does_not_answer(page: Page) -> None:
    give(page, payload(WRONG))
    area = page.get_by_label("Texto de factura.txt")
    expect(area).to_be_visible()
    page.context.set_offline(True)
    area.fill(FACTURA)
    sheet = page.get_by_role("article")
    expect(sheet.get_by_role("alert")).to_contain_text("Su texto sigue aquí")
    page.context.set_offline(False)
    sheet.get_by_role("button", name="Reintentar").click()
    expect(sheet).to_contain_text("Aceptado")
    assert area.input_value() == FACTURA


def test_nothing_is_lost_when_the_session_ends(opens: Opens, served: Served) -> None:
    page = opens()
    page.goto(f"{served.home}/validar")
    enter(page, "administrador")
    give(page, payload(WRONG))
    area = page.get_by_label("Texto de factura.txt")
    expect(area).to_be_visible()
    page.context.clear_cookies()
    area.fill(FACTURA)
    sheet = page.get_by_role("article")
    expect(sheet.get_by_role("alert")).to_contain_text("Su sesión terminó")
    with page.context.expect_page() as opened:
        sheet.get_by_role("link", name="Entrar en otra pestaña").click()
    enter(opened.value, "administrador")
    expect(opened.value.get_by_role("heading", level=1)).to_be_visible()
    opened.value.close()
    sheet.get_by_role("button", name="Reintentar").click()
    expect(sheet).to_contain_text("Aceptado")
    assert area.input_value() == FACTURA


def test_columns_say_what_they_hold_by_pointer_and_by_key(page: Page) -> None:
    give(page, payload(WRONG), payload(XML.replace(CLIENTE, "1-8").encode("latin-1"), "nota.xml"))
    text = page.get_by_role("article", name="factura.txt")
    text.get_by_text("Ver como columnas").click()
    detail = text.get_by_role("region", name="Documento 1, sección Detalle")
    expect(detail.locator(".cell-error")).to_have_text("diez")
    tip = page.locator("main > .tip")
    detail.locator(".has-tip", has_text="Cantidad").focus()
    expect(tip).to_contain_text("Cantidad, hasta 6 decimales con punto.")
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    detail.locator(".has-tip", has_text="Descripcion").hover()
    expect(tip).to_contain_text("3 · Descripcion")

    xml = page.get_by_role("article", name="nota.xml")
    xml.get_by_text("Ver como tabla de elementos").click()
    expect(xml.locator(".cell-error")).to_have_text("1-8")
    expect(xml.get_by_role("row", name="RUTRecep")).to_contain_text("RUT")


def test_the_field_under_the_pointer_in_the_text(page: Page) -> None:
    give(page, payload(WRONG))
    box = page.locator(".edit-line .mark").bounding_box()
    assert box
    page.mouse.move(box["x"] + 3, box["y"] + 3)
    expect(page.locator("main > .tip")).to_contain_text("Cantidad")


def test_the_marks_stand_behind_the_letters(page: Page) -> None:
    """The lines behind the area are as long and as high as those in it, so a mark is where its letters are."""
    long = FACTURA.replace("Pintura", "Pintura " + "muy larga " * 30)
    give(page, payload(long.encode()))
    area = page.get_by_label("Texto de factura.txt")
    expect(area).to_be_visible()
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        inner = area.evaluate("area => [area.clientHeight, area.scrollHeight, area.scrollWidth - area.clientWidth]")
        lines = page.locator(".edit-lines").evaluate("lines => lines.scrollHeight")
        assert inner == [lines, lines, 0]


def test_a_newcomer_sees_problems_with_one_click(page: Page) -> None:
    page.get_by_role("link", name="Probar con un archivo de ejemplo").click()
    sheet = page.get_by_role("article", name="factura33-con-errores.txt")
    expect(sheet).to_contain_text("Rechazado")
    expect(sheet.locator(".finding").first).to_be_visible()


def test_files_are_dropped_and_a_text_is_pasted(page: Page) -> None:
    data = json.dumps(FACTURA)
    page.locator("[data-drop]").dispatch_event("drop", {"dataTransfer": page.evaluate_handle(
        f"() => {{ const data = new DataTransfer(); data.items.add(new File([{data}], 'una.txt')); "
        f"data.items.add(new File(['hola'], 'otra.txt')); return data; }}")})  # fmt: skip
    expect(page.get_by_role("article", name="una.txt")).to_contain_text("Aceptado")
    expect(page.get_by_role("article", name="otra.txt")).to_contain_text("Rechazado")
    page.get_by_text("Pegar el texto de un archivo").click()
    page.get_by_label("Texto del archivo", exact=True).fill(FACTURA)
    page.get_by_role("button", name="Validar el texto").click()
    expect(page.get_by_role("article", name="Texto pegado")).to_contain_text("Aceptado")
    page.get_by_role("button", name="Quitar: otra.txt").click()
    expect(page.get_by_role("article")).to_have_count(2)


def test_without_a_script_all_of_it_works_by_forms(opens: Opens, served: Served) -> None:
    page = opens(java_script_enabled=False)
    page.goto(f"{served.home}/validar")
    enter(page, "administrador")
    page.locator("#archivo").set_input_files(payload(WRONG))
    page.get_by_role("button", name="Validar los archivos").click()
    expect(page.get_by_role("article")).to_contain_text("Rechazado")
    page.get_by_role("link", name="campo 4 (Cantidad)").click()
    expect(page.locator(".line:target")).to_contain_text("diez")
    page.get_by_text("Corregir aquí").click()
    page.get_by_label("Texto de factura.txt").fill(FACTURA.replace("Tornillo", "Tornillo sin guion"))
    page.get_by_role("button", name="Validar de nuevo").click()
    expect(page.get_by_role("article")).to_contain_text("Aceptado")
    page.get_by_role("button", name="Emitir en pruebas").click()
    page.get_by_role("button", name="Emitir en pruebas").click()
    expect(page.get_by_role("article")).to_contain_text("Emitido")


def test_hostile_names_and_texts_stay_texts(page: Page) -> None:
    hostile = "<img src=x onerror=\"document.title='mal'\">"
    give(page, payload(FACTURA.replace("Cliente Ficticio", hostile).replace("10;1000", "diez;1000").encode(), hostile))
    sheet = page.get_by_role("article")
    expect(sheet).to_contain_text("Rechazado")
    sheet.get_by_text("Ver como columnas").click()
    assert page.locator("main img").count() == 0
    assert "mal" not in page.title()


def test_a_phone_shows_it_all_without_scrolling_sideways(enters: Opens, served: Served) -> None:
    page = enters("contador", PHONE, color_scheme="dark")
    page.goto(f"{served.home}/validar")
    give(page, payload(WRONG, "nombre-muy-largo-" * 8 + ".txt"))
    expect(page.get_by_role("article")).to_contain_text("Rechazado")
    page.get_by_text("Ver como columnas").click()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE[0]
    expect(page.get_by_role("button", name="Emitir en pruebas")).to_have_count(0)


def test_nothing_keeps_anybody_from_using_it(enters: Opens, served: Served) -> None:
    page = enters("administrador", PHONE, reduced_motion="reduce")  # no colour half way to another
    page.goto(f"{served.home}/validar")
    remarked = FACTURA.replace("Cliente Ficticio", "N" * 120).replace("Tornillo;10", "Tornillo;diez")
    give(page, payload(remarked.encode()), payload(XML.encode("latin-1"), "nota.xml"), payload(b"\0", "nada.bin"))
    expect(page.get_by_role("article", name="nada.bin")).to_contain_text("Rechazado")
    for name in ("factura.txt", "nota.xml"):
        page.get_by_role("article", name=name).locator(".columns > summary").click()
    assert barriers(page) == []
    page.emulate_media(color_scheme="dark")
    assert barriers(page) == []
    page.goto(f"{served.home}/integracion")
    assert barriers(page) == []
