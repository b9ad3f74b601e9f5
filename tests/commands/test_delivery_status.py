"""How the delivery stands: ``estado``, ``/metrics`` and the log, on both engines."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest

from dteplanows.document import clock
from dteplanows.ledger import presence
from dteplanows.sii.delivery.nightly import Nightly
from dteplanows.web.measures import Measures
from tests.commands.delivery_house import before_delivery, had_before, order
from tests.sii.delivery.conftest import House


@contextmanager
def later(**time: float) -> Iterator[None]:
    moment = clock.now() + timedelta(**time)
    with patch.object(clock, "now", lambda: moment):
        yield


def delivery_rows(house: House) -> tuple[dict[str, Any], dict[str, Any]]:
    """The row of the installation and that of the company; an empty one where there is none."""
    done = order(house, "estado", "--json")
    found = [one for one in json.loads(done.stdout)["filas"] if one["nombre"] == "Entrega al SII"]
    return found[0], found[1] if len(found) > 1 else {}


def test_what_waits_is_told_with_its_age_and_what_to_do(house: House) -> None:
    assert delivery_rows(house)[1] == {}
    house.issue(33)
    house.issue(39)
    installation, company = delivery_rows(house)
    assert installation["datos"]["estados"] == {"pendiente": 2} and "simulador" in installation["texto"]
    assert "No hay ningún trabajador" in installation["texto"] and installation["estado"] == "aviso"
    assert (company["estado"], company["datos"]["cerca_del_plazo"]) == ("ok", None)
    with presence.held(house.folder, "entrega"):
        assert delivery_rows(house)[0]["estado"] == "ok"
    with later(minutes=50):
        company = delivery_rows(house)[1]
        assert (company["estado"], "está por pasar el plazo de 1 hora" in company["texto"]) == ("aviso", True)
        assert "tipo 39" in company["texto"] and "12 horas" not in company["texto"]
    with later(hours=13):
        company = delivery_rows(house)[1]
        assert "pasó el plazo de 1 hora" in company["texto"] and "pasó el plazo de 12 horas" in company["texto"]
        assert "sii probar" in company["remedio"]


def test_what_a_person_must_do_is_told(house: House) -> None:
    with before_delivery(house):
        house.issue(33)
    house.simulator.sii.faults.add([{"servicio": "subida", "hacer": "status", "codigo": 1}])
    house.issue(33)
    house.work(lambda: bool(house.envelopes()) and house.envelopes()[-1].estado == "detenido")
    company = delivery_rows(house)[1]
    assert company["datos"]["estados"] == {"detenido": 1} and company["datos"]["sin_enviar"] == 1
    assert company["estado"] == "aviso"
    for words in ("envios reintentar", "envios adoptar"):
        assert words in company["remedio"]


def test_what_does_not_move_is_told(house: House) -> None:
    house.simulator.sii.faults.add([{"servicio": "estado-envio", "hacer": "estado", "codigo": "CRT", "veces": 0}])
    document = house.issue(33)
    house.work_until("recibido", document)
    assert delivery_rows(house)[1]["estado"] == "ok"
    with later(hours=14):
        company = delivery_rows(house)[1]
        assert "1 lleva en «recibido» hasta 14 horas" in company["texto"] and "conciliar" in company["remedio"]


def test_what_is_due_without_a_certificate_is_told(house: House, caplog: pytest.LogCaptureFixture) -> None:
    document = house.issue(33)
    for one in house.ledger.certificates.of("pruebas", document.rut_emisor):
        house.ledger.certificates.remove(one)
    with caplog.at_level(logging.WARNING):
        house.worker().work_once()
    assert "SII-010" in caplog.text
    company = delivery_rows(house)[1]
    assert "no hay un certificado vigente" in company["texto"] and "certificado cargar" in company["remedio"]


def test_differences_of_the_last_comparison_are_told(house: House) -> None:
    document = house.issue(33)
    house.work_until("aceptado", document)
    had_before(house, document, folio=str(document.folio + 1))
    day = clock.now().replace(hour=5) + timedelta(days=1)
    with patch.object(clock, "now", lambda: day):
        assert Nightly(house.worker()._delivery, "04:00").work_once()
    company = delivery_rows(house)[1]
    assert "halló" in company["texto"] and "Véalas con «conciliar»" in company["remedio"]


def test_the_log_names_what_nears_its_delay_once_an_hour(house: House, caplog: pytest.LogCaptureFixture) -> None:
    document = house.issue(39)
    house.simulator.sii.faults.add([{"servicio": "boleta-semilla", "hacer": "http", "codigo": 503, "veces": 0}])
    worker = house.worker()
    with caplog.at_level(logging.WARNING):
        worker.form_once()
        assert "Sin llegar al SII" not in caplog.text
        with later(minutes=50):
            for _ in range(3):
                worker._lateness._looked = -60.0
                worker.form_once()
    assert caplog.text.count("Sin llegar al SII: 1 boletas") == 1
    assert f"folio {document.folio}" in caplog.text


def test_the_measures_count_documents_and_seconds(house: House) -> None:
    bad = house.issue(39, "SIMULADOR=DTE-3-505")
    house.work_until("rechazado", bad)
    house.issue(33)
    with later(seconds=90):
        page = Measures(house.ledger, "", trust_forwarded=False).page({"REMOTE_ADDR": "127.0.0.1"})
    text = page.body.decode()
    assert 'dteplanows_sii_documentos{estado="rechazado"} 1.0' in text
    assert 'dteplanows_sii_documentos{estado="pendiente"} 1.0' in text
    age = next(line for line in text.splitlines() if line.startswith('dteplanows_sii_espera_segundos{clase="facturas"'))
    assert 90 <= float(age.split()[1]) < 200
    assert 'dteplanows_sii_espera_segundos{clase="boletas"} 0.0' in text
