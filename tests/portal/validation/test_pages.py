"""The page as a browser without a script, and as the page's script, asks for it."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import replace
from typing import Any

import pytest
from lxml import html
from werkzeug.test import TestResponse

from dteplanows.ledger.rows import ReceivedFile
from dteplanows.log import journal
from dteplanows.parser import guess_formato
from dteplanows.portal.validation.views import MOST_FILES
from dteplanows.soap.limits import USUAL
from tests.bad_inputs import BAD, CLIENTE, FACTURA, XML, spoiled
from tests.installation import COMPANY, FIRST_FOLIO, Installation
from tests.portal.pages import OTHER, Browser, Site, site_of

HOSTILE_NAME = "<img src=x onerror=alert(1)> {{7*7}}.txt"
SCRIPT = {"X-Requested-With": "fetch"}
HOSTILE = """"><img src=x onerror=alert(1)><script>alert(2)</script>' onmouseover='alert(3) {{7*7}} </textarea>"""


@pytest.fixture
def contador(site: Site) -> Browser:
    return site.inside("contador")


@pytest.fixture(scope="module")
def reading(shared: Installation) -> Browser:
    """The browser of a contador, for tests that change nothing."""
    return site_of(shared).inside("contador")


@pytest.fixture
def administrador(site: Site) -> Browser:
    return site.inside("administrador")


def file(data: bytes | str, name: str = "factura.txt") -> tuple[io.BytesIO, str]:
    return io.BytesIO(data if isinstance(data, bytes) else data.encode()), name


def ask(browser: Browser, where: str, script: bool = True, **form: Any) -> TestResponse:
    """A call of the page below ``validar``."""
    return browser.post(
        f"/{COMPANY.ambiente}/{COMPANY.rut}/validar{where}", form, headers=SCRIPT if script else {},
        content_type="multipart/form-data",
    )  # fmt: skip


def tree(answer: TestResponse) -> html.HtmlElement:
    return html.fromstring(answer.text)


def sheets(answer: TestResponse) -> list[html.HtmlElement]:
    return list(tree(answer).xpath("//article[starts-with(@class, 'sheet ')]"))


def verdicts(answer: TestResponse) -> list[str]:
    return [one.get("class").rpartition("-")[2] for one in sheets(answer)]


def test_the_page_offers_to_choose_and_to_paste(site: Site, contador: Browser) -> None:
    page = tree(contador.get(f"{site.home}/validar"))
    assert page.xpath("//input[@type='file'][@multiple][@name='archivo']")
    assert page.xpath("//textarea[@name='texto']")
    assert page.xpath("//*[@aria-live='polite']")
    assert page.xpath("//nav//a[@aria-current='page']/text()") == ["Validar archivos"]


def test_several_files_of_one_form(reading: Browser) -> None:
    files = [file(FACTURA), file(spoiled(FACTURA, CLIENTE, "1-8"), "mala.txt"), file(XML.encode("latin-1"), "x.xml")]
    answer = ask(reading, "", script=False, archivo=files)
    assert verdicts(answer) == ["accepted", "refused", "accepted"]
    second = sheets(answer)[1]
    assert [one.text_content() for one in second.xpath(".//li//mark")] == ["1-8"]
    (link,) = second.xpath(".//a[@class='finding-place']")
    assert second.get_element_by_id(link.get("href")[1:]).text_content().startswith("2")
    assert second.xpath(".//textarea")[0].text.strip() == spoiled(FACTURA, CLIENTE, "1-8").decode("latin-1").strip()


def test_files_beyond_the_most_are_counted(reading: Browser) -> None:
    answer = ask(reading, "", script=False, archivo=[file("hola") for _ in range(MOST_FILES + 2)])
    assert len(verdicts(answer)) == MOST_FILES
    assert "Quedaron fuera 2" in answer.text


def test_a_text_that_is_pasted(reading: Browser) -> None:
    answer = ask(reading, "", script=False, texto=FACTURA.replace("Tornillo", "Tornillo ñandú").replace("\n", "\r\n"))
    assert verdicts(answer) == ["accepted"]
    assert "Texto pegado" in answer.text


@pytest.mark.parametrize(("where", "status"), [("", 200), ("/archivo", 400), ("/emitir", 400), ("/informe", 400)])
def test_a_form_without_a_file_says_so(administrador: Browser, where: str, status: int) -> None:
    answer = ask(administrador, where, script=False)
    assert answer.status_code == status
    assert "No llegó ningún archivo" in answer.text


def test_the_script_is_given_one_sheet_with_its_marks(reading: Browser) -> None:
    answer = ask(reading, "/archivo", archivo=file(spoiled(FACTURA, CLIENTE, "1-8")), numero="7")
    (sheet,) = sheets(answer)
    assert sheet.get("id") == "archivo-7"
    found = json.loads(sheet.get("data-found"))
    row = spoiled(FACTURA, CLIENTE, "1-8").decode().splitlines()[1]
    assert found["marks"] == [[2, row.index("1-8"), row.index("1-8") + 3, 1, "error"]]
    assert [2, row.index("1-8"), row.index("1-8") + 3, "Encabezado.6"] in found["fields"]
    assert "<html" not in answer.text


