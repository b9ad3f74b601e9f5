"""Mistakes of people, numbers that the SII does not know, and refusals that are no document's fault."""

from __future__ import annotations

import json
import logging
import time
from urllib.request import Request, urlopen

import pytest

from dteplanows.ledger.rows import StoredDocument
from dteplanows.sii.reasons import read_reason
from tests.commands.delivery_house import order
from tests.commands.test_envelope_acts import upload
from tests.sii.delivery.conftest import House
from tests.sii.delivery.test_delivery import invoice, note_of, put_back


def at_the_sii(house: House, document: StoredDocument) -> bool:
    return "DOK" in order(house, "sii", "consultar", str(document.tipo), str(document.folio)).output


def by_hand(house: House, tipo: int) -> StoredDocument:
    """A document in an envelope of its own, which a person is to upload."""
    document = house.issue(tipo)
    made = order(house, "envios", "crear", "--solo-archivo", "--carpeta", str(house.folder / "subir"))
    assert made.exit_code == 0, made.output
    return document


@pytest.mark.parametrize("tipo", [33, 39])
def test_a_receipt_of_another_envelope_makes_nothing_accepted(house: House, tipo: int) -> None:
    """Two envelopes of as many documents, and the number of the first noted with the second."""
    sent, unsent = by_hand(house, tipo), by_hand(house, tipo)
    first, second = house.envelopes()
    number = upload(house, first)
    assert order(house, "envios", "subido", str(second.id), "--track", number).exit_code == 0
    house.work(lambda: house.envelopes()[1].track_id != number)
    assert house.state(unsent) != "aceptado"
    # The number is free for the envelope whose it is, and the other one is sent after all.
    noted = order(house, "envios", "subido", str(first.id), "--track", number)
    assert noted.exit_code == 0, noted.output
    house.work_until("aceptado", sent, unsent)
    assert at_the_sii(house, sent) and at_the_sii(house, unsent)


@pytest.mark.parametrize("tipo", [33, 39])
def test_a_number_that_the_sii_does_not_know_is_not_asked_about_for_ever(house: House, tipo: int) -> None:
    document = by_hand(house, tipo)
    (one,) = house.envelopes()
    assert order(house, "envios", "subido", str(one.id), "--track", "9999999").exit_code == 0
    house.work_until("aceptado", document)
    assert at_the_sii(house, document)
    assert order(house, "envios", "subido", str(one.id), "--track", "0").exit_code == 2


def test_documents_known_by_an_older_envelope_are_accepted_without_end_of_questions(house: House) -> None:
    """As after a backup was restored: both travelled together, one of them is in a new envelope."""
    one, other = house.issue(33), house.issue(33)
    house.work_until("aceptado", one, other)
    put_back(house, one)
    house.simulator.sii.faults.add([{"servicio": "subida", "hacer": "cerrar", "tras": True}])
    house.work_until("aceptado", one)
    house.work(lambda: house.envelopes()[-1].siguiente == 0)


@pytest.mark.parametrize(("may", "code"), [("firmar consultar", "ENV-3-6"), ("enviar consultar", "FIR-RUT")])
def test_a_missing_permission_refuses_no_document(house: House, may: str, code: str) -> None:
    document = house.issue(33)
    signer = house.installed.certificate.rut

    def allow(words: str) -> None:
        facts = {"rut": document.rut_emisor, "usuarios": {signer: words.split()}}
        call = Request(f"{house.simulator.address}/control/empresas", json.dumps(facts).encode())
        call.add_header("Content-Type", "application/json")
        with urlopen(call):
            pass

    allow(may)
    house.work(lambda: house.state(document) == "detenido")
    (envelope,) = house.envelopes()
    assert (envelope.estado, code in envelope.detalle) == ("detenido", True), envelope.detalle
    refused = order(house, "envios", "reintentar", str(envelope.id))
    assert (refused.exit_code, "envios rehacer" in refused.output) == (1, True), refused.output
    allow("firmar enviar consultar")
    time.sleep(1.1)  # signed in the same second it would be the same file
    assert order(house, "envios", "rehacer", str(envelope.id)).exit_code == 0
    house.work_until("aceptado", document)


@pytest.mark.parametrize(
    ("rule", "code"), [({"hacer": "status", "codigo": 7}, "UPL-7"), ({"hacer": "status", "codigo": 2}, "UPL-2")]
)
def test_a_refusal_of_the_whole_has_a_code_and_a_remedy(house: House, rule: dict[str, object], code: str) -> None:
    house.simulator.sii.faults.add([{"servicio": "subida", **rule}])
    document = house.issue(33)
    house.work_until("rechazado", document)
    found = house.ledger.deliveries.find(document.id)
    assert found
    reason = read_reason(found.motivos.splitlines()[0])
    assert (reason.code, reason.known is not None) == (code, True)


def test_a_note_of_what_the_sii_does_not_have_is_not_sent_in_a_circle(house: House) -> None:
    factura = invoice(house, "SIMULADOR=DTE-3-505")
    note = note_of(house, factura)
    house.work(lambda: house.state(note) == "detenido")
    told = " ".join(order(house, "documentos", "61", str(note.folio)).output.replace("│", " ").split())
    assert "envios descartar" in told and "que estaba rechazado" in told
    asked = order(house, "envios", "adoptar", "--tipo", "61", "--si")
    assert (asked.exit_code, "envios descartar" in asked.output, house.state(note)) == (0, True, "detenido")


def test_the_log_says_what_was_refused(house: House, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        document = house.issue(39, "SIMULADOR=DTE-3-505")
        house.work_until("rechazado", document)
    assert f"tipo 39 y folio {document.folio} quedó rechazado" in caplog.text
    assert "DTE-3-505" in caplog.text and f"documentos 39 {document.folio}" in caplog.text
