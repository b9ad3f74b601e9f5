"""``documentos`` as lists, CSV, JSON and totals."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len

from dteplanows.archive.rows import DOCUMENT_FIELDS, TOTALS_FIELDS
from dteplanows.commands import listing
from dteplanows.ledger.rows import NewReference
from dteplanows.ledger.store import Ledger
from tests.commands.command_line import RUT, run
from tests.ledger.example import load_caf, new_document

FORMULA = "=HYPERLINK(1)"


@pytest.fixture
def issued(directory: Path, ledger: Ledger) -> Path:
    """A company with four invoices, a credit note that annuls the second of them, and a guía that was annulled."""
    (company,) = ledger.companies.all()
    caf = {tipo: load_caf(ledger, 1, 100, tipo, company=company) for tipo in (33, 52, 61)}

    def record(tipo: int, folio: int, day: str, **facts: object) -> int:
        row = replace(new_document(folio, caf[tipo], tipo), rut_emisor=RUT, fecha_emision=day, **facts)  # type: ignore[arg-type]
        return ledger.documents.record(row)

    for folio, day in ((1, "2026-01-31"), (2, "2026-02-01"), (3, "2026-02-28"), (4, "2026-03-01")):
        record(33, folio, day, usuario="ana" if folio % 2 else "beto", razon_social_receptor=FORMULA)
    record(61, 9, "2026-02-10", referencias=(NewReference(33, 2, 1, 1190),))
    guia = ledger.documents.by_id(record(52, 5, "2026-02-11", rut_receptor="76000112-0"))
    assert guia
    ledger.marks.annul(guia, "ana")
    return directory


def rows_of(text: str) -> list[dict[str, str]]:
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))


def test_the_list_says_what_each_document_became(issued: Path) -> None:
    lines = run(issued, "documentos", "--mes", "2026-02").output.splitlines()
    assert [line.split()[:3] for line in lines[1:]] == [
        ["33", "3", "2026-02-28"], ["52", "5", "2026-02-11"], ["61", "9", "2026-02-10"], ["33", "2", "2026-02-01"],
    ]  # fmt: skip
    assert lines[0].split() == [
        *("Tipo", "Folio", "Fecha", "RUT", "receptor", "Receptor", "Neto", "Exento", "IVA", "Total", "Estado"),
        *("Detalle", "SII"),
    ]
    assert re.search("1.190 emitido +pendiente$", lines[1])
    assert "anulado anulada el 2" in lines[2]
    assert re.search("anulado anulado por 61-9 +pendiente$", lines[4])


def test_csv_is_what_excel_opens_in_chile(issued: Path, tmp_path: Path) -> None:
    done = run(issued, "documentos", "--formato", "csv", "--hasta", "2026-02-28")
    assert "\r\n" in done.stdout_bytes.decode()
    assert done.stdout_bytes.startswith(b"\xef\xbb\xbftipo;documento;folio;fecha_emision;")
    rows = rows_of(done.stdout_bytes.decode())
    assert [(one["tipo"], one["folio"], one["neto"], one["iva"], one["total"], one["signo"]) for one in rows] == [
        ("33", "3", "1000", "190", "1190", "1"), ("52", "5", "1000", "190", "1190", "0"),
        ("61", "9", "1000", "190", "1190", "-1"), ("33", "2", "1000", "190", "1190", "1"),
        ("33", "1", "1000", "190", "1190", "1"),
    ]  # fmt: skip
    assert rows[0]["razon_social_receptor"] == f"'{FORMULA}"
    assert [one["estado"] for one in rows] == ["emitido", "anulado", "emitido", "anulado", "emitido"]

    saved = tmp_path / "nueva" / "lista.csv"
    told = run(issued, "documentos", "--formato", "csv", "--hasta", "2026-02-28", "--salida", str(saved))
    assert (told.exit_code, saved.read_bytes()) == (0, done.stdout_bytes)
    assert [one.name for one in saved.parent.iterdir()] == ["lista.csv"]
    nothing = run(issued, "documentos", "--formato", "csv", "--tipo", "41").stdout_bytes.decode()
    assert (rows_of(nothing), nothing.count("\n")) == ([], 1)


def test_json_is_one_list_and_filters_hold(issued: Path) -> None:
    everything = json.loads(run(issued, "documentos", "--json").output)
    assert [(one["tipo"], one["folio"]) for one in everything] == [(33, 4), (33, 3), (52, 5), (61, 9), (33, 2), (33, 1)]
    assert everything[0]["razon_social_receptor"] == FORMULA
    of_beto = json.loads(run(issued, "documentos", "--json", "--usuario", "BETO").output)
    assert [one["folio"] for one in of_beto] == [4, 2]
    of_one = json.loads(run(issued, "documentos", "--formato", "json", "--receptor", "76.000.112-0").output)
    assert [(one["tipo"], one["detalle_estado"][:7]) for one in of_one] == [(52, "anulada")]
    assert json.loads(run(issued, "documentos", "--formato", "json", "--folio", "77").output) == []


def test_a_table_without_a_period_is_cut_and_says_so(issued: Path) -> None:
    cut = run(issued, "documentos", "--ultimos", "2")
    assert len(cut.stdout.splitlines()) == 3
    assert "Se muestran 2; hay más. Agregue --todos" in cut.stderr
    assert len(run(issued, "documentos", "--todos").stdout.splitlines()) == 7
    assert "hay más" not in run(issued, "documentos", "--ultimos", "6").output


def test_totals_by_month_and_type(issued: Path) -> None:
    done = run(issued, "documentos", "--totales", "--desde", "2026-02-01")
    assert [line.split() for line in done.output.splitlines()[1:5]] == [
        ["2026-02", "33", "Factura", "Electrónica", "2", "0", "2.000", "0", "380", "2.380"],
        ["2026-02", "52", "Guía", "de", "Despacho", "Electrónica", "0", "1", "0", "0", "0", "0"],
        ["2026-02", "61", "Nota", "de", "Crédito", "Electrónica", "1", "0", "1.000", "0", "190", "1.190"],
        ["2026-03", "33", "Factura", "Electrónica", "1", "0", "1.000", "0", "190", "1.190"],
    ]
    assert "neto 2.000, exento 0, IVA 380, total 2.380" in done.output
    rows = rows_of(run(issued, "documentos", "--totales", "--formato", "csv").stdout_bytes.decode())
    assert [(one["mes"], one["tipo"], one["documentos"], one["signo"]) for one in rows][:2] == [
        ("2026-01", "33", "1", "1"), ("2026-02", "33", "2", "1"),
    ]  # fmt: skip
    assert json.loads(run(issued, "documentos", "--totales", "--json", "--usuario", "beto").output)[0]["total"] == 1190
    assert run(issued, "documentos", "--totales", "--tipo", "41").output == "No hay documentos.\n"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--mes", "enero"), "se escribe como 2026-01"),
        (("--mes", "2026-13"), "se escribe como 2026-01"),
        (("--mes", "2026-01", "--desde", "2026-01-01"), "quite --desde y --hasta"),
        (("--desde", "2026-02-01", "--hasta", "2026-01-01"), "termina antes de empezar"),
        (("--formato", "excel"), "tabla, csv, json"),
        (("--salida", "x.csv"), "agregue --formato csv"),
        (("--receptor", "1-1"), "sería 9"),
    ],
)
def test_what_is_not_understood(directory: Path, options: tuple[str, ...], words: str) -> None:
    done = run(directory, "documentos", *options)
    assert (done.exit_code, words in done.output) == (2, True), done.output


@pytest.mark.parametrize("width", [80, 100, 120, 150, 200])
def test_a_table_fits_its_width(width: int) -> None:
    facts = (33, "Factura electrónica", 9_999_999_999, "2026-01-01", "76123456-0", "Ñandú SpA\x1b[31m日本" * 9,
             *(999_999_999,) * 3, 9_999_999_999, 1, "anulado", "anulado por 61-9999999999", "ana",
             "aceptado con reparos")  # fmt: skip
    row = dict(zip(DOCUMENT_FIELDS, facts, strict=True))
    totals = ("2026-01", 33, "Factura", 1, 0, *(999_999_999,) * 3, 9_999_999_999, 1, 9)
    sums = dict(zip(TOTALS_FIELDS, totals, strict=True))
    for columns, one in ((listing.DOCUMENTS, row), (listing.TOTALS, sums)):
        lines = list(listing.table_lines(columns, [one], width))
        assert all(cell_len(line) <= width for line in lines), lines
        assert "\x1b" not in lines[1]
        assert "9.999.999.999" in lines[1]


def test_rows_are_written_as_they_come() -> None:
    """A list of any length is in nobody's memory: each row is out before the next is asked for."""
    out = io.StringIO()
    seen = []

    def rows() -> Iterator[dict[str, int]]:
        for number in range(3):
            seen.append(out.getvalue().count(f'"n": {number - 1}'))
            yield {"n": number}

    listing.write_json(out, rows())
    assert seen == [0, 1, 1]
    assert json.loads(out.getvalue()) == [{"n": 0}, {"n": 1}, {"n": 2}]
