from __future__ import annotations

import base64
import logging

import pytest
from lxml import etree

import dteplanows
from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Refused
from dteplanows.outcome import DocumentOutcome, Outcome
from tests.soap.soap_support import CLAVE, LOGIN, MOMENT, Caller, FakeIssuer, b64, envelope, procesar


def error(caller: Caller, body: str) -> str:
    answer = caller.post(body)
    assert answer.status == 200
    document = answer.document()
    assert document.findtext("Resultado") == "False"
    (found,) = document.findall("Detalle/Documento/Error")
    return found.text or ""


def test_file_arrives_whole(caller: Caller, issuer: FakeIssuer) -> None:
    data = bytes(range(256)) * 80

    caller.post(envelope(procesar(b64(data))))

    assert issuer.files == [(data, "1", False)]


def test_formato_is_judged_by_the_parser(caller: Caller, issuer: FakeIssuer) -> None:
    for formato in ("7", "dos", "", " 2\n", "MQ==", "Mg==", "Mg", b64("7")):
        assert caller.post(envelope(procesar(b64("x"), formato))).status == 200

    assert [formato for _, formato, _ in issuer.files] == ["7", "dos", "", "2", "1", "2", "2", "7"]


def test_children_in_any_order_and_unknown_ones(caller: Caller, issuer: FakeIssuer) -> None:
    body = '<Procesar xmlns="http://tempuri.org"><otro>1</otro>'
    body += f"<file>{b64('x')}</file><formato>1</formato>{LOGIN}</Procesar>"

    caller.post(envelope(body))

    assert issuer.files == [(b"x", "1", False)]
    assert issuer.credentials is not None and issuer.credentials.claves[0] == CLAVE


def test_validar_only_judges(caller: Caller, issuer: FakeIssuer) -> None:
    issuer.outcome = Outcome((DocumentOutcome(0, 33, MOMENT, False, (problem("SRV-002"),)),))

    document = caller.post(envelope(procesar(b64("x"), operation="Validar"))).document()

    assert issuer.files == [(b"x", "1", True)]
    assert document.find("Detalle/Documento/Avisos") is not None


@pytest.mark.parametrize(
    ("file", "formato", "start"),
    [
        ("", "1", "[SRV-020] Campo file: El archivo llegó vacío: el parámetro file no trae contenido."),
        ("", "2", "[SRV-021] Campo file: El archivo llegó vacío: no es un XML."),
        (b64(" \r\n"), "2", "[SRV-021] Campo file: El archivo llegó vacío: no es un XML."),
        ("-&gt;Boleta&lt;-", "1", "[SRV-022] Campo file: El parámetro file no está en base64: comienza con «->Boleta"),
    ],
)
def test_file_problems(caller: Caller, issuer: FakeIssuer, file: str, formato: str, start: str) -> None:
    assert error(caller, envelope(procesar(file, formato))).startswith(start)
    assert issuer.files == []


def test_file_and_login_problems_come_together(caller: Caller, issuer: FakeIssuer) -> None:
    text = error(caller, envelope(procesar("", "1", "<login><Usuario>U</Usuario></login>")))

    assert [part in text for part in ("1) [SRV-011]", "2) [SRV-011]", "3) [SRV-020]")] == [True] * 3
    assert issuer.credentials is None


def test_nothing_but_the_operation(caller: Caller) -> None:
    assert "[SRV-010]" in error(caller, envelope("<Procesar/>"))


def test_wrong_password_is_refused_and_not_shown(
    caller: Caller, issuer: FakeIssuer, caplog: pytest.LogCaptureFixture
) -> None:
    body = envelope(procesar(b64("x"), login=LOGIN.replace(b64(CLAVE), b64("SECRETO-9"))))

    with caplog.at_level(logging.DEBUG):
        answer = caller.post(body)

    assert "SECRETO-9" not in answer.body.decode() + caplog.text
    assert b64("SECRETO-9") not in answer.body.decode() + caplog.text
    assert issuer.files == []


