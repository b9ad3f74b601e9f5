"""The page of the printers, from the making of one to its removal, and the prints on the page of a document."""

from __future__ import annotations

from pathlib import Path

from lxml import html

from dteplanows.ledger.print_tables import StoredPrinter
from dteplanows.printers import managing
from dteplanows.printers.managing import Again, Facts
from tests.installation import COMPANY
from tests.portal.pages import Browser, Site
from tests.printers.house import FACTURA, issue, jobs, work


def words(browser: Browser, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    return " ".join(html.fromstring(answer.text).text_content().split())


def made_on_page(browser: Browser, site: Site, name: str, folder: Path, **more: str) -> StoredPrinter:
    fields = {"nombre": name, "clase": "carpeta", "direccion": str(folder), "formato": "pdf", "densidad": "0", **more}
    answer = browser.post(f"{site.home}/impresoras/nueva", fields)
    assert answer.status_code == 302, answer.text
    return site.installation.ledger.printers.named(COMPANY, name)


def test_a_printer_and_what_is_printed_there(site: Site, tmp_path: Path) -> None:
    folder, browser = tmp_path / "papeles", site.inside("operador")
    folder.mkdir()
    page, ledger = f"{site.home}/impresoras", site.installation.ledger
    assert "Todavía no hay impresoras" in words(browser, page)
    wrong = browser.post(f"{page}/nueva", {"nombre": "Oficina", "clase": "red", "direccion": "dos palabras",
                                           "formato": "pdf", "densidad": "0"})  # fmt: skip
    assert wrong.status_code == 400 and "CFG-063" in wrong.text and 'value="dos palabras"' in wrong.text
    one = made_on_page(browser, site, "Oficina", folder)
    caja = made_on_page(browser, site, "Caja", folder, de_todas="si")
    refused = browser.post(f"{page}/rutas", {"impresora": "Oficina"})
    assert refused.status_code == 400 and "CFG-069" in refused.text
    answer = browser.post(f"{page}/rutas", {"impresora": "Oficina", "tipo": "33", "copia": ["original", "cedible"]})
    assert answer.status_code == 302
    browser.post(f"{page}/{one.id}/hacer", {"hacer": "retener"})
    document = ledger.documents.by_id(issue(site.installation, FACTURA))
    assert document
    shown = words(browser, page)
    assert "retenida; 2 trabajos esperan" in shown and "Ningún programa imprime" in shown
    assert f"Tipo 33, folio {document.folio}, cedible" in shown
    first, second = jobs(site.installation)
    assert browser.post(f"{page}/trabajos/{first.id}", {"hacer": "mover", "impresora": "Caja"}).status_code == 302
    assert browser.post(f"{page}/trabajos/{second.id}", {"hacer": "cancelar"}).status_code == 302
    assert browser.post(f"{page}/trabajos/{second.id}", {"hacer": "cancelar"}).status_code == 400
    work(site.installation)
    assert [path.suffix for path in folder.iterdir()] == [".pdf"]
    sale = f"{site.home}/ventas/33/{document.folio}"
    assert "Caja, original impresa" in words(browser, sale)
    ordered = browser.post(f"{page}/imprimir/33/{document.folio}", {"impresora": "caja", "copia": "original"})
    assert ordered.status_code == 302
    work(site.installation)
    assert "original, reimpresión" in words(browser, sale)
    browser.post(f"{page}/{one.id}/hacer", {"hacer": "soltar"})
    browser.post(f"{page}/{one.id}/hacer", {"hacer": "probar"})
    work(site.installation)
    assert "página de prueba" in words(browser, page)
    form = {"nombre": "Bodega", "clase": "agente", "direccion": "sobra", "formato": "generica-58", "densidad": "2",
            "cajon": "si"}  # fmt: skip
    changed = browser.post(f"{page}/{one.id}/cambiar", form)
    assert changed.status_code == 302
    assert managing.facts_of(ledger.printers.named(COMPANY, "Bodega")) == Facts(
        "Bodega", "agente", "", "generica-58", True, 2
    )
    managing.print_trial(ledger, COMPANY, ledger.printers.named(COMPANY, "Bodega"), "ana")
    text = words(browser, page)
    assert "1 trabajo espera" in text and "Ningún programa imprime" not in text
    (route,) = ledger.printers.routes_of(COMPANY.ambiente, COMPANY.rut)
    assert browser.post(f"{page}/rutas/{route.id}/quitar").status_code == 302
    assert "nada se imprime solo" in words(browser, page)
    assert browser.post(f"{page}/{caja.id}/borrar").status_code == 302
    assert [row.nombre for row in ledger.printers.of(COMPANY)] == ["Bodega"]
    told = {event.tipo: event.quien for event in ledger.events.of()}
    assert {told[one] for one in ("impresora borrada", "impresora cambiada", "impresión movida")} == {
        "usuario operador.76354771-K"
    }


def test_who_may_hold_what(site: Site, tmp_path: Path) -> None:
    """One of all companies is held for all of them, and only by who runs the installation."""
    ledger, browser = site.installation.ledger, site.inside("administrador")
    own = managing.create(ledger, COMPANY, Facts("Propia", "carpeta", str(tmp_path)))
    common = managing.create(ledger, None, Facts("Común", "carpeta", str(tmp_path)))
    page = f"{site.home}/impresoras"
    for one, status in ((own, 302), (common, 403)):
        assert browser.post(f"{page}/{one.id}/hacer", {"hacer": "retener"}).status_code == status
    assert [one.retenida for one in ledger.printers.of(COMPANY)] == [False, True]
    assert browser.post(f"{page}/{common.id}/hacer", {"hacer": "probar"}).status_code == 302
    assert browser.post(f"{page}/{own.id}/hacer", {"hacer": "otra cosa"}).status_code == 400
    text = words(browser, page)
    assert "Nueva impresora" not in text and "Página de prueba" in text
    reader = words(site.inside("contador"), page)
    assert "Página de prueba" not in reader and "Propia" in reader


def test_a_document_is_only_offered_printers_that_can_print_it(site: Site, tmp_path: Path) -> None:
    ledger, browser = site.installation.ledger, site.inside("administrador")
    managing.create(ledger, COMPANY, Facts("Rollo", "carpeta", str(tmp_path), "generica-58"))
    document = ledger.documents.by_id(issue(site.installation, FACTURA))
    assert document
    sale = f"{site.home}/ventas/33/{document.folio}"
    assert "Ninguna de las impresoras puede imprimir este documento" in words(browser, sale)
    order = {"impresora": "Rollo", "copia": "original"}
    refused = browser.post(f"{site.home}/impresoras/imprimir/33/{document.folio}", order)
    assert (refused.status_code, "CFG-064" in refused.text) == (400, True)
    managing.create(ledger, COMPANY, Facts("Oficina", "carpeta", str(tmp_path)))
    page = browser.get(sale).text
    assert "<option>Oficina</option>" in page and "<option>Rollo</option>" not in page
    managing.print_again(ledger, COMPANY, Again(document, ledger.printers.named(COMPANY, "Oficina"), "original", "ana"))
    (job,) = jobs(site.installation)
    moved = browser.post(f"{site.home}/impresoras/trabajos/{job.id}", {"hacer": "mover", "impresora": "Rollo"})
    assert (moved.status_code, "CFG-064" in moved.text) == (400, True)
