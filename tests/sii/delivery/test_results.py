"""The SII's mail with the result, taken in once, twice, early, late, and where it does not belong."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest

from dteplanows.document import clock
from dteplanows.ledger.delivery_states import FINAL
from dteplanows.ledger.delivery_tables import StoredEnvelope
from dteplanows.ledger.rows import StoredDocument
from dteplanows.settings import load
from dteplanows.sii.calls import Answer, Request
from dteplanows.sii.client import Client, Limits
from dteplanows.sii.delivery import results
from dteplanows.sii.delivery.post import read_simulator
from tests.sii.delivery.conftest import QUICK, House

REFUSED, REMARKED = "(DTE-3-505) RECHAZO- Firma DTE Incorrecta", "(HED-2-302) REPARO- Monto : [19.00] <> [0.00]"
THREE = ("", "SIMULADOR=DTE-3-505", "SIMULADOR=HED-2-302")
LINE = "(REF L[5] -3-758) RECHAZO- Sin código de referencia"


def mail(
    envelope: StoredEnvelope,
    judged: dict[StoredDocument, tuple[str, list[str]]],
    accepted: int = 0,
    estado: str = "EPR - Envio Procesado",
    errors: tuple[str, ...] = (),
) -> bytes:
    """The XML of a result of facturas; *judged* has what the SII says of each document."""
    states = [state for state, _ in judged.values()]
    counts = (len(states) + accepted, states.count("RCH"), states.count("RPR"), accepted)
    names = ("INFORMADO", "RECHAZO", "REPARO", "ACEPTA")
    shown = "".join(f"<{name}>{count}</{name}>" for name, count in zip(names, counts, strict=True))
    of_each = "".join(
        f"<REVISIONDTE><FOLIO>{one.folio}</FOLIO><TIPODTE>{one.tipo}</TIPODTE><ESTADO>{state} - x</ESTADO>"
        + "".join(f"<DETALLE>{text.replace('<', '&lt;')}</DETALLE>" for text in texts)
        + "</REVISIONDTE>"
        for one, (state, texts) in judged.items()
    )
    total = f"<ESTADISTICA><SUBTOTAL><TIPODOC>33</TIPODOC>{shown}</SUBTOTAL></ESTADISTICA>" if counts[0] else ""
    of_all = "".join(f"<DETERRENVIO>{one}</DETERRENVIO>" for one in errors)
    return (
        '<?xml version="1.0" encoding="ISO-8859-1"?><RESULTADO_ENVIO><IDENTIFICACION>'
        f"<RUTEMISOR>{envelope.rut_emisor}</RUTEMISOR><RUTENVIA>{envelope.rut_envia}</RUTENVIA>"
        f"<TRACKID>000{envelope.track_id}</TRACKID><TMSTRECEPCION>29/11/2026 10:20:30</TMSTRECEPCION>"
        f"<ESTADO>{estado}</ESTADO></IDENTIFICACION>{total}<ERRORENVIO>{of_all}</ERRORENVIO>"
        f"<REVISIONENVIO>{of_each}</REVISIONENVIO></RESULTADO_ENVIO>"
    ).encode("latin-1")


def reasons(house: House, document: StoredDocument) -> list[str]:
    found = house.ledger.deliveries.find(document.id)
    assert found
    return found.motivos.splitlines()


def fates(house: House, content: bytes) -> list[str]:
    return [one.fate for one in results.take_in(house.ledger, content, "prueba")]


def without_mail(house: House) -> None:
    house.simulator.sii.behaviour.change({"correo": "nunca"})


def delivered(house: House, *texts: str) -> tuple[StoredEnvelope, list[StoredDocument]]:
    """Facturas of one envelope, at the SII's last word, and no mail about them."""
    without_mail(house)
    documents = [house.issue(33, text) for text in texts]
    house.work(lambda: all(house.state(one) in FINAL for one in documents))
    house.work(lambda: house.envelopes()[0].estado == "procesado")
    (envelope,) = house.envelopes()
    return envelope, documents


