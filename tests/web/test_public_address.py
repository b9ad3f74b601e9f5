"""The address that the service gives out: that of the call, of a proxy of one's own, or of the setting."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import closing
from importlib import resources
from pathlib import Path
from typing import Any, cast

import pytest
from lxml import etree

from docs.build import built
from dteplanows.document import clock
from dteplanows.document.problem import Refused
from dteplanows.settings import load
from dteplanows.soap.asmx.addresses import PATH
from dteplanows.web import make_application
from tests.installation import CLAVE, USUARIO, Installation, make_installation
from tests.soap.soap_support import Caller, Watched, b64, envelope

PUBLIC = "https://www.empresa.cl/dte"


class Behind(Caller):
    """Calls an application that is told how it is reached."""

    def __init__(self, issuer: Any, url: str = "", trust_forwarded: bool = False) -> None:
        super().__init__(issuer)
        self.application = make_application(issuer, url=url, trust_forwarded=trust_forwarded)

    def wsdl_address(self, path: str = PATH, **environ: Any) -> str:
        """The address in the WSDL."""
        text = self.send("GET", path, query="wsdl", HTTP_HOST="10.0.0.5:8080", **environ).body.decode()
        return text.partition('<soap:address location="')[2].partition('"')[0]


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Installation]:
    with closing(make_installation(tmp_path)) as installation:
        yield installation


@pytest.mark.parametrize(
    ("said", "origin"),
    [
        ("/dte", "http://10.0.0.5:8080/dte"),
        ("/dte/", "http://10.0.0.5:8080/dte"),
        ("/a/b-2/c_d.e, /x", "http://10.0.0.5:8080/a/b-2/c_d.e"),
        ("", "http://10.0.0.5:8080"),
        ("dte", "http://10.0.0.5:8080"),
        ("//evil.example", "http://10.0.0.5:8080"),
        ("/../etc", "http://10.0.0.5:8080"),
        ("/.well", "http://10.0.0.5:8080"),
        ('/"><script>', "http://10.0.0.5:8080"),
        ("/" + "a" * 2000, "http://10.0.0.5:8080"),
    ],
)
def test_the_prefix_of_a_proxy_counts_where_it_is_trusted(issuer: Watched, said: str, origin: str) -> None:
    trusting, other = Behind(issuer, trust_forwarded=True), Behind(issuer)
    assert trusting.wsdl_address(HTTP_X_FORWARDED_PREFIX=said) == origin + PATH
    assert other.wsdl_address(HTTP_X_FORWARDED_PREFIX=said) == "http://10.0.0.5:8080" + PATH


def test_the_setting_wins_over_all_that_a_call_says(issuer: Watched) -> None:
    for trust in (True, False):
        caller = Behind(issuer, f"{PUBLIC}/", trust)
        said: dict[str, Any] = {
            "HTTP_X_FORWARDED_PREFIX": "/x",
            "HTTP_X_FORWARDED_HOST": "b.cl",
            "HTTP_X_FORWARDED_PROTO": "http",
        }
        assert caller.wsdl_address(**said) == f"{PUBLIC}{PATH}"


@pytest.mark.parametrize("url", ["", PUBLIC])
def test_a_prefix_left_in_the_path_is_taken_off(issuer: Watched, url: str) -> None:
    caller = Behind(issuer, url, trust_forwarded=True)
    origin = url or "http://10.0.0.5:8080/dte"
    said: dict[str, Any] = {"HTTP_X_FORWARDED_PREFIX": "/dte"}
    assert caller.wsdl_address(f"/dte{PATH}", **said) == origin + PATH
    assert caller.post(envelope("<Online/>"), PATH_INFO=f"/dte{PATH}", **said).result() == "Online=1"
    assert caller.send("GET", "/dte/wsds/version", **said).status == 401
    for path in ("/dte", "/dte/", "/"):
        answer = caller.send("GET", path, HTTP_HOST="10.0.0.5:8080", **said)
        assert (answer.status, answer.headers["Location"]) == (302, origin + PATH)
    assert caller.send("GET", f"/dtex{PATH}", **said).status == 404


def test_the_pages_and_the_manual_are_below_the_prefix(issuer: Watched) -> None:
    caller = Behind(issuer, PUBLIC)
    page = caller.send("GET").body.decode()
    assert f"<code>{PUBLIC}{PATH}</code>" in page
    assert 'href="/' not in page
    operation = caller.send("GET", query="op=Procesar").body.decode()
    assert f"POST /dte{PATH} HTTP/1.1" in operation
    assert "Host: www.empresa.cl" in operation
    assert caller.send("GET", "/manual").headers["Location"] == f"{PUBLIC}/manual/"
    built()
    for path in ("/manual/", "/dte/manual/"):
        answer = caller.send("GET", path)
        assert answer.status == 200
        assert 'href="/' not in answer.body.decode()
    assert f"{PUBLIC}/login" in caller.send("GET", "/wsds/nada").body.decode()


def test_the_links_of_printed_documents_begin_with_it(made: Installation) -> None:
    caller = Behind(cast(Any, made.issuer), PUBLIC)
    sample = resources.files("dteplanows").joinpath("muestras", "factura33.txt").read_bytes()
    (issued,) = made.issue(sample.replace(b"2026-01-05", clock.today().isoformat().encode()), "1").documents
    login = "".join(f"<{name}>{b64(text)}</{name}>" for name, text in
                    (("Usuario", USUARIO), ("Rut", "1-9"), ("Clave", CLAVE)))  # fmt: skip
    asked = f"<ObtenerLink><login>{login}</login><folio>{issued.folio}</folio><tipo>33</tipo></ObtenerLink>"
    found = etree.fromstring(caller.post(envelope(asked)).result().encode()).findtext("Mensaje")
    assert found
    address = base64.b64decode(found).decode()
    assert address.startswith(f"{PUBLIC}/plano/descargar.php?p1=")
    path, _, query = address.removeprefix("https://www.empresa.cl").partition("?")
    for one in (path, path.removeprefix("/dte")):
        assert caller.send("GET", one, query=query).body.startswith(b"%PDF-")


def test_the_form_is_for_who_sits_at_this_machine_whatever_the_setting_says(issuer: Watched) -> None:
    caller = Behind(issuer, "http://localhost/dte")
    here: dict[str, Any] = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost:8080"}
    assert b"<form" in Behind(issuer, PUBLIC).send("GET", query="op=Procesar", **here).body
    assert b"<form" not in caller.send("GET", query="op=Procesar", **here | {"HTTP_HOST": "evil.example"}).body
    assert b"<form" not in caller.send("GET", query="op=Procesar", **here | {"REMOTE_ADDR": "203.0.113.7"}).body


@pytest.mark.parametrize(
    "url", ["https://dte.empresa.cl", "http://10.0.0.1:8443/a/b/", "https://[2001:db8::1]/x", "https://a_b.local", ""]
)
def test_what_is_an_address_is_taken(tmp_path: Path, url: str) -> None:
    assert load(directorio=tmp_path, url_publica=url).url_publica == url


@pytest.mark.parametrize(
    "url",
    [
        "dte.empresa.cl", "ftp://a.cl", "https://a.cl/?x=1", "https://a.cl/WSDS/wsplano.asmx", "https://a.cl/b c",
        "https://a.cl//b", "https://a.cl/../b", "https://u:p@a.cl", "javascript:alert(1)", "https://a.cl\n",
    ],
)  # fmt: skip
def test_what_is_none_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(Refused) as caught:
        load(directorio=tmp_path, url_publica=url)
    (one,) = caught.value.problems
    assert (one.code, one.place.field) == ("CFG-001", "url_publica")
