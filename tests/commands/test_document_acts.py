"""Stopped documents that nobody wants any more, and those whose folio the SII has already, with the real commands."""

from __future__ import annotations

import pytest

from dteplanows.archive.totals import totals
from dteplanows.document.problem import Refused
from dteplanows.issuing.reissuing import must_be_free
from dteplanows.ledger.finding import Wanted
from dteplanows.ledger.rows import StoredDocument
from tests import bad_inputs
from tests.commands.delivery_house import had_before, order
from tests.commands.test_envelope_acts import upload
from tests.sii.delivery.conftest import House
from tests.sii.delivery.test_delivery import invoice, note_of

WHY = "lo usó el sistema anterior"


def discard(house: House, document: StoredDocument, *more: str) -> tuple[int, str]:
    which = (str(document.tipo), str(document.folio))
    done = order(house, "envios", "descartar", *which, "--motivo", WHY, *more)
    return done.exit_code, " ".join(done.output.split())


def counted(house: House) -> int:
    """Documents of the company that count in its totals."""
    return sum(one.documentos for one in totals(house.ledger, house.installed.company, Wanted()))


def taken(house: House, tipo: int, monto: str) -> StoredDocument:
    """A document whose folio the SII has from another system, which is stopped."""
    document = house.issue(tipo)
    had_before(house, document, **({"monto": monto} if monto else {}))
    house.work(lambda: house.state(document) == "detenido")
    return document


@pytest.mark.parametrize("tipo", [33, 39])
def test_a_sale_whose_folio_the_sii_has_of_another_is_left(house: House, tipo: int) -> None:
    document = taken(house, tipo, "1")
    told = order(house, "documentos", str(tipo), str(document.folio)).output
    assert "envios descartar" in " ".join(told.split())
    asked = discard(house, document)
    assert (asked[0], "--si" in asked[1]) == (2, True), asked
    before = counted(house)
    code, text = discard(house, document, "--si")
    assert (code, "Descartado" in text) == (0, True), text
    assert (house.state(document), counted(house)) == ("descartado", before - 1)
    # The folio is not free, here or at the SII.
    with pytest.raises(Refused, match="SII-040"):
        must_be_free(house.ledger, house.installed.company, document)
    shown = order(house, "documentos").output
    assert "descartado" in shown
    assert "documento descartado" in [one.tipo for one in house.ledger.events.changes()]
    # There is nothing more to decide.
    assert "SII-043" in discard(house, document, "--si")[1]
    assert "No hay documentos que esperen" in order(house, "envios", "adoptar", "--ya-enviados", "--si").output
    assert house.issue(tipo).folio == document.folio + 1


def test_a_file_that_asks_for_the_folio_of_a_discarded_document_is_told_so(house: House) -> None:
    document = invoice(house)
    had_before(house, document, monto="1")
    house.work(lambda: house.state(document) == "detenido")
    assert discard(house, document, "--si")[0] == 0
    file = bad_inputs.FACTURA.replace("33;0;", f"33;{document.folio};")
    (done,) = house.installed.issue(file.encode(), "1").documents
    (told,) = [one for one in done.problems if one.code.startswith("FOL-03")]
    assert (done.accepted, told.code, WHY in told.text()) == (False, "FOL-038", True)


def test_one_that_the_sii_has_with_the_same_facts_is_not_left_but_confirmed(house: House) -> None:
    """Another system sent the same sale: the SII calls it repeated, and only a person knows that it is the same."""
    document = taken(house, 33, "")
    code, text = discard(house, document, "--si")
    assert (code, "SII-044" in text, "--ya-enviados" in text) == (1, True, True), text
    assert "No hay documentos que esperen" in order(house, "envios", "adoptar", "--si").output  # it must not go again
    assert order(house, "envios", "adoptar", "--ya-enviados", "--si").exit_code == 0
    house.work_until("aceptado", document)
    assert [one.subidas for one in house.envelopes()] == [1]


def test_a_person_who_was_wrong_is_told_again(house: House) -> None:
    document = taken(house, 33, "1")
    assert order(house, "envios", "adoptar", "--ya-enviados", "--si").exit_code == 0
    house.work(lambda: house.state(document) == "detenido")
    assert "otros datos" in house.ledger.deliveries.history(document.id)[-1].detalle
    assert discard(house, document, "--si")[0] == 0


