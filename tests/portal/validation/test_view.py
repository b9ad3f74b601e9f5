from __future__ import annotations

import time
from pathlib import Path
from random import Random

import pytest

from dteplanows.parser.txt.layout import BY_NAME
from dteplanows.portal.validation import facts, segments
from dteplanows.portal.validation.charsets import Charsets
from dteplanows.portal.validation.columns import MOST_ROWS
from dteplanows.portal.validation.on_page import charset_in_words, report_name
from dteplanows.portal.validation.segments import Mark, listing, marks_by_line
from dteplanows.portal.validation.source import source_of
from dteplanows.portal.validation.span import Span
from dteplanows.portal.validation.view import MOST_DOCUMENTS, MOST_EDITED, MOST_PROBLEMS
from tests.bad_inputs import BAD, BOLETA, CLIENTE, FACTURA, HOY, XML, spoiled
from tests.portal.validation.conftest import View

A_SECOND = 1.0
"""Within which a usual file shows what is wrong with it."""


def test_what_a_good_file_would_issue(view: View) -> None:
    found = view(FACTURA.encode())
    assert (found.verdict, found.errors, found.problems) == ("accepted", 0, ())
    (document,) = found.documents
    assert (document.tipo, document.name, document.status, document.line) == (33, "Factura Electrónica", "issuable", 1)
    assert document.amounts == (("neto", 24700), ("iva", 4693), ("total", 29393))
    assert "Cliente Ficticio" in document.outcome.receptor


def test_several_documents_of_which_one_is_refused(view: View) -> None:
    found = view(f"{FACTURA}{FACTURA.replace('diez', '').replace(';10;1000;', ';diez;1000;')}{BOLETA}".encode())
    assert found.verdict == "partial"
    assert [one.status for one in found.documents] == ["issuable", "refused", "issuable"]
    assert [one.line for one in found.documents] == [1, 8, 15]
    (problem,) = [one for one in found.problems if one.problem.refuses]
    assert (problem.document, problem.span and problem.span.line) == (2, 13)


def test_avisos_stand_behind_what_refuses_and_are_counted_apart(view: View) -> None:
    found = view(spoiled(FACTURA, "Cliente Ficticio", "N" * 150, "Tornillo;10;", "Tornillo;diez;"))
    assert [one.problem.refuses for one in found.problems] == [True, False]
    assert (found.errors, found.avisos) == (1, 1)
    assert {one.severity for one in found.marks} == {"error", "aviso"}


def test_a_rule_of_the_sii_names_its_source(view: View) -> None:
    (problem,) = view(spoiled(FACTURA, CLIENTE, "77000222-1")).problems
    assert "Formato DTE" in problem.source


# --- characters ---


@pytest.mark.parametrize(
    ("data", "main"),
    [
        (FACTURA.encode(), "ASCII"),
        (FACTURA.replace("Pintura", "Pintura añil").encode(), "UTF-8"),
        (FACTURA.replace("Pintura", "Pintura añil").encode("latin-1"), "Windows-1252"),
        (b"\xef\xbb\xbf" + FACTURA.encode(), "UTF-8"),
        (b"\xff\xfe" + FACTURA.encode("utf-16-le"), "UTF-16"),
        (FACTURA.replace("Pintura", "Pintura año").encode().decode("latin-1").encode(), "twice"),
        (b"\xff\xfe" + XML.encode("utf-16-le"), "UTF-16"),
        (XML.encode("latin-1"), "Windows-1252"),
    ],
)
def test_the_charset_is_told(view: View, data: bytes, main: str) -> None:
    found = view(data)
    assert found.charsets == Charsets(main)
    assert found.verdict == "accepted"
    assert charset_in_words(found.charsets)


def test_lines_in_another_charset_are_named(view: View) -> None:
    lines = [one.encode() for one in FACTURA.replace("Tornillo", "Tornillo ñandú").splitlines()]
    lines += [f"->Observacion<-\nEntregar mañana {n}".encode() for n in range(3)]
    data = b"\n".join(lines).replace(b"Pintura", "Pintura añil".encode("latin-1"))
    found = view(data)
    assert found.charsets.main == "UTF-8"
    assert found.charsets.others == ((7, "Windows-1252"),)
    assert "línea 7" in charset_in_words(found.charsets)
    assert [one.number for one in found.listing.lines if one.charset] == [7]


def test_a_page_of_dos(view: View) -> None:
    found = view(FACTURA.replace("Pintura", "Pintura añil y señalética").encode("cp850"))
    assert "850" in found.charsets.main
    assert "añil" in found.text


# --- what is marked ---


