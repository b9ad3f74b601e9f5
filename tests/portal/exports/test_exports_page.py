"""The page of the exports: what a contador asks for, sees coming, fetches and removes; and what nobody else gets."""

from __future__ import annotations

import io
import zipfile

import pytest
from lxml import html

from dteplanows.document import clock
from dteplanows.exports import at_once, path_of
from dteplanows.exports.formats import FORMATS
from dteplanows.exports.worker import Exporter
from dteplanows.portal.exports import view_model
from dteplanows.portal.texts import TEXTS
from tests.portal.pages import OTHER, Browser, Site
from tests.sii.documents import issue

NOW = f"{clock.today():%Y-%m}"


@pytest.fixture
def three(site: Site) -> Site:
    for seed in (1, 2, 3):
        issue(site.installation, 33, range(seed, 40))
    return site


def ask(browser: Browser, site: Site, **fields: str) -> str:
    """Where the browser is sent after asking for a file."""
    answer = browser.post(f"{site.home}/exportaciones/pedir", {"mes": NOW, **fields})
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"].removeprefix("/portal")


def words(browser: Browser, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    return " ".join(html.fromstring(answer.text).text_content().split())


def test_a_zip_is_asked_for_made_fetched_and_removed(three: Site) -> None:
    browser, ledger = three.inside("contador"), three.installation.ledger
    assert "Todavía no ha pedido archivos" in words(browser, f"{three.home}/exportaciones")
    page = words(browser, ask(browser, three, formato="xml"))
    assert "El archivo se está preparando" in page and "en espera" in page
    assert "Ningún programa prepara los archivos" in page
    (one,) = ledger.exports.of(three.installation.company)
    address = f"{three.home}/exportaciones/{one.id}"
    assert browser.get(address).status_code == 404
    assert 'data-open' in browser.get(f"{three.home}/exportaciones?parte=lista").text

    while Exporter(ledger, 7, 100).work_once():
        pass
    page = words(browser, f"{three.home}/exportaciones?parte=lista")
    assert "listo" in page and "Descargar" in page and "data-open" not in page
    answer = browser.get(address)
    assert answer.headers["Content-Type"] == "application/zip"
    assert f"filename={one.nombre}" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as made:
        assert made.testzip() is None and len(made.namelist()) >= 2

    path_of(ledger, one).rename(path_of(ledger, one).with_suffix(".gone"))
    gone = browser.get(address)
    assert (gone.status_code, "SRV-264" in gone.text) == (404, True)
    assert "ya no está en este equipo" in words(browser, f"{three.home}/exportaciones")
    assert browser.post(f"{address}/eliminar").status_code == 302
    assert ledger.exports.of(three.installation.company) == []
    assert browser.post(f"{address}/eliminar").status_code == 404
    events = [(event.tipo, event.quien) for event in ledger.events.of() if "export" in event.tipo]
    assert [tipo for tipo, _ in events] == ["exportacion_pedida", "exportacion_eliminada"]
    assert all("contador" in quien for _, quien in events)


def test_few_documents_come_at_once_and_many_later(three: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = three.inside("contador")
    for formato in ("csv", "xlsx", "rcv", "librocv", "compras-csv", "compras-librocv", "guias-xlsx"):
        answer = browser.post(f"{three.home}/exportaciones/pedir", {"mes": NOW, "formato": formato})
        assert answer.status_code == 200, formato
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    few = {**FORMATS, "csv": FORMATS["csv"]._replace(at_once=2)}
    monkeypatch.setattr(at_once, "FORMATS", few)
    assert "/exportaciones?pedida=" in ask(browser, three, formato="csv", tipo="33")
    (one,) = three.installation.ledger.exports.of(three.installation.company)
    assert (one.que["tipo"], one.formato) == (33, "csv")


def test_what_no_page_asks_is_refused(three: Site) -> None:
    browser = three.inside("contador")
    path = f"{three.home}/exportaciones/pedir"
    wrong = ({"formato": "exe"}, {"formato": ""}, {"formato": "csv", "folio": "x"}, {"formato": "csv", "mes": "x"})
    for fields in wrong:
        assert browser.post(path, fields).status_code == 400, fields
    period = {"formato": "librocv", "desde": "2026-01-02", "hasta": "2026-01-05"}
    answer = browser.post(path, period)
    assert (answer.status_code, "SRV-265" in answer.text) == (400, True)
    assert browser.client.post(f"/portal{path}", data={"formato": "xml"}).status_code == 400


def test_another_company_has_no_part_in_it(three: Site) -> None:
    browser, ledger = three.inside("contador"), three.installation.ledger
    ask(browser, three, formato="xml")
    (one,) = ledger.exports.of(three.installation.company)
    while Exporter(ledger, 7, 100).work_once():
        pass
    stranger = three.browser()
    assert stranger.enter(three.person("contador", OTHER, "otra")).status_code == 302
    for home in (three.home, f"/{OTHER.ambiente}/{OTHER.rut}"):
        assert stranger.get(f"{home}/exportaciones/{one.id}").status_code == 404
        assert stranger.post(f"{home}/exportaciones/{one.id}/eliminar").status_code == 404
    assert ledger.exports.find(one.id)
    assert one.nombre not in stranger.get(f"/{OTHER.ambiente}/{OTHER.rut}/exportaciones").text


def test_why_a_file_was_not_made_is_shown(three: Site) -> None:
    browser, ledger = three.inside("contador"), three.installation.ledger
    ask(browser, three, formato="pdf")
    Exporter(ledger, 7, 0).work_once()
    page = words(browser, f"{three.home}/exportaciones")
    assert "no se pudo" in page and "no cabe en el disco" in page


def test_every_kind_of_file_has_a_name() -> None:
    assert {key for _, key in view_model.choices(tuple(FORMATS))} <= set(TEXTS)
