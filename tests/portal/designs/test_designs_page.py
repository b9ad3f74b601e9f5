"""The page of the designs: chosen, typed, seen before it is saved, refused with lines, and the logo."""

from __future__ import annotations

from io import BytesIO

from lxml import html

from dteplanows.accounts import designs
from dteplanows.printing.design import ready, ready_design
from dteplanows.printing.design.writing import written
from tests.installation import COMPANY
from tests.portal.pages import Browser, Site
from tests.printing.papers import opened, squeezed, text
from tests.printing.test_designs import picture

ASKED = {"tipo": "34", "largo": "60-lineas"}


def typed(page: str) -> str:
    """The text that stands in the form."""
    (found,) = html.fromstring(page).xpath("//textarea[@name='texto']")
    return str(found.text_content())


def as_a_browser(lines: str) -> str:
    return lines.replace("\n", "\r\n")


def trial(browser: Browser, address: str, **fields: str) -> bytes:
    answer = browser.post(f"{address}/prueba", ASKED | fields)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf"), answer.text
    return bytes(answer.data)


def test_a_design_is_seen_before_it_is_saved(site: Site) -> None:
    ledger, browser, address = site.installation.ledger, site.inside("administrador"), f"{site.home}/disenos"
    page = browser.get(address).text
    assert page.count("En uso") == 1 and ">Clásico " in page
    assert all(f'name="listo" value="{name}"' in page for name in ready())
    assert browser.post(f"{address}/elegir", {"nombre": "compacto"}).status_code == 302
    assert typed(browser.get(address).text) == written(ready_design("compacto"))
    copy = typed(browser.get(f"{address}?desde=moderno").text)
    assert copy == written(ready_design("moderno"))
    assert browser.get(f"{address}?desde=barroco").status_code == 404
    own = copy.replace('tamano = "carta"', 'tamano = "a4"')
    assert own != copy
    (first, *_) = opened(trial(browser, address, texto=as_a_browser(own)))
    assert round(first.get_width()) == 595
    assert squeezed(COMPANY.razon_social) in text(trial(browser, address, listo="clasico"))
    assert designs.look_of(ledger, COMPANY).design.nombre == "compacto"
    assert browser.post(f"{address}/cargar", {"texto": as_a_browser(own)}).status_code == 302
    assert typed(browser.get(address).text) == own
    assert designs.look_of(ledger, COMPANY).design.papel_tamano == "a4"
    (*_, event) = (one for one in ledger.events.changes() if one.tipo == "diseño cambiado")
    assert (event.despues["diseño"], event.quien) == ("propio", f"usuario administrador.{COMPANY.rut}")


def test_what_is_wrong_is_told_with_its_line_and_stays_written(site: Site) -> None:
    ledger, browser, address = site.installation.ledger, site.inside("administrador"), f"{site.home}/disenos"
    wrong = '[colores]\nrecuadro = "verde"\n[recuadro]\nletra = 8 # <b>\n'
    for path in ("cargar", "prueba"):
        answer = browser.post(f"{address}/{path}", ASKED | {"texto": as_a_browser(wrong)})
        assert answer.status_code == 400 and typed(answer.text) == wrong and "# &lt;b&gt;" in answer.text
        places = [one.text for one in html.fromstring(answer.text).find_class("problem-place")]
        assert [one.partition(",")[0].lower() for one in places] == ["línea 2", "línea 4"]
        assert "DIS-010" in answer.text and "DIS-011" in answer.text
    for bad in ("esto no es", f"x = {'[' * 9000}"):
        answer = browser.post(f"{address}/cargar", {"texto": bad})
        assert answer.status_code == 400 and "DIS-001" in answer.text
    for fields in ({"tipo": "1"}, {"largo": "99"}):
        answer = browser.post(f"{address}/prueba", {**ASKED, "listo": "clasico", **fields})
        assert answer.status_code == 400 and "SRV-250" in answer.text
    assert "DIS-004" in browser.post(f"{address}/elegir", {"nombre": "barroco"}).text
    assert ledger.designs.find(COMPANY) is None


def test_the_logo_is_shown_and_taken_away(site: Site) -> None:
    ledger, browser, address = site.installation.ledger, site.inside("administrador"), f"{site.home}/disenos"
    assert browser.get(f"{address}/logo").status_code == 404
    assert "SRV-252" in browser.post(f"{address}/logo/cargar").text
    assert "DIS-030" in browser.post(f"{address}/logo/cargar", {"archivo": (BytesIO(b"x"), "logo.png")}).text
    for form in ("PNG", "JPEG"):
        given = {"archivo": (BytesIO(picture(form=form)), "logo")}
        assert browser.post(f"{address}/logo/cargar", given).status_code == 302
        shown, found = browser.get(f"{address}/logo"), ledger.designs.find(COMPANY)
        assert found and (shown.mimetype, shown.data) == (f"image/{form.lower()}", found.logo)
    reader = site.inside("contador")
    page = reader.get(address).text
    assert 'width="300" height="200"' in page and "Quitar el logo" not in page and "<textarea" not in page
    assert trial(reader, address, listo="servicios").startswith(b"%PDF")
    assert reader.post(f"{address}/logo/quitar").status_code == 403
    assert browser.post(f"{address}/logo/quitar").status_code == 302
    assert browser.get(f"{address}/logo").status_code == 404
