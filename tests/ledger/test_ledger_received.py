"""Received documents in the ledger: entered once, found, listed, taken out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from dteplanows.document.problem import Refused
from dteplanows.ledger.engines.errors import violations
from dteplanows.ledger.rows import NewReceived, ReceivedKey
from dteplanows.ledger.store import Ledger
from tests.ledger.example import COMPANY, OTHER, RECEIVED, SUPPLIER


def events(ledger: Ledger) -> list[tuple[str, str, str]]:
    return [(one.tipo, one.rut_emisor, one.detalle) for one in ledger.events.of() if "recibido" in one.tipo]


def test_what_is_recorded_is_found(ledger: Ledger) -> None:
    identifier = ledger.received.record(RECEIVED)
    key = ReceivedKey("pruebas", COMPANY.rut, SUPPLIER, 30, 7)
    found = ledger.received.find(key)
    assert found is not None
    assert (found.id, found.monto_total, found.creado) == (identifier, 1290, RECEIVED.creado)
    assert found.contenido == RECEIVED.contenido
    assert ledger.files.find(found.archivo_sha256) == RECEIVED.archivo
    assert ledger.received.find(key._replace(ambiente="produccion")) is None
    assert ledger.received.find(key._replace(rut_emisor=OTHER)) is None
    assert events(ledger) == [("recibido", COMPANY.rut, f"proveedor {SUPPLIER}, tipo 30, folio 7")]


@pytest.mark.parametrize("row", [RECEIVED, replace(RECEIVED, folio=0, huella="a" * 64)], ids=["folio", "huella"])
def test_the_same_document_is_recorded_once(ledger: Ledger, row: NewReceived) -> None:
    ledger.received.record(row)
    with pytest.raises(violations()):
        ledger.received.record(replace(row, monto_total=1))
    ledger.received.record(replace(row, rut_emisor=OTHER))
    ledger.received.record(replace(row, tipo=32))
    ledger.received.record(replace(row, ambiente="produccion"))
    assert len(ledger.received.of("pruebas", COMPANY.rut)) == 3


@pytest.mark.parametrize(("folio", "huella"), [(0, ""), (7, "a"), (-1, ""), (10_000_000_000, "")])
def test_folio_or_fingerprint(ledger: Ledger, folio: int, huella: str) -> None:
    with pytest.raises(violations()):
        ledger.received.record(replace(RECEIVED, folio=folio, huella=huella))


def test_they_are_listed_by_date(ledger: Ledger) -> None:
    for folio, day in ((1, "2026-11-03"), (2, "2026-10-31"), (3, "2026-11-30"), (4, "2026-12-01")):
        ledger.received.record(replace(RECEIVED, folio=folio, fecha_emision=day))

    def listed(desde: date | None, hasta: date | None) -> list[int]:
        return [one.folio for one in ledger.received.of("pruebas", COMPANY.rut, desde, hasta)]

    assert listed(None, None) == [2, 1, 3, 4]
    assert listed(date(2026, 11, 1), date(2026, 11, 30)) == [1, 3]
    assert listed(date(2026, 11, 30), None) == [3, 4]
    assert ledger.received.of("produccion", COMPANY.rut) == []


def test_they_are_not_changed(ledger: Ledger) -> None:
    ledger.received.record(RECEIVED)
    with pytest.raises(violations()):
        ledger.connection.execute("UPDATE documento_recibido SET monto_total = 1")


@pytest.mark.parametrize("rut_emisor", ["", SUPPLIER])
@pytest.mark.parametrize("tipo", [0, 30])
def test_one_is_taken_out(ledger: Ledger, rut_emisor: str, tipo: int) -> None:
    ledger.received.record(RECEIVED)
    gone = ledger.received.delete("pruebas", COMPANY.rut, rut_emisor, tipo, 7)
    assert gone is not None and gone.rut_emisor == SUPPLIER
    assert ledger.received.of("pruebas", COMPANY.rut) == []
    assert events(ledger)[1][0] == "recibido_eliminado"
    assert ledger.received.delete("pruebas", COMPANY.rut, rut_emisor, 30, 7) is None
    assert len(events(ledger)) == 2
    ledger.received.record(RECEIVED)


def test_one_of_several_is_taken_out_only_by_its_supplier(ledger: Ledger) -> None:
    ledger.received.record(RECEIVED)
    ledger.received.record(replace(RECEIVED, rut_emisor=OTHER))
    with pytest.raises(Refused) as refused:
        ledger.received.delete("pruebas", COMPANY.rut, "", 30, 7)
    assert [one.code for one in refused.value.problems] == ["CMP-030"]
    assert ledger.received.delete("pruebas", COMPANY.rut, OTHER, 30, 7) is not None
    assert [one.rut_emisor for one in ledger.received.of("pruebas", COMPANY.rut)] == [SUPPLIER]


def test_an_electronic_one_stays(ledger: Ledger) -> None:
    ledger.received.record(replace(RECEIVED, tipo=33))
    with pytest.raises(Refused) as refused:
        ledger.received.delete("pruebas", COMPANY.rut, SUPPLIER, 33, 7)
    assert [one.code for one in refused.value.problems] == ["CMP-031"]
    assert len(ledger.received.of("pruebas", COMPANY.rut)) == 1
