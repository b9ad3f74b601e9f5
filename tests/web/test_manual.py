"""The manual as the service shows it: read-only, typed, and nothing of the machine behind it."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urldefrag, urljoin

import pytest
from lxml import etree

from docs.build import built
from dteplanows.web import manual
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
        ("/manual/estilo.css", "text/css; charset=utf-8"),
        ("/manual/buscar.js", "text/javascript; charset=utf-8"),
        ("/manual/ejemplos/33-factura.txt", "text/plain; charset=utf-8"),
        ("/manual/ejemplos/33-factura.xml", "text/xml; charset=utf-8"),
    ],
)
def test_a_file_of_the_manual(caller: Caller, path: str, kind: str) -> None:
    answer = caller.send("GET", path)
    assert answer.status == 200
    assert answer.body == (FOLDER / (path.removeprefix("/manual/") or "index.html")).read_bytes()
    assert answer.headers["Content-Type"] == kind
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'; script-src 'self';")
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
    links = [one.get("href") or "" for one in shown.iter("a", "link")]
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
def test_a_page_has_only_the_search_and_nothing_inline(caller: Caller, name: str) -> None:
    text = (FOLDER / name).read_text("utf-8")
    shown = etree.fromstring(text.encode(), etree.HTMLParser(encoding="utf-8"))
    assert shown.get("lang") == "es"
    assert not list(shown.iter("style", "iframe", "img"))
    assert [one.tag for one in shown.iter() if one.get("style")] == []
    assert not re.search(r"\son[a-z]+=", re.sub("<pre>.*?</pre>", "", text, flags=re.DOTALL))
    scripts = [(one.get("src"), one.text) for one in shown.iter("script")]
    assert scripts == ([("indice.js", None), ("buscar.js", None)] if name == "buscar.html" else [])
    (form,) = shown.iter("form")
    assert urljoin(f"/manual/{name}", form.get("action") or "") in ("/manual/buscar.html", "/manual/buscar.html#")
