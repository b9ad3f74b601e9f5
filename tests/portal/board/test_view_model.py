from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from importlib import resources
from pathlib import Path

import pytest

from dteplanows import status
from dteplanows.document import clock
from dteplanows.document.company import Company
from dteplanows.ledger.rows import Series, Span
from dteplanows.log.journal import FOLDER
from dteplanows.portal.board import view_model
from dteplanows.portal.board.looked import Seen
from dteplanows.status.rows import Row, State
from tests.installation import COMPANY, Installation
from tests.portal.pages import OTHER, Site

TODAY = clock.today()


def sample(name: str, day: date = TODAY) -> bytes:
    file = resources.files("dteplanows").joinpath("muestras", name).read_bytes()
    return file.replace(b"2026-01-05", day.isoformat().encode())


def test_what_was_issued_is_counted_by_the_day_that_it_carries(installation: Installation) -> None:
    first = TODAY.replace(day=1)
    days = [TODAY, TODAY, first - timedelta(days=1)]
    for day in days:
        assert installation.issue(sample("factura33.txt", day), "1").accepted
    installation.issue(sample("guia52.txt"), "1")
    ledger, company = installation.ledger, installation.company

    today = view_model.issued(ledger, company, TODAY, TODAY)
    assert (today.documentos, today.neto, today.iva, today.total) == (3, 2 * 127_300, 2 * 24_187, 2 * 151_487)
    assert [(one.tipo, one.documentos) for one in today.by_type] == [(33, 2), (52, 1)]
    assert today.by_type[0][1:] == ("Factura Electrónica", 2, 254_600, 0, 48_374, 302_974)
    before = view_model.issued(ledger, company, days[-1], days[-1])
    assert (before.documentos, before.total) == (1, 151_487)
    assert view_model.issued(ledger, replace(company, rut=OTHER.rut), TODAY, TODAY).documentos == 0


def test_a_credit_note_is_taken_off(installation: Installation) -> None:
    installation.issue(sample("factura33.txt"), "1")
    note = installation.issue(sample("nota-credito61.txt"), "1")
    found = view_model.issued(installation.ledger, installation.company, TODAY, TODAY)
    (line,) = (one for one in found.by_type if one.tipo == 61)

    assert note.accepted
    assert line.total > 0
    assert found.total == 151_487 - line.total


def write_log(folder: Path, day: date, *lines: Mapping[str, object]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    moment = datetime.combine(day, datetime.min.time()).isoformat()
    usual = {"momento": moment, "linea": "llamada", "rut": COMPANY.rut, "ambiente": "pruebas", "rechazados": 1}
    text = "".join(json.dumps({**usual, **one}, separators=(",", ":")) + "\n" for one in lines)
    with (folder / f"{day}.0001.jsonl").open("a", encoding="utf-8") as file:
        file.write(text)


def test_the_log_says_why_files_were_refused(site: Site) -> None:
    folder = site.settings.directorio / FOLDER
    write_log(folder, TODAY - timedelta(days=1), {"codigos": ["TXT-020"]})
    write_log(
        folder, TODAY, {"codigos": ["TOT-001", "DOC-011"]}, {"codigos": ["DOC-011"]},
        {"codigos": ["DOC-011"], "rechazados": 0}, {"codigos": ["TXT-020"], "ambiente": "produccion"},
        {"codigos": ["TXT-020"], "rut": OTHER.rut}, {},
    )  # fmt: skip
    found = view_model.refusals(site.settings, COMPANY, TODAY)

    assert (found.calls, found.is_more) == (2, False)
    assert [(one.code, one.calls) for one in found.reasons] == [("DOC-011", 2), ("TOT-001", 1)]
    assert all(one.text and "{" not in one.text for one in found.reasons)


def test_of_many_refusals_the_last_are_looked_at(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view_model, "_CALLS", 3)
    codes = ["TXT-020", "DOC-011", "DOC-011", "TOT-001"]
    write_log(site.settings.directorio / FOLDER, TODAY, *({"codigos": [one]} for one in codes))
    found = view_model.refusals(site.settings, COMPANY, TODAY)

    assert (found.calls, found.is_more) == (3, True)
    assert "TXT-020" not in [one.code for one in found.reasons]


def test_the_way_to_the_sii_is_told_by_state(installation: Installation) -> None:
    for _ in range(2):
        installation.issue(sample("factura33.txt"), "1")
    found = view_model.at_the_sii(installation.ledger, installation.company)

    assert [(one.estado, one.documentos, one.kind) for one in found] == [("pendiente", 2, "info")]


def seen(site: Site, company: Company) -> Seen[Row]:
    rows = status.of_company(site.installation.ledger, site.settings, company)
    return Seen(rows, datetime(2026, 11, 28, 9, 30), 0.0)


def test_the_page_says_what_is_to_be_done(site: Site) -> None:
    installation = site.installation
    ledger, company = installation.ledger, replace(OTHER, ambiente="produccion")
    ledger.companies.save(company)
    found = view_model.board(ledger, site.settings, company, [seen(site, company)])

    assert [one.state for one in found.to_do[:2]] == [State.GRAVE, State.GRAVE]
    assert {"Certificado", "Resolución"} <= {one.name for one in found.to_do}
    assert found.certificate is not None
    assert found.certificate.state is State.GRAVE
    assert found.look == datetime(2026, 11, 28, 9, 30)
    assert found.looked_at == len(status.of_company(ledger, site.settings, company))


def test_folios_are_those_that_the_state_tells(site: Site) -> None:
    ledger, company = site.installation.ledger, site.installation.company
    found = view_model.board(ledger, site.settings, company, [seen(site, company)])
    one = next(one for one in found.folios if one.tipo == 39)

    assert (one.name, one.libres, one.se_crean) == ("Boleta Electrónica", 1000, False)
    ledger.folios.void(Series(company.ambiente, company.rut, 39), Span(9_870_000_001, 9_870_001_000), "prueba", False)
    found = view_model.board(ledger, site.settings, company, [seen(site, company)])
    one = next(one for one in found.folios if one.tipo == 39)
    assert (one.libres, one.state) == (0, State.AVISO)


def test_all_that_is_looked_at_is_what_the_command_tells(site: Site) -> None:
    ledger, settings = site.installation.ledger, site.settings
    parts = [one for company in ledger.companies.all() for one in status.of_company(ledger, settings, company)]
    whole = status.rows(ledger, settings)

    named = [(one.group, one.name) for one in [*status.of_installation(ledger, settings), *parts]]
    assert named == [(one.group, one.name) for one in whole]
