"""The page of a document for its receiver: what it shows, to whom, and what it does not tell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urljoin, urlsplit

import pytest
from lxml import html
from werkzeug.test import Client, TestResponse

from dteplanows import web
from dteplanows.archive.links import PAGES, Copy
from dteplanows.archive.receiving import Checks, checks_of
from dteplanows.document import clock
from dteplanows.folios.caf import read_stamped
from dteplanows.issuing.annulling import annul
from dteplanows.ledger.deliveries import Step
from dteplanows.ledger.rows import StoredDocument
from dteplanows.signer.verification import parts_of, stamp_of
from dteplanows.soap.limits import USUAL
from tests.installation import COMPANY, TIPOS, Installation, make_installation
from tests.issuing.test_after_refusal import brought_to, issued
from tests.issuing.test_issued_before import file
from tests.sii.documents import issue

RIGHT = Checks(True, True, True, True, "prueba")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    one = make_installation(tmp_path_factory.mktemp("receptor") / "datos")
    yield one
    one.close()


@pytest.fixture
def client(made: Installation) -> Client:
    return Client(web.make_application(made.issuer, limits=USUAL._replace(pages=0)))


def address(made: Installation, stored: StoredDocument, *, cedible: bool = False) -> str:
    return made.links.page(Copy(stored.id, cedible), "pruebas")


def page_of(answer: TestResponse) -> html.HtmlElement:
    page: html.HtmlElement = html.fromstring(answer.text)
    assert not page.xpath("//script | //style | //img | //form | //@style")
    assert not page.xpath("//@*[starts-with(name(), 'on')]")
    return page


def text_of(answer: TestResponse) -> str:
    return " ".join(page_of(answer).text_content().split())


@pytest.mark.parametrize("tipo", TIPOS)
def test_every_type_is_shown_and_verified(made: Installation, client: Client, tipo: int) -> None:
    stored = issue(made, tipo)
    assert checks_of(stored) == RIGHT
    answer = client.get(address(made, stored))
    assert answer.status_code == 200
    page, text = page_of(answer), text_of(answer)
    assert f"N° {stored.folio}" in text
    assert "no tiene validez tributaria" in text
    assert text.count("Correcto.") == 4
    assert "O'Higgins & Ñandú" in text, "what a document says is text"
    pdf, xml = (urljoin(address(made, stored), one) for one in page.xpath("//p[@class='acts']/a/@href"))
    assert client.get(pdf).data.startswith(b"%PDF")
    assert client.get(xml).data == stored.xml
    style = client.get(urljoin(address(made, stored), page.xpath("//link/@href")[0]))
    assert (style.status_code, style.mimetype) == (200, "text/css")


def test_an_address_that_ended_says_so_and_the_document_has_two_addresses(
    made: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = issued(made, file())
    ending = web.make_application(made.issuer, for_people=web.ForPeople(link_days=30), limits=USUAL._replace(pages=0))
    client, today = Client(ending), clock.today()
    page = address(made, stored)
    for path in (page, page.replace("documento?", "documento.xml?"), page.replace("documento?", "documento/xml?")):
        assert client.get(path).status_code == 200
        monkeypatch.setattr(clock, "today", lambda: today + timedelta(31))
        gone = client.get(path)
        assert (gone.status_code, "SRV-211" in gone.text) == (410, True)
        assert f'href="{"documento/" if "/xml" not in path else ""}estilo.css' in gone.text
        monkeypatch.undo()
    monkeypatch.setattr(clock, "today", lambda: today + timedelta(31))
    pdf = client.get(made.links.path(Copy(stored.id), "pruebas"))
    assert (pdf.status_code, "SRV-211" in pdf.text) == (410, True)


def test_nobody_else_keeps_it_or_learns_its_address(made: Installation, client: Client) -> None:
    stored = issued(made, file())
    for path in (address(made, stored), address(made, stored).replace("documento?", "documento/xml?")):
        headers = client.get(path).headers
        assert headers["X-Robots-Tag"] == "noindex, nofollow"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"
        assert "unsafe-inline" not in headers["Content-Security-Policy"]
        assert "Set-Cookie" not in headers
    assert client.head(address(made, stored)).data == b""
    assert client.post(address(made, stored)).status_code == 405


def test_it_is_the_signature_of_the_link(made: Installation, client: Client) -> None:
    stored = issued(made, file())
    link = made.links.path(Copy(stored.id), "pruebas")
    assert urlsplit(link).query == urlsplit(address(made, stored)).query
    assert client.get(link).data.startswith(b"%PDF"), "the link goes on giving the PDF and nothing else"
    for path in PAGES.values():
        assert client.get(f"{path}?{urlsplit(link).query}").status_code == 200
        assert client.get(f"{path.upper()}?{urlsplit(link).query.replace('&', '&amp;')}").status_code == 200
    cedible = client.get(address(made, stored, cedible=True))
    assert "Ver el PDF cedible" in cedible.text


def test_what_is_not_there_and_what_was_altered_are_answered_alike(made: Installation, client: Client) -> None:
    stored = issued(made, file())
    right = address(made, stored)
    other = right.replace(f"i={stored.id}&", f"i={stored.id - 1}&")
    nowhere = made.links.page(Copy(999_999), "pruebas")
    found = [client.get(one) for one in (other, nowhere, right[:-4], PAGES["pruebas"], re.sub("p1=.", "p1=!", right))]
    assert {one.status_code for one in found} == {404}
    assert len({one.text for one in found}) == 1
    assert "SRV-082" in found[0].text
    xml = client.get(other.replace("documento?", "documento/xml?"))
    assert xml.status_code == 404
    style = urljoin(PAGES["pruebas"] + "/xml", page_of(xml).xpath("//link/@href")[0])
    assert client.get(style).mimetype == "text/css"


def test_a_withdrawn_address_says_so(made: Installation, client: Client) -> None:
    stored = issued(made, file())
    before = address(made, stored)
    made.ledger.marks.withdraw_links(stored, cedible=False, usuario="operador")
    assert (client.get(before).status_code, client.get(address(made, stored)).status_code) == (410, 200)


@pytest.mark.parametrize(
    ("state", "words"),
    [("aceptado", "El SII lo aceptó el"), ("aceptado con reparos", "con reparos"), ("rechazado", "no vale"),
     ("", "todavía no ha dicho")],
)  # fmt: skip
def test_the_state_is_told_in_plain_words(made: Installation, client: Client, state: str, words: str) -> None:
    stored = issued(made, file())
    if state:
        brought_to(made, stored, state, "(DTE-3-505) <b>secreto</b>")  # type: ignore[arg-type]
    text = text_of(client.get(address(made, stored)))
    assert words in text
    assert "secreto" not in text, "why is between the issuer and the SII"


def test_what_has_no_effect_says_so(made: Installation, client: Client) -> None:
    stored, discarded, guia = issued(made, file()), issued(made, file()), issue(made, 52)
    (note,) = annul(made.issuer, made.account, stored, "Error").documents
    for step in ("detenido", "descartado"):
        made.ledger.deliveries.move([discarded.id], Step(step))
    made.archive.annul(52, guia.folio)
    assert f"anulado por la Nota de Crédito Electrónica N° {note.folio}" in text_of(client.get(address(made, stored)))
    assert "dejó sin efecto" in text_of(client.get(address(made, discarded)))
    assert "la mercadería no salió" in text_of(client.get(address(made, guia)))


def test_a_folio_that_was_issued_again_is_shown_to_the_same_receiver_alone(made: Installation, client: Client) -> None:
    first, second = issued(made, file()), issued(made, file())
    before = address(made, first), address(made, second)
    for one in (first, second):
        brought_to(made, one, "rechazado")
    issued(made, file(folio=first.folio, neto=2000))
    issued(made, file(folio=second.folio, neto=2000, rut="11111111-1"))
    assert "$2.380" in text_of(client.get(before[0]))
    assert client.get(before[1]).status_code == 404


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (b"<MntTotal>1190<", b"<MntTotal>1191<", RIGHT._replace(signature=False, tells=False)),
        (b"<MNT>1190<", b"<MNT>1191<", RIGHT._replace(signature=False, stamp=False, tells=False)),
        (b"<NmbItem>Clavos<", b"<NmbItem>Tuercas<", RIGHT._replace(signature=False)),
        (b"<SignatureValue>", b"<SignatureValue>AA", RIGHT._replace(signature=False)),
        (b"<FRMT algoritmo=\"SHA1withRSA\">", b"<FRMT algoritmo=\"SHA1withRSA\">AA",
         RIGHT._replace(signature=False, stamp=False)),
        (b"<IDK>900<", b"<IDK>300<", RIGHT._replace(signature=False, stamp=False, folios_by="nadie")),
        (b"<IDK>900<", b"<IDK>500<", RIGHT._replace(signature=False, stamp=False, folios_by="desconocida")),
        (b"<H>", b"<H>-", RIGHT._replace(signature=False, stamp=False, covers=False)),
        (b"<TED ", b"<TEE ", Checks(False, False, False, False, "nadie")),
    ],
)  # fmt: skip
def test_what_was_altered_is_found(made: Installation, old: bytes, new: bytes, expected: Checks) -> None:
    stored = issued(made, file())
    assert old in stored.xml
    found = checks_of(replace(stored, xml=stored.xml.replace(old, new, 1)))
    assert (found, found.hold) == (expected, False)


def test_the_folios_are_those_of_the_issuer() -> None:
    assert read_stamped("<CAF/>") is None
    assert read_stamped("nada") is None


def test_the_stamp_names_its_folios(made: Installation) -> None:
    stored = issued(made, file())
    parts = parts_of(stored.xml)
    stamp = stamp_of(parts) if parts else None
    caf = read_stamped(stamp.caf) if stamp else None
    assert caf
    assert caf.covers(COMPANY.rut, 33, stored.folio)
    assert not caf.covers("1-9", 33, stored.folio)
    assert not caf.covers(COMPANY.rut, 34, stored.folio)
    assert not caf.covers(COMPANY.rut, 33, caf.hasta + 1)


def test_who_asks_too_much_waits(made: Installation) -> None:
    client = Client(web.make_application(made.issuer, limits=USUAL._replace(pages=21)))
    stored = issued(made, file())
    right, wrong = address(made, stored), PAGES["pruebas"] + "?p1=x"
    assert [client.get(one).status_code for one in (right, wrong, wrong)] == [200, 404, 404]
    answer = client.get(right)
    assert (answer.status_code, "SRV-241" in answer.text) == (429, True)
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    other = {"REMOTE_ADDR": "203.0.113.9"}
    assert client.get(right, environ_overrides=other).status_code == 200
    assert client.get(made.links.path(Copy(stored.id), "pruebas")).status_code == 200, "the link has no such limit"


def test_behind_a_proxy_with_a_prefix_everything_is_below_it(made: Installation) -> None:
    client = Client(web.make_application(made.issuer, url="https://empresa.example/dte"))
    stored = issued(made, file())
    where = f"/dte{address(made, stored)}"
    page = page_of(client.get(where))
    for one in page.xpath("//p[@class='acts']/a/@href | //link/@href"):
        whole = urljoin(where, one)
        assert whole.startswith("/dte/plano/")
        assert client.get(whole).status_code == 200


def test_a_failure_of_ours_is_a_page_too(made: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client(web.make_application(made.issuer))
    stored = issued(made, file())
    right = address(made, stored)

    def failing(*_: object) -> None:
        raise RuntimeError("secreto")

    monkeypatch.setattr("dteplanows.web.receiver.page.received", failing)
    answer = client.get(right)
    assert (answer.status_code, "SRV-004" in answer.text, "secreto" in answer.text) == (500, True, False)
