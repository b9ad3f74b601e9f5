"""What the file says and the document does not: told with the text as it was; what only repeats itself is silent."""

from __future__ import annotations

import pytest

from dteplanows.document.model import Document
from dteplanows.document.problem import errors
from dteplanows.parser import parse
from tests.parser.parser_support import LINE, TOTALS, boleta, codes, factura, header, one, xml


def told(document: Document) -> list[tuple[str, str]]:
    assert not errors(document.problems)
    return [(each.code, each.value) for each in document.problems]


def line(changes: str = "0;0;0;0;0", amount: int = 10000, number: int = 1) -> str:
    return f"{number};V-10;Vidrio;2;5000;{changes};{amount};INT1;UN;;"


# --- codes -----------------------------------------------------------------------------------------------------------


def test_an_assumed_type_of_code_is_told_once_for_all_lines() -> None:
    rows = "\n".join(LINE.replace("1;V-10", f"{number};V-{number}").replace("INT1", "") for number in (1, 2, 3))
    document = one(factura(Detalle=rows))
    assert told(document) == [("TXT-100", "V-1")]
    assert "Códigos así: 3." in document.problems[0].message


# --- Adicionales -----------------------------------------------------------------------------------------------------


def test_an_additional_datum_that_overrides_another_is_told() -> None:
    document = one(factura(Adicionales="1;OT-1;\n2;Bodega;\n1;OT-2;\n2;Bodega;\n3;;"))
    assert told(document) == [("TXT-101", "OT-1")]
    assert document.beside.adicionales == {"A1": "OT-2", "A2": "Bodega"}
    repeated = "<Adicional><A1>uno</A1><A1>dos</A1><A2>tres</A2><A2>tres</A2></Adicional>"
    line = "<Detalle><NroLinDet>1</NroLinDet><NmbItem>B</NmbItem><MontoItem>10000</MontoItem></Detalle>"
    assert told(one(xml(line + repeated), "2")) == [("TXT-101", "uno")]


def test_what_is_kept_is_what_is_told_as_used() -> None:
    document = one(factura(Adicionales="1;uno;\nA1;dos;"))
    assert told(document) == [("TXT-101", "uno")]
    assert document.beside.adicionales == {"A1": "dos"}
    line = "<Detalle><NroLinDet>1</NroLinDet><NmbItem>B</NmbItem><MontoItem>10000</MontoItem></Detalle>"
    document = one(xml(line + "<Adicional><A1>1</A1><A1>null</A1></Adicional>"), "2")
    assert "TXT-101" not in codes(document)
    assert document.beside.adicionales == {"A1": "1"}


def test_an_additional_datum_without_node_is_told() -> None:
    assert told(one(factura(Adicionales=";OT-1;\n1;OT-2;"))) == [("TXT-102", "OT-1")]
    assert told(one(factura(Adicionales=";;\n1;;"))) == []


# --- ValorExento -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("tipo", "exempt", "expected"), [
    (39, "0", []), (39, "-", []), (39, "500", ["TXT-103"]), (39, "11900", ["TXT-103"]), (39, "poco", ["TXT-103"]),
    (41, "11900", []), (41, "500", ["TXT-103"]),
])  # fmt: skip
def test_boletas_have_no_use_for_the_exempt_value(tipo: int, exempt: str, expected: list[str]) -> None:
    head = f"{tipo};0;2026-03-02;3;0;;;;66666666-6;;Cliente;;;;;;"
    document = one(boleta(Boleta=head, BoletaDetalle=f"1;V;Vidrio;0;1;11900;{exempt};11900;INT1;UN;;"))
    assert told(document) == [(code, exempt) for code in expected]


@pytest.mark.parametrize(("value", "expected"), [("10000", []), ("9000", ["TXT-103"])])
def test_an_exempt_line_with_two_values_says_which_was_used(value: str, expected: list[str]) -> None:
    totals = "0;0;0;0;0;10000;0;0;10000;"
    detail = line(f"0;0;0;0;{value}")
    assert [code for code, _ in told(one(factura(Detalle=detail, Totales=totals)))] == expected
    head = header(34)
    assert [code for code, _ in told(one(factura(Encabezado=head, Detalle=detail, Totales=totals)))] == expected


def test_an_exempt_value_with_dots_that_was_taken_is_not_told_as_left() -> None:
    totals, detail = "0;0;0;0;0;129990;0;0;129990;", line("0;0;0;0;129.990", 0).replace("5000", "64995")
    document = one(factura(Encabezado=header(34), Detalle=detail, Totales=totals))
    assert document.detalles[0].amount("MontoItem") == 129990
    assert "TXT-103" not in codes(document)


