"""The key of an agent: made, handed over once, replaced and removed on the page of its printer."""

from __future__ import annotations

import tomllib

import pytest
from lxml import html

from dteplanows.ledger.print_agents import Seen
from dteplanows.portal.printers import agent_views
from dteplanows.portal.services import Services, services
from dteplanows.printers import agents, managing
from dteplanows.printers.managing import Facts
from tests.installation import COMPANY
from tests.portal.pages import Browser, Site
from tests.portal.printers.test_printers_page import words

SEEN = Seen("diario-1", "caja-sur", "192.0.2.9", "0.6.0")


def key_of(page: str) -> str:
    """The key that a page shows, as its file for agents has it."""
    (text,) = html.fromstring(page).xpath("//textarea/text()")
    clave = tomllib.loads(text)["clave"]
    assert isinstance(clave, str)
    return clave


def mark(browser: Browser, address: str) -> str:
    """What the form for another key has of the present one."""
    (found,) = html.fromstring(browser.get(address).text).xpath("//input[@name='antes']/@value")
    return str(found)


def test_a_key_is_made_shown_once_replaced_and_removed(site: Site) -> None:
    ledger, browser = site.installation.ledger, site.inside("operador")
    one = managing.create(ledger, COMPANY, Facts("Caja Ñandú 1", "agente", "", "generica-80"))
    page, own = f"{site.home}/impresoras", f"{site.home}/impresoras/{one.id}"
    assert "Su agente no tiene clave todavía" in words(browser, page)
    made = browser.post(f"{own}/clave/crear")
    key = key_of(made.text)
    found = agents.known(ledger, key)
    assert found and found.printer.id == one.id
    assert tomllib.loads(html.fromstring(made.text).xpath("//textarea/text()")[0])["direccion"] == browser.base
    file = browser.post(f"{own}/clave/archivo", {"clave": key})
    assert tomllib.loads(file.text)["clave"] == key
    assert file.headers["Content-Disposition"] == 'attachment; filename="agente-caja-nandu-1.toml"'
    for address in (page, f"{own}/cambiar"):
        assert key not in browser.get(address).text
    assert "no ha llamado todavía" in words(browser, page)
    ledger.print_agents.saw(found.agent, one, SEEN)
    for address in (page, f"{own}/cambiar"):
        assert "desde caja-sur (192.0.2.9), versión 0.6.0" in words(browser, address)
    # The form of before a key was there replaces none, however often a browser sends it.
    assert browser.post(f"{own}/clave/crear").status_code == 302
    assert "no se creó otra" in words(browser, f"{own}/cambiar") and agents.known(ledger, key)
    other = key_of(browser.post(f"{own}/clave/crear", {"antes": mark(browser, f"{own}/cambiar")}).text)
    assert agents.known(ledger, key) is None and agents.known(ledger, other)
    assert browser.post(f"{own}/clave/archivo", {"clave": key}).status_code == 404
    assert browser.post(f"{own}/clave/quitar").status_code == 302
    assert agents.known(ledger, other) is None
    assert "ya no tiene clave" in words(browser, page)
    told = [(one.tipo, one.quien) for one in ledger.events.of() if one.tipo.startswith("clave de agente")]
    who = f"usuario operador.{COMPANY.rut}"
    assert sorted(told) == [("clave de agente creada", who)] * 2 + [("clave de agente quitada", who)]


def test_the_file_names_the_public_address(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger, browser = site.installation.ledger, site.inside("operador")
    one = managing.create(ledger, COMPANY, Facts("Caja", "agente", "", "pdf"))
    other = managing.create(ledger, COMPANY, Facts("Oficina", "carpeta", str(ledger.directory)))
    def public() -> Services:
        found = services()
        return found._replace(settings=found.settings.model_copy(update={"url_publica": "https://dte.example/facturas/"}))

    monkeypatch.setattr(agent_views, "services", public)
    made = browser.post(f"{site.home}/impresoras/{one.id}/clave/crear").text
    assert 'direccion = "https://dte.example/facturas"' in html.fromstring(made).text_content()
    assert browser.post(f"{site.home}/impresoras/{other.id}/clave/crear").status_code == 404
    assert "Agente" not in words(browser, f"{site.home}/impresoras/{other.id}/cambiar").partition("Borrar")[2]
    key = key_of(made)
    assert browser.post(f"{site.home}/impresoras/{other.id}/clave/archivo", {"clave": key}).status_code == 404
    for rol in ("administrador", "contador"):
        assert site.inside(rol).post(f"{site.home}/impresoras/{one.id}/clave/quitar").status_code == 403
    assert agents.known(ledger, key)
