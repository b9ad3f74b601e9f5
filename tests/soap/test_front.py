from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from lxml import etree

import dteplanows
from dteplanows.soap.asmx.addresses import address
from dteplanows.soap.contract.published import wsdl
from dteplanows.soap.contract.rows import OPERATIONS
from tests.soap.soap_support import PATH, Caller, Watched, envelope


@pytest.mark.parametrize("query", ["wsdl", "WSDL", "Wsdl", "wsdl=0", "wsdl=1", "wsdl&a=b", "singleWsdl"])
@pytest.mark.parametrize("path", [PATH, PATH.lower(), PATH.upper(), PATH + "/"])
def test_wsdl(caller: Caller, path: str, query: str) -> None:
    answer = caller.send("GET", path, query=query, HTTP_HOST="facturas.ejemplo.cl")

    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    locations = [one.get("location") for one in answer.root().iter("{*}address")]
    assert locations == ["http://facturas.ejemplo.cl/WSDS/wsplano.asmx"] * 4
    assert answer.body == wsdl().replace(b"http://localhost/", b"http://facturas.ejemplo.cl/")


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"HTTP_HOST": "10.0.0.5:8080"}, "http://10.0.0.5:8080"),
        ({"HTTP_HOST": "[2001:db8::1]:81"}, "http://[2001:db8::1]:81"),
        ({"HTTP_HOST": "a.cl", "wsgi.url_scheme": "https"}, "https://a.cl"),
        ({"HTTP_HOST": "dentro", "HTTP_X_FORWARDED_HOST": "fuera.cl", "HTTP_X_FORWARDED_PROTO": "https"},
         "https://fuera.cl"),
        ({"HTTP_HOST": "dentro", "HTTP_X_FORWARDED_HOST": "uno.cl, dos.cl", "HTTP_X_FORWARDED_PROTO": "HTTPS, http"},
         "https://uno.cl"),
        ({"HTTP_HOST": "a.cl", "HTTP_X_FORWARDED_PROTO": "javascript"}, "http://a.cl"),
        ({"HTTP_HOST": 'a.cl"><x>'}, "http://127.0.0.1:8080"),
        ({"HTTP_HOST": "a.cl", "HTTP_X_FORWARDED_HOST": "x/y?z"}, "http://a.cl"),
        ({"HTTP_HOST": "usuario@a.cl"}, "http://127.0.0.1:8080"),
        ({"HTTP_HOST": "a.cl\n"}, "http://a.cl"),
        ({"HTTP_HOST": "", "SERVER_NAME": "<", "SERVER_PORT": "80"}, "http://localhost"),
        ({"HTTP_HOST": "a.cl", "SCRIPT_NAME": "/f\xc3\xb1 <&\""}, "http://a.cl/f%C3%B1%20%3C%26%22"),
    ],
)  # fmt: skip
def test_address(caller: Caller, environ: dict[str, Any], expected: str) -> None:
    answer = caller.send("GET", query="wsdl", **environ)

    assert {one.get("location") for one in answer.root().iter("{*}address")} == {f"{expected}/WSDS/wsplano.asmx"}


def test_address_is_escaped_wherever_it_stands() -> None:
    hostile = '"><script>&'
    for name in ("HTTP_HOST", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PROTO", "SERVER_NAME", "SCRIPT_NAME"):
        found = address({"HTTP_HOST": "a.cl", "SERVER_NAME": "b.cl", "SERVER_PORT": "80", name: hostile})
        assert not set('"<>&') & set(found)


def test_page_in_spanish_with_every_operation(caller: Caller) -> None:
    answer = caller.send("GET", HTTP_HOST="a.cl")

    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    page = etree.fromstring(answer.body, etree.HTMLParser())
    text = " ".join(str(part) for part in page.itertext())
    assert page.get("lang") == "es"
    assert [one for one in OPERATIONS if one not in text] == []
    assert "http://a.cl/WSDS/wsplano.asmx?wsdl" in text
    documented = re.findall("<wsdl:documentation>(.*?)</wsdl:documentation>", wsdl().decode())
    assert [one for one in documented[1 : 1 + len(OPERATIONS)] if unescape(one) not in text] == []
    links = [one.get("href") for one in page.iter("a")]
    called = [f"wsplano.asmx?op={name}" for name in OPERATIONS]
    assert links == ["wsplano.asmx?wsdl", "../manual/", *called]


@pytest.mark.parametrize("path", ["", "/"])
def test_root_leads_to_the_service(caller: Caller, path: str) -> None:
    answer = caller.send("GET", path, HTTP_HOST="a.cl")

    assert (answer.status, answer.headers["Location"]) == (302, "http://a.cl/WSDS/wsplano.asmx")


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("name", "value"),
    [("Online", "Online=1"), ("online", "Online=1"), ("Version/", dteplanows.__version__), ("getIP", "203.0.113.7")],
)
def test_form_bindings(caller: Caller, method: str, name: str, value: str) -> None:
    answer = caller.send(method, f"{PATH}/{name}", b"a=b" if method == "POST" else b"")

    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert answer.body.decode() == (
        f'<?xml version="1.0" encoding="utf-8"?>\n<string xmlns="http://tempuri.org">{value}</string>'
    )


def test_procesar_is_not_called_by_form(caller: Caller, issuer: Watched) -> None:
    answer = caller.send("GET", f"{PATH}/Procesar")

    assert (answer.status, answer.code()) == (404, "SRV-062")
    assert issuer.files == []


@pytest.mark.parametrize(
    "path", ["/otra", PATH + "x", PATH + "/Nada", "/WSDS", "/wsdl", "/WSDS/wsplano.asmx/a/b", "/\xff", "//"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_unknown_path(caller: Caller, path: str, method: str) -> None:
    answer = caller.send(method, path)

    expected = 405 if method == "PUT" and path.startswith(PATH + "/") else 404
    assert answer.status == expected
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "XX"])
@pytest.mark.parametrize("path", [PATH, "/", PATH + "/Online"])
def test_wrong_method(caller: Caller, method: str, path: str) -> None:
    answer = caller.send(method, path)

    assert (answer.status, answer.headers["Allow"], answer.code()) == (405, "GET, HEAD, POST", "SRV-061")
    assert f"método {method} no se acepta" in answer.body.decode()
    assert "Se aceptan GET, HEAD y POST." in answer.body.decode()


@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize("path", ["/manual", "/manual/", "/plano/descargar.php"])
def test_wrong_method_where_there_is_only_something_to_read(caller: Caller, path: str, method: str) -> None:
    answer = caller.send(method, path)

    assert (answer.status, answer.headers["Allow"], answer.code()) == (405, "GET, HEAD", "SRV-061")
    assert "Se aceptan GET y HEAD." in answer.body.decode()


@pytest.mark.parametrize(("path", "query"), [(PATH, ""), (PATH, "wsdl"), (PATH + "/Online", ""), ("/nada", "")])
def test_head_is_get_without_body(caller: Caller, path: str, query: str) -> None:
    get, head = (caller.send(method, path, query=query) for method in ("GET", "HEAD"))

    assert head.body == b"" and get.body != b""
    assert (head.status, head.headers) == (get.status, get.headers)


def test_service_below_a_prefix(caller: Caller) -> None:
    assert caller.post(envelope("<Online/>"), SCRIPT_NAME="/dte").result() == "Online=1"
