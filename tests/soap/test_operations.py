from __future__ import annotations

import base64
import logging
import re

import pytest

import dteplanows
from dteplanows.archive import Archive
from dteplanows.document.catalogue import problem
from dteplanows.soap.contract.rows import failing_by
from tests.soap.soap_support import CLAVE, LOGIN, SOAP11, SOAP12, Caller, Watched, b64, envelope, procesar, sale


def _fail(*arguments: object) -> None:
    raise OSError("disco")


def error(caller: Caller, body: str) -> str:
    answer = caller.post(body)
    assert answer.status == 200
    document = answer.document()
    assert document.findtext("Resultado") == "False"
    (found,) = document.findall("Detalle/Documento/Error")
    return found.text or ""


def test_file_arrives_whole(caller: Caller, issuer: Watched) -> None:
    data = bytes(range(256)) * 80

    caller.post(envelope(procesar(b64(data))))

    assert issuer.files == [(data, "1", False)]


def test_formato_is_judged_by_the_parser(caller: Caller, issuer: Watched) -> None:
    for formato in ("7", "dos", "", " 2\n", "MQ==", "Mg==", "Mg", b64("7"), "12", "1.5", "-1"):
        assert caller.post(envelope(procesar(b64("x"), formato))).status == 200

    assert [formato for _, formato, _ in issuer.files] == [
        "7", "dos", "", "2", "1", "2", "2", "7", "12", "1.5", "-1",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("texts", "formato"),
    [
        (("01", "+1", "000000001", "1.0", "1,00", "TXT", "txt", ".txt", "Plano", " TXT "), "1"),
        (("02", "+2", "000000002", "2.0", "XML", "xml", " .xml"), "2"),
    ],
)
def test_formato_as_number_types_and_people_write_it(
    caller: Caller, issuer: Watched, texts: tuple[str, ...], formato: str
) -> None:
    for text in texts:
        for sent in (text, b64(text)):
            caller.post(envelope(procesar(b64("x"), sent)))
            caller.post(envelope(procesar(b64(f"formato {sent}"), sent, operation="ProcesarWSMasivo")))

    assert {one for _, one, _ in issuer.files} == {one for _, one in issuer.received} == {formato}
    assert len(issuer.files) == len(issuer.received) == 2 * len(texts)


DTE = b"<DTE><Documento>>>>?~~~</Documento></DTE>"


@pytest.mark.parametrize("once", [DTE, b"->Boleta<-\n39;0;", "->Boleta<-\n".encode("utf-16")])
def test_a_file_encoded_more_than_once(caller: Caller, issuer: Watched, once: bytes) -> None:
    twice = b64(once)
    for text in (twice, twice + "\r\n", b64(twice), "\ufeff" + twice):
        caller.post(envelope(procesar(b64(text))))
    for charset in ("utf-16", "utf-16-le", "utf-16-be"):
        caller.post(envelope(procesar(b64(twice.encode(charset)))))

    assert [file for file, _, _ in issuer.files] == [once] * 7


@pytest.mark.parametrize("file", [b"hola", b"AAAA" * 100, b"\0\0\0\0", b"=", b"LT5FbmNhYmV6YWRvPC0*"])
def test_what_is_no_file_stays_as_it_came(caller: Caller, issuer: Watched, file: bytes) -> None:
    caller.post(envelope(procesar(b64(file))))
    assert [one for one, _, _ in issuer.files] == [file]


def test_children_in_any_order_and_unknown_ones(caller: Caller, issuer: Watched) -> None:
    body = '<Procesar xmlns="http://tempuri.org"><otro>1</otro>'
    body += f"<file>{b64('x')}</file><formato>1</formato>{LOGIN}</Procesar>"

    caller.post(envelope(body))

    assert issuer.files == [(b"x", "1", False)]


def test_validar_only_judges(caller: Caller, issuer: Watched) -> None:
    file, before = sale(), issuer.ledger.answers.newest_id("")
    document = caller.post(envelope(procesar(b64(file), operation="Validar"))).document()

    assert issuer.files == [(file, "1", True)]
    assert document.findtext("Resultado") == "True"
    assert document.find("Detalle/Documento/Avisos") is not None
    assert issuer.ledger.answers.newest_id("") == before