def test_an_odd_number_is_told_once() -> None:
    document = one(factura(Totales=f"5x;1.500;0;0;{TOTALS.split(';', 4)[4]}"))
    assert codes(document).count("TXT-020") == 1
    document = one(factura(Totales=f"5,5;1.500;0;0;{TOTALS.split(';', 4)[4]}"))
    assert [each.message.rpartition(": ")[2] for each in document.problems if each.code == "TXT-110"] == ["1."]


# --- totals ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("totals", "changes", "expected"), [
    ("0;1000;0;0", "10;1000;0;0;0", []), ("10;0;0;0", "10;1000;0;0;0", []), ("10;1000;0;0", "10;0;0;0;0", []),
    ("0;0;0;1000", "0;0;10;1000;0", []), ("0;1000;0;0", "0;0;0;0;0", ["TXT-104"]),
    ("0;500;0;0", "10;1000;0;0;0", ["TXT-104"]), ("5;0;0;0", "10;1000;0;0;0", ["TXT-104"]),
    ("0;1000;0;0", "0;0;10;1000;0", ["TXT-104"]),
])  # fmt: skip
def test_a_discount_of_the_totals_repeats_that_of_the_lines_or_is_told(
    totals: str, changes: str, expected: list[str]
) -> None:
    discount, surcharge = (1000 if number == "10" else 0 for number in changes.split(";")[:3:2])
    net = 10000 - discount + surcharge
    iva = net * 19 // 100
    rest = TOTALS.split(";")
    whole = ";".join([*totals.split(";"), str(net), rest[5], rest[6], str(iva), str(net + iva), ""])
    document = one(factura(Totales=whole, Detalle=line(changes, net)))
    assert [code for code, _ in told(document)] == expected
    assert not document.root.all("DscRcgGlobal")


def test_a_tax_without_code_is_told() -> None:
    document = one(factura(ImpuestoRetencion="0;;10;1000;\n0;0;0;0;\n0;;;;"))
    assert told(document) == [("TXT-105", "0;;10;1000")]


def test_dropped_rows_show_what_they_said() -> None:
    document = one(factura(Referencia="1;801;OC-7;;0;Compra de abril;\n2;0;0;;0;-;"))
    assert told(document) == [("TXT-039", "TpoDocRef 801; FolioRef OC-7; RazonRef Compra de abril")]
    rebate = one(factura(DescRec="1;D;Convenio de abril;%;;0;\n2;D;;%;;0;\n3;D;Convenio;%;0;0;"))
    assert told(rebate) == [("TXT-047", "TpoMov D; GlosaDR Convenio de abril; TpoValor %")]


# --- XML -------------------------------------------------------------------------------------------------------------


def detail(name: str, more: str = "") -> str:
    return f"<Detalle><NroLinDet>1</NroLinDet><NmbItem>{name}</NmbItem>{more}<MontoItem>10000</MontoItem></Detalle>"


def test_ignored_elements_show_what_they_held() -> None:
    sellers = "".join(f"<Vendedor><Nombre>{name}</Nombre></Vendedor>" for name in ("Ana", "Eva", "Ida"))
    document = one(xml(detail("A", sellers)), "2")
    assert told(document) == [("TXT-056", "Ana"), ("TXT-108", "Eva; Ida")]
    assert "«Eva; Ida»" in document.problems[1].text()


def test_text_behind_an_element_inside_a_value_is_told() -> None:
    document = one(xml(detail("Caja <x/> grande")), "2")
    assert ("TXT-058", "grande") in told(document)
    assert told(one(xml(detail("Caja <!-- chica --> grande")), "2")) == []


def test_attributes_with_content_are_told() -> None:
    plain = xml(detail("A"))
    document = one(plain.replace(b"<NmbItem>", b"<NmbItem xml:lang='es' codigo='V-10'>"), "2")
    assert told(document) == [("TXT-109", "V-10")]
    usual = plain.replace(b"<Documento>", b"<Documento ID='F1' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'>")
    assert told(one(usual.replace(b"<DTE>", b"<DTE version='1.0'>"), "2")) == []


# --- many ------------------------------------------------------------------------------------------------------------


def test_every_document_of_a_long_file_tells_its_avisos() -> None:
    documents = parse(factura(Detalle=LINE.replace("INT1", "")) * 150, "1")
    assert {tuple(codes(each)) for each in documents} == {("TXT-100",)}