def test_a_late_mail_brings_reasons_and_remarks_and_twice_is_once(house: House) -> None:
    envelope, (good, bad, remarked) = delivered(house, "", "SIMULADOR=DTE-3-505", "SIMULADOR=HED-2-302")
    assert envelope.conteo == {"33": [3, 1, 1, 1]}
    assert [house.state(one) for one in (good, bad, remarked)] == ["aceptado", "rechazado", "aceptado"]
    content = mail(envelope, {bad: ("RCH", [REFUSED, LINE]), remarked: ("RPR", [REMARKED])}, accepted=1)
    assert fates(house, content) == ["anotado"]
    assert [house.state(one) for one in (good, bad, remarked)] == ["aceptado", "rechazado", "aceptado con reparos"]
    assert reasons(house, bad) == [REFUSED, LINE]
    assert reasons(house, remarked) == [REMARKED]
    steps = house.steps(bad), house.steps(remarked)
    assert steps[0][-2:] == ["rechazado", "rechazado"]  # the reasons are a step of their own
    assert fates(house, content) == ["sin novedad"]
    again = content.replace(b"10:20:30", b"10:20:31")
    assert fates(house, again) == ["sin novedad"]
    assert (house.steps(bad), house.steps(remarked)) == steps
    assert [one.respuesta for one in house.ledger.mail.of_envelope(envelope.id)] == [content, again]
    assert {one.servicio for one in house.ledger.mail.of_envelope(envelope.id)} == {"correo"}


def test_a_late_mail_of_what_was_refused_all(house: House) -> None:
    envelope, (bad,) = delivered(house, "SIMULADOR=DTE-3-505")
    assert "llega en el correo del SII" in reasons(house, bad)[0]
    assert fates(house, mail(envelope, {bad: ("RCH", [REFUSED])})) == ["anotado"]
    assert reasons(house, bad) == [REFUSED]


def test_an_early_mail_waits_for_the_counts_and_saves_questions(house: House) -> None:
    without_mail(house)
    good, bad, remarked = [house.issue(33, one) for one in THREE]
    house.simulator.sii.behaviour.change({"demora": 1.5})
    house.work(lambda: bool(house.envelopes()) and house.envelopes()[0].estado == "enviado")
    envelope = house.envelopes()[0]
    content = mail(envelope, {bad: ("RCH", [REFUSED]), remarked: ("RPR", [REMARKED])}, accepted=1)
    assert fates(house, content) == ["en espera"]
    assert house.state(bad) in ("enviado", "recibido")
    house.work(lambda: house.envelopes()[0].estado == "procesado")
    assert [house.state(one) for one in (good, bad, remarked)] == ["aceptado", "rechazado", "aceptado con reparos"]
    assert reasons(house, bad) == [REFUSED]
    asked = [one.servicio for one in house.ledger.envelopes.exchanges(envelope.id)]
    assert [one for one in asked if "QueryEstDte" in one] == []


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_worker_that_has_the_envelope_loses_nothing_and_takes_nothing_away(house: House, moment: str) -> None:
    """The mail comes while a worker waits for the answer that says that the SII is done."""
    without_mail(house)
    documents = good, bad, remarked = [house.issue(33, one) for one in THREE]
    house.work(lambda: bool(house.envelopes()) and house.envelopes()[0].estado == "enviado")
    envelope = house.envelopes()[0]
    time.sleep(0.3)  # the SII is done with it, and nobody has asked
    content = mail(envelope, {bad: ("RCH", [REFUSED]), remarked: ("RPR", [REMARKED])}, accepted=1)
    asked, go_on = threading.Event(), threading.Event()

    class Slow:
        def send(self, request: Request) -> Answer:
            answer = Client(Limits(3, 3)).send(request)
            if b"getEstUp" in request.body:
                asked.set()
                assert go_on.wait(10)
            return answer

    worker = house.worker(http=Slow())

    def work() -> None:
        while not asked.is_set():
            worker.work_once()
        house.ledger.close()

    thread = threading.Thread(target=work)
    thread.start()
    assert asked.wait(10)
    if moment == "before":
        assert fates(house, content) == ["en espera"]
    go_on.set()
    thread.join()
    if moment == "after":
        assert fates(house, content) == ["anotado"]
    house.work(lambda: house.envelopes()[0].estado == "procesado")
    assert [house.state(one) for one in documents] == ["aceptado", "rechazado", "aceptado con reparos"]
    assert (reasons(house, bad), reasons(house, remarked)) == ([REFUSED], [REMARKED])
    assert house.envelopes()[0].conteo == {"33": [3, 1, 1, 1]}
    assert house.state(good) == "aceptado"


