from __future__ import annotations

import io
from datetime import timedelta

from dteplanows.document import clock
from dteplanows.folios import held_back
from dteplanows.ledger.rows import Series, Span
from tests.installation import COMPANY, FIRST_FOLIO
from tests.portal.pages import OTHER, Browser, Site

SERIES = Series.of(COMPANY, 33)


def caf(site: Site, desde: int, hasta: int, rut: str = COMPANY.rut, days: int = 0) -> bytes:
    name, day = COMPANY.razon_social, clock.today() - timedelta(days=days)
    return site.installation.authority.make_caf(rut, name, 33, Span(desde, hasta), day)


def load(site: Site, browser: Browser, path: str, *files: bytes, first: tuple[str, ...] = ()) -> str:
    """What the page says after these files were sent."""
    given = [(io.BytesIO(one), f"FoliosSII{number}.xml") for number, one in enumerate(files)]
    answer = browser.post(f"{site.home}/folios/{path}", {"archivo": given, "desde_folio": list(first)})
    if answer.status_code == 302:
        answer = browser.get(f"{site.home}/folios")
    return answer.text


def with_authority(site: Site) -> Browser:
    """An administrador where the CAFs of the test authority are known."""
    site.settings.autoridad_de_prueba.write_bytes(site.installation.authority.to_pem())
    return site.inside("administrador")


def test_files_are_looked_at_before_they_are_loaded(site: Site) -> None:
    browser = with_authority(site)
    before = len(site.installation.ledger.cafs.of(*SERIES))
    files = (caf(site, 1, 50), caf(site, 1, 50, OTHER.rut), b"<x/>", caf(site, 1, 9, days=400))
    page = load(site, browser, "leer", *files)

    assert page.count("Se puede cargar") == 1
    assert page.count("No se puede cargar") == 3
    assert all(code in page for code in ("FOL-010", "FOL-001", "FOL-012"))
    assert "folios 1 a 50 (50)" in page
    assert "Cargar el archivo" in page
    assert page.count('name="desde_folio"') == 4
    assert len(site.installation.ledger.cafs.of(*SERIES)) == before


def test_files_are_loaded_each_from_its_first_folio(site: Site) -> None:
    browser, ledger = with_authority(site), site.installation.ledger
    page = load(site, browser, "cargar", caf(site, 1, 50), caf(site, 51, 60), first=("31", ""))

    assert "CAF cargado: tipo 33, Factura Electrónica, folios 1 a 50." in page
    assert "folios 51 a 60." in page
    assert "Folios anulados por haberse usado en otro sistema: 30, hasta el 30." in page
    assert [ledger.folios.use(SERIES, one).estado for one in (30, 31, 51)] == ["otro sistema", "", ""]
    assert "Folios anulados" not in browser.get(f"{site.home}/folios").text
    quien = {one.quien for one in ledger.events.of() if one.tipo == "caf cargado" and "folios 1 a 50" in one.detalle}
    assert quien == {f"usuario administrador.{COMPANY.rut}"}


def test_what_cannot_be_loaded_is_told_file_by_file(site: Site) -> None:
    browser = with_authority(site)
    page = load(site, browser, "cargar", caf(site, 1, 50), b"nada", caf(site, 71, 80), first=("", "", "x"))
    assert "CAF cargado: tipo 33, Factura Electrónica, folios 1 a 50." in page
    assert all(one in page for one in ("FoliosSII1.xml", "FOL-001", "FoliosSII2.xml", "SRV-250"))

    assert "FOL-042" in load(site, browser, "cargar", caf(site, 101, 110), first=("99",))
    assert "SRV-252" in load(site, browser, "cargar")


def test_each_type_has_its_stock_and_its_cafs(site: Site) -> None:
    browser, ledger = site.inside("contador"), site.installation.ledger
    ledger.folios.void(SERIES, Span(FIRST_FOLIO, FIRST_FOLIO + 9), "prueba")
    page = browser.get(f"{site.home}/folios").text

    assert "33 Factura Electrónica" in page
    assert "<strong>990</strong> folios libres" in page
    assert "Anulados <strong>10</strong>" in page
    assert "Cargar" not in page and "Anular folios" not in page
    assert browser.get(f"/pruebas/{OTHER.rut}/folios").status_code == 404


def test_a_range_is_voided_held_back_and_freed(site: Site) -> None:
    browser, ledger = site.inside("administrador"), site.installation.ledger
    first = FIRST_FOLIO

    def act(what: str, desde: int | str, hasta: int | str = "", **more: str) -> str:
        form = {"tipo": "33", "desde": str(desde), "hasta": str(hasta), "motivo": "no se sabe", **more}
        answer = browser.post(f"{site.home}/folios/{what}", form)
        return answer.text if answer.status_code == 400 else browser.get(f"{site.home}/folios").text

    assert "Retenidos ahora del tipo 33" in act("retener", first, first + 4)
    page = act("anular", first + 10, first + 11)
    assert "2 nuevos, 0 desde antes" in page
    assert "no se sabe" in page  # why those are held back
    assert "Liberados del tipo 33" in act("liberar", first, first + 1)
    assert [one.span for one in held_back.held(ledger, SERIES)] == [Span(first + 2, first + 4)]
    assert "1 nuevos" in act("anular", first + 2, otro_sistema="si")
    assert ledger.folios.use(SERIES, first + 2).estado == "otro sistema"

    for what, desde, hasta, motivo, code in (
        ("anular", first + 9, first + 8, "x", "FOL-054"), ("anular", first + 20, "", "", "FOL-051"),
        ("anular", 1, 2, "x", "FOL-052"), ("liberar", first + 50, "", "x", "FOL-082"),
        ("anular", "x", "", "x", "SRV-250"),
        ("retener", "", "", "x", "SRV-251"),
    ):  # fmt: skip
        assert code in act(what, desde, hasta, motivo=motivo), code
