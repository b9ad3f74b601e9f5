"""The audit: all events of a company, by page and filter, and as a file."""

from __future__ import annotations

import csv
import io
import re
from datetime import datetime, timedelta

import pytest

from dteplanows.document import clock
from dteplanows.ledger.events import NewEvent, WantedEvents
from dteplanows.ledger.place import Place
from dteplanows.ledger.store import Ledger
from dteplanows.portal.audit.views import SHOWN
from tests.installation import COMPANY
from tests.portal.pages import ADDRESS, OTHER, Browser, Site


def note(site: Site, detalle: str, *, rut: str = COMPANY.rut, moment: datetime | None = None, **facts: object) -> None:
    event = NewEvent("probado", detalle, COMPANY.ambiente, rut, momento=moment, **facts)  # type: ignore[arg-type]
    site.installation.ledger.events.note(event)


def details(page: str) -> list[str]:
    return re.findall(r'<span class="detail">([^<]*)</span>', page)


def at(site: Site, browser: Browser, **query: str) -> str:
    return browser.get(f"{site.home}/auditoria", query_string=query).text


def test_an_event_tells_who_from_where_and_what_was_before(site: Site) -> None:
    boss, usuario = site.inside("administrador"), site.person("contador")
    boss.post(f"{site.home}/usuarios/usuario", {"usuario": usuario, "hacer": "guardar", "rol": "administrador"})
    page = at(site, boss)
    place = page.index("<strong>usuario cambiado</strong>")
    row = page[place - 900 : place + 900]
    assert f"usuario administrador.{COMPANY.rut}" in row
    assert f"desde {ADDRESS}" in row
    assert re.search(r"<del>.*?contador</del>", row)
    assert re.search(r"<ins>.*?administrador</ins>", row)


def test_pages_go_both_ways_and_lose_nothing(site: Site) -> None:
    boss = site.inside("administrador")
    for number in range(2 * SHOWN + 5):
        note(site, f"evento {number:03}")
    pages, page = list[list[str]](), at(site, boss, tipo="probado")
    while True:
        pages.append(details(page))
        older = re.search(r'rel="next" href="([^"]+)"', page)
        if not older:
            break
        note(site, "llegado mientras tanto")
        page = boss.get(older[1].replace("&amp;", "&").removeprefix("/portal")).text
    assert [len(one) for one in pages] == [SHOWN, SHOWN, 5]
    everything = [f"evento {number:03}" for number in reversed(range(2 * SHOWN + 5))]
    assert [one for each in pages for one in each] == everything
    newer = re.search(r'rel="prev" href="([^"]+)"', page)
    assert newer
    assert details(boss.get(newer[1].replace("&amp;", "&").removeprefix("/portal")).text) == pages[1]


def test_filters(site: Site) -> None:
    boss = site.inside("administrador")
    day = clock.now().replace(hour=12)
    for days, text in ((0, "hoy"), (1, "ayer"), (2, "antes")):
        note(site, text, moment=day - timedelta(days=days))
    yesterday = f"{day - timedelta(days=1):%Y-%m-%d}"
    assert details(at(site, boss, tipo="probado")) == ["antes", "ayer", "hoy"]
    assert details(at(site, boss, tipo="probado", desde=yesterday)) == ["ayer", "hoy"]
    assert details(at(site, boss, tipo="probado", hasta=yesterday)) == ["antes", "ayer"]
    assert details(at(site, boss, desde=yesterday, hasta=yesterday)) == ["ayer"]
    entered = details(at(site, boss, quien=ADDRESS.upper()))
    assert entered == [f"administrador.{COMPANY.rut}"]
    assert details(at(site, boss, quien="ADMINISTRADOR", tipo="entrada al portal")) == entered
    assert details(at(site, boss, sobre="AYE")) == ["ayer"]
    assert "Ningún evento calza" in at(site, boss, quien="nadie-así")
    assert "No es un día" in at(site, boss, desde="31-01-2026")
    assert details(at(site, boss, desde="9999-12-31", hasta="x", antes="x", despues="9" * 30, tipo="probado"))


def test_a_company_sees_its_own_and_who_runs_the_installation_all(site: Site) -> None:
    note(site, "propio")
    note(site, "ajeno", rut=OTHER.rut)
    boss, operator = site.inside("administrador"), site.inside("operador")
    assert "ajeno" not in details(at(site, boss))
    assert boss.get("/auditoria").status_code == boss.get("/auditoria/archivo").status_code == 403
    page = operator.get("/auditoria").text
    assert {"propio", "ajeno"} <= set(details(page))
    assert "Zapatería" in page
    assert "ajeno" not in operator.get(f"{site.home}/auditoria/archivo").text
    assert "ajeno" in operator.get("/auditoria/archivo").text


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", '=HYPERLINK("http://malo.example")'])
def test_no_cell_of_the_file_is_a_formula(site: Site, text: str) -> None:
    note(site, text, antes={text: text}, despues={text: "otro"})
    answer = site.inside("administrador").get(f"{site.home}/auditoria/archivo?tipo=probado")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="auditoria-{COMPANY.rut}.csv"'
    text_of = answer.get_data(as_text=True).removeprefix("\ufeff")
    rows = list(csv.reader(io.StringIO(text_of, newline=""), delimiter=";"))
    assert len(rows) == 2
    assert rows[0][:4] == ["momento", "quien", "desde", "tipo"]
    assert [one for one in rows[1] if one.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    assert any(text in one for one in rows[1])


def test_events_come_in_pages_from_either_engine(place: Place) -> None:
    ledger = Ledger(place)
    for number in range(6):
        ledger.events.note(NewEvent("x" if number % 2 else "y", f"{number}"))
    found = ledger.events.page(WantedEvents(), 3)
    assert [one.detalle for one in found] == ["5", "4", "3"]
    assert [one.detalle for one in ledger.events.page(WantedEvents(), 2, before=found[-1].id)] == ["2", "1"]
    assert [one.detalle for one in ledger.events.page(WantedEvents(), 2, after=found[-1].id)] == ["5", "4"]
    assert [one.detalle for one in ledger.events.page(WantedEvents(tipo="x"), 9)] == ["5", "3", "1"]
    assert ledger.events.types(WantedEvents()) == ["x", "y"]
    ledger.close()


def test_kinds_are_shown_in_words_and_found_again(site: Site) -> None:
    site.installation.ledger.events.note(NewEvent("exportacion_pedida", "1: libro", COMPANY.ambiente, COMPANY.rut))
    boss = site.inside("administrador")
    page = at(site, boss, tipo="exportacion_pedida")
    assert "<strong>exportación pedida</strong>" in page and 'value="exportacion_pedida"' in page
    assert "exportación pedida" in boss.get(f"{site.home}/auditoria/archivo").text