def test_a_mail_before_the_envelope_has_its_number(house: House) -> None:
    envelope, (bad,) = delivered(house, "SIMULADOR=DTE-3-505")
    house.ledger.envelopes.change(envelope, {"track_id": ""})
    content = mail(envelope, {bad: ("RCH", [REFUSED])})
    assert fates(house, content) == fates(house, content) == ["sin envío"]
    assert len(house.ledger.mail.loose()) == 1
    assert results.take_up(house.ledger) == 0
    house.ledger.envelopes.change(envelope, {"track_id": envelope.track_id})
    assert results.take_up(house.ledger) == 1
    assert house.ledger.mail.loose() == []
    assert reasons(house, bad) == [REFUSED]
    assert [one.respuesta for one in house.ledger.mail.of_envelope(envelope.id)] == [content]


def test_a_loose_mail_is_forgotten_in_the_end(house: House) -> None:
    envelope, (bad,) = delivered(house, "SIMULADOR=DTE-3-505")
    fates(house, mail(replace(envelope, track_id="999"), {bad: ("RCH", [REFUSED])}))
    assert house.ledger.mail.forget_loose(clock.now().replace(year=2020)) == 0
    assert house.ledger.mail.forget_loose(clock.now().replace(year=2090)) == 1


def test_of_another_company(house: House) -> None:
    envelope, (bad,) = delivered(house, "SIMULADOR=DTE-3-505")
    before = reasons(house, bad)
    assert fates(house, mail(replace(envelope, rut_emisor="60803000-K"), {bad: ("RCH", [REFUSED])})) == ["otra empresa"]
    assert (reasons(house, bad), house.ledger.mail.loose()) == (before, [])


@pytest.mark.parametrize("change", ["counts", "names more"])
def test_counts_that_do_not_fit(house: House, change: str) -> None:
    """Nobody is refused upon the word of a mail that says otherwise than the SII itself."""
    envelope, (good, bad) = delivered(house, "", "SIMULADOR=DTE-3-505")
    if change == "counts":
        content = mail(envelope, {bad: ("RCH", [REFUSED])}, accepted=7)
    else:
        content = mail(envelope, {bad: ("RCH", [REFUSED]), good: ("RCH", [REFUSED])})
    (found,) = results.take_in(house.ledger, content, "prueba")
    assert found.fate == "no corresponde"
    assert "no son las que el SII da" in found.text
    assert [house.state(one) for one in (good, bad)] == ["aceptado", "rechazado"]
    assert reasons(house, bad) == [REFUSED]  # its reason is taken all the same


def test_against_what_the_sii_said(house: House) -> None:
    """The right counts, and another document than the SII itself has refused."""
    envelope, (good, bad) = delivered(house, "", "SIMULADOR=DTE-3-505")
    (found,) = results.take_in(house.ledger, mail(envelope, {good: ("RCH", [REFUSED])}, accepted=1), "prueba")
    assert (found.fate, house.state(good), house.state(bad)) == ("no corresponde", "aceptado", "rechazado")
    assert f"33 {good.folio}, que está aceptado: no se cambió" in found.text


def test_a_repeated_document_that_was_accepted_stays_so(house: House) -> None:
    envelope, (good, bad) = delivered(house, "", "SIMULADOR=DTE-3-505")
    content = mail(envelope, {good: ("RCH", ["(DTE-3-101) RECHAZO- DTE Repetido"])}, accepted=1)
    assert fates(house, content) == ["sin novedad"]
    assert (house.state(good), house.state(bad)) == ("aceptado", "rechazado")


