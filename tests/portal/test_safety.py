from __future__ import annotations

import re
from typing import Any

import pytest
from lxml import etree
from werkzeug.test import TestResponse

from dteplanows.document.problem import Refused
from dteplanows.ledger.portal_sessions import PortalSessions
from dteplanows.portal import THEME_COOKIE, style_page
from dteplanows.portal.texts import TEXTS
from dteplanows.soap.limits import USUAL
from tests.installation import COMPANY, Installation
from tests.portal.pages import CLAVE, OTHER, Site, site_of

EXPECTED = {
    "X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
}  # fmt: skip


def pages(site: Site) -> dict[str, TestResponse]:
    """One answer of each kind."""
    inside, outside = site.inside("operador"), site.browser()
    return {
        "login": outside.get("/entrar"), "wrong": outside.enter("nadie", "x"), "sent to the login": outside.get("/"),
        "companies": inside.get("/"), "board": inside.get(f"{site.home}/tablero"), "style": inside.get("/estilo"),
        "nothing": inside.get("/nada"), "method": inside.get("/salir"),
        "forged": inside.post("/salir", {"csrf_token": "x"}), "script": inside.get("/ficha"),
        "file": outside.get("/estatico/portal.js"),
    }  # fmt: skip


def test_every_answer_has_the_headers_of_safety(site: Site) -> None:
    for name, answer in pages(site).items():
        for header, value in EXPECTED.items():
            assert answer.headers.getlist(header) == [value], (name, header)
        policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
        assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == ("no-store" if name != "file" else "public, max-age=31536000"), name


def test_no_page_has_script_or_style_within_it(site: Site) -> None:
    for name, answer in pages(site).items():
        if answer.mimetype != "text/html" or answer.status_code == 302:
            continue
        page = etree.fromstring(answer.data, etree.HTMLParser())
        assert page.xpath("//style | //script[not(@src)] | //@style | //@*[starts-with(name(), 'on')]") == [], name
        assert page.get("lang") == "es-CL"
        addresses = [str(one) for one in page.xpath("//@href | //@src | //@action")]
        assert addresses
        assert [one for one in addresses if not one.startswith(("/portal/", "/manual/", "#"))] == [], name


def test_files_get_another_address_when_they_change(site: Site) -> None:
    page = site.browser().get("/entrar").text
    addresses = re.findall(r'(?:href|src)="(/portal/estatico/[^"]+)"', page)

    assert len(addresses) == 6
    assert all(re.search(r"\?v=[0-9a-f]{12}$", one) for one in addresses)


@pytest.mark.parametrize("token", ["", "otra", "ImZhbHNvIg.aaaa.bbbb"])
def test_a_forged_form_changes_nothing(site: Site, token: str) -> None:
    browser = site.inside("contador")
    data = {"csrf_token": token} if token else {}
    answer = browser.client.post("/portal/salir", data=data)

    assert answer.status_code == 400
    assert browser.get(f"{site.home}/tablero").status_code == 200


def test_the_form_of_another_person_is_forged_too(site: Site) -> None:
    browser, other = site.inside("contador"), site.inside("administrador")

    assert browser.post("/salir", {"csrf_token": other.token()}).status_code == 400
    assert browser.get(f"{site.home}/tablero").status_code == 200


@pytest.mark.parametrize("said", ["cross-site", "same-site"])
def test_another_site_cannot_send_a_form(site: Site, said: str) -> None:
    browser = site.inside("contador")
    answer = browser.post("/salir", headers={"Sec-Fetch-Site": said})

    assert answer.status_code == 403
    assert browser.get(f"{site.home}/tablero").status_code == 200


def test_a_login_cannot_be_forged(site: Site) -> None:
    answer = site.browser().client.post("/portal/entrar", data={"usuario": site.person("contador"), "clave": CLAVE})

    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("base", "options", "environ", "secure"),
    [
        ("http://portal.example", {}, {}, False),
        ("https://portal.example", {}, {}, True),
        ("http://10.0.0.5:8080", {"trust_forwarded": True}, {"X-Forwarded-Proto": "https"}, True),
        ("http://10.0.0.5:8080", {}, {"X-Forwarded-Proto": "https"}, False),
        ("http://10.0.0.5:8080", {"url": "https://dte.example/dte"}, {}, True),
    ],
)
def test_the_cookie_is_sent_to_nobody_else(
    installation: Installation, base: str, options: dict[str, Any], environ: dict[str, str], secure: bool
) -> None:
    site = site_of(installation, **options)
    answer = site.browser(base=base, headers=environ).get("/entrar")
    name, *attributes = [part.strip() for part in answer.headers["Set-Cookie"].split(";")]
    prefix = "/dte" if "url" in options else ""

    assert name.startswith("dteplanows_")
    assert {"HttpOnly", "SameSite=Lax", f"Path={prefix}/"} <= set(attributes)
    assert ("Secure" in attributes) is secure
    assert not any(one.startswith(("Domain", "Expires", "Max-Age")) for one in attributes)


@pytest.mark.parametrize(
    ("options", "headers"),
    [
        ({"trust_forwarded": True}, {"X-Forwarded-Prefix": "/dte"}),
        ({"url": "https://www.example/dte"}, {}),
    ],
)
@pytest.mark.parametrize("prefix", ["", "/dte"])
def test_it_works_behind_a_prefix(
    installation: Installation, options: dict[str, Any], headers: dict[str, str], prefix: str
) -> None:
    """Whether the proxy leaves the prefix in the path or not."""
    site = site_of(installation, **options)
    client = site.browser().client
    page = client.get(f"{prefix}/portal/entrar", headers=headers)
    addresses = re.findall(r'(?:href|src|action)="([^"#]+)"', page.text)

    assert page.status_code == 200
    assert addresses
    assert all(one.startswith(("/dte/portal/", "/dte/manual/")) for one in addresses)
    assert client.get(f"{prefix}/portal/", headers=headers).location == "/dte/portal/entrar?siguiente=/"
    assert client.get(f"{prefix}/portal", headers=headers).location.endswith("/dte/portal/")


