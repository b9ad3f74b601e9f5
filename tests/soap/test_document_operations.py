"""The operations on issued documents, on a real ledger, read as the clients of the original service read them."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from string import ascii_letters, digits
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode, urlsplit

import pypdfium2
import pytest
import zeep
from lxml import etree

import dteplanows
from dteplanows.bulk.queue import Worker
from dteplanows.document import clock
from dteplanows.issuing import Issuer
from dteplanows.ledger.finding import Wanted
from dteplanows.ledger.store import Ledger
from dteplanows.soap.contract.rows import failing_by
from tests.clients import served, zeep_client
from tests.installation import CLAVE, FIRST_FOLIO, Installation, make_installation
from tests.ledger.example import OTHER, RECEIVED
from tests.soap.document_calls import LOGIN, call, order
from tests.soap.soap_support import SOAP11, SOAP12, Answer, Caller, b64, envelope

SAMPLES = Path(dteplanows.__file__).parent / "muestras"
ASKING = LOGIN.replace("</login>", "<IncluyeLink>1</IncluyeLink></login>")
NOTE_OF_THE_ERP = "->Adicionales<-\n1;OT-4711;\n2;Bodega ñ;\n"


@pytest.fixture
def caller(made: Installation) -> Caller:
    return Caller(made.issuer)


def sample(name: str, more: str = "") -> bytes:
    return (SAMPLES / name).read_bytes().replace(b"2026-01-05", clock.today().isoformat().encode()) + more.encode()


def issue(made: Installation, name: str, more: str = "", replaced: Mapping[bytes, bytes] | None = None) -> int:
    file = sample(name, more)
    for old, new in (replaced or {}).items():
        assert file.count(old) == 1
        file = file.replace(old, new)
    (one,) = made.issue(file, "1").documents
    assert one.accepted, one.problems
    return one.folio


def link(answer: Answer) -> str:
    """The address as the Java and Ruby clients read it: the literal tag, then strict base64."""
    found = re.fullmatch(r'<\?xml version="1.0"\?><WSPLANO><Mensaje>(.*)</Mensaje></WSPLANO>', answer.result())
    assert found
    return base64.b64decode(found[1], validate=True).decode()


def text_of(pdf: bytes) -> str:
    """The words on the page, as another program than its writer finds them."""
    return str(pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_bounded()).replace("\r\n", "\n")


def refused(answer: Answer) -> str:
    """Code of the reason: in a fault, or in an answer that has nothing that a client could take for an address."""
    if answer.status != 200:
        return answer.fault()[1][1:8]
    found = re.fullmatch(
        r'<\?xml version="1.0"\?><WSPLANO><Resultado>False</Resultado><Mensaje></Mensaje><Motivo>([^<]+)</Motivo>'
        r"<faultcode>Client</faultcode></WSPLANO>",
        answer.result(),
    )
    assert found
    return found[1][1:8]


def get(caller: Caller, address: str, method: str = "GET", **environ: Any) -> Answer:
    parts = urlsplit(address)
    return caller.send(method, parts.path, query=parts.query, **environ)


# --- links ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "cedible"),
    [
        ("factura33.txt", True),
        ("factura34.txt", True),
        ("guia52.txt", True),
        ("boleta39.txt", False),
        ("boleta41.txt", False),
    ],
)
def test_procesar_gives_addresses_when_the_login_asks(caller: Caller, name: str, cedible: bool) -> None:
    content = f"<Procesar>{{}}<file>{b64(sample(name))}</file><formato>1</formato></Procesar>"
    without = caller.post(envelope(content.format(LOGIN))).result()
    asked = caller.post(envelope(content.format(ASKING)), HTTP_HOST="a.cl:8080").result()

    assert "url" not in without
    assert re.search(r"</Fecha><Resultado>True</Resultado><Avisos>.*</Documento></Detalle></WSPLANO>$", without)
    names = re.findall(r"<(url\w+)>", asked)
    assert names == ["urlOriginal", "urlCedible"][: 1 + cedible]
    links = r"<urlOriginal>[^<]+</urlOriginal>(<urlCedible>[^<]+</urlCedible>)?"
    assert re.search(rf"<Resultado>True</Resultado>{links}<Avisos>.*</Documento>", asked)
    for found in re.findall(r"<url\w+>(.*?)</url", asked):
        address = base64.b64decode(found, validate=True).decode()
        assert re.fullmatch(
            r"http://a\.cl:8080/plano/descargar\.php\?p1=[\w-]{43}&p2=GDI&m=V&i=\d+&c=(false|true)", address
        )
        assert get(caller, address).body.startswith(b"%PDF-")


@pytest.mark.parametrize(("sending", "asking"), [(ASKING, LOGIN), (LOGIN, ASKING), (LOGIN, LOGIN)])
def test_a_batch_has_addresses_when_either_call_asks(
    made: Installation, caller: Caller, sending: str, asking: str
) -> None:
    file = sample("factura33.txt") + sample("boleta39.txt") + sample("factura33-con-errores.txt")
    parts = f"<file>{b64(file)}</file><formato>1</formato>"
    caller.post(envelope(f"<ProcesarWSMasivo>{sending}{parts}</ProcesarWSMasivo>"))
    assert Worker(made.issuer, 1000).work_once()

    question = f"<ConsultarEstado>{asking}<trackid>1</trackid></ConsultarEstado>"
    answer = caller.post(envelope(question), HTTP_HOST="a.cl").result()

    names = [re.findall(r"<(url\w+)>", one) for one in answer.split("</Documento>")[:-1]]
    assert names == ([["urlOriginal", "urlCedible"], ["urlOriginal"], []] if ASKING in (sending, asking) else [[]] * 3)
    for found in re.findall(r"<url\w+>(.*?)</url", answer):
        assert get(caller, base64.b64decode(found, validate=True).decode()).body.startswith(b"%PDF-")


def test_the_resolution_is_printed(made: Installation, caller: Caller) -> None:
    folio = issue(made, "factura33.txt")
    asked = call(caller, "ObtenerLink", tpomov="V", folio=folio, tipo=33, cedible="False")
    assert "Res. 0 \n" in text_of(get(caller, link(asked)).body)
    company = replace(
        made.company, numero_resolucion=80, fecha_resolucion=date(2014, 8, 22), unidad_sii="SANTIAGO ORIENTE"
    )
    made.ledger.companies.save(company)
    text = text_of(get(caller, link(asked)).body)
    assert "Res. 80 de 2014" in text
    assert "S.I.I. - SANTIAGO ORIENTE" in text


def test_validar_and_refused_documents_have_no_addresses(caller: Caller) -> None:
    for operation, file in (("Validar", sample("factura33.txt")), ("Procesar", sample("factura33-con-errores.txt"))):
        content = f"<{operation}>{ASKING}<file>{b64(file)}</file><formato>1</formato></{operation}>"
        assert "<url" not in caller.post(envelope(content)).result()


def test_the_address_answers_the_file_itself(made: Installation, caller: Caller) -> None:
    folio = issue(made, "factura33.txt")
    original, cedible = (
        link(call(caller, "ObtenerLink", tpomov="V", folio=folio, tipo=33, cedible=one)) for one in ("False", "True")
    )

    assert original != cedible
    assert dict(parse_qsl(urlsplit(original).query))["i"] == dict(parse_qsl(urlsplit(cedible).query))["i"]
    answers = [get(caller, one) for one in (original, cedible)]
    assert answers[0].body != answers[1].body
    for answer in answers:
        assert (answer.status, answer.headers["Content-Type"]) == (200, "application/pdf")
        assert answer.body.startswith(b"%PDF-")
        assert len(answer.body) < 5_000_000
    head = get(caller, original, "HEAD")
    assert (head.status, head.body, head.headers) == (200, b"", answers[0].headers)
    assert get(caller, original, "POST").status == 405
    assert get(caller, original.replace("/plano/", "/sistema/")).status == 200
    assert get(caller, original.replace("&", "&amp;")).status == 200


@pytest.mark.parametrize(
    ("environ", "trusted", "untrusted"),
    [
        ({"HTTP_HOST": "a.cl"}, "http://a.cl", "http://a.cl"),
        ({"HTTP_HOST": "a.cl", "wsgi.url_scheme": "https"}, "https://a.cl", "https://a.cl"),
        ({"HTTP_HOST": "a.cl", "HTTP_X_FORWARDED_PROTO": "https"}, "https://a.cl", "http://a.cl"),
        ({"HTTP_HOST": "a.cl", "HTTP_X_FORWARDED_HOST": "b.cl"}, "http://b.cl", "http://a.cl"),
        ({"HTTP_HOST": "a.cl", "SCRIPT_NAME": "/dte"}, "http://a.cl/dte", "http://a.cl/dte"),
    ],
)
def test_the_address_is_that_of_the_caller(
    made: Installation, environ: dict[str, str], trusted: str, untrusted: str
) -> None:
    folio = issue(made, "factura33.txt")
    body = f"<ObtenerLink>{LOGIN}<folio>{folio}</folio><tipo>33</tipo></ObtenerLink>"
    for trust, expected in ((True, trusted), (False, untrusted)):
        caller = Caller(cast(Any, made.issuer), trust_forwarded=trust)
        assert link(caller.post(envelope(body), **environ)).startswith(f"{expected}/plano/descargar.php?p1=")


def altered(address: str) -> Iterator[str]:
    parts = urlsplit(address)
    query = dict(parse_qsl(parts.query))
    for name, value in (
        *(("p1", query["p1"][:-1] + last) for last in set(ascii_letters + digits) - {query["p1"][-1]}),
        ("p1", query["p1"][:-2] + "AA"), ("p1", ""), ("p1", query["p1"] + "A"), ("p1", "ñ"), ("p1", "a" * 10),
        ("p2", "GDX"), ("m", "B"), ("i", str(int(query["i"]) + 1)), ("i", "0" + query["i"]), ("i", "x"),
        ("i", "9" * 30), ("c", "true"), ("c", "False"), ("c", ""), ("x", "1"),
    ):  # fmt: skip
        yield parts._replace(query=urlencode({**query, name: value})).geturl()
    for name in query:
        yield parts._replace(query=urlencode({one: query[one] for one in query if one != name})).geturl()
    yield address + f"&i={query['i']}"
    yield parts._replace(query="").geturl()
    yield parts._replace(query="&".join(["a=b"] * 100)).geturl()


def test_an_altered_address_opens_nothing(made: Installation, caller: Caller) -> None:
    issue(made, "factura33.txt")
    folio = issue(made, "factura33.txt")
    good = link(call(caller, "ObtenerLink", folio=folio, tipo=33))

    answers = [get(caller, one) for one in altered(good)]

    assert {(one.status, one.body) for one in answers} == {(404, answers[0].body)}
    assert answers[0].headers["Content-Type"] == "text/html; charset=utf-8"
    assert "SRV-082" in answers[0].body.decode()
    assert get(caller, good).status == 200


def test_addresses_hold_after_a_restart_and_not_elsewhere(made: Installation, caller: Caller, tmp_path: Path) -> None:
    folio = issue(made, "factura33.txt")
    address = link(call(caller, "ObtenerLink", folio=folio, tipo=33))
    with closing(Ledger(tmp_path)) as again:
        assert get(Caller(Issuer(again)), address).body.startswith(b"%PDF-")
    with closing(make_installation(tmp_path / "otra")) as other:
        issue(other, "factura33.txt")
        assert get(Caller(other.issuer), address).status == 404


def test_a_document_that_cannot_be_printed_is_told(
    made: Installation, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = link(call(caller, "ObtenerLink", folio=issue(made, "factura33.txt"), tipo=33))

    def fail(*arguments: object) -> bytes:
        raise ValueError("dato SECRETO-9")

    monkeypatch.setattr("dteplanows.printing.prints.pdf", fail)
    answer = get(caller, address)

    assert answer.status == 500
    assert "SRV-083" in answer.body.decode()
    assert "SECRETO-9" not in answer.body.decode()


def test_obtener_link_finds_by_whatever_is_given(made: Installation, caller: Caller) -> None:
    invoice, boleta = issue(made, "factura33.txt"), issue(made, "boleta39.txt")
    assert invoice == boleta == FIRST_FOLIO

    def opened(**parameters: Any) -> int:
        copy = made.links.copy_of(urlsplit(link(call(caller, "ObtenerLink", **parameters))).query)
        assert copy is not None
        stored = made.ledger.documents.by_id(copy.documento_id)
        assert stored is not None
        return stored.tipo

    assert opened(tpomov="V", folio=invoice, tipo=33, cedible="False") == 33
    assert opened(tpomov="B", folio=boleta, tipo=39, cedible="False") == 39
    assert opened(tpomov="V", folio=boleta, tipo=39, cedible="False") == 39
    assert opened(tpomov="V", folio=invoice, tipo="TipoDte", cedible="False") == 33
    assert opened(tpomov="B", folio=boleta, tipo="TipoDte", cedible="") == 39
    answer = call(caller, "ObtenerLink", plain=True, tpomov="V", folio=f" {invoice} ", tipo="33", cedible="True")
    assert link(answer).endswith("&c=true")


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"folio": FIRST_FOLIO + 5, "tipo": 33}, "FOL-060"),
        ({"folio": FIRST_FOLIO + 5}, "FOL-060"),
        ({"folio": "uno", "tipo": 33}, "SRV-030"),
        ({"folio": "1.000", "tipo": 33}, "SRV-030"),
        ({"folio": "12345678901", "tipo": 33}, "SRV-030"),
        ({"folio": "-1", "tipo": 33}, "SRV-030"),
        ({"folio": "", "tipo": 33}, "SRV-032"),
        ({"tpomov": "C", "folio": FIRST_FOLIO, "tipo": 33}, "SRV-031"),
        ({"folio": FIRST_FOLIO, "tipo": 33, "cedible": "quizás"}, "SRV-070"),
    ],
)
def test_obtener_link_says_why_not(made: Installation, caller: Caller, parameters: dict[str, Any], code: str) -> None:
    issue(made, "factura33.txt")
    issue(made, "boleta39.txt")
    assert refused(call(caller, "ObtenerLink", **parameters)) == code


@pytest.mark.parametrize("folio", ["-1", "9" * 20, "1.000", "uno"])
def test_what_a_folio_is_is_told_truly(caller: Caller, folio: str) -> None:
    """Those of the first two are numbers, only none of a document."""
    text = call(caller, "ObtenerLink", folio=folio, tipo=33).result()
    assert f"El folio «{folio}» no es un número entero de hasta 10 dígitos, sin signo ni puntos." in text


# --- tickets --------------------------------------------------------------------------------------------------


def test_the_ticket_as_the_kiosk_reads_it(made: Installation, caller: Caller) -> None:
    folio = issue(made, "boleta39.txt")

    answer = call(caller, "getBoletaTicket", ticket=f"ticket@39@{folio}")

    mensaje = etree.fromstring(answer.result().encode()).find("Mensaje")
    assert mensaje is not None
    assert [one.tag for one in mensaje] == ["Head", "TED", "Foot"]
    head, ted, foot = (base64.b64decode(one.text or "", validate=True) for one in mensaje)
    assert str(folio) in head.decode()
    assert "Pan amasado" in head.decode()
    assert foot.decode()
    assert etree.fromstring(ted.decode("latin-1")).findtext("DD/F") == str(folio)
    stored = made.ledger.documents.find("pruebas", made.company.rut, 39, folio)
    assert stored is not None
    assert etree.fromstring(ted.decode("latin-1")).findtext("FRMT") in stored.xml.decode("latin-1")


@pytest.mark.parametrize(
    ("ticket", "code"),
    [("", "SRV-032"), ("ticket", "SRV-072"), ("ticket@39", "SRV-072"), (f"ticket@33@{FIRST_FOLIO}", "SRV-073"),
     (f"ticket@39@{FIRST_FOLIO + 9}", "FOL-060"), ("ticket@39@99999999999", "SRV-072")],
)  # fmt: skip
def test_tickets_that_are_not_there(made: Installation, caller: Caller, ticket: str, code: str) -> None:
    issue(made, "factura33.txt")
    assert refused(call(caller, "getBoletaTicket", ticket=ticket)) == code
    assert refused(call(caller, "getBoletaTicket", plain=True, ticket=ticket)) == code


def test_a_ticket_without_a_type_is_that_of_the_boleta(made: Installation, caller: Caller) -> None:
    folio = issue(made, "boleta39.txt")
    assert issue(made, "factura33.txt") == folio
    answer = call(caller, "getBoletaTicket", ticket=f"ticket@0@{folio}")
    assert "<TED>" in answer.result()


# --- the ERP's own number -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("campo", "value"), [("A1", "OT-4711"), ("a1", "OT-4711"), ("1", "OT-4711"),
                                              ("01", "OT-4711"), ("2", "Bodega ñ")])  # fmt: skip
def test_the_number_that_the_erp_gave(made: Installation, caller: Caller, campo: str, value: str) -> None:
    folio = issue(made, "factura33.txt", NOTE_OF_THE_ERP)
    for plain in (False, True):
        assert link(call(caller, "AltNum", plain=plain, folio=folio, tipo=33, campo=campo)) == value
        assert link(call(caller, "AltNum", plain=plain, folio=folio, tipo="TipoDte", campo=campo)) == value


@pytest.mark.parametrize(("campo", "code"), [("", "SRV-074"), ("A7", "SRV-075"), ("x' OR 1=1", "SRV-075")])
def test_numbers_that_are_not_there(made: Installation, caller: Caller, campo: str, code: str) -> None:
    folio = issue(made, "factura33.txt", NOTE_OF_THE_ERP)
    answer = call(caller, "AltNum", folio=folio, tipo=33, campo=campo)
    assert refused(answer) == code
    if code == "SRV-075":
        assert "A1, A2" in answer.result()


# --- orders ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tipo", ["33", "TipoDte", ""])
def test_electronic_documents_are_not_removed(made: Installation, caller: Caller, tipo: str) -> None:
    folio = issue(made, "factura33.txt")

    text = order(call(caller, "EliminarDoc", tpomov="V", folio=folio, tipo=tipo))

    assert text.startswith("[SRV-077]")
    assert "nota de crédito (61)" in text
    assert "AnularGuia" in text
    assert made.ledger.documents.find("pruebas", made.company.rut, 33, folio)


@pytest.mark.parametrize(("tpomov", "tipo"), [("C", "33"), ("C", "30"), ("V", "30"), ("C", "")])
def test_nothing_to_remove(made: Installation, caller: Caller, tpomov: str, tipo: str) -> None:
    assert order(call(caller, "EliminarDoc", tpomov=tpomov, folio=12, tipo=tipo)).startswith("[SRV-078]")


def test_what_was_received_is_removed(made: Installation, caller: Caller) -> None:
    paper = replace(RECEIVED, rut_empresa=made.company.rut, tipo=30, folio=12)
    for other in (paper, replace(paper, folio=13), replace(paper, folio=13, rut_emisor=OTHER), replace(paper, tipo=33)):
        made.ledger.received.record(other)
    # The oldest version of one client sends these plain.
    assert order(call(caller, "EliminarDoc", plain=True, tpomov="C", folio=12, tipo=30)) == "OK"
    assert order(call(caller, "EliminarDoc", tpomov="C", folio=12, tipo=30)).startswith("[SRV-078]")
    assert order(call(caller, "EliminarDoc", tpomov="C", folio=13, tipo="")).startswith("[CMP-030]")
    assert order(call(caller, "EliminarDoc", tpomov="C", folio=12, tipo="")).startswith("[CMP-031]")
    assert len(made.ledger.received.of("pruebas", made.company.rut)) == 3


def test_a_guia_is_annulled_and_once_more(made: Installation, caller: Caller) -> None:
    folio = issue(made, "guia52.txt")
    issue(made, "factura33.txt")

    assert order(call(caller, "AnularGuia", tpomov="V", folio=folio, tipo=52)) == "OK"
    assert order(call(caller, "AnularGuia", tpomov="V", folio=folio, tipo="TipoDte")) == "OK"

    (listed,) = made.ledger.finding.found(made.company, Wanted(tipo=52))
    assert listed.anulada is not None
    assert [one.anulada for one in made.ledger.finding.found(made.company, Wanted(tipo=33))] == [None]
    assert len(made.ledger.events.of(listed.id)) == 2


@pytest.mark.parametrize(
    ("parameters", "code"),
    [({"tipo": 33}, "SRV-079"), ({"tipo": 39}, "SRV-079"), ({"tipo": 52}, "FOL-060"),
     ({"tipo": 52, "tpomov": "C"}, "SRV-031"), ({"tipo": 52, "folio": "x"}, "SRV-030")],
)  # fmt: skip
def test_what_is_no_guia_is_not_annulled(
    made: Installation, caller: Caller, parameters: dict[str, Any], code: str
) -> None:
    folio = issue(made, "factura33.txt")
    assert order(call(caller, "AnularGuia", **{"folio": folio, **parameters})).startswith(f"[{code}]")


def test_only_who_has_a_login_gives_orders(made: Installation, caller: Caller) -> None:
    wrong = LOGIN.replace(b64(CLAVE), b64("otra"))
    for operation in ("RegIP", "EliminarDoc", "AnularGuia"):
        assert order(call(caller, operation, "")).startswith("[SRV-010]")
        assert order(call(caller, operation, wrong)).startswith("[AUT-001]")
    assert made.ledger.marks.listeners() == []


# --- over the network -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("port", ["wsplanoSoap", "wsplanoSoap12"])
def test_zeep(made: Installation, port: str) -> None:
    guia, boleta = issue(made, "guia52.txt", NOTE_OF_THE_ERP), issue(made, "boleta39.txt")
    with served(made) as service:
        client: zeep.Client = zeep_client(service)
        bound, login = client.bind("wsplano", port), service.login()
        address = bound.ObtenerLink(
            login=login, tpomov=b64("V"), folio=b64(str(guia)), tipo=b64("52"), cedible=b64("True")
        )
        decoded = base64.b64decode(etree.fromstring(address.encode()).findtext("Mensaje") or "").decode()
        assert decoded.startswith(f"http://127.0.0.1:{service.port}/plano/descargar.php?")
        got = client.transport.session.get(decoded, allow_redirects=False, timeout=10)
        assert (got.status_code, got.headers["Content-Type"], got.content[:5]) == (200, "application/pdf", b"%PDF-")
        head = client.transport.session.head(decoded, timeout=10)
        assert (head.status_code, head.headers["Content-Length"]) == (200, str(len(got.content)))
        assert "<Head>" in bound.getBoletaTicket(login=login, ticket=b64(f"ticket@39@{boleta}"))
        assert b64("OT-4711") in bound.AltNum(login=login, folio=b64(str(guia)), tipo=b64("52"), campo=b64("A1"))
        assert ">OK<" in bound.RegIP(login=login, puerto=b64("9978"))
        key = {"tpomov": b64("V"), "folio": b64(str(guia)), "tipo": b64("52")}
        assert "SRV-077" in bound.EliminarDoc(login=login, **key)
        assert ">OK<" in bound.AnularGuia(login=login, **key)
        assert "<Situacion>pendiente</Situacion>" in bound.EstadoDte(login=login, **key)
        with pytest.raises(zeep.exceptions.Fault, match="FOL-060"):
            bound.EstadoDte(login=login, **{**key, "folio": b64("7")})


@pytest.mark.parametrize("namespace", [SOAP11, SOAP12])
@pytest.mark.parametrize("operation", sorted(failing_by("value", "order")))
def test_an_empty_call_is_answered(caller: Caller, operation: str, namespace: str) -> None:
    answer = caller.post(envelope(f'<{operation} xmlns="http://tempuri.org"/>', namespace))
    assert answer.status == 200
    assert "[SRV-010]" in answer.result()
    assert f"<{operation}Result>" in answer.body.decode()
