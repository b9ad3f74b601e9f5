from __future__ import annotations

from dteplanows.document import rut
from dteplanows.ledger.rows import Series
from tests.installation import COMPANY
from tests.portal.pages import OTHER, Site

NEW = f"77111222-{rut.check_digit(77_111_222)}"


def facts(**changes: str) -> dict[str, str]:
    """The form as the page fills it in."""
    given = {
        "razon_social": COMPANY.razon_social, "giro": COMPANY.giro, "actecos": " ".join(COMPANY.actecos),
        "direccion": COMPANY.direccion, "comuna": COMPANY.comuna, "ciudad": COMPANY.ciudad, "numero_resolucion": "0",
        "patente_desconocida": "avisar", "precios_con_impuestos": "rechazar", "minutos_repetido": "0",
        "rollo": "80", "puntos_ticket": "203", "puntos_carta": "300",
    }  # fmt: skip
    return {**given, **changes}


def test_changes_are_shown_before_they_are_saved(site: Site) -> None:
    browser, ledger = site.inside("administrador"), site.installation.ledger
    address = f"{site.home}/empresa"
    assert "Maestranza Ñuble &amp; Hijos" in browser.get(address).text
    assert browser.post(f"{address}/cambiar", facts()).status_code == 302
    assert "Nada cambió" in browser.get(address).text

    wanted = facts(giro="Otro <giro>", tolerante="si", actecos="111111, 222222", fecha_resolucion="2026-02-03")
    page = browser.post(f"{address}/cambiar", wanted)
    assert page.status_code == 200
    for words in (COMPANY.giro, "Otro &lt;giro&gt;", "259900 331400", "111111 222222", "(vacío)"):
        assert words in page.text, words
    assert ledger.companies.find(COMPANY.ambiente, COMPANY.rut) == COMPANY
    assert browser.post(f"{address}/cambiar", {**wanted, "confirmado": "si"}).status_code == 302
    after = ledger.companies.find(COMPANY.ambiente, COMPANY.rut)
    assert after and (after.giro, after.tolerante, after.actecos) == ("Otro <giro>", True, ("111111", "222222"))
    changes = [one for one in ledger.events.changes() if one.rut_emisor == COMPANY.rut]
    (event,) = (one for one in changes if one.tipo == "empresa cambiada")
    assert event.antes["giro"] == COMPANY.giro
    assert event.quien == f"usuario administrador.{COMPANY.rut}"


def test_what_is_wrong_stands_at_its_field(site: Site) -> None:
    browser = site.inside("administrador")
    wrong = facts(giro="x" * 81, correo="nadie", actecos="12", comuna="", minutos_repetido="9999")
    page = browser.post(f"{site.home}/empresa/cambiar", {**wrong, "confirmado": "si"})

    assert page.status_code == 400
    said = ("81 caracteres", "no es una dirección de correo", "no es un código de actividad", "Está vacío", "1440")
    for words in said:
        assert words in page.text, words
    assert page.text.count("field-error") == 5
    assert site.installation.ledger.companies.find(COMPANY.ambiente, COMPANY.rut) == COMPANY
    seen = site.inside("contador").get(f"{site.home}/empresa").text
    assert "Ver los cambios" not in seen and COMPANY.giro in seen


def test_whoever_runs_the_installation_adds_a_company(site: Site) -> None:
    browser, ledger = site.inside("operador"), site.installation.ledger
    address = "/instalacion/empresas"
    page = browser.get(address).text
    assert OTHER.rut.split("-")[0][:2] in page and "Nueva empresa" in page
    assert browser.get(f"{address}/nueva").status_code == 200
    given = {**facts(razon_social="Nueva SpA"), "ambiente": "pruebas", "rut": NEW}

    assert "SRV-250" in browser.post(f"{address}/nueva", {**given, "rut": "76123456-5"}).text
    assert "SRV-251" in browser.post(f"{address}/nueva", {**given, "rut": ""}).text
    assert "AUT-053" in browser.post(f"{address}/nueva", {**given, "rut": COMPANY.rut}).text
    assert "AUT-052" in browser.post(f"{address}/nueva", {**given, "ambiente": "produccion"}).text
    assert browser.post(f"{address}/nueva", given).status_code == 302
    assert "Empresa creada: Nueva SpA" in browser.get(address).text
    assert ledger.companies.find("pruebas", NEW)
    assert site.settings.autoridad_de_prueba.exists()
    assert browser.get(f"/pruebas/{NEW}/tablero").status_code == 200
    assert ledger.cafs.of(*Series("pruebas", NEW, 33)) == []
    assert site.inside("administrador").get(address).status_code == 403
