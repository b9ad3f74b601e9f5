"""What a person does about envelopes, with the real commands, the ledger of either engine and the simulator."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from dteplanows.ledger.deliveries import Step
from dteplanows.ledger.delivery_tables import StoredEnvelope
from dteplanows.sii.envelopes import Envelope
from tests.commands.delivery_house import before_delivery, had_before, order
from tests.sii.delivery.conftest import House

NO_PERMISSION = {"servicio": "subida", "hacer": "status", "codigo": 1}
"""The SII takes nothing, and says that the sender may not."""


def stopped(house: House) -> StoredEnvelope:
    """An envelope that the SII did not take, and that waits for a person."""
    house.simulator.sii.faults.add([NO_PERMISSION])
    house.issue(33)
    house.work(lambda: bool(house.envelopes()) and house.envelopes()[-1].estado == "detenido")
    return house.envelopes()[-1]


def events(house: House) -> list[str]:
    return [one.tipo for one in house.ledger.events.changes()]


def test_a_stopped_envelope_goes_on_with_the_same_bytes(house: House) -> None:
    one = stopped(house)
    shown = order(house, "envios", "ver", str(one.id))
    assert (shown.exit_code, f"envios reintentar {one.id}" in shown.output) == (1, True)
    done = order(house, "envios", "reintentar", str(one.id))
    assert (done.exit_code, "en duda" in done.output) == (0, True), done.output
    house.work(lambda: house.envelopes()[-1].estado == "procesado")
    (after,) = house.envelopes()
    assert (after.id, after.sha256, after.subidas) == (one.id, one.sha256, 2)
    assert "envío reintentado" in events(house)
    refused = order(house, "envios", "reintentar", str(one.id))
    assert (refused.exit_code, "SII-020" in refused.output) == (1, True)


def test_what_the_sii_did_not_take_is_made_anew_and_nothing_else(house: House) -> None:
    one = stopped(house)
    done = order(house, "envios", "rehacer", str(one.id))
    assert done.exit_code == 0, done.output
    assert house.envelopes()[-1].estado == "disuelto"
    house.work(lambda: house.envelopes()[-1].estado == "procesado")
    first, second = house.envelopes()
    assert (first.estado, first.subidas, second.conteo) == ("disuelto", 1, {"33": [1, 1, 0, 0]})
    for number in (first.id, second.id):
        refused = order(house, "envios", "rehacer", str(number))
        assert (refused.exit_code, "SII-020" in refused.output) == (1, True)
    assert events(house).count("envío rehecho") == 1


def test_what_may_have_arrived_is_not_made_anew(house: House) -> None:
    house.simulator.sii.faults.add([{"servicio": "subida", "hacer": "cerrar", "tras": True}])
    house.issue(33)
    house.work(lambda: bool(house.envelopes()) and house.envelopes()[-1].estado == "en duda")
    refused = order(house, "envios", "rehacer", str(house.envelopes()[-1].id))
    assert (refused.exit_code, "puede tener sus documentos" in refused.output) == (1, True), refused.output
    assert order(house, "envios", "reintentar", str(house.envelopes()[-1].id)).exit_code == 0
    house.work(lambda: house.envelopes()[-1].estado == "procesado")
    assert house.envelopes()[-1].subidas == 1


def test_a_document_that_was_stopped_alone_is_asked_for_again(house: House) -> None:
    """As one that the SII called repeated, once a person knows that it is this one."""
    house.simulator.sii.faults.add([{"servicio": "estado-envio", "hacer": "estado", "codigo": "CRT", "veces": 0}])
    document = house.issue(33)
    house.work_until("recibido", document)
    house.work(lambda: "DOK" in order(house, "sii", "consultar", "33", str(document.folio)).output)
    (one,) = house.envelopes()
    house.ledger.deliveries.move([document.id], Step("detenido", "repetido", reasons="(DTE-3-100) DTE repetido"))
    assert house.ledger.envelopes.change(one, {"estado": "procesado", "siguiente": 0.0})
    done = order(house, "envios", "reintentar", str(one.id))
    assert (done.exit_code, "por documento" in done.output) == (0, True), done.output
    standing = house.ledger.deliveries.find(document.id)
    assert standing and standing.motivos == "(DTE-3-100) DTE repetido"
    house.work_until("aceptado", document)


def test_nobody_takes_an_envelope_out_of_the_hands_of_a_worker(house: House) -> None:
    one = stopped(house)
    assert order(house, "envios", "reintentar", str(one.id)).exit_code == 0
    taken = house.ledger.envelopes.take("otro-equipo:1:x", lambda worker: False)
    assert taken and taken.id == one.id
    refused = order(house, "envios", "reintentar", str(one.id))
    assert (refused.exit_code, "SII-021" in refused.output) == (1, True)


def test_an_envelope_is_uploaded_by_hand_and_followed_by_its_number(house: House, tmp_path: Path) -> None:
    house.issue(33)
    folder = tmp_path / "para subir"
    made = order(house, "envios", "crear", "--solo-archivo", "--carpeta", str(folder))
    assert made.exit_code == 0, made.output
    (path,) = folder.iterdir()
    (one,) = house.envelopes()
    assert (one.situacion, sha256(path.read_bytes()).hexdigest()) == ("por subir", one.sha256)
    assert "solo" in made.output or "simulador" in made.output
    worker = house.worker()
    for _ in range(20):
        worker.work_once()
    assert house.envelopes()[0].subidas == 0
    assert "por subir" in order(house, "envios", "--estado", "por subir").output
    assert "envios subido" in order(house, "envios", "ver", str(one.id)).output
    assert "SII-020" in order(house, "envios", "reintentar", str(one.id)).output
    assert order(house, "envios", "rehacer", str(one.id)).exit_code == 2  # somebody has to say that nobody uploaded it

    number = upload(house, one)
    noted = order(house, "envios", "subido", str(one.id), "--track", f"000{number}")
    assert (noted.exit_code, number in noted.output) == (0, True), noted.output
    house.work(lambda: house.envelopes()[0].estado == "procesado", worker)
    assert house.envelopes()[0].conteo == {"33": [1, 1, 0, 0]}
    again = order(house, "envios", "subido", str(one.id), "--track", "5")  # a worker or a person: it is at its end
    assert (again.exit_code, "SII-020" in again.output) == (1, True)
    house.issue(33)
    assert order(house, "envios", "crear").exit_code == 0
    assert "No hay nada pendiente" in order(house, "envios", "crear").output
    other = order(house, "envios", "subido", str(house.envelopes()[-1].id), "--track", number)
    assert (other.exit_code, "SII-022" in other.output) == (1, True)
    assert order(house, "envios", "subido", str(one.id), "--track", "abc").exit_code == 2
    assert {"envío creado", "envío subido a mano"} <= set(events(house))


def upload(house: House, one: StoredEnvelope) -> str:
    """Upload the bytes as a person does; the SII's number."""
    delivery = house.worker()._delivery
    certificate = delivery.certificate_of(one)
    assert certificate
    file = house.ledger.envelopes.file(one.id)
    sent = Envelope(
        ambiente="pruebas", kind="facturas", rut_emisor=one.rut_emisor, rut_envia=one.rut_envia, documents=(),
        of_test_authority=True, file=file, sha256=one.sha256,
    )  # fmt: skip
    return delivery.sii.upload(sent, certificate).track_id


