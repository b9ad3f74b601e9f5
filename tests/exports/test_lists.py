"""The book as a file: every fact where a spreadsheet expects it, nothing that one would run, nothing left."""

from __future__ import annotations

import csv
import io
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from lxml import etree

from dteplanows.archive import spreadsheet
from dteplanows.document.problem import Refused
from dteplanows.exports import appended, at_once
from dteplanows.exports.formats import FORMATS, What, facts_of, what_of
from dteplanows.ledger.finding import Wanted
from dteplanows.ledger.pages import Listing
from dteplanows.ledger.place import Place
from dteplanows.ledger.store import Ledger
from tests.engines import only_sqlite
from tests.ledger.example import COMPANY, load_caf, new_document

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\tcmd", "\r=1")
RICH = "<r><t>a</t></r>"
"""What XlsxWriter would take for a rich text of its own making."""
NAMES = (*FORMULAS, RICH, "<r> y nada más", "Ñandú & Cía. <script>", "http://ejemplo.invalid/", "", "00123")
_MAIN = {"s": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
EPOCH = date(1899, 12, 30)


@pytest.fixture
def ledger(place: Place) -> Iterator[Ledger]:
    one = Ledger(place)
    one.companies.save(COMPANY)
    caf = load_caf(one, 1, 1000)
    for folio, name in enumerate(NAMES, 1):
        day = f"2026-03-{folio:02}"
        one.documents.record(replace(new_document(folio, caf), razon_social_receptor=name, fecha_emision=day))
    yield one
    one.close()


def made(ledger: Ledger, formato: str, listing: Listing = Listing(Wanted())) -> bytes:  # noqa: B008 - a value
    path = at_once.make(ledger, COMPANY, formato, What(listing, ("Nota",)))
    try:
        return path.read_bytes()
    finally:
        path.unlink()


def sheet(file: bytes, number: int) -> list[list[tuple[str, str]]]:
    """Cells of a sheet, each its kind and its value, both empty for none; read without the library that wrote it."""
    with zipfile.ZipFile(io.BytesIO(file)) as book:
        root = etree.fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))
        names = book.namelist()
    assert not [one for one in names if "external" in one.lower() or one.endswith(".bin")]
    assert not root.findall(".//s:f", _MAIN), "a formula"
    assert not root.findall(".//s:hyperlink", _MAIN), "a link"
    rows = []
    for row in root.findall(".//s:row", _MAIN):
        found = {ord(cell.get("r", "")[0]) - ord("A"): cell for cell in row.findall("s:c", _MAIN)}
        cells = [found.get(at) for at in range(max(found) + 1)]
        rows.append([("", "") if one is None else (one.get("t", "n"), "".join(one.itertext())) for one in cells])
    return rows


def test_csv_has_every_fact_and_no_formula(ledger: Ledger) -> None:
    text = made(ledger, "csv").decode("utf-8")
    assert text.startswith("\ufefftipo;documento;folio;")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";"))
    assert [one["razon_social_receptor"] for one in reversed(rows)] == [
        f"'{name}" if name in FORMULAS else name for name in NAMES
    ]
    assert {(one["neto"], one["iva"], one["total"], one["estado"], one["estado_sii"]) for one in rows} == {
        ("1000", "190", "1190", "emitido", "pendiente")
    }
    assert not [cell for row in rows for cell in row.values() if cell.startswith(tuple("=+-@\t\r"))]


def test_a_workbook_has_numbers_days_and_texts(ledger: Ledger) -> None:
    file = made(ledger, "xlsx")
    titles, *rows = sheet(file, 2)
    assert [text for _, text in titles] == [one.title for one in spreadsheet.DOCUMENT_COLUMNS]
    assert len(rows) == len(NAMES)
    for name, folio, row in zip(NAMES, range(1, 99), reversed(rows), strict=False):
        by_title = dict(zip([text for _, text in titles], row, strict=False))
        assert by_title["Folio"] == ("n", str(folio))
        assert by_title["Fecha"] == ("n", str((date(2026, 3, folio) - EPOCH).days))
        assert by_title["Total"] == ("n", "1190")
        kind, text = by_title["Receptor"]
        assert text.rstrip(" ").replace("_x000D_", "\r") in (name, name.replace("\r", "\n"))
        assert kind in ("inlineStr", "s") or name == ""
    totals = sheet(file, 1)
    assert [text for _, text in totals[1]][:4] == ["2026-03", "33", "Factura Electrónica", str(len(NAMES))]
    assert totals[-1] == [("inlineStr", "Nota")]


def test_filters_of_the_list_are_those_of_the_file(ledger: Ledger) -> None:
    few = Listing(Wanted(desde=date(2026, 3, 2), hasta=date(2026, 3, 9)), "nandu")
    text = made(ledger, "csv", few).decode("utf-8")
    assert text.count("\r\n") == 2
    assert "Ñandú & Cía. <script>" in text
    none = Listing(Wanted(desde=date(2027, 1, 1)))
    assert len(sheet(made(ledger, "xlsx", none), 2)) == 1


@only_sqlite
def test_more_rows_than_a_sheet_has_go_on_in_another(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet, "MOST_ROWS", 4)
    file = made(ledger, "xlsx")
    assert [len(sheet(file, at)) for at in (2, 3, 4)] == [5, 5, 5]


@only_sqlite
def test_one_file_at_a_time_and_only_short_ones(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    what = What(Listing(Wanted()))
    monkeypatch.setattr(at_once, "_WAIT", 0.01)
    with at_once._turn, pytest.raises(Refused, match="SRV-231"):
        at_once.make(ledger, COMPANY, "csv", what)
    assert at_once.is_short(ledger, COMPANY, "csv", what)
    assert not at_once.is_short(ledger, COMPANY, "xml", what)
    few = {"csv": FORMATS["csv"]._replace(at_once=len(NAMES) - 1)}
    monkeypatch.setattr(at_once, "FORMATS", few)
    assert not at_once.is_short(ledger, COMPANY, "csv", what)
    assert not at_once._turn.locked()


@only_sqlite
def test_nothing_is_left_behind(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, what = ledger.directory / at_once._FOLDER, What(Listing(Wanted()))
    monkeypatch.setattr(at_once, "_LEFT", 0.0)
    path = at_once.make(ledger, COMPANY, "xlsx", what)
    for _ in range(200):
        if not path.exists():
            break
        time.sleep(0.02)
    assert list(folder.iterdir()) == []
    monkeypatch.setattr(appended, "write_csv", _fail)
    with pytest.raises(OSError, match="full"):
        at_once.make(ledger, COMPANY, "csv", what)
    assert list(folder.iterdir()) == []
    left = Path(folder, "viejo.csv")
    left.write_text("")
    monkeypatch.undo()
    monkeypatch.setattr(at_once, "_OLD", -1.0)
    made(ledger, "csv")
    assert not left.exists()


def _fail(*_: object, **more: object) -> None:
    raise OSError(28, "disk full")


def test_what_is_asked_for_is_kept_as_it_is() -> None:
    wanted = Wanted(date(2026, 3, 1), date(2026, 3, 31), 33, "77000222-K", "Caja Ñ", 7, None, "aceptado")
    for what in (What(Listing(wanted, "ñandú", -5, 0), ("una", "dos")), What(Listing(Wanted()))):
        assert what_of(facts_of(what)) == what