def test_the_marked_parts_of_a_line_are_the_line(view: View) -> None:
    for bad in BAD[:60]:
        found = view(bad.file)
        if not found.editable or len(found.text) > segments.LONGEST_LINE:
            continue
        lines = found.text.split("\n")
        shown = ["".join(part.text for part in one.segments) for one in found.listing.lines]
        assert shown == lines[: len(shown)]
        marked = {part.problem for one in found.listing.lines for part in one.segments} - {0}
        assert marked <= {one.number for one in found.problems}
        assert bool(marked) == any(one.span for one in found.problems)


def test_of_two_problems_in_one_place_the_first_is_shown() -> None:
    marks = [Mark(Span(1, 2, 4), 1, "error"), Mark(Span(1, 0, 6), 2, "aviso")]
    (line,) = listing(["abcdefgh"], marks_by_line(marks, ["abcdefgh"]), {}).lines
    assert [(one.text, one.problem) for one in line.segments] == [("ab", 2), ("cd", 1), ("ef", 2), ("gh", 0)]


def test_a_long_line_is_cut_around_what_is_marked() -> None:
    text = "x" * 50_000 + "MAL" + "y" * 50_000
    marks = marks_by_line([Mark(Span(1, 50_000, 50_003), 1, "error")], [text])
    shown = listing([text], marks, {})
    parts = shown.lines[0].segments
    assert [one.text for one in parts if one.problem] == ["MAL"]
    assert sum(len(one.text) for one in parts) < segments.LONGEST_LINE + 10


def test_of_a_long_file_the_lines_around_the_marks_are_shown() -> None:
    lines = [str(number) for number in range(1, 100_001)]
    shown = listing(lines, marks_by_line([Mark(Span(50_000, 0, 2), 1, "error")], lines), {})
    assert {49_997, 50_000, 50_003} <= {one.number for one in shown.lines}
    assert next(one for one in shown.lines if one.number == 49_997).skipped == 49_976
    assert shown.skipped == 100_000 - 50_003


# --- columns ---


def test_columns_stand_under_their_names(view: View) -> None:
    found = view(spoiled(FACTURA, "Tornillo;10;", "Tornillo;diez;", "Cliente Ficticio", ""))
    tables = {one.name: one for one in found.tables.tables}
    assert list(tables) == ["Encabezado", "Totales", "Detalle"]
    detail = tables["Detalle"]
    names = [one.name for one in detail.heading]
    assert names[: len(BY_NAME["detalle"].columns)] == [one.name for one in BY_NAME["detalle"].columns]
    first = dict(zip(names, detail.rows[0].values, strict=False))
    assert (first["Cantidad"].text, first["Cantidad"].severity) == ("diez", "error")
    assert first["Descripcion"] == ("Tornillo", 0, "")
    header = dict(zip([one.name for one in tables["Encabezado"].heading], tables["Encabezado"].rows[0].values,
                      strict=False))  # fmt: skip
    assert (header["RSCliente"].text, header["RSCliente"].severity) == ("", "error")


def test_columns_too_many_have_no_name(view: View) -> None:
    found = view(spoiled(FACTURA, ";CJ;;", ";CJ;Secado;sobra;"))
    detail = next(one for one in found.tables.tables if one.name == "Detalle")
    assert detail.extra > 0
    assert "sobra" in [one.text for one in detail.rows[0].values]


def test_elements_of_an_xml_with_their_meaning(view: View) -> None:
    found = view(XML.replace(">11900<", ">12900<").encode("latin-1"))
    (table,) = found.tables.tables
    rows = {row.values[0].text: row for row in table.rows}
    total = rows["Totales/MntTotal"]
    assert (total.values[1].text, total.values[1].severity) == ("12900", "error")
    assert total.facts is not None
    assert "total" in total.facts.meaning.lower()
    assert rows["Detalle/QtyItem"].values[1].text == "10"


def test_what_a_column_holds() -> None:
    section = BY_NAME["encabezado"]
    rut = facts.of_column(section, section.columns[5], 33)
    assert (rut.key, rut.name, rut.position, rut.obligation) == ("Encabezado.6", "RUTCliente", 6, "obligatorio")
    assert rut.example == "22222222-2"
    assert "dígito verificador" in rut.limits
    despacho = facts.of_column(section, section.columns[3], 33)
    assert [code for code, _ in despacho.codes] == ["1", "2", "3"]


@pytest.mark.parametrize("tipo", [0, 33, 52, 61, 110])
def test_every_column_of_every_section_says_something(tipo: int) -> None:
    for section in BY_NAME.values():
        for column in section.columns:
            one = facts.of_column(section, column, tipo)
            assert one.meaning.endswith("."), one.key


