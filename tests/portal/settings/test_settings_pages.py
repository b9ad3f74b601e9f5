from __future__ import annotations

import pytest

from dteplanows.document.problem import Refused
from dteplanows.settings import FILE, PREFIX, SECRETS, Settings, load
from dteplanows.settings.changing import CHANGEABLE, change
from tests.portal.pages import Site

ADDRESS = "/instalacion/ajustes"


def test_every_setting_is_shown_and_no_secret(site: Site) -> None:
    (site.settings.directorio / FILE).write_text('metricas_clave = "muy secreta"\n# mía\nportal_horas = 5\n', "utf-8")
    (site.settings.directorio / FILE).chmod(0o600)
    site.settings = load(directorio=site.settings.directorio)
    browser = site.inside("operador")
    page = browser.get(ADDRESS).text

    assert all(f">{name}</a>" in page for name in Settings.model_fields)
    assert "muy secreta" not in page
    assert "archivo</span>" in page
    assert all(name in Settings.model_fields for name in CHANGEABLE)
    assert not CHANGEABLE & SECRETS
    assert browser.get(f"{ADDRESS}/nada").status_code == 404
    assert "puerto = 8080" in browser.get(f"{ADDRESS}/puerto").text
    assert site.inside("administrador").get(ADDRESS).status_code == 403


def test_a_change_is_written_into_the_file_and_noted(site: Site) -> None:
    browser, path = site.inside("operador"), site.settings.directorio / FILE
    path.write_text("# lo nuestro\nrespaldo_horas = 12 # cada medio día\n", "utf-8")
    assert browser.post(f"{ADDRESS}/portal_minutos", {"valor": "30"}).status_code == 302
    assert browser.post(f"{ADDRESS}/respaldo_horas", {"valor": "6"}).status_code == 302
    assert browser.post(f"{ADDRESS}/sii_enviar", {"valor": "false"}).status_code == 302
    assert path.read_text("utf-8") == "# lo nuestro\nrespaldo_horas = 6\nportal_minutos = 30\nsii_enviar = false\n"
    page = browser.get(ADDRESS).text
    assert "después 30" in page and "cuando el servicio comience de nuevo" in page
    assert load(directorio=site.settings.directorio).portal_minutos == 30
    (event,) = (one for one in site.installation.ledger.events.changes() if one.detalle == "respaldo_horas")
    assert (event.antes, event.despues) == ({"respaldo_horas": "12"}, {"respaldo_horas": "6"})
    assert event.tipo == "ajuste cambiado"
    assert event.quien.startswith("usuario operador")

    assert browser.post(f"{ADDRESS}/portal_minutos").status_code == 302  # back to the usual value
    assert "portal_minutos" not in path.read_text("utf-8")


def test_what_does_not_serve_is_not_written(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    browser, path = site.inside("operador"), site.settings.directorio / FILE
    before = path.read_text("utf-8") if path.exists() else None
    for name, value, code in (
        ("portal_minutos", "3", "CFG-001"), ("portal_minutos", "x", "CFG-001"), ("puerto", "80", "CFG-030"),
        ("sii_hora_conciliar", "25:00", "CFG-001"), ("sii_enviar", "quizás", "CFG-001"),
    ):  # fmt: skip
        answer = browser.post(f"{ADDRESS}/{name}", {"valor": value})
        assert (answer.status_code, code in answer.text) == (400, True), name
    monkeypatch.setenv(f"{PREFIX}PORTAL_HORAS", "3")
    assert "CFG-031" in browser.post(f"{ADDRESS}/portal_horas", {"valor": "4"}).text
    assert (path.read_text("utf-8") if path.exists() else None) == before

    path.write_text('"portal_minutos" = 20\n', "utf-8")
    with pytest.raises(Refused, match="CFG-032"):
        change(site.settings, "portal_minutos", "25")
