"""``sii consultar`` and ``conciliar``, and the comparison that is made by itself."""

from __future__ import annotations

import json
import logging
from datetime import datetime, timedelta
from unittest.mock import patch

import pytest

from dteplanows.document import clock
from dteplanows.folios import held_back
from dteplanows.ledger.rows import Series, Span, StoredDocument
from dteplanows.sii.delivery.nightly import Nightly
from tests.commands.delivery_house import before_delivery, had_before, order
from tests.installation import FIRST_FOLIO
from tests.sii.delivery.conftest import House


def consult(house: House, document: StoredDocument) -> tuple[int, str]:
    done = order(house, "sii", "consultar", str(document.tipo), str(document.folio))
    return done.exit_code, " ".join(done.output.split())


@pytest.mark.parametrize("tipo", [33, 39])
def test_one_document_is_asked_for_and_told_beside_what_stands_here(house: House, tipo: int) -> None:
    good, bad = house.issue(tipo), house.issue(tipo, "SIMULADOR=DTE-3-505")
    house.work(lambda: house.state(good) == "aceptado" and house.state(bad) == "rechazado")
    code, told = consult(house, good)
    assert code == 0, told
    assert "Aquí figura: aceptado" in told and "DOK: el SII lo tiene con los mismos datos" in told
    assert ("TRACKID:" in told) == (tipo == 33)
    code, told = consult(house, bad)
    assert (code, "FAU: el SII no ha recibido el documento" in told) == (0, True), told


def test_what_does_not_agree_is_said_with_what_to_do(house: House) -> None:
    with before_delivery(house):
        old = house.issue(33)
        other = house.issue(33)
    had_before(house, old)
    had_before(house, other, monto="1")
    code, told = consult(house, old)
    assert (code, "aquí no se ha enviado y el SII lo tiene" in told, "--ya-enviados" in told) == (1, True, True), told
    code, told = consult(house, other)
    assert (code, "el SII tiene ese folio con otros datos" in told) == (1, True), told
    assert (house.state(old), house.state(other)) == ("sin enviar", "sin enviar")


def test_a_folio_that_was_not_issued_here_is_asked_for_with_invented_data(house: House) -> None:
    first = house.issue(33)
    free = order(house, "sii", "consultar", "33", str(first.folio + 5))
    assert (free.exit_code, "El SII no tiene ese folio" in free.output) == (0, True), free.output
    had_before(house, first, folio=str(first.folio + 5), monto="1234")
    taken = order(house, "sii", "consultar", "33", str(first.folio + 5))
    assert (taken.exit_code, "caf anular" in taken.output) == (1, True), taken.output
    assert order(house, "sii", "consultar", "33", "5").exit_code == 2


def test_the_sii_does_not_answer(house: House) -> None:
    document = house.issue(33)
    house.simulator.sii.faults.add([{"servicio": "estado-dte", "hacer": "http", "codigo": 500, "veces": 0}])
    code, told = consult(house, document)
    assert (code, "Qué hacer:" in told) == (1, True), told
    later = clock.now() + timedelta(hours=2)
    house.ledger.deliveries.adopt([], "enviado", "")
    with patch.object(clock, "now", lambda: later):
        done = order(house, "conciliar", "--json")
    facts = json.loads(done.stdout)
    assert (done.exit_code, facts["sin_respuesta"] >= 1, "no contesta" in facts["detalle"]) == (1, True, True), facts


def lost_envelope(house: House) -> StoredDocument:
    """A document that the SII has, in an envelope of which it never says so."""
    document = house.issue(33)
    house.simulator.sii.faults.add([{"servicio": "estado-envio", "hacer": "estado", "codigo": "CRT", "veces": 0}])
    house.work(lambda: bool(house.envelopes()) and house.envelopes()[-1].preguntas >= 2)
    return document


def test_what_never_ends_is_ended_by_asking_for_the_documents(house: House) -> None:
    document = lost_envelope(house)
    early = order(house, "conciliar", "--folios", "0")
    assert (early.exit_code, house.state(document)) == (0, "recibido"), early.output
    later = clock.now() + timedelta(hours=2)
    with patch.object(clock, "now", lambda: later):
        done = order(house, "conciliar", "--folios", "0")
    assert (done.exit_code, house.state(document)) == (0, "aceptado"), done.output
    assert house.envelopes()[-1].estado == "procesado"
    assert "No hay diferencias" in done.output and "Registro de Compras y Ventas" in done.output