def test_nothing_is_left_of_which_the_sii_says_nothing(house: House) -> None:
    document = taken(house, 33, "1")
    house.simulator.sii.faults.add([{"servicio": "estado-dte", "hacer": "http", "codigo": 500, "veces": 0}])
    code, text = discard(house, document, "--si")
    assert (code, "no contestó" in text, house.state(document)) == (1, True, "detenido"), text


def test_a_note_that_nobody_wants_is_left_and_frees_what_it_corrects(house: House) -> None:
    factura = invoice(house, "SIMULADOR=DTE-3-505")
    note = note_of(house, factura)
    house.work(lambda: house.state(note) == "detenido")
    # Nothing is asked: it never left.
    house.simulator.sii.faults.add([{"servicio": "estado-dte", "hacer": "http", "codigo": 500, "veces": 0}])
    code, text = discard(house, note, "--si")
    assert (code, house.state(note)) == (0, "descartado"), text
    assert house.ledger.references.notes_in_force("pruebas", factura.rut_emisor, 33, factura.folio) == []


def test_a_note_to_a_discarded_document_is_remarked_and_does_not_leave(house: House) -> None:
    document = invoice(house)
    had_before(house, document, monto="1")
    house.work(lambda: house.state(document) == "detenido")
    early = note_of(house, document)
    assert discard(house, document, "--si")[0] == 0
    house.work(lambda: house.state(early) == "detenido")
    file = bad_inputs.NOTA.replace(bad_inputs.CLIENTE, document.rut_receptor)
    (done,) = house.installed.issue(file.replace("33;120;", f"33;{document.folio};").encode(), "1").documents
    assert "REF-055" in [one.code for one in done.problems]


def test_only_what_waits_for_a_person_is_left(house: House) -> None:
    due = house.issue(33)
    assert "SII-043" in discard(house, due, "--si")[1]
    house.work_until("aceptado", due)
    code, text = discard(house, due, "--si")
    assert (code, "se anula con una nota" in text) == (1, True), text


def test_a_document_of_a_stopped_envelope_is_left_only_where_nobody_sends_it_again(house: House) -> None:
    house.simulator.sii.faults.add([{"servicio": "subida", "hacer": "status", "codigo": 1, "veces": 0}])
    alone = house.issue(33)
    house.work(lambda: house.state(alone) == "detenido")
    (envelope,) = house.envelopes()
    assert discard(house, alone, "--si")[0] == 0
    assert house.envelopes()[0].estado == "disuelto"
    assert "SII-020" in order(house, "envios", "reintentar", str(envelope.id)).output
    two = house.issue(33), house.issue(33)
    house.work(lambda: all(house.state(one) == "detenido" for one in two))
    code, text = discard(house, two[0], "--si")
    assert (code, f"envios rehacer {house.envelopes()[-1].id}" in text) == (1, True), text


def test_a_wrong_track_is_corrected_until_the_sii_has_spoken(house: House) -> None:
    document = house.issue(33)
    assert order(house, "envios", "crear", "--solo-archivo", "--carpeta", str(house.folder / "subir")).exit_code == 0
    (one,) = house.envelopes()
    for wrong in ("77", "78"):  # a second mistake can be mended too
        noted = order(house, "envios", "subido", str(one.id), "--track", wrong)
        assert noted.exit_code == 0, noted.output
        worker = house.worker()
        for _ in range(5):
            worker.work_once()
    assert house.state(document) == "enviado"
    number = upload(house, one)
    assert order(house, "envios", "subido", str(one.id), "--track", number).exit_code == 0
    house.work_until("aceptado", document)
    last = order(house, "envios", "subido", str(one.id), "--track", "79")
    assert (last.exit_code, "SII-020" in last.output) == (1, True)


def test_the_number_that_the_sii_gave_is_not_changed(house: House) -> None:
    document = house.issue(33)
    house.simulator.sii.faults.add([{"servicio": "estado-envio", "hacer": "estado", "codigo": "CRT", "veces": 0}])
    house.work_until("recibido", document)
    refused = order(house, "envios", "subido", str(house.envelopes()[0].id), "--track", "79")
    assert (refused.exit_code, "el TRACKID que dio el SII" in " ".join(refused.output.split())) == (1, True)