def test_a_number_of_nonsense_is_none(reading: Browser) -> None:
    for numero in ("", "x", "-3", "9" * 400, "<q>", "²"):
        answer = ask(reading, "/archivo", archivo=file(FACTURA), numero=numero)
        assert answer.status_code == 200
        assert "<q>" not in answer.text


def test_a_mended_text_is_judged_as_it_is_now(reading: Browser) -> None:
    first = ask(reading, "/archivo", texto=FACTURA.replace(";10;1000;", ";diez;1000;"), nombre="a.txt")
    then = ask(reading, "/archivo", texto=FACTURA, nombre="a.txt")
    assert (verdicts(first), verdicts(then)) == (["refused"], ["accepted"])
    assert verdicts(ask(reading, "/archivo", texto="", nombre="a.txt")) == []  # left out by this browser: no file


def test_every_bad_file_gives_a_page(reading: Browser) -> None:
    for bad in BAD:
        fits = bad.formato == guess_formato(bad.file) and 0 < len(bad.file) < 100_000
        if fits and "FOL-031" not in bad.codes:  # here the CAF is made on demand
            answer = ask(reading, "/archivo", archivo=file(bad.file, "malo.txt"))
            assert (answer.status_code, verdicts(answer)) == (200, ["refused"]), bad.name


# --- hostile ---


def places_of_hostile(text: str) -> list[bytes]:
    """Files that carry *text* wherever the page shows something of a file."""
    safe = text.replace(";", "")
    line = text.replace(";", ",")
    return [
        FACTURA.replace("Cliente Ficticio", safe).encode(),
        FACTURA.replace(";10;1000;", f";{safe};1000;").encode(),
        FACTURA.replace("->Detalle<-", f"->{safe}<-").encode(),
        f"{line}\n{FACTURA}".encode(),
        (FACTURA + f"->Observacion<-\n{line}\n").encode(),
        XML.replace("Tornillo", f"<![CDATA[{text}]]>").encode("latin-1"),
        XML.replace(">11900<", f"><![CDATA[{text}]]><").encode("latin-1"),
        XML.replace("<Detalle>", f"<Detalle>{text}").encode("latin-1"),
        text.encode(),
    ]


@pytest.mark.parametrize("where", ["", "/archivo", "/informe", "/emitir"])
def test_no_text_of_a_file_becomes_a_part_of_the_page(administrador: Browser, where: str) -> None:
    for data in places_of_hostile(HOSTILE):
        for given in ({"archivo": file(data, HOSTILE_NAME)}, {"texto": data.decode("latin-1"), "nombre": HOSTILE}):
            answer = ask(administrador, where, script=False, **given)
            assert answer.status_code == 200
            page = tree(answer)
            assert [one for one in page.iter("script") if "alert" in (one.text or "")] == []
            assert page.xpath("//img[@src='x']") == []
            assert [one for one in page.iter() for name in one.attrib if name.startswith("on")] == []
            assert "{{7*7}}" in answer.text


def test_the_name_of_a_file_cannot_break_the_header_of_its_report(reading: Browser) -> None:
    answer = ask(reading, "/informe", texto=FACTURA, nombre='x"\r\nSet-Cookie: a=b\r\n.txt')
    assert answer.headers["Content-Disposition"] == 'attachment; filename="informe-x-Set-Cookie-a-b-.txt.html"'
    assert "Set-Cookie: a=b" not in str(answer.headers)


def test_a_call_without_our_token_is_not_taken(site: Site, administrador: Browser) -> None:
    for where in ("", "/archivo", "/informe", "/emitir"):
        answer = ask(administrador, where, texto=FACTURA, nombre="a.txt", csrf_token="otro")
        assert answer.status_code == 400
        assert "folio" not in answer.text.lower()
    assert site.installation.ledger.documents.find("pruebas", COMPANY.rut, 33, FIRST_FOLIO) is None


def test_a_file_beyond_the_service_s_limit_is_not_taken(shared: Installation) -> None:
    browser = site_of(shared, USUAL._replace(body=200_000)).inside("contador")
    answer = ask(browser, "/archivo", archivo=file(b"x" * 400_000))
    assert answer.status_code == 413
    assert "error" in json.loads(answer.text)


def test_policy_and_no_script_or_style_inside(site: Site, contador: Browser) -> None:
    answer = ask(contador, "", script=False, archivo=file(spoiled(FACTURA, CLIENTE, "1-8")))
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    page = tree(answer)
    assert [one for one in page.iter("script") if not one.get("src")] == []
    assert list(page.iter("style")) == []
    assert [one for one in page.iter() if one.get("style")] == []


# --- issuing ---


