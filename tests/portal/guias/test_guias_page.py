"""The Libro de Guías: what each guía was for, which do not count, and folios that never became one."""

from __future__ import annotations

from lxml import html

from dteplanows.document import clock
from dteplanows.document.glosas import glosas
from dteplanows.ledger.rows import Series, Span
from tests.installation import COMPANY
from tests.portal.pages import Site
from tests.sii.documents import issue


def text_of(site: Site, path: str) -> str:
    answer = site.inside("contador").get(path)
    assert answer.status_code == 200
    return " ".join(html.fromstring(answer.text).text_content().split())


def reason(xml: bytes) -> str:
    return xml.partition(b"<IndTraslado>")[2][:1].decode()


def test_guias_of_a_month(site: Site) -> None:
    ledger = site.installation.ledger
    made = [issue(site.installation, 52, range(seed, 60)) for seed in (0, 5, 11)]
    ledger.marks.annul(made[0], "ana")
    ledger.folios.void(Series("pruebas", COMPANY.rut, 52), Span(9_870_000_900, 9_870_000_903), "Papel dañado")
    month = made[1].fecha_emision[:7]
    same = [one for one in made[1:] if one.fecha_emision[:7] == month]
    shown = text_of(site, f"{site.home}/guias?mes={month}&motivos=1")
    words = glosas("IndTraslado")
    for one in same:
        assert words[reason(one.xml)] in shown
        assert str(one.folio) in shown
    assert f"Guías vigentes {len(same)} " in shown
    part = text_of(site, f"{site.home}/guias?mes={month}&parte=motivos")
    assert words[reason(made[1].xml)] in part and "Folio" not in part
    now = text_of(site, f"{site.home}/guias?mes={clock.today():%Y-%m}")
    assert "9870000900 a 9870000903" in now and "Papel dañado" in now
    assert "9870000900" not in text_of(site, f"{site.home}/guias?mes=2020-01")


def test_a_month_without_guias_says_so(site: Site) -> None:
    issue(site.installation, 33)
    assert "No hay guías en este mes" in text_of(site, f"{site.home}/guias?mes=2020-01")