def test_differences_of_a_period_and_of_free_folios_are_listed(house: House) -> None:
    with before_delivery(house):
        old, other = house.issue(33), house.issue(33)
    good = house.issue(33)
    house.work_until("aceptado", good)
    had_before(house, old)
    had_before(house, other, monto="1")
    had_before(house, good, folio=str(good.folio + 2))
    done = order(house, "conciliar", "--desde", "2020-01-01", "--tipo", "33", "--folios", "5", "--json")
    facts = json.loads(done.stdout)
    found = {one["folio"]: one["diferencia"] for one in facts["diferencias"]}
    # After a free folio that the SII has it must lack five in a row again.
    assert (done.exit_code, facts["preguntas"]) == (1, 3 + 2 + 5)
    assert set(found) == {old.folio, other.folio, good.folio + 2}
    assert found[good.folio + 2] == "el SII lo tiene y aquí estaba libre"
    table = order(house, "conciliar", "--mes", f"{clock.today():%Y-%m}", "--folios", "3").output
    assert "caf anular" in table and str(FIRST_FOLIO) in table
    assert "retenido" in table
    limited = json.loads(order(house, "conciliar", "--desde", "2020-01-01", "--maximo", "1", "--json").stdout)
    assert (limited["preguntas"], "lo más" in limited["detalle"]) == (1, True)
    assert order(house, "conciliar", "--hasta", "2020-01-01").exit_code == 2


def test_it_is_made_by_itself_once_a_day(house: House, caplog: pytest.LogCaptureFixture) -> None:
    document = lost_envelope(house)
    had_before(house, document, folio=str(document.folio + 1))
    delivery = house.worker()._delivery
    day = datetime.combine(clock.today() + timedelta(days=1), datetime.min.time())
    with patch.object(clock, "now", lambda: day.replace(hour=3, minute=59)):
        assert not Nightly(delivery, "04:00").work_once()
    with patch.object(clock, "now", lambda: day.replace(hour=4)), caplog.at_level(logging.INFO):
        assert Nightly(delivery, "04:00").work_once()
        assert not Nightly(delivery, "04:00").work_once()
    assert house.state(document) == "aceptado"
    assert f"tipo 33 folio {document.folio + 1}: el SII lo tiene y aquí estaba libre" in caplog.text


def holds(house: House) -> list[Span]:
    return [one.span for one in held_back.held(house.ledger)]


def test_a_free_folio_that_the_sii_has_is_given_to_nobody(house: House) -> None:
    """As after a restored copy whose mark is as old as it is: the worker asks for the next folio when it starts."""
    first = house.issue(33)
    house.work_until("aceptado", first)
    for ahead in (1, 2, 4):
        had_before(house, first, folio=str(first.folio + ahead), monto="1234")
    assert Nightly(house.worker()._delivery, "04:00").look_at_folios()
    assert holds(house) == [Span(first.folio + 1, first.folio + 1), Span(first.folio + 2, first.folio + 2)]
    assert house.issue(33).folio == first.folio + 3
    assert Nightly(house.worker()._delivery, "04:00").look_at_folios()
    assert house.issue(33).folio == first.folio + 5


def test_the_sii_is_asked_about_folios_that_are_held_back(house: House) -> None:
    first = house.issue(33)
    held_back.hold(house.ledger, Series("pruebas", first.rut_emisor, 33), Span(first.folio + 1, first.folio + 4), "x")
    for ahead in (1, 3):
        had_before(house, first, folio=str(first.folio + ahead), monto="1234")
    facts = json.loads(order(house, "conciliar", "--tipo", "33", "--json").stdout)
    found = {one["folio"]: one for one in facts["diferencias"]}
    assert set(found) == {first.folio + 1, first.folio + 2, first.folio + 3}
    assert f"caf anular 33 {first.folio + 1} --otro-sistema" in found[first.folio + 1]["remedio"]
    lacked = found[first.folio + 2]
    assert f"{first.folio + 2}" in lacked["sii"] and f"{first.folio + 4}" in lacked["sii"], lacked
    assert str(first.folio + 3) not in lacked["sii"] and "folio liberar 33" in lacked["remedio"]


def test_folios_are_not_asked_for_where_the_sii_is_silent(house: House) -> None:
    house.issue(33)
    house.simulator.sii.faults.add([{"servicio": "estado-dte", "hacer": "http", "codigo": 500, "veces": 0}])
    assert not Nightly(house.worker()._delivery, "04:00").look_at_folios()
    assert holds(house) == []