def test_a_file_is_issued_after_a_question(site: Site, administrador: Browser) -> None:
    asked = ask(administrador, "/emitir", script=False, texto=FACTURA, nombre="a.txt")
    assert "¿Emitir en pruebas?" in asked.text
    assert site.installation.ledger.documents.find("pruebas", COMPANY.rut, 33, FIRST_FOLIO) is None
    text = tree(asked).xpath("//textarea")[0].text.lstrip("\n")
    done = ask(administrador, "/emitir", script=False, texto=text, nombre="a.txt", confirmado="si")
    (sheet,) = sheets(done)
    assert f"Folio {FIRST_FOLIO}" in sheet.text_content()
    links = [one.get("href").removeprefix("/portal") for one in sheet.xpath(".//li//a[contains(@class, 'button')]")]
    pdf, xml = [administrador.get(one) for one in links]
    assert (pdf.mimetype, pdf.data[:5]) == ("application/pdf", b"%PDF-")
    assert xml.data == site.installation.xml(33, FIRST_FOLIO)
    assert xml.headers["Content-Disposition"].endswith(f'{COMPANY.rut}F{FIRST_FOLIO}T33.xml"')


def test_the_bytes_that_were_dropped_are_those_that_are_issued(site: Site, administrador: Browser) -> None:
    data = FACTURA.replace("Tornillo", "Tornillo ñandú").encode("latin-1")
    answer = ask(administrador, "/emitir", archivo=file(data))
    assert verdicts(answer) == ["issued"]
    kept = site.installation.ledger.files.find(hashlib.sha256(data).hexdigest())
    assert kept == ReceivedFile("1", data)


def test_a_refused_file_is_not_issued(site: Site, administrador: Browser) -> None:
    answer = ask(administrador, "/emitir", archivo=file(spoiled(FACTURA, CLIENTE, "1-8")))
    assert verdicts(answer) == ["refused"]
    assert site.installation.ledger.documents.find("pruebas", COMPANY.rut, 33, FIRST_FOLIO) is None


def test_validating_takes_no_folio(site: Site, administrador: Browser) -> None:
    for _ in range(3):
        assert verdicts(ask(administrador, "/archivo", archivo=file(FACTURA))) == ["accepted"]
    assert site.installation.ledger.documents.find("pruebas", COMPANY.rut, 33, FIRST_FOLIO) is None


def test_who_may_not_issue_is_offered_no_button_and_refused(contador: Browser) -> None:
    assert "Emitir en pruebas" not in ask(contador, "/archivo", archivo=file(FACTURA)).text
    assert ask(contador, "/emitir", archivo=file(FACTURA)).status_code == 403


def test_nothing_is_issued_here_in_production(site: Site) -> None:
    real = replace(COMPANY, ambiente="produccion")
    site.installation.ledger.companies.save(real)
    site.person("administrador", real, usuario="real")
    browser = site.browser()
    browser.enter("real")
    path = f"/produccion/{real.rut}/validar"
    judged = browser.post(f"{path}/archivo", {"archivo": file(FACTURA)}, headers=SCRIPT)
    assert judged.status_code == 200
    assert "Emitir en pruebas" not in judged.text
    assert browser.post(f"{path}/emitir", {"archivo": file(FACTURA)}, headers=SCRIPT).status_code == 404
    assert 'id="emitir"' not in browser.get(path).text


def test_documents_of_another_company_are_not_there(site: Site, administrador: Browser) -> None:
    assert verdicts(ask(administrador, "/emitir", archivo=file(FACTURA))) == ["issued"]
    site.person("administrador", OTHER, usuario="otra")
    browser = site.browser()
    browser.enter("otra")
    for kind in ("pdf", "xml"):
        answer = browser.get(f"/pruebas/{OTHER.rut}/validar/emitido/33/{FIRST_FOLIO}/{kind}")
        assert answer.status_code == 400
        assert "Maestranza" not in answer.text


# --- report and log ---


def test_the_report_says_all_and_no_secret(reading: Browser) -> None:
    answer = ask(reading, "/informe", archivo=file(spoiled(FACTURA, CLIENTE, "1-8", "Tornillo;10", "Tornillo;diez")))
    page = tree(answer)
    assert [one.text for one in page.iter("mark")] == ["diez", "1-8"]
    assert COMPANY.razon_social in page.text_content()
    assert list(page.iter("script", "link")) == []
    assert "csrf" not in answer.text
    assert "contador" not in answer.text


def test_the_log_names_the_operation_and_nothing_of_the_file(
    site: Site, contador: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[dict[str, Any]] = []
    monkeypatch.setattr(journal, "finish", lambda call, *_, **__: lines.append(call.facts()))
    ask(contador, "/archivo", archivo=file(spoiled(FACTURA, CLIENTE, "1-8")))
    (line,) = [one for one in lines if one.get("operacion") == "Validar"]
    assert (line["rut"], line["ambiente"], line["codigos"]) == (COMPANY.rut, "pruebas", ["DOC-011"])
    assert "Ficticio" not in json.dumps(line, ensure_ascii=False)
