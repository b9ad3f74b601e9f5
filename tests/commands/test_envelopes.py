"""``envios``: what went to the SII, on both engines, with the simulator at the other end."""

from __future__ import annotations

import csv
import io
import json
import re
import threading
import time
from hashlib import sha256
from pathlib import Path

import pytest

from dteplanows.commands import envelope_watch
from dteplanows.ledger import finding, presence
from tests.commands.delivery_house import before_delivery, order
from tests.sii.delivery.conftest import House


def delivered(house: House) -> None:
    """A good document, a refused one and a remarked one, in one envelope; and a boleta."""
    documents = [house.issue(33), house.issue(33, "SIMULADOR=DTE-3-505"), house.issue(33, "SIMULADOR=DET-2-200")]
    documents.append(house.issue(39))
    house.work(lambda: all(one.siguiente == 0 for one in house.envelopes()) and len(house.envelopes()) == 2)


def test_envelopes_are_listed_the_newest_first_in_every_form(house: House) -> None:
    assert "No hay envíos." in order(house, "envios").output
    delivered(house)
    table = order(house, "envios")
    assert table.exit_code == 0, table.output
    lines = table.output.splitlines()
    assert lines[0].split()[:2] == ["Envío", "Empresa"]
    assert len(lines) == 3
    assert "1 boleta " in table.output and "3 facturas" in table.output
    assert "EPR: 1 aceptado, 1 con reparos, 1 rechazado" in table.output

    rows = json.loads(order(house, "envios", "--json").output)
    assert [one["envio"] for one in rows] == sorted((one["envio"] for one in rows), reverse=True)
    by_kind = {one["clase"]: one for one in rows}
    assert (by_kind["facturas"]["rechazados"], by_kind["facturas"]["estado"]) == (1, "procesado")
    assert by_kind["boletas"]["servidor"] == "simulador"
    text = order(house, "envios", "--formato", "csv").output.lstrip("\ufeff")
    found = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert [one["track_id"] for one in found] == [one["track_id"] for one in rows]

    assert len(json.loads(order(house, "envios", "--estado", "procesado", "--json").output)) == 2
    assert "No hay envíos." in order(house, "envios", "--estado", "detenido").output
    assert "No hay envíos." in order(house, "envios", "--ambiente", "produccion").output
    assert len(json.loads(order(house, "envios", "--ultimos", "1", "--json").output)) == 1
    assert "hay más" in order(house, "envios", "--ultimos", "1").output


