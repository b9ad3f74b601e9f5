"""ProcesarWSMasivo and ConsultarEstado: what the only client known of them sends, and what it makes of the answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
import zeep
from lxml import etree

from dteplanows.bulk.queue import Worker
from dteplanows.bulk.receipt import Batches
from dteplanows.document.problem import Refused
from dteplanows.soap.limits import USUAL
from tests import clients
from tests.installation import Installation
from tests.interop.scenario import fixture
from tests.soap.soap_support import LOGIN, SOAP12, Caller, Watched, b64, envelope, procesar, sale
from tests.soap.test_served import LOGIN as ZEEP_LOGIN
from tests.soap.test_served import Served, client_of, served

__all__ = ["served"]

RECEIPT = re.compile(
    r'<\?xml version="1\.0"\?><WSPLANO><Resultado>True</Resultado><Mensaje>Proceso exitoso\.</Mensaje>'
    r"<TrackId>([1-9]\d{0,3})</TrackId></WSPLANO>"
)


def consultar(trackid: str, login: str = LOGIN) -> str:
    return f'<ConsultarEstado xmlns="http://tempuri.org">{login}<trackid>{trackid}</trackid></ConsultarEstado>'


def ask(caller: Caller, trackid: object) -> str:
    return caller.post(envelope(consultar(str(trackid)))).result()


def sent(issuer: Watched, file: bytes) -> int:
    """The ``TrackId`` of *file*, once it is done."""
    track_id = issuer.made.send_later(file, "1")
    while Worker(issuer, 10).work_once():
        pass
    return track_id


@pytest.fixture
def waiting(issuer: Watched) -> Iterator[int]:
    """The ``TrackId`` of a file that nobody works on."""
    track_id = issuer.made.send_later(f"en espera {issuer.received}".encode(), "1")
    yield track_id
    issuer.ledger.connection.execute("DELETE FROM lote WHERE id = ?", (track_id,))


def test_the_file_is_kept_and_answered_with_a_small_number(caller: Caller, issuer: Watched) -> None:
    answer = caller.post(envelope(procesar(b64("archivo"), "2", operation="ProcesarWSMasivo")))

    found = RECEIPT.fullmatch(answer.result())
    assert found
    assert f"&lt;TrackId&gt;{found[1]}&lt;/TrackId&gt;".encode() in answer.body
    assert b"<ProcesarWSMasivoResult>" in answer.body
    assert issuer.received == [(b"archivo", "2")]
    assert not issuer.files


@pytest.mark.parametrize("port", ["wsplanoSoap", "wsplanoSoap12"])
def test_zeep(served: Served, port: str) -> None:
    service = client_of(f"{served.address}?wsdl").bind("wsplano", port)

    answer = service.ProcesarWSMasivo(login=ZEEP_LOGIN, file=b64(sale(port)), formato=1)
    track_id = etree.fromstring(answer.encode()).findtext("TrackId")
    while Worker(served.issuer, 10).work_once():
        pass
    done = etree.fromstring(service.ConsultarEstado(login=ZEEP_LOGIN, trackid=track_id).encode())
    assert port.encode() in served.issuer.made.xml(33, int(done.findtext("Detalle/Documento/Folio") or 0))
    with pytest.raises(zeep.exceptions.ValidationError):
        service.ProcesarWSMasivo(login=ZEEP_LOGIN, file=b64("archivo"))


@pytest.mark.parametrize("element", ["ProcesarWSMasivo", "Procesar"])
def test_a_handwritten_soap_1_2_call(caller: Caller, issuer: Watched, element: str) -> None:
    """CRLF first, tabs, no declaration; the action counts, whatever the element is called."""
    body = (
        f'\r\n<soap:Envelope xmlns:soap="{SOAP12}" xmlns:tem="http://tempuri.org">\r\n\t<soap:Body>\r\n'
        f"\t\t<tem:{element}>\r\n\t\t\t<tem:login><tem:Usuario>{b64('DEMO')}</tem:Usuario><tem:Rut>{b64('1-9')}</tem:Rut>"
        f"<tem:Clave>{b64('clave-ficticia-ñ')}</tem:Clave></tem:login><tem:file>{b64(f'<DTE>{element}</DTE>')}</tem:file>"
        f"<tem:formato>2</tem:formato></tem:{element}>\r\n\t</soap:Body>\r\n</soap:Envelope>"
    )
    kind = 'application/soap+xml;charset=UTF-8;action="http://tempuri.org/ProcesarWSMasivo"'

    answer = caller.post(body, kind, HTTP_ACCEPT_ENCODING="gzip,deflate")

    assert answer.headers["Content-Type"] == "application/soap+xml; charset=utf-8"
    assert RECEIPT.fullmatch(answer.result())
    assert issuer.received == [(f"<DTE>{element}</DTE>".encode(), "2")]


@pytest.mark.parametrize(("element", "action"), [("Validar", "Procesar"), ("Procesar", "Validar"),
                                                 ("Validar", "ProcesarWSMasivo")])  # fmt: skip
def test_a_call_that_says_validar_anywhere_issues_nothing(
    caller: Caller, issuer: Watched, element: str, action: str
) -> None:
    """Whoever changes the body of an example and leaves its header has asked for nothing to be issued."""
    body = envelope(procesar(b64("<DTE/>"), "2", operation=element))
    answer = caller.post(body, HTTP_SOAPACTION=f'"http://tempuri.org/{action}"')
    assert "<ValidarResponse" in answer.body.decode()
    assert issuer.received == []
    assert issuer.files == [(b"<DTE/>", "2", True)]


def test_a_handwritten_question(caller: Caller, waiting: int) -> None:
    kind = 'application/soap+xml;charset=UTF-8;action="http://tempuri.org/ConsultarEstado"'
    body = envelope(consultar(str(waiting)).replace("ConsultarEstado", "Procesar"), SOAP12)

    answer = caller.post(body, kind)

    assert b"<ConsultarEstadoResult>" in answer.body
    assert "<Estado>PENDIENTE</Estado>" in answer.result()


def test_a_file_that_is_done_answers_as_procesar(caller: Caller, issuer: Watched) -> None:
    track_id = sent(issuer, sale("en lote"))
    done = ask(caller, track_id)
    for written in (f" {track_id}\n", b64(str(track_id)), f"{track_id:010}", f"{track_id}.0"):
        assert ask(caller, written) == done
    at_once = caller.post(envelope(procesar(b64(sale("en el acto"))))).result()
    assert [one.tag for one in etree.fromstring(done).iter()] == [one.tag for one in etree.fromstring(at_once).iter()]
    assert etree.fromstring(done).findtext("Resultado") == etree.fromstring(at_once).findtext("Resultado") == "True"


def test_refusals_are_answered_as_procesar_does(caller: Caller, issuer: Watched) -> None:
    file = sale("rechazada").replace(b"22222222-2", b"22222222-3")
    document = etree.fromstring(ask(caller, sent(issuer, file)).encode())
    at_once = caller.post(envelope(procesar(b64(file)))).document()
    error = document.findtext("Detalle/Documento/Error") or ""
    assert error.startswith("[") and error == at_once.findtext("Detalle/Documento/Error")


@pytest.mark.parametrize(
    ("progress", "state", "words"),
    [((0, 0, 0), "PENDIENTE", "espera su turno"), ((200, 150, 3), "EN PROCESO", "150 de 200 documentos")],
)
def test_a_file_that_is_not_done_has_no_document(
    caller: Caller, issuer: Watched, waiting: int, progress: tuple[int, int, int], state: str, words: str
) -> None:
    issuer.ledger.connection.execute(
        "UPDATE lote SET estado = ?, total = ?, hechos = ?, rechazados = ? WHERE id = ?",
        (state.lower(), *progress, waiting),
    )
    document = etree.fromstring(ask(caller, waiting).encode())

    # The client looks these up by name wherever they stand: a folio means done, and so does an error.
    assert not [one for name in ("Documento", "Folio", "Error", "TrackId") for one in document.iter(name)]
    # It also enters each False into its table of errors.
    assert [one.text for one in document.iter("Resultado")] == ["True"]
    assert document.findtext("Estado") == state
    assert words in (document.findtext("Mensaje") or "")
    counts = tuple(int(document.findtext(name) or "x") for name in ("Total", "Procesados", "Rechazados"))
    assert counts == progress


@pytest.mark.parametrize(
    ("file", "formato", "code"),
    [("", "1", "SRV-020"), ("", "2", "SRV-021"), ("¡no!", "1", "SRV-022"), (b64("x"), "3", "TXT-002")],
)
def test_a_file_that_cannot_be_kept(caller: Caller, issuer: Watched, file: str, formato: str, code: str) -> None:
    answer = caller.post(envelope(procesar(file, formato, operation="ProcesarWSMasivo"))).document()

    assert answer.findtext("Resultado") == "False"
    assert (answer.findtext("Detalle/Documento/Error") or "").startswith(f"[{code}]")
    assert not issuer.received


WRONG = LOGIN.replace(b64("clave-ficticia-ñ"), b64("otra"))


def test_a_wrong_password_has_an_error(caller: Caller, issuer: Watched) -> None:
    answer = caller.post(envelope(procesar(b64("x"), "1", WRONG, "ProcesarWSMasivo"))).document()

    assert answer.findtext("Resultado") == "False"
    assert (answer.findtext("Detalle/Documento/Error") or "").startswith("[AUT-001] ")
    assert not issuer.received


def unknown(answer: str) -> str:
    """The reason of an answer that tells nothing of the file: the client asks again, and does not send it again."""
    document = etree.fromstring(answer.encode())
    assert [one.tag for one in document] == ["Resultado", "Mensaje", "Motivo"]
    assert document.findtext("Resultado") == "False"
    assert "rechazado" not in answer and "emitió" not in (document.findtext("Mensaje") or "")
    return document.findtext("Motivo") or ""


def test_a_question_that_is_not_answered_says_nothing_of_the_file(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert unknown(caller.post(envelope(consultar("38", WRONG))).result()).startswith("[AUT-001] ")
    assert unknown(caller.post(envelope("<ConsultarEstado/>")).result()).startswith("[SRV-010] ")

    def fail(*arguments: object) -> None:
        raise OSError("disco lleno")

    monkeypatch.setattr(Batches, "state", fail)
    text = unknown(ask(caller, 1))
    assert text.startswith("[SRV-004] ") and "disco" not in text


@pytest.mark.parametrize("trackid", ["lote", "abc", "1234567890123456"])
def test_a_number_that_is_none(caller: Caller, trackid: str) -> None:
    text = unknown(ask(caller, trackid))
    assert text.startswith("[SRV-100] Campo trackid") and f"«{trackid}»" in text


@pytest.mark.parametrize("trackid", ["", " "])
def test_a_number_that_is_missing(caller: Caller, trackid: str) -> None:
    text = unknown(ask(caller, trackid))
    assert text.startswith("[SRV-032] Campo trackid: El parámetro trackid no viene") and "«" not in text


def test_only_the_companys_own_files_are_visible(installation: Installation) -> None:
    account = installation.account
    track_id = installation.send_later(b"archivo", "1")
    other = account._replace(company=replace(account.company, ambiente="produccion"))

    assert installation.batches.state(account, track_id)[0].id == track_id
    for who, number in ((other, track_id), (account, track_id + 1)):
        with pytest.raises(Refused, match="SRV-101"):
            installation.batches.state(who, number)


@pytest.mark.parametrize(("asked", "given"), [("1", True), (b64("1"), True), ("0", False), ("", False)])
def test_addresses_go_to_who_asks_for_them(installation: Installation, asked: str, given: bool) -> None:
    """The program takes the address of a factura from ``urlCedible`` and that of the others from ``urlOriginal``."""
    names = ("guia52-venta-con-descuento.txt", "guia52-otros-traslados.xml", "factura33-dos-documentos.txt")
    with clients.served(installation) as service:
        calls = clients.zeep_client(service).service
        for one in map(fixture, names):
            installation.send_later(one.data, str(one.formato))
        while Worker(installation.issuer, 10).work_once():
            pass
        login = service.login(IncluyeLink=asked)
        answers = [calls.ConsultarEstado(login=login, trackid=str(number)) for number in (1, 2, 3)]

    found = [re.findall("<(url[A-Za-z]+)>", answer) for answer in answers]
    both = ["urlOriginal", "urlCedible"]
    assert found == ([both, ["urlOriginal"], both * 2] if given else [[], [], []])


@pytest.mark.parametrize("same", [True, False])
def test_a_document_that_was_refused_has_the_address_of_the_same_one(installation: Installation, same: bool) -> None:
    """Its folio may be one that was issued before: with other content it names a document, but not its own."""
    one, account = fixture("factura33-folio-propio.txt"), installation.account
    (issued,) = installation.issue(one.data, "1").documents
    data = one.data if same else one.data.replace(b"La Serena", b"Ovalle")
    assert (data == one.data) == same
    track_id = installation.send_later(data, "1")
    assert Worker(installation.issuer, 10).work_once()

    _, outcome = installation.batches.state(account, track_id)

    assert outcome is not None
    (found,) = outcome.documents
    expected = (3107, False, issued.documento_id if same else 0, issued.cedible and same)
    assert (found.folio, found.accepted, found.documento_id, found.cedible) == expected
    (told,) = [each for each in found.problems if each.code == "FOL-032"]
    assert told.message.startswith("Ya existe el Documento de tipo 33 y folio 3107, con ")
    assert ("con el mismo contenido" in told.message) == same and ("La Serena" in told.message) != same


def test_too_many_files_of_one_company_are_refused_until_some_are_done(installation: Installation) -> None:
    caller = Caller(installation.issuer, limits=USUAL._replace(waiting_batches=1))
    parts = (("Usuario", installation.usuario), ("Rut", "1-9"), ("Clave", installation.clave))
    login = f"<login>{''.join(f'<{name}>{b64(text)}</{name}>' for name, text in parts)}</login>"

    def send(file: str) -> str:
        return caller.post(envelope(procesar(b64(file), login=login, operation="ProcesarWSMasivo"))).result()

    assert "<TrackId>1</TrackId>" in send("uno")
    refused = send("dos")
    assert "<Resultado>False</Resultado>" in refused and "[SRV-190] " in refused and "TrackId" not in refused
    assert Worker(installation.issuer, 10).work_once()
    assert "<TrackId>2</TrackId>" in send("dos")


def test_the_worker_forgets_refused_files_in_time(
    installation: Installation,
) -> None:
    installation.send_later(b"nada", "1")
    worker = Worker(installation.issuer, 10, keep_days=30)
    assert worker.work_once()
    (batch,) = installation.ledger.batches.newest(1)
    assert batch.rechazados == batch.total == 1
    worker.tidy()
    stored = installation.ledger.files.find(batch.archivo_sha256)
    assert stored and stored.contenido == b"nada"
    installation.ledger.connection.execute("UPDATE lote SET terminado = '2020-01-01 10:00:00'")
    worker.tidy()  # within the hour nothing is looked at
    assert installation.ledger.files.find(batch.archivo_sha256) == stored
    Worker(installation.issuer, 10, keep_days=30).tidy()
    assert installation.ledger.files.find(batch.archivo_sha256) != stored
