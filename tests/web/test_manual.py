"""The manual as the service shows it: read-only, typed, and nothing of the machine behind it."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urljoin

import pytest
from lxml import etree

from docs.build import built
from dteplanows.ledger.portal_sessions import PortalSessions
from dteplanows.web import manual, places
from tests.installation import COMPANY, Installation
from tests.portal.pages import OTHER, Site, site_of
from tests.soap.soap_support import Caller

FOLDER = built()
PAGES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.html"))


def page(caller: Caller, path: str) -> etree._Element:
    answer = caller.send("GET", path)
    assert answer.status == 200, path
    return etree.fromstring(answer.body, etree.HTMLParser(encoding="utf-8"))


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/manual/", "text/html; charset=utf-8"),
        ("/manual/index.html", "text/html; charset=utf-8"),
        ("/manual/referencia/reglas-txt.html", "text/html; charset=utf-8"),
        ("/manual/servicio/instalacion.html", "text/html; charset=utf-8"),
        ("/manual/manual.css", "text/css; charset=utf-8"),
        ("/manual/tokens.css", "text/css; charset=utf-8"),
        ("/manual/icon.svg", "image/svg+xml"),
        ("/manual/buscar.js", "text/javascript; charset=utf-8"),
        ("/manual/ejemplos/33-factura.txt", "text/plain; charset=utf-8"),
        ("/manual/ejemplos/33-factura.xml", "text/xml; charset=utf-8"),
    ],
)
def test_a_file_of_the_manual(caller: Caller, path: str, kind: str) -> None:
    answer = caller.send("GET", path)
    assert answer.status == 200
    if not path.endswith(("/", ".html")):
        assert answer.body == (FOLDER / path.removeprefix("/manual/")).read_bytes()
    assert answer.headers["Content-Type"] == kind
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self';")
    assert "unsafe" not in policy
    head = caller.send("HEAD", path)
    assert (head.status, head.body, head.headers) == (200, b"", answer.headers)


def test_the_slash_is_put_where_it_belongs(caller: Caller) -> None:
    answer = caller.send("GET", "/manual", HTTP_HOST="a.cl", SCRIPT_NAME="/dte")
    assert (answer.status, answer.headers["Location"]) == (302, "http://a.cl/dte/manual/")


@pytest.mark.parametrize(
    "path",
    [
        "/manual/../front.py",
        "/manual/../soap/front.py",
        "/manual/referencia/../../cli.py",
        "/manual/..",
        "/manual//",
        "/manual//etc/passwd",
        "/manual/./index.html",
        "/manual/index.html/",
        "/manual/referencia",
        "/manual/referencia/",
        "/manual/fuentes.sha256",
        "/manual/..\\..\\cli.py",
        "/manual/%2e%2e/cli.py",
        "/manual/index.html\0",
        "/manual/nada.html",
        "/manualx",
        "/Manual/",
        f"/manual/{FOLDER}/index.html",
    ],
)
def test_nothing_else_is_shown(caller: Caller, path: str) -> None:
    answer = caller.send("GET", path)
    assert (answer.status, answer.code()) == (404, "SRV-060")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_it_is_only_read(caller: Caller, method: str) -> None:
    answer = caller.send(method, "/manual/", b"x" if method == "POST" else b"")
    assert (answer.status, answer.code()) == (405, "SRV-061")
    assert answer.headers["Allow"].startswith("GET, HEAD")


@pytest.mark.parametrize("path", ["/manual/", "/manual/index.html", "/manual/nada.html", "/manual/../cli.py"])
def test_a_copy_without_the_manual_says_what_to_do(
    caller: Caller, path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "manual"
    monkeypatch.setattr(manual, "_folder", lambda: folder)
    answer = caller.send("GET", path)
    assert (answer.status, answer.code()) == (404, "SRV-067")
    assert "python3 run.py manual" in answer.body.decode()
    assert caller.send("GET", query="wsdl").status == 200
    folder.mkdir()
    assert caller.send("GET", "/manual/").status == 200


def test_every_file_but_the_digest_is_shown() -> None:
    files = {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file()}
    assert files - set(manual._files()) == {"fuentes.sha256"}


@pytest.mark.parametrize("name", PAGES)
def test_the_links_of_a_page_lead_somewhere(caller: Caller, name: str) -> None:
    shown = page(caller, f"/manual/{name}")
    links = [one.get("href") or "" for one in shown.iter("a", "link")] + [
        one.get("src") or "" for one in shown.iter("script", "img")
    ]
    assert links
    for link in links:
        target, part = urldefrag(urljoin(f"/manual/{name}", link))
        assert target.startswith("/manual/"), link
        if not target.endswith(".html"):
            assert caller.send("GET", target).status == 200, link
        elif part:
            assert part in ids(caller, target), link
        else:
            page(caller, target)


def ids(caller: Caller, path: str) -> set[str]:
    return {one.get("id") or "" for one in page(caller, path).iter() if one.get("id")}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_only_our_own_scripts_and_nothing_inline(caller: Caller, name: str) -> None:
    text = (FOLDER / name).read_text("utf-8")
    shown = etree.fromstring(text.encode(), etree.HTMLParser(encoding="utf-8"))
    assert shown.get("lang") == "es-CL"
    assert not list(shown.iter("style", "iframe"))
    assert not [one for one in shown.iter("img") if not one.get("alt")]
    assert [one.tag for one in shown.iter() if one.get("style")] == []
    assert not re.search(r"\son[a-z]+=", re.sub("<pre.*?</pre>", "", text, flags=re.DOTALL))
    assert text.count("<pre") == text.count('class="copy"')
    scripts = [(urljoin(f"/manual/{name}", one.get("src") or ""), one.text) for one in shown.iter("script")]
    own = ["portal.js", "manual.js", *(["indice.js", "buscar.js"] if name == "buscar.html" else [])]
    assert scripts == [(f"/manual/{one}", None) for one in own]
    (form,) = shown.iter("form")
    assert urljoin(f"/manual/{name}", form.get("action") or "") in ("/manual/buscar.html", "/manual/buscar.html#")


# --- Who reads it ------------------------------------------------------------------------------------------------


PROGRAMS = "/manual/programas.html"


def said(page: str, place: str) -> set[str]:
    """What stands at the places for *place*."""
    return set(places.texts(page, place))


def way(page: str) -> tuple[str, str]:
    """Where the way to the portal leads, and what it is called."""
    shown = etree.fromstring(page.encode(), etree.HTMLParser(encoding="utf-8"))
    (link,) = shown.xpath("//header/a[contains(@class, 'to-portal')]")
    return link.get("href"), "".join(link.itertext())


@pytest.mark.parametrize(
    ("options", "base", "headers", "address"),
    [
        ({}, "http://10.0.0.5:8080", {}, "http://10.0.0.5:8080"),
        ({"trust_forwarded": True}, "http://10.0.0.5:8080", {
            "X-Forwarded-Proto": "https", "X-Forwarded-Host": "www.a.cl", "X-Forwarded-Prefix": "/dte",
        }, "https://www.a.cl/dte"),
        ({"url": "https://dte.a.cl/dte"}, "http://10.0.0.5:8080", {}, "https://dte.a.cl/dte"),
    ],
)  # fmt: skip
def test_the_examples_have_the_address_by_which_the_page_was_reached(
    site_with: Callable[..., Site], options: dict[str, Any], base: str, headers: dict[str, str], address: str
) -> None:
    site = site_with(**options)
    page = site.browser().client.get(PROGRAMS, base_url=base, headers=headers).text
    assert said(page, places.ADDRESS) == {address}
    assert said(page, places.USER) == {"MIUSUARIO"} and said(page, places.RUT) == {"1-9"}
    assert way(page) == (f"{address}/portal/", "Entrar al portal")
    text = site.browser().client.get("/manual/llamada.html", base_url=base, headers=headers).text
    assert said(text, places.ADDRESS) == {address}


def test_a_host_that_is_none_fills_in_nothing(site_with: Callable[..., Site]) -> None:
    page = site_with().browser().client.get(PROGRAMS, headers={"Host": "a.cl'\"<b>"}).text
    assert said(page, places.ADDRESS) <= {"http://localhost", "http://localhost:80"}


def test_the_examples_have_the_name_and_the_company_of_who_came_in(site_with: Callable[..., Site]) -> None:
    site = site_with()
    browser = site.inside("contador")
    page = browser.client.get(PROGRAMS, base_url=browser.base).text
    assert said(page, places.USER) == {f"contador.{COMPANY.rut}"}
    assert said(page, places.RUT) == {COMPANY.rut}
    assert said(page, places.PASSWORD) == {"MICLAVE"}
    assert way(page) == (f"{browser.base}/portal{site.home}/tablero", "Volver al portal")
    browser.post("/salir")
    page = browser.client.get(PROGRAMS, base_url=browser.base).text
    assert said(page, places.USER) == {"MIUSUARIO"} and "Entrar al portal" in page


def test_of_several_companies_it_is_the_one_that_was_looked_at(site_with: Callable[..., Site]) -> None:
    site = site_with()
    for company in (OTHER, replace(OTHER, rut="77000222-2"), replace(OTHER, rut="77000222-2", ambiente="produccion")):
        site.installation.ledger.companies.save(company)
    browser = site.inside("operador")

    def seen() -> tuple[set[str], str]:
        page = browser.client.get(PROGRAMS, base_url=browser.base).text
        return said(page, places.RUT), way(page)[0].removeprefix(f"{browser.base}/portal")

    assert seen() == ({"1-9"}, "/")
    browser.get(f"/pruebas/{OTHER.rut}/tablero")
    assert seen() == ({OTHER.rut}, f"/pruebas/{OTHER.rut}/tablero")
    # Where the same RUT opens what is in earnest, an example that is copied would issue in earnest.
    for ambiente in ("pruebas", "produccion"):
        browser.get(f"/{ambiente}/77000222-2/tablero")
        assert seen() == ({"1-9"}, f"/{ambiente}/77000222-2/tablero")
    browser.get("/pruebas/1-9/tablero")
    assert seen()[1] == "/produccion/77000222-2/tablero"


@pytest.mark.parametrize("usuario", ["o'higgins", 'a"b', "$(reboot)", "`id`", "a\\", "<b>x</b>", "{x}", "a\nb"])
def test_a_name_that_a_program_could_not_quote_is_left_out(site_with: Callable[..., Site], usuario: str) -> None:
    site = site_with()
    browser = site.browser()
    assert browser.enter(site.person("contador", usuario=usuario)).status_code == 302
    page = browser.client.get(PROGRAMS, base_url=browser.base).text
    assert said(page, places.USER) == {"MIUSUARIO"} and "Volver al portal" in page


@pytest.mark.parametrize(("cookie", "theme"), [
    ("dteplanows_tema=oscuro", "oscuro"), ("a=b; dteplanows_tema=claro; c=d", "claro"), ("", None),
    ('dteplanows_tema="><script>', None), ("xdteplanows_tema=oscuro2", None),
])  # fmt: skip
def test_it_has_the_look_that_was_chosen_in_the_portal(caller: Caller, cookie: str, theme: str | None) -> None:
    answer = caller.send("GET", "/manual/", HTTP_COOKIE=cookie)
    shown = etree.fromstring(answer.body, etree.HTMLParser(encoding="utf-8"))
    assert shown.get("data-theme") == theme


@pytest.mark.parametrize("cookie", ["dteplanows_00000000=x", "dteplanows_00000000=eyJzZXNpb24iOiJ4In0.a.b"])
def test_a_cookie_of_nobody_is_nobody(site_with: Callable[..., Site], cookie: str) -> None:
    page = site_with().browser(cookie).client.get(PROGRAMS, headers={"Cookie": cookie})
    assert page.status_code == 200 and "Entrar al portal" in page.text


def test_without_a_cookie_the_portal_is_not_made(site_with: Callable[..., Site]) -> None:
    site = site_with()
    site.browser().client.get("/manual/")
    assert site.application._portal
    assert site.application._portal._made is None


def test_it_is_read_while_the_ledger_cannot_be_asked(
    site_with: Callable[..., Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    site = site_with()
    browser = site.inside("contador")

    def broken(self: object, key: str) -> None:
        failure = sqlite3.OperationalError("disk I/O error")
        failure.sqlite_errorcode, failure.sqlite_errorname = sqlite3.SQLITE_IOERR_READ, "SQLITE_IOERR_READ"
        raise failure

    monkeypatch.setattr(PortalSessions, "find", broken)
    page = browser.client.get(PROGRAMS, base_url=browser.base)
    assert page.status_code == 200 and said(page.text, places.USER) == {"MIUSUARIO"}


@pytest.fixture
def site_with(installation: Installation) -> Callable[..., Site]:
    """Makes the portal of an installation, with the manual beside it."""
    return lambda **options: site_of(installation, **options)