def test_documents_from_before_leave_on_a_persons_word_only(house: House) -> None:
    with before_delivery(house):
        old, older = house.issue(33), house.issue(39)
    worker = house.worker()
    for _ in range(5):
        worker.work_once()
    assert house.envelopes() == []
    asked = order(house, "envios", "adoptar")
    assert (asked.exit_code, "2 documentos" in asked.output) == (2, True)
    done = order(house, "envios", "adoptar", "--tipo", "33", "--folios", str(old.folio), "--si")
    assert (done.exit_code, "1 documento" in done.output) == (0, True), done.output
    assert (house.state(old), house.state(older)) == ("pendiente", "sin enviar")
    house.work_until("aceptado", old)
    assert house.steps(old)[0] == "pendiente"
    assert "documentos adoptados" in events(house)
    assert "No hay documentos que esperen" in order(house, "envios", "adoptar", "--tipo", "33", "--si").output


@pytest.mark.parametrize("tipo", [33, 39])
def test_what_another_system_sent_is_asked_for_until_it_is_known(house: House, tipo: int) -> None:
    with before_delivery(house):
        sent, unsent, other = (house.issue(tipo) for _ in range(3))
    had_before(house, sent)
    had_before(house, other, monto="1")
    done = order(house, "envios", "adoptar", "--ya-enviados", "--si")
    assert done.exit_code == 0, done.output
    house.work(lambda: house.state(sent) == "aceptado" and house.state(other) == "detenido")
    assert house.state(unsent) == "enviado"
    assert house.envelopes() == []
    # What the SII does not confirm can still be sent, on another word.
    assert order(house, "envios", "adoptar", "--folios", str(unsent.folio), "--si").exit_code == 0
    house.work_until("aceptado", unsent)
    assert len(house.envelopes()) == 1