def test_why_an_envelope_was_refused_as_a_whole(house: House) -> None:
    without_mail(house)
    house.simulator.sii.behaviour.change({"demora": 0.05})
    envelope, (one,) = delivered(house, "SIMULADOR=DTE-3-505")
    content = mail(envelope, {}, estado="RFR - Rechazado por Error en Firma", errors=("(ENV-3-0) Firma incorrecta",))
    assert fates(house, content) == ["anotado"]
    assert reasons(house, one)[-1] == "(ENV-3-0) Firma incorrecta"


def test_what_holds_no_result(house: House) -> None:
    assert results.take_in(house.ledger, b"Hola", "prueba") == []


def test_the_mails_of_the_simulator(house: House) -> None:
    """No mail server is needed: from the document with a marker to its reason."""
    house.simulator.sii.behaviour.change({"correo": "dos-veces"})
    good, bad, remarked = [house.issue(33, one) for one in THREE]
    settings = load(directorio=house.folder, sii_simulador=house.simulator.address)
    worker, http = house.worker(), Client(Limits(3, 3))

    def done() -> bool:
        read_simulator(settings, house.ledger, http)
        return house.state(remarked) == "aceptado con reparos" and reasons(house, bad)[0].startswith("(DTE-3-505)")

    house.work(done, worker)
    assert house.state(good) == "aceptado"
    assert len(list(house.ledger.mail.of_envelope(house.envelopes()[0].id))) >= 1
    house.work(lambda: read_simulator(settings, house.ledger, http).mails == 0, worker)
    nowhere = load(directorio=house.folder, sii_simulador="http://127.0.0.1:9")
    assert read_simulator(nowhere, house.ledger, http).mails == 0


def test_a_mail_that_does_not_come_is_asked_for_once(house: House) -> None:
    without_mail(house)
    bad, good = house.issue(33, "SIMULADOR=DTE-3-505"), house.issue(33)
    worker = house.worker(QUICK._replace(mail=0.1))
    house.work(lambda: bool(house.envelopes()) and house.envelopes()[0].estado == "procesado", worker)

    def asked() -> list[str]:
        calls = house.ledger.envelopes.exchanges(house.envelopes()[0].id)
        return [one.servicio for one in calls if "wsDTECorreo" in one.servicio]

    house.work(lambda: bool(asked()), worker)
    until = time.monotonic() + 1
    house.work(lambda: time.monotonic() > until, worker)
    assert len(asked()) == 1
    assert (house.state(bad), house.state(good)) == ("rechazado", "aceptado")
    assert house.ledger.mail.wanted(time.time() + 1e6) is None


def test_nothing_is_asked_for_where_all_is_known(house: House) -> None:
    good = house.issue(33)
    house.work_until("aceptado", good)
    assert house.ledger.mail.wanted(time.time() + 1e6) is None


def test_of_two_envelopes_with_one_number_the_mail_is_of_the_one_that_has_its_documents(house: House) -> None:
    """As after the folder of the simulator was deleted: it counts from the beginning again."""
    first, old = delivered(house, "", "SIMULADOR=DTE-3-505")
    new = [house.issue(33, text) for text in ("", "SIMULADOR=DTE-3-505")]
    house.work(lambda: all(house.state(one) in FINAL for one in new))
    with house.ledger.transaction():
        house.ledger.connection.execute("UPDATE envio SET track_id = ?", (first.track_id,))
    assert fates(house, mail(first, {new[1]: ("RCH", [REFUSED])}, accepted=1)) == ["anotado"]
    assert (reasons(house, new[1]), REFUSED in reasons(house, old[1])) == ([REFUSED], False)
    assert fates(house, mail(first, {old[1]: ("RCH", [REFUSED])}, accepted=1)) == ["anotado"]
    assert reasons(house, old[1]) == [REFUSED]
    # What may be of either is nobody's.
    assert fates(house, mail(first, {}, accepted=2)) == ["no corresponde"]