@pytest.mark.parametrize("columns", ["80", "150"])
def test_the_list_says_why_an_envelope_was_refused_whole(
    house: House, columns: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Alone or among others, which then travel again in halves."""
    house.simulator.sii.behaviour.esquema = "revision"
    bad, good = house.issue(33, "SIMULADOR=RSC"), house.issue(33)
    house.work(lambda: house.state(bad) == "rechazado" and house.state(good) == "aceptado")
    monkeypatch.setenv("COLUMNS", columns)
    found = [one for one in house.envelopes() if one.estado in ("disuelto", "rechazado")]
    assert sorted(one.estado for one in found) == ["disuelto", "rechazado"]
    lines = order(house, "envios").output.splitlines()
    for one in found:
        assert one.detalle
        (line,) = [text for text in lines if text.split()[:1] == [str(one.id)]]
        told = line.rpartition(one.track_id)[2] if one.track_id else line
        assert re.search(r"[A-Za-z]{3}", told.replace(" min", "")), line


def test_one_envelope_is_shown_with_its_reasons_and_its_conversation(house: House) -> None:
    delivered(house)
    (envelope,) = [one for one in house.envelopes() if one.clase == "facturas"]
    shown = order(house, "envios", "ver", str(envelope.id))
    assert shown.exit_code == 1  # a document was refused
    facts = json.loads(order(house, "envios", "ver", str(envelope.id), "--json").output)
    assert sorted(one["estado"] for one in facts["lista"]) == ["aceptado", "aceptado", "rechazado"]
    assert {call["servicio"].rpartition("/")[2] for call in facts["conversacion"]} >= {"DTEUpload", "QueryEstUp.jws"}
    assert envelope.track_id in shown.output and envelope.sha256 in re.sub(r"\s", "", shown.output)
    whole = order(house, "envios", "ver", str(envelope.id), "--conversacion").output
    assert "ESTADO&gt;EPR&lt;/ESTADO" in re.sub(r"\s", "", whole) and "el archivo del envío" in whole
    assert order(house, "envios", "ver", "999").exit_code == 2


def test_a_reason_is_told_with_its_meaning_and_its_remedy(house: House) -> None:
    document = house.issue(39, "SIMULADOR=DTE-3-505")
    house.work_until("rechazado", document)
    number = str(house.envelopes()[0].id)
    (one,) = json.loads(order(house, "envios", "ver", number, "--json").output)["lista"]
    (reason,) = one["motivos"]
    assert (one["estado"], reason["codigo"]) == ("rechazado", "DTE-3-505")
    shown = " ".join(order(house, "envios", "ver", number).output.replace("│", " ").split())
    assert "DTE-3-505" in shown
    assert all(" ".join(reason[name].split()[:3]) in shown for name in ("significado", "remedio"))


def test_the_signed_bytes_are_saved_as_they_were_sent(house: House, tmp_path: Path) -> None:
    delivered(house)
    one = house.envelopes()[0]
    target = tmp_path / "salida" / "envio.xml"
    assert order(house, "envios", "guardar", str(one.id), str(target)).exit_code == 0
    assert sha256(target.read_bytes()).hexdigest() == one.sha256


def test_who_follows_hears_of_a_missing_worker_and_sees_the_end(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dteplanows.commands.watching.WITHOUT_WORKER", 0.3)
    monkeypatch.setattr(envelope_watch, "LOOK", 0.05)
    document = house.issue(33)
    stop = threading.Event()

    def come_later() -> None:
        time.sleep(1)
        house.worker().run(stop)
        house.ledger.close()

    thread = threading.Thread(target=come_later, daemon=True)
    thread.start()
    try:
        done = order(house, "envios", "--seguir")
    finally:
        stop.set()
        thread.join(20)
    assert presence.alive(house.folder, "entrega") is not True
    assert done.exit_code == 0, done.output
    assert house.state(document) == "aceptado"
    assert "Ningún trabajador envía al SII" in done.output
    assert "EPR: 1 aceptado" in done.output
    number = str(house.envelopes()[0].id)
    assert order(house, "envios", "ver", number, "--seguir").exit_code == 0


@pytest.mark.parametrize("few", [10_000, 1])
def test_documents_are_found_by_where_they_stand(house: House, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether few are in a state, which are then looked up there, or many."""
    monkeypatch.setattr(finding, "_FEW", few)
    with before_delivery(house):
        old = house.issue(33)
    bad, good = house.issue(39, "SIMULADOR=DTE-3-505"), house.issue(39)
    house.work(lambda: house.state(bad) == "rechazado" and house.state(good) == "aceptado")
    new = house.issue(33)
    expected = {"rechazado": bad, "aceptado": good, "sin enviar": old, "pendiente": new}
    everything = json.loads(order(house, "documentos", "--json").output)
    assert sorted(one["estado_sii"] for one in everything) == sorted(expected)
    for estado, document in expected.items():
        (row,) = json.loads(order(house, "documentos", "--estado", estado, "--json").output)
        assert (row["tipo"], row["folio"], row["estado_sii"]) == (document.tipo, document.folio, estado)
        assert estado in order(house, "documentos", "--estado", estado).output
    for nothing in (("--estado", "detenido"), ("--estado", "rechazado", "--tipo", "33"),
                    ("--estado", "sin enviar", "--receptor", bad.rut_receptor)):  # fmt: skip
        assert "No hay documentos." in order(house, "documentos", *nothing).output
    assert order(house, "documentos", "--estado", "enviado", "--totales").exit_code == 2


def test_one_document_tells_how_it_came_where_it_stands(house: House) -> None:
    with before_delivery(house):
        old = house.issue(33)
    bad = house.issue(39, "SIMULADOR=DTE-3-505")
    house.work_until("rechazado", bad)
    facts = json.loads(order(house, "documentos", "39", str(bad.folio), "--json").output)["sii"]
    assert [one["estado"] for one in facts["historia"]] == house.steps(bad)
    assert (facts["estado"], facts["motivos"][0]["codigo"]) == ("rechazado", "DTE-3-505")
    assert facts["motivos"][0]["significado"] and facts["motivos"][0]["remedio"]
    shown = order(house, "documentos", "39", str(bad.folio)).output
    assert "Camino al SII" in shown and facts["track_id"] in shown
    assert "sin enviar: se emitió antes" in order(house, "documentos", "33", str(old.folio)).output