def test_get_xml_gives_the_signed_bytes(caller: Caller, issuer: FakeIssuer) -> None:
    def ask(folio: str, tipo: str) -> bytes:
        body = f"<getXMLDte>{LOGIN}<tpomov>{b64('V')}</tpomov><folio>{folio}</folio><tipo>{tipo}</tipo></getXMLDte>"
        return base64.b64decode(caller.post(envelope(body)).result(), validate=True)

    assert ask(b64("9920000001"), b64("33")) == issuer.signed
    assert ask("120", "61") == issuer.signed
    assert ask(b64("7"), b64("TipoDte")) == issuer.signed
    assert ask(" 8 ", "") == issuer.signed
    assert issuer.asked == [(33, 9920000001), (61, 120), (0, 7), (0, 8)]


@pytest.mark.parametrize(
    ("folio", "tpomov", "code"),
    [("abc", "V", "SRV-030"), ("", "V", "SRV-032"), ("9" * 5000, "V", "SRV-030"), ("1", "C", "SRV-031"),
     ("1", b64("C"), "SRV-031"), ("1", "Qw==", "SRV-031")],
)  # fmt: skip
def test_get_xml_refused_is_an_answer_in_base64(
    caller: Caller, issuer: FakeIssuer, folio: str, tpomov: str, code: str
) -> None:
    body = f"<getXMLDte>{LOGIN}<tpomov>{tpomov}</tpomov><folio>{folio}</folio><tipo>33</tipo></getXMLDte>"

    data = base64.b64decode(caller.post(envelope(body)).result(), validate=True)

    assert (etree.fromstring(data).findtext("Detalle/Documento/Error") or "").startswith(f"[{code}]")
    assert issuer.asked == []


def test_get_xml_of_a_document_that_is_not_there(caller: Caller, issuer: FakeIssuer) -> None:
    issuer.failure = Refused([problem("SRV-002")])

    body = f"<getXMLDte>{LOGIN}<folio>1</folio></getXMLDte>"

    assert b"[SRV-002]" in base64.b64decode(caller.post(envelope(body)).result())


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
def test_get_ip(issuer: FakeIssuer, remote: str, forwarded: str, trusted: str, untrusted: str) -> None:
    for trust, expected in ((True, trusted), (False, untrusted)):
        caller = Caller(issuer, trust_forwarded=trust)
        answer = caller.post(envelope("<getIP/>"), REMOTE_ADDR=remote, HTTP_X_FORWARDED_FOR=forwarded)
        assert answer.result() == expected


@pytest.mark.parametrize("failure", [ValueError("dato SECRETO-9"), KeyError("SECRETO-9"), RecursionError("SECRETO-9")])
def test_failure_of_the_service_is_an_answer_with_an_identifier(
    caller: Caller, issuer: FakeIssuer, caplog: pytest.LogCaptureFixture, failure: Exception
) -> None:
    issuer.failure = failure

    text = error(caller, envelope(procesar(b64("archivo SECRETO-9"))))

    assert text.startswith("[SRV-001]") and "SECRETO-9" not in text and "Traceback" not in text
    identifier = text.rstrip(".").rpartition(" ")[2]
    (record,) = [one for one in caplog.records if one.levelno == logging.ERROR]
    message = record.getMessage()
    assert identifier in message and type(failure).__name__ in message and "soap_support.py" in message
    assert "SECRETO-9" not in caplog.text and CLAVE not in caplog.text and b64(CLAVE) not in caplog.text


def test_failure_in_get_xml_keeps_the_type(caller: Caller, issuer: FakeIssuer) -> None:
    issuer.failure = OSError("disco")

    answer = caller.post(envelope(f"<getXMLDte>{LOGIN}<folio>1</folio></getXMLDte>"))

    assert answer.status == 200
    assert b"[SRV-001]" in base64.b64decode(answer.result(), validate=True)