@pytest.mark.parametrize(
    ("file", "formato", "start"),
    [
        ("", "1", "[SRV-020] Campo file: El archivo llegó vacío: el parámetro file no trae contenido."),
        ("", "2", "[SRV-021] Campo file: El archivo llegó vacío: no es un XML."),
        (b64(" \r\n"), "2", "[SRV-021] Campo file: El archivo llegó vacío: no es un XML."),
        ("-&gt;Boleta&lt;-", "1", "[SRV-022] Campo file: El parámetro file no está en base64: comienza con «->Boleta"),
    ],
)
def test_file_problems(caller: Caller, issuer: Watched, file: str, formato: str, start: str) -> None:
    assert error(caller, envelope(procesar(file, formato))).startswith(start)
    assert issuer.files == []


def test_file_and_login_problems_come_together(caller: Caller, issuer: Watched) -> None:
    text = error(caller, envelope(procesar("", "1", "<login><Usuario>U</Usuario></login>")))

    assert [part in text for part in ("1) [SRV-011]", "2) [SRV-011]", "3) [SRV-020]")] == [True] * 3
    assert issuer.files == []


def test_nothing_but_the_operation(caller: Caller) -> None:
    assert "[SRV-010]" in error(caller, envelope("<Procesar/>"))


def test_wrong_password_is_refused_and_not_shown(
    caller: Caller, issuer: Watched, caplog: pytest.LogCaptureFixture
) -> None:
    body = envelope(procesar(b64("x"), login=LOGIN.replace(b64(CLAVE), b64("SECRETO-9"))))

    with caplog.at_level(logging.DEBUG):
        answer = caller.post(body)

    assert "SECRETO-9" not in answer.body.decode() + caplog.text
    assert b64("SECRETO-9") not in answer.body.decode() + caplog.text
    assert issuer.files == []


def test_get_xml_gives_the_signed_bytes(caller: Caller, issuer: Watched) -> None:
    def ask(folio: str, tipo: str) -> bytes:
        body = f"<getXMLDte>{LOGIN}<tpomov>{b64('V')}</tpomov><folio>{folio}</folio><tipo>{tipo}</tipo></getXMLDte>"
        return base64.b64decode(caller.post(envelope(body)).result(), validate=True)

    first, second = (issuer.made.issue(sale(total=total), "1").documents[0].folio for total in (1190, 2380))
    for folio in (first, second):
        signed = issuer.made.xml(33, folio)
        for named, tipo in (
            (b64(str(folio)), b64("33")), (str(folio), "33"), (b64(str(folio)), b64("TipoDte")), (f" {folio} ", "")
        ):  # fmt: skip
            assert ask(named, tipo) == signed


@pytest.mark.parametrize(
    ("folio", "tpomov", "code"),
    [("abc", "V", "SRV-030"), ("", "V", "SRV-032"), ("9" * 5000, "V", "SRV-030"), ("1", "C", "SRV-031"),
     ("1", b64("C"), "SRV-031"), ("1", "Qw==", "SRV-031")],
)  # fmt: skip
def test_get_xml_refused_is_a_fault(caller: Caller, folio: str, tpomov: str, code: str) -> None:
    body = f"<getXMLDte>{LOGIN}<tpomov>{tpomov}</tpomov><folio>{folio}</folio><tipo>33</tipo></getXMLDte>"

    for namespace, kind, sender in ((SOAP11, "text/xml", "Client"), (SOAP12, "application/soap+xml", "Sender")):
        answer = caller.post(envelope(body, namespace), kind)
        whose, text = answer.fault()
        assert (whose, text[:10], answer.headers["Content-Type"]) == (sender, f"[{code}] ", f"{kind}; charset=utf-8")


def test_a_fault_has_all_reasons(caller: Caller) -> None:
    code, text = caller.post(envelope("<getXMLDte><login><Clave>x</Clave></login></getXMLDte>")).fault()
    assert code == "Client"
    assert re.findall(r"\d\) \[([A-Z]{3}-\d{3})\]", text) == ["SRV-011", "SRV-011"]


def test_get_xml_of_a_document_that_is_not_there(caller: Caller, issuer: Watched) -> None:
    answer = caller.post(envelope(f"<getXMLDte>{LOGIN}<folio>1</folio></getXMLDte>"))

    company = issuer.made.company
    missing = problem("FOL-060", value="1", documento="con folio 1", name=company.razon_social)
    assert answer.fault() == ("Client", missing.text())


@pytest.mark.parametrize(
    "operation", sorted(failing_by("value", "order") | {"getBoletaTicket"})
)
def test_a_failure_of_ours_is_told_as_every_other_reason(
    caller: Caller, operation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Archive, "__init__", _fail)
    values = "".join(f"<{name}>39</{name}>" for name in ("folio", "tipo", "campo", "puerto"))
    values += "<ticket>ticket@39@1</ticket>"
    answer = caller.post(envelope(f"<{operation}>{LOGIN}{values}</{operation}>"))

    if operation == "getBoletaTicket":
        code, text = answer.fault()
        assert (code, text[:10]) == ("Server", "[SRV-004] ")
    else:
        path = "Motivo" if operation in failing_by("value") else "Mensaje/Resultado"
        assert (answer.document().findtext(path) or "").startswith("[SRV-004] ")
        assert "Documento" not in answer.result()


