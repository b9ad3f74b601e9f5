"""From the issue of a document to the SII's last word, at the simulator."""

from __future__ import annotations

import hashlib
import re
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from dteplanows.accounts import certificates
from dteplanows.ledger.delivery_states import FINAL
from dteplanows.ledger.rows import StoredDocument
from dteplanows.sii import envelopes
from dteplanows.sii.delivery import forming
from tests import bad_inputs
from tests.sii.delivery.conftest import House


@pytest.mark.parametrize("tipo", [33, 39])
def test_a_document_is_due_when_it_is_issued_and_travels_to_its_end(house: House, tipo: int) -> None:
    document = house.issue(tipo)
    assert house.state(document) == "pendiente"
    house.work_until("aceptado", document)
    assert house.steps(document)[0] == "en sobre"
    assert house.steps(document)[-1] == "aceptado"
    (envelope,) = house.envelopes()
    assert (envelope.estado, envelope.estado_sii, envelope.subidas, envelope.documentos) == ("procesado", "EPR", 1, 1)
    assert envelope.conteo == {str(tipo): [1, 1, 0, 0]}
    assert envelope.siguiente == 0


@pytest.mark.parametrize("tipo", [33, 39])
def test_a_refusal_is_told_with_its_reason_and_the_others_are_accepted(house: House, tipo: int) -> None:
    good, bad = house.issue(tipo), house.issue(tipo, "SIMULADOR=DTE-3-505")
    remarked = house.issue(tipo, "SIMULADOR=DET-2-200")
    house.work(lambda: all(house.state(one) in FINAL for one in (good, bad, remarked)))
    states = [house.state(one) for one in (good, bad, remarked)]
    assert states[:2] == ["aceptado", "rechazado"]
    assert len(house.envelopes()) == 1


def note_of(house: House, factura: StoredDocument, amount: int = 10000) -> StoredDocument:
    """A credit note that takes back a part of *factura*."""
    file = bad_inputs.NOTA.replace(bad_inputs.CLIENTE, factura.rut_receptor).replace("33;120;", f"33;{factura.folio};")
    (done,) = house.installed.issue(file.encode(), "1").documents
    assert done.accepted, [one.text() for one in done.problems]
    found = house.ledger.documents.find("pruebas", factura.rut_emisor, 61, done.folio)
    assert found
    return found


def invoice(house: House, name: str = "Cliente Ficticio") -> StoredDocument:
    file = bad_inputs.FACTURA.replace("Cliente Ficticio", name)
    (done,) = house.installed.issue(file.encode(), "1").documents
    found = house.ledger.documents.find("pruebas", house.installed.company.rut, 33, done.folio)
    assert found
    return found


def test_a_note_waits_for_its_document(house: House) -> None:
    factura = invoice(house)
    note = note_of(house, factura)
    worker = house.worker()
    worker.form_once()
    assert (house.state(factura), house.state(note)) == ("en sobre", "pendiente")
    house.work_until("aceptado", factura, note)
    first, second = house.envelopes()
    assert (first.documentos, second.documentos) == (1, 1)


def test_a_note_of_a_refused_document_is_stopped_and_says_why(house: House) -> None:
    factura = invoice(house, "SIMULADOR=DTE-3-505")
    note = note_of(house, factura)
    house.work(lambda: house.state(note) == "detenido")
    assert house.state(factura) == "rechazado"
    assert f"33 y folio {factura.folio}" in house.ledger.deliveries.history(note.id)[-1].detalle


def test_a_note_of_a_refused_document_does_not_annul_the_corrected_one(house: House) -> None:
    """Whoever corrects the document before the note is looked at must not have it annulled."""
    factura = invoice(house, "SIMULADOR=DTE-3-505")
    house.work_until("rechazado", factura)
    note = note_of(house, factura)
    file = bad_inputs.FACTURA.replace("33;0;", f"33;{factura.folio};")
    (done,) = house.installed.issue(file.encode(), "1").documents
    assert done.accepted
    corrected = house.ledger.documents.by_id(done.documento_id)
    assert corrected and corrected.reemplaza == factura.id
    house.work_until("aceptado", corrected)
    assert house.state(note) == "detenido"
    later = note_of(house, corrected)
    house.work_until("aceptado", later)


def test_a_note_of_a_document_of_before_delivery_leaves_at_once(house: House) -> None:
    factura = invoice(house)
    note = note_of(house, factura)
    with house.ledger.transaction():
        forget(house, factura)
    house.worker().form_once()
    assert house.state(note) == "en sobre"


def forget(house: House, document: StoredDocument) -> None:
    """As if *document* had been issued before delivery existed."""
    connection = house.ledger.connection
    if house.ledger.place.base:
        connection.execute("ALTER TABLE entrega DISABLE TRIGGER entrega_no_se_borra")
    else:
        connection.execute("DROP TRIGGER entrega_no_se_borra")
    connection.execute("DELETE FROM entrega WHERE documento_id = ?", (document.id,))


def test_an_envelope_that_the_schema_refuses_is_halved_until_the_fault_is_alone(house: House) -> None:
    """The SII took nothing of it; those that are right arrive, and one is refused."""
    house.simulator.sii.behaviour.esquema = "revision"
    documents = [house.issue(33) for _ in range(4)]
    bad = house.issue(33, "SIMULADOR=RSC")
    documents += [house.issue(33) for _ in range(3)]
    house.work(lambda: all(house.state(one) in FINAL for one in (*documents, bad)))
    assert {house.state(one) for one in documents} == {"aceptado"}
    assert house.state(bad) == "rechazado"
    found = house.ledger.deliveries.find(bad.id)
    assert found and "SIMULADOR=RSC" in found.motivos
    assert sorted(one.estado for one in house.envelopes()).count("disuelto") == 3  # of 8, 4 and 2


