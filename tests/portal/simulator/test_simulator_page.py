from __future__ import annotations

import socket

from tests.installation import Installation
from tests.portal.envelopes.test_envelopes_pages import house, site  # noqa: F401 - fixtures
from tests.portal.pages import Site, site_of
from tests.sii.delivery.conftest import House


def test_the_simulator_is_told_how_to_behave(house: House, site: Site) -> None:  # noqa: F811 - a fixture
    browser, address = site.inside("administrador"), f"{site.home}/simulador"
    house.work_until("aceptado", house.issue(33))
    page = browser.get(address).text
    assert "DOK" in page and "Ninguna: contesta como debe" in page

    options = {"demora": "7", "correo": "nunca", "esquema": "revision", "referencias": "libre", "verificar": "si"}
    assert browser.post(f"{address}/opciones", options).status_code == 302
    behaviour = house.simulator.sii.behaviour
    assert (behaviour.demora, behaviour.correo) == (7.0, "nunca")
    assert (behaviour.verificar, behaviour.solo_registradas) == (True, False)
    assert "SRV-250" in browser.post(f"{address}/opciones", {**options, "correo": "quizás"}).text

    fault = {"hacer": "http", "servicio": "subida", "veces": "2", "codigo": "503"}
    assert browser.post(f"{address}/fallas", fault).status_code == 302
    assert browser.post(f"{address}/fallas", {"hacer": "cerrar", "servicio": "*"}).status_code == 302
    slow = {"hacer": "esperar", "servicio": "token", "segundos": "3"}
    assert browser.post(f"{address}/fallas", slow).status_code == 302
    assert "SII-049" in browser.post(f"{address}/fallas", {"hacer": "status", "servicio": "token"}).text
    assert [one["hacer"] for one in house.simulator.sii.faults.shown()] == ["http", "cerrar", "esperar"]
    assert "Responde con un error HTTP" in browser.get(address).text
    assert browser.post(f"{address}/sin-fallas").status_code == 302
    assert house.simulator.sii.faults.shown() == []
    assert [one.tipo for one in house.ledger.events.changes()].count("simulador cambiado") == 5


def test_a_simulator_that_does_not_answer_is_told(installation: Installation) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    settings = installation.ledger.directory / "dteplanows.toml"
    settings.write_text(f'sii_simulador = "{address}"\n', "utf-8")
    one = site_of(installation)
    assert "SII-048" in one.inside("administrador").get(f"{one.home}/simulador").text
    settings.write_text('sii_pruebas = "maullin"\n', "utf-8")
    other = site_of(installation)
    browser = other.inside("administrador")
    assert "no va a un simulador de este equipo" in browser.get(f"{other.home}/simulador").text
    assert browser.post(f"{other.home}/simulador/sin-fallas").status_code == 404