def test_online_and_version(caller: Caller) -> None:
    assert caller.post(envelope("<Online/>")).result() == "Online=1"
    assert caller.post(envelope(f"<Online>{LOGIN}</Online>")).result() == "Online=1"
    assert caller.post(envelope("<Version/>")).result() == dteplanows.__version__


@pytest.mark.parametrize(
    ("remote", "forwarded", "trusted", "untrusted"),
    [
        ("203.0.113.7", "", "203.0.113.7", "203.0.113.7"),
        ("203.0.113.7", "198.51.100.4", "198.51.100.4", "203.0.113.7"),
        # What stands before the address that our own proxy added is what the caller wrote.
        ("203.0.113.7", "192.0.2.66, 198.51.100.4", "198.51.100.4", "203.0.113.7"),
        ("203.0.113.7", "192.0.2.66,", "203.0.113.7", "203.0.113.7"),
        ("203.0.113.7", "198.51.100.4:4711", "198.51.100.4", "203.0.113.7"),
        ("::ffff:cb00:7107", "::ffff:198.51.100.4", "198.51.100.4", "203.0.113.7"),
        ("[::ffff:203.0.113.7]:4711", "[2001:db8::2]:80", "2001:db8::2", "203.0.113.7"),
        ("203.0.113.7", "<script>", "203.0.113.7", "203.0.113.7"),
        ("203.0.113.7:4711", "", "203.0.113.7", "203.0.113.7"),
        ("2001:db8::1", "", "2001:db8::1", "2001:db8::1"),
        ("", "", "", ""),
    ],
)
def test_get_ip(issuer: Watched, remote: str, forwarded: str, trusted: str, untrusted: str) -> None:
    for trust, expected in ((True, trusted), (False, untrusted)):
        caller = Caller(issuer, trust_forwarded=trust)
        answer = caller.post(envelope("<getIP/>"), REMOTE_ADDR=remote, HTTP_X_FORWARDED_FOR=forwarded)
        assert answer.result() == expected


@pytest.mark.parametrize("failure", [ValueError("dato SECRETO-9"), KeyError("SECRETO-9"), RecursionError("SECRETO-9")])
def test_failure_of_the_service_is_an_answer_with_an_identifier(
    caller: Caller, issuer: Watched, caplog: pytest.LogCaptureFixture, failure: Exception
) -> None:
    issuer.failure = failure

    text = error(caller, envelope(procesar(b64("archivo SECRETO-9"))))

    assert text.startswith("[SRV-001]") and "SECRETO-9" not in text and "Traceback" not in text
    identifier = text.rstrip(".").rpartition(" ")[2]
    (record,) = [one for one in caplog.records if one.levelno == logging.ERROR]
    message = record.getMessage()
    assert identifier in message and type(failure).__name__ in message and "soap_support.py" in message
    assert "SECRETO-9" not in caplog.text and CLAVE not in caplog.text and b64(CLAVE) not in caplog.text


@pytest.mark.parametrize(("namespace", "code"), [(SOAP11, "Server"), (SOAP12, "Receiver")])
def test_failure_in_get_xml_is_a_fault_of_ours(
    caller: Caller, namespace: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Archive, "find", _fail)

    answer = caller.post(envelope(f"<getXMLDte>{LOGIN}<folio>1</folio></getXMLDte>", namespace))

    assert (answer.fault()[0], answer.fault()[1][:10]) == (code, "[SRV-004] ")
    assert "disco" not in answer.body.decode()


def test_of_a_failure_it_is_not_said_that_the_file_was_refused(caller: Caller, issuer: Watched) -> None:
    """It is not known what became of the file: documents of it may be issued."""
    issuer.failure = OSError("disco")

    judged = caller.post(envelope(procesar(b64("x"), operation="Validar")))
    issued = caller.post(envelope(procesar(b64("x"))))

    for answer, code in ((judged, "[SRV-004] "), (issued, "[SRV-001] ")):
        document = answer.document()
        assert (document.findtext("Detalle/Documento/Error") or "").startswith(code)
        assert document.findtext("Mensaje") == (
            "El servicio no pudo terminar de atender la llamada: vea el motivo en Error."
        )
    assert "getXMLDte" in issued.result() and "getXMLDte" not in judged.result()