def test_texts_of_people_are_only_text(site: Site) -> None:
    hostile = "<script>alert(1)</script>\"' onload=x"
    site.person("administrador", OTHER, hostile)
    browser = site.browser()
    browser.enter(hostile)
    found = [
        browser.get(f"/pruebas/{OTHER.rut}/tablero"), browser.get("/"), browser.get("/<script>alert(1)</script>"),
        site.browser().enter(hostile, "x"), site.browser().get("/entrar", query_string={"siguiente": hostile}),
        site.browser().enter(site.person("integracion", usuario="<b>nadie</b>")),
    ]  # fmt: skip

    for answer in found:
        assert "<script>alert" not in answer.text
        assert "<b>" not in answer.text
        page = etree.fromstring(answer.data, etree.HTMLParser())
        assert page.xpath("//@onload") == []
    assert "Zapatería &lt;b&gt;Otra" in found[0].text


# --- What goes wrong --------------------------------------------------------------------------------------------


def test_a_page_that_is_not_there(site: Site) -> None:
    for browser, menu in ((site.browser(), False), (site.inside("contador"), True)):
        answer = browser.get("/nada")
        assert (answer.status_code, answer.mimetype) == (404, "text/html")
        assert TEXTS["failures.404"] in answer.text
        assert ("/portal/salir" in answer.text) is menu
    assert site.browser().get("/nada", headers={"X-Requested-With": "fetch"}).json == {"error": TEXTS["failures.404"]}


def test_a_method_that_is_not_taken(site: Site) -> None:
    answer = site.inside("contador").get("/salir")

    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
    assert TEXTS["failures.405"] in answer.text


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "OPTIONS"])
def test_strange_methods_find_a_page_of_ours(site: Site, method: str) -> None:
    answer = site.browser().client.open("/portal/entrar", method=method)

    assert answer.status_code in ({200} if method == "OPTIONS" else {400, 405})
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_a_head_is_a_page_without_its_body(site: Site) -> None:
    answer = site.browser().client.head("/portal/entrar")

    assert (answer.status_code, answer.data) == (200, b"")
    assert int(answer.headers["Content-Length"]) > 1000


def test_a_body_that_is_too_large(installation: Installation) -> None:
    site = site_of(installation, USUAL._replace(body=2**20))
    browser = site.browser()
    token = browser.token()
    answer = browser.post("/entrar", {"csrf_token": token, "usuario": "x" * 2**20, "clave": "x"})

    assert (answer.status_code, answer.mimetype) == (413, "text/html")
    assert "SRV-041" in answer.text
    assert browser.post("/entrar", {"csrf_token": token, "usuario": "x" * 2**19, "clave": "x"}).status_code == 401


def test_a_failure_of_ours_tells_nothing_of_itself(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object) -> None:
        raise ValueError("un secreto")

    browser = site.inside("administrador")
    monkeypatch.setattr(style_page, "problem", fail)
    answer = browser.get("/estilo")

    assert answer.status_code == 500
    assert "SRV-140" in answer.text
    assert answer.headers["X-Request-Id"] in answer.text
    assert "secreto" not in answer.text
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_a_database_that_fails_is_told(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    browser = site.inside("administrador")
    monkeypatch.setattr(PortalSessions, "find", fail)
    answer = browser.get(f"{site.home}/tablero")

    assert answer.status_code == 503
    assert "BAS-003" in answer.text


def test_reasons_become_a_page(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object) -> None:
        from dteplanows.document.catalogue import problem

        raise Refused([problem("AUT-030", value="<i>ana</i>", rut=COMPANY.rut, ambiente="pruebas")])

    browser = site.inside("administrador")
    monkeypatch.setattr(style_page, "problem", refuse)
    page, script = browser.get("/estilo"), browser.get("/estilo", headers={"X-Requested-With": "fetch"})

    assert (page.status_code, script.status_code) == (400, 400)
    assert "AUT-030" in page.text
    assert "<i>" not in page.text
    assert script.json
    assert script.json["codes"] == ["AUT-030"]


# --- Where it stands --------------------------------------------------------------------------------------------


def test_a_browser_finds_it_at_the_bare_address_and_a_program_what_it_always_found(site: Site) -> None:
    client = site.browser().client
    browser = client.get("/", headers={"Accept": "text/html,application/xhtml+xml", "Host": "a.cl"})
    program = client.get("/", headers={"Accept": "*/*", "Host": "a.cl"})

    assert (browser.status_code, browser.location) == (302, "http://a.cl/portal/")
    assert (program.status_code, program.location) == (302, "http://a.cl/WSDS/wsplano.asmx")
    assert client.get("/WSDS/wsplano.asmx", headers={"Accept": "text/html"}).status_code == 200


def test_it_is_made_when_somebody_asks_for_it(installation: Installation) -> None:
    site = site_of(installation)
    site.browser().client.get("/WSDS/wsplano.asmx/Online")
    assert site.application._portal
    assert site.application._portal._made is None
    site.browser().get("/entrar")
    assert site.application._portal._made is not None


def test_the_switch_of_the_look_is_remembered(site: Site) -> None:
    def theme(value: str) -> str | None:
        answer = site.browser(f"{THEME_COOKIE}={value}").get("/entrar")
        found: str | None = etree.fromstring(answer.data, etree.HTMLParser()).get("data-theme")
        return found

    assert [theme(one) for one in ("oscuro", "claro", '"><script>')] == ["oscuro", "claro", None]
