"""Rows that a CSV writer wrote, and quotes that belong to a text."""

from __future__ import annotations

import pytest

from dteplanows.document.problem import Severity
from dteplanows.parser.txt.csv_rows import cells, come_from_csv
from tests.parser.parser_support import HEADER, LINE, codes, factura, one

NAME = "Vidrio templado"


def line(name: str, rest: str = ";INT1;UN;") -> bytes:
    return factura(Detalle=f"1;V-10;{name};2;5000;0;0;0;0;0;10000{rest}")


@pytest.mark.parametrize(("name", "rest", "read"), [
    ('"Caño 1/2"" PVC"', ";INT1;UN;", 'Caño 1/2" PVC'),
    ('"Codo ""grueso"""', ';INT1;UN;""', 'Codo "grueso"'),
    ('"Codo; grueso"', ";INT1;UN;", "Codo; grueso"),
    ('"Vidrio"', ';INT1;UN;""', "Vidrio"),
    ('"Caño 1/2\\" PVC"', ";INT1;UN;", 'Caño 1/2" PVC'),
    ('"Codo\nlargo"', ";INT1;UN;", "Codo\nlargo"),
    ('"Codo;\n""largo"""', ';INT1;UN;""', 'Codo;\n"largo"'),
])  # fmt: skip
def test_quotes_of_a_csv_writer_go(name: str, rest: str, read: str) -> None:
    document = one(line(name, rest))
    assert document.detalles[0].text("NmbItem").replace("\n", " ") == read.replace("\n", " ")
    assert document.detalles[0].text("DscItem") == ""
    assert codes(document) == ["TXT-073"]
    assert document.problems[0].severity is Severity.AVISO
    assert "«1;V-10;" in document.problems[0].message


@pytest.mark.parametrize("row", [
    '1;"V-10";"Vidrio templado";2;5000;0;0;0;0;0;10000;"INT1";"UN";"Largo"',
    '"1";"V-10";"Vidrio templado";"2";"5000";"0";"0";"0";"0";"0";"10000";"INT1";"UN";"Largo"',
    '1;V-10;"Vidrio templado";2;5000;0;0;0;0;0;10000;INT1;UN;"Bien largo"',
], ids=["all texts", "all columns", "texts with blanks"])  # fmt: skip
def test_whoever_quotes_by_a_rule_is_a_csv_writer(row: str) -> None:
    document = one(factura(Detalle=row))
    assert document.detalles[0].text("NmbItem") == NAME
    assert document.detalles[0].text("UnmdItem") == "UN"
    assert codes(document) == ["TXT-073"]


def test_the_rows_of_a_document_prove_each_other() -> None:
    document = one(factura(
        Encabezado='33;0;2026-03-02;0;0;22222222-2;"Vidrios del Maipo Ltda";Vidriería;"Los Pinos 12";Buin;Buin;',
        Detalle='1;V-10;"Vidrio templado";2;5000;0;0;0;0;0;10000;INT1;UN;',
    ))  # fmt: skip
    assert document.receptor.text("RznSocRecep") == "Vidrios del Maipo Ltda"
    assert document.detalles[0].text("NmbItem") == NAME
    assert codes(document) == ["TXT-073"]


@pytest.mark.parametrize("name", [
    'Cañería 1/2" PVC', '"grueso" codo', '15" x 20"', 'Codo de 3/4"', '"', '"3/4 codo', 'Curso "CNC" <5>', '"A" y "B"',
])  # fmt: skip
def test_other_quotes_stay(name: str) -> None:
    document = one(line(name, ";INT1;UN;;"))
    assert document.detalles[0].text("NmbItem") == name
    assert codes(document) == []


def test_two_rows_that_each_begin_a_text_with_a_quote_stay_two() -> None:
    rows = LINE.replace(NAME, '"3/4 codo') + "\n" + LINE.replace("1;V-10", "2;V-11", 1).replace(NAME, 'codo"')
    document = one(factura(Detalle=rows))
    assert [detalle.text("NmbItem") for detalle in document.detalles] == ['"3/4 codo', 'codo"']


@pytest.mark.parametrize("name", ['"Vidrio"', '"El Roble"'])
def test_one_text_in_quotes_has_two_readings(name: str) -> None:
    document = one(line(name, ";INT1;UN;;"))
    assert codes(document) == ["TXT-074"]
    assert f"«{name.strip(chr(34))}»" in document.problems[0].message


def test_titles_in_quotes_have_two_readings() -> None:
    rows = LINE.replace(NAME, '"El Roble viejo"') + "\n" + LINE.replace("1;", "2;", 1).replace(NAME, '"La casa roja"')
    assert codes(one(factura(Detalle=rows))) == ["TXT-074", "TXT-074"]
    document = one(factura(Detalle=rows.replace(";;", ";")))
    assert [line.text("NmbItem") for line in document.detalles] == ["El Roble viejo", "La casa roja"]


def test_whoever_forgets_to_double_the_quotes_inside_is_told() -> None:
    row = '1;"V-10";"Caño 1/2" PVC";2;5000;0;0;0;0;0;10000;"INT1";"UN";""'
    assert codes(one(factura(Detalle=row))) == ["TXT-074"]


def test_a_separator_in_quotes_beside_one_at_the_end_has_two_readings() -> None:
    document = one(line('"Codo; grueso"', ";INT1;UN;;"))
    assert codes(document) == ["TXT-079"]
    assert "«Codo; grueso»" in document.problems[0].message
    assert "MontoItem" in document.unread


def test_a_header_with_its_separator_in_quotes() -> None:
    row = HEADER.replace("Los Pinos 12", '"Los Pinos 12; casa 3"')
    assert codes(one(factura(Encabezado=row))) == ["TXT-079"]
    assert one(factura(Encabezado=row)).tipo == 33
    document = one(factura(Encabezado=row[:-1]))
    assert document.receptor.text("DirRecep") == "Los Pinos 12; casa 3"
    assert codes(document) == ["TXT-073"]


def test_free_text_keeps_its_quotes() -> None:
    assert one(factura(Observacion='"Gracias"')).beside.observaciones == ['"Gracias"']
    assert one(factura(Observacion='"Gracias";"";""')).beside.observaciones == ["Gracias"]


def test_a_spreadsheet_fills_all_rows_alike() -> None:
    rows = [f"{row}{';' * (14 - row.count(';'))}" for row in factura().decode().strip().split("\n")]
    document = one("\n".join(rows).encode())
    assert codes(document) == ["TXT-071"]
    assert document.receptor.text("CiudadRecep") == "Buin"
    moved = [row.replace("Los Pinos 12", "Los Pinos 12; casa 3") for row in rows]
    assert "TXT-075" in codes(one("\n".join(moved).encode()))


def test_cells_hold_for_whole_rows_alone() -> None:
    assert cells(b'1;"a";b') == [(b"1", False, False, 0, 1), (b"a", True, False, 2, 5), (b"b", False, False, 6, 7)]
    assert cells(b'"a""b";""') == [(b'a"b', True, True, 0, 6), (b"", True, True, 7, 9)]
    assert cells(b'"a" b;"c"') is None
    assert cells(b"a;b") is None
    assert not come_from_csv([b'1;"a";b', b"2;c;d"], {3})
    assert come_from_csv([b'1;"a b";c', b'2;"d e";f'], {3})
    assert not come_from_csv([b'1;"a b";c;', b'2;"d e";f;'], {3})