def test_only_what_the_sii_counts_is_accepted_of_facturas_with_a_refusal(house: House) -> None:
    """QueryEstUp does not name the refused one: it is found by asking for each, and its word is the SII's."""
    house.simulator.sii.behaviour.correo = "nunca"
    good = [house.issue(33) for _ in range(3)]
    bad = house.issue(33, "SIMULADOR=DTE-3-505")
    house.work(lambda: all(house.state(one) in FINAL for one in (*good, bad)))
    assert {house.state(one) for one in good} == {"aceptado"}
    assert house.state(bad) == "rechazado"
    (envelope,) = house.envelopes()
    assert envelope.conteo == {"33": [4, 3, 1, 0]}


@pytest.mark.parametrize("tipo", [33, 39])
def test_a_document_that_arrived_by_another_way_is_found_and_not_refused(house: House, tipo: int) -> None:
    """As after a backup was restored: the SII has it, and calls it repeated."""
    document = house.issue(tipo)
    house.work_until("aceptado", document)
    put_back(house, document)
    house.work_until("aceptado", document)
    assert len(house.envelopes()) == 2
    assert [one.estado for one in house.ledger.deliveries.history(document.id)][-1] == "aceptado"


@pytest.mark.parametrize("tipo", [33, 39])
def test_a_folio_that_another_document_took_stops_and_is_not_free(house: House, tipo: int) -> None:
    """DTE-3-101: somebody else used it. Nobody may take it as refused."""
    document = house.issue(tipo)
    house.work_until("aceptado", document)
    with closing(sqlite3.connect(house.simulator.sii.options.folder / "simulador.sqlite")) as base, base:
        base.execute("UPDATE document SET monto = '1', firma = 'otra'")
    put_back(house, document)
    house.work(lambda: house.state(document) == "detenido")
    assert "no es este documento" in house.ledger.deliveries.history(document.id)[-1].detalle


def put_back(house: House, document: StoredDocument) -> None:
    """As if nothing was known of its delivery; the next envelope is signed in another second, so it is another file."""
    time.sleep(1.1)
    with house.ledger.transaction():
        house.ledger.connection.execute(
            "UPDATE entrega SET estado = 'pendiente', envio_id = NULL, motivos = '' WHERE documento_id = ?",
            (document.id,),
        )


def test_every_call_is_kept_without_its_token_and_without_the_file(house: House) -> None:
    document = house.issue(33)
    house.work_until("aceptado", document)
    (envelope,) = house.envelopes()
    kept = list(house.ledger.envelopes.exchanges(envelope.id))
    services = [one.servicio.rsplit("/", 1)[-1] for one in kept]
    assert services[:3] == ["CrSeed.jws", "GetTokenFromSeed.jws", "DTEUpload"]
    assert services[-1] == "QueryEstUp.jws"
    (token,) = re.findall(rb"TOKEN&gt;([^&]+)&lt;", kept[1].respuesta)
    assert all(token.decode() not in one.pregunta for one in kept)
    assert len(kept[2].pregunta) < 1500 and "archivo del envío" in kept[2].pregunta
    assert hashlib.sha256(house.ledger.envelopes.file(envelope.id)).hexdigest() == envelope.sha256
    (sealed,) = house.ledger.connection.execute("SELECT sellado FROM sesion_sii").fetchone()
    assert token.decode() not in sealed


def test_one_session_serves_all_workers(house: House) -> None:
    for _ in range(3):
        house.work_until("aceptado", house.issue(33))
    (sessions,) = house.ledger.connection.execute(
        "SELECT COUNT(*) FROM intercambio WHERE servicio LIKE '%GetTokenFromSeed%'"
    ).fetchone()
    assert sessions == 1


def test_without_a_certificate_nothing_leaves_and_nothing_is_lost(house: House) -> None:
    document = house.issue(33)
    (stored,) = house.ledger.certificates.of()
    house.ledger.certificates.remove(stored)
    _, obstacles = forming.form(house.worker()._delivery)
    assert "[SII-010]" in obstacles[0].words
    assert house.state(document) == "pendiente"
    certificates.save(house.ledger, house.installed.company, house.installed.certificate)
    house.work_until("aceptado", document)


def test_a_fault_with_one_kind_does_not_hold_up_the_other(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    factura, boleta = house.issue(33), house.issue(39)
    def make(documents: Sequence[StoredDocument], *others: Any) -> envelopes.Envelope:
        if documents[0].tipo == 33:
            raise ZeroDivisionError
        return envelopes.make(documents, *others)

    monkeypatch.setattr(forming, "make", make)
    house.work_until("aceptado", boleta)
    assert house.state(factura) == "pendiente"
    monkeypatch.undo()
    house.work_until("aceptado", factura)


def test_an_envelope_is_not_followed_at_another_server(house: House) -> None:
    document = house.issue(33)
    house.work(lambda: house.state(document) == "enviado")
    with house.ledger.transaction():
        house.ledger.connection.execute("UPDATE envio SET servidor = 'maullin'")
    house.work(lambda: house.state(document) == "detenido")
    assert "maullin" in house.envelopes()[0].detalle


def test_what_production_issued_goes_to_production_alone(house: House) -> None:
    """The address follows from the environment of the document: here nobody answers there, and it waits."""
    company = replace(house.installed.company, ambiente="produccion", numero_resolucion=80)
    house.ledger.companies.save(company)
    addresses = house.worker()._delivery.sii.addresses
    with pytest.raises(ValueError, match="produccion"):
        addresses.of("produccion", of_test_authority=True)
    assert addresses.of("produccion").soap == "https://palena.sii.cl"
