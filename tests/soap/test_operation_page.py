"""The page of each operation: its samples are good calls, and its form, shown on this machine only, calls too."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

import pytest
from lxml import etree

from dteplanows.soap.contract.rows import OPERATIONS
from tests.soap.soap_support import CLAVE, PATH, Answer, Caller, Watched, b64, sale
from tests.soap.test_document_operations import sample

NAMES = list(OPERATIONS)
HERE: dict[str, Any] = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost:8080"}
FORM = "application/x-www-form-urlencoded"


def page_of(caller: Caller, name: str, **environ: Any) -> etree._Element:
    answer = caller.send("GET", query=f"op={name}", **{"HTTP_HOST": "a.cl", **environ})
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    return etree.fromstring(answer.body, etree.HTMLParser())


def submit(caller: Caller, name: str, fields: dict[str, str], **environ: Any) -> Answer:
    body = urlencode(fields).encode()
    return caller.send("POST", f"{PATH}/{name}", body, CONTENT_TYPE=FORM, **{**HERE, **environ})


WRITTEN = {
    "Usuario": "DEMO",
    "Rut": "1-9",
    "Clave": b64(CLAVE),
    "folio": "120",
    "ticket": "ticket@39@120",
    "formato": "1",
}
"""What has to stand in the samples for an answer that is no fault."""


@pytest.mark.parametrize("name", NAMES)
def test_samples_are_calls(caller: Caller, issuer: Watched, name: str) -> None:
    issuer.made.issue(sample("boleta39.txt").replace(b"39;0;", b"39;120;"), "1")  # once for all of them
    samples = [one.text or "" for one in page_of(caller, name).iter("pre")]

    assert len(samples) == 4
    for request, response in (samples[:2], samples[2:]):
        head, _, body = request.partition("\n\n")
        headers = dict(line.split(": ", 1) for line in head.splitlines()[1:])
        assert head.startswith(f"POST {PATH} HTTP/1.1\nHost: a.cl\n")
        for field, value in WRITTEN.items():
            body = re.sub(f"<{field}>(?:string|int)<", f"<{field}>{value}<", body)
        answer = caller.post(body, headers["Content-Type"], HTTP_SOAPACTION=headers.get("SOAPAction", ""))
        assert answer.status == 200
        head, _, shown = response.partition("\n\n")
        assert f"Content-Type: {answer.headers['Content-Type']}" in head
        assert tags(shown.encode()) == tags(answer.body)


def tags(body: bytes) -> list[str]:
    return [str(one.tag) for one in etree.fromstring(body).iter()]


@pytest.mark.parametrize("query", ["op=procesar", "OP=PROCESAR", "op=Procesar&a=b"])
def test_name_without_regard_to_case(caller: Caller, query: str) -> None:
    assert b"<h1>Procesar</h1>" in caller.send("GET", query=query).body


@pytest.mark.parametrize("query", ["op=Nada", "op=", "op", "op=%3Cb%3E%ff"])
def test_no_such_operation(caller: Caller, query: str) -> None:
    answer = caller.send("GET", query=query)

    assert (answer.status, answer.code()) == (404, "SRV-054")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    ("environ", "shown"),
    [
        ({}, True),
        ({"HTTP_HOST": "127.0.0.1"}, True),
        ({"HTTP_HOST": "[::1]:8080", "REMOTE_ADDR": "::1"}, True),
        ({"HTTP_HOST": "127.0.0.1", "REMOTE_ADDR": "::ffff:7f00:1"}, True),
        ({"REMOTE_ADDR": "203.0.113.7"}, False),
        ({"REMOTE_ADDR": "::ffff:203.0.113.7"}, False),
        ({"REMOTE_ADDR": ""}, False),
        ({"HTTP_HOST": "facturas.ejemplo.cl"}, False),
        ({"HTTP_X_FORWARDED_FOR": "127.0.0.1"}, False),
        ({"HTTP_X_FORWARDED_HOST": "localhost"}, False),
        ({"HTTP_FORWARDED": "for=127.0.0.1"}, False),
    ],
)
def test_form_only_on_this_machine(caller: Caller, issuer: Watched, environ: dict[str, Any], shown: bool) -> None:
    forms = list(page_of(caller, "Procesar", **{**HERE, **environ}).iter("form"))
    answer = submit(caller, "Procesar", {"login.Usuario": "DEMO"}, **environ)

    assert bool(forms) is shown
    assert answer.status == (200 if shown else 404)
    assert shown or answer.code() == "SRV-062"
    assert issuer.files == []


@pytest.mark.parametrize("name", NAMES)
def test_every_field_of_the_form_arrives(caller: Caller, name: str) -> None:
    (form,) = page_of(caller, name, **HERE).iter("form")
    fields = {str(one.get("name")): "1" for one in form.iter("input", "textarea")}

    assert form.get("action") == f"wsplano.asmx/{name}"
    answer = submit(caller, name, fields)
    if OPERATIONS[name].failure == "fault" and OPERATIONS[name].needs_login:
        # What is a fault by SOAP is told to the person at the form in plain text.
        assert (answer.status, answer.headers["Content-Type"]) == (500, "text/plain; charset=utf-8")
        assert answer.code() == "AUT-001"
    else:
        assert answer.status == 200
        assert answer.root().tag == "{http://tempuri.org}string"


@pytest.mark.parametrize("file", [sale().decode(), b64(sale())])
def test_a_file_is_issued_by_form(caller: Caller, issuer: Watched, file: str) -> None:
    login = {"login.Usuario": "DEMO", "login.Rut": "1-9", "login.Clave": CLAVE}

    answer = submit(caller, "Procesar", {**login, "file": file, "formato": "1"})

    told = etree.fromstring((answer.root().text or "").encode())
    assert told.findtext("Resultado") == "True"
    assert issuer.files == [(sale(), "1", False)]
    folio = told.findtext("Detalle/Documento/Folio") or ""
    binary = submit(caller, "getXMLDte", {**login, "folio": folio, "tipo": "33"}).root()
    signed = issuer.made.xml(33, int(folio))
    assert (binary.tag, binary.text) == ("{http://tempuri.org}base64Binary", b64(signed))


def test_what_a_form_cannot_hold(caller: Caller) -> None:
    assert submit(caller, "Procesar", {str(number): "x" for number in range(60)}).code() == "SRV-046"
    assert submit(caller, "Procesar", {"login.Usuario": "a\0\x0b\udfffb".replace("\udfff", "")}).status == 200
    assert submit(caller, "Procesar", {}, CONTENT_LENGTH="-1").code() == "SRV-042"