# --- what is no usual file ---


@pytest.mark.parametrize(
    ("data", "code", "binary"),
    [
        (b"", "TXT-001", False),
        (b" \r\n\t ", "TXT-001", False),
        (bytes(1000), "TXT-005", True),
        (Random(3).randbytes(100_000), "TXT-005", True),
        (b"\x89PNG\r\n\x1a\n" + Random(9).randbytes(4000).replace(b"\0", b"\1"), "TXT-007", True),
        (b"hola", "TXT-007", False),
        (b"<", "TXT-067", False),
        (b"<html><body>x</body></html>", "TXT-054", False),
    ],
)
def test_what_is_no_file_is_told_in_a_sentence(view: View, data: bytes, code: str, binary: bool) -> None:
    found = view(data)
    assert (found.verdict, found.binary, found.editable) == ("refused", binary, not binary)
    assert [one.problem.code for one in found.problems if one.problem.refuses] == [code]


LINE = "{n};A;Cosa;1;100;0;0;0;0;0;100;INT1;UN;;\n"


def many(count: int, row: str = LINE) -> bytes:
    """A file of *count* documents."""
    head = f"->Encabezado<-\n33;0;{HOY};0;0;{CLIENTE};Cliente;Giro;Calle 1;Arica;Arica;;\n"
    one = f"{head}->Totales<-\n0;0;0;0;100;0;19;19;119;\n->Detalle<-\n{row.replace('{n}', '1')}"
    return (one * count).encode()


def test_a_file_of_hundreds_of_lines_is_quick(view: View) -> None:
    rows = "".join(LINE.replace("{n}", str(n)) for n in range(1, 61))
    data = spoiled(FACTURA[: FACTURA.index("->Detalle<-")], "24700;0;19;4693;29393", "6000;0;19;1140;7140").decode()
    data += "->Detalle<-\n" + rows + "->Observacion<-\n" + "Texto libre de la observación;\n" * 500
    view(data.encode())  # tables are read once
    began = time.perf_counter()
    found = view(data.encode())
    assert time.perf_counter() - began < A_SECOND
    assert found.editable
    assert len(found.listing.lines) == data.count("\n")


def test_a_file_of_many_documents_is_bounded_and_says_so(view: View) -> None:
    found = view(many(400, LINE.replace(";1;100;", ";uno;100;")))
    assert (found.errors, len(found.problems), found.problems_hidden) == (400, MOST_PROBLEMS, 400 - MOST_PROBLEMS)
    assert (len(found.documents), found.documents_hidden) == (MOST_DOCUMENTS, 400 - MOST_DOCUMENTS)
    assert (found.tables.shown, found.tables.total) == (MOST_ROWS, 1200)
    assert found.listing.skipped > 0


@pytest.mark.parametrize(
    "data", [b"x" * 10_000_000, b";" * 10_000_000, b"->Encabezado<-\n" + b";" * 5_000_000, b"<a>" * 3_000_000,
             b"\n" * 10_000_000 + b"x", FACTURA.replace("Tornillo", ";" * 2_000_000).encode(),
             b"<DTE>" + b"<!-- " * 300_000]
)  # fmt: skip
def test_ten_megabytes_of_anything_end_in_a_sentence(view: View, data: bytes) -> None:
    began = time.perf_counter()
    found = view(data)
    assert time.perf_counter() - began < 6
    assert found.verdict == "refused"
    assert found.problems
    assert not found.editable or len(found.text) <= MOST_EDITED
    assert sum(len(part.text) for line in found.listing.lines for part in line.segments) < 6_000_000


def test_lines_are_numbered_as_the_parser_numbers_them() -> None:
    for end in ("\n", "\r\n", "\r", "\r\r\n"):
        source = source_of(FACTURA.replace("\n", end).encode(), "1")
        assert source.line(6) == FACTURA.splitlines()[5]


@pytest.mark.parametrize(
    ("name", "report"),
    [("factura 33.txt", "informe-factura-33.txt.html"), ('"/../\r\nx', "informe-x.html"),
     ("ñ", "informe-archivo.html")],
)
def test_the_report_has_a_name_of_plain_letters(name: str, report: str) -> None:
    assert report_name(name) == report


def test_the_example_with_faults_that_the_product_gives(view: View) -> None:
    sample = Path(__file__).parents[3] / "dteplanows" / "muestras" / "factura33-con-errores.txt"
    found = view(sample.read_bytes())
    assert found.verdict == "refused"
    assert all(one.span for one in found.problems if one.problem.place.line)
