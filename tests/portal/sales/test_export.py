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
from dteplanows.ledger.finding import Wanted
from dteplanows.ledger.pages import Listing
from dteplanows.ledger.place import Place
from dteplanows.ledger.store import Ledger
from dteplanows.portal.sales import export
from dteplanows.portal.sales.export import BusyError, Format, Order, TooLongError
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


def made(ledger: Ledger, formato: Format, listing: Listing = Listing(Wanted())) -> bytes:  # noqa: B008 - a value
    path = export.export(Order(ledger, COMPANY, listing, formato, ("Nota",)))
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
def test_one_file_at_a_time_and_not_too_long(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    order = Order(ledger, COMPANY, Listing(Wanted()), "csv")
    with export._turn, pytest.raises(BusyError):
        export.export(order)
    monkeypatch.setattr(export, "MOST", len(NAMES) - 1)
    with pytest.raises(TooLongError):
        export.export(order)
    assert not export._turn.locked()


@only_sqlite
def test_nothing_is_left_behind(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = ledger.directory / export.FOLDER
    monkeypatch.setattr(export, "_LEFT", 0.0)
    path = export.export(Order(ledger, COMPANY, Listing(Wanted()), "xlsx"))
    for _ in range(200):
        if not path.exists():
            break
        time.sleep(0.02)
    assert list(folder.iterdir()) == []
    monkeypatch.setattr(export, "write_csv", _fail)
    with pytest.raises(OSError, match="full"):
        export.export(Order(ledger, COMPANY, Listing(Wanted()), "csv"))
    assert list(folder.iterdir()) == []
    left = Path(folder, "viejo.csv")
    left.write_text("")
    monkeypatch.undo()
    monkeypatch.setattr(export, "_OLD", -1.0)
    made(ledger, "csv")
    assert not left.exists()


def _fail(*_: object) -> None:
    raise OSError("disk full")
