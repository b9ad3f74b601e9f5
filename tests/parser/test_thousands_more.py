"""More that settles what a dot separates: commissions, payments, the lines of exports, quantities beside thousands."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dteplanows.document.problem import errors
from tests.parser.parser_support import codes
from tests.parser.test_thousands import factura, row
from tests.validator.xml_documents import judged as judged_xml
from tests.validator.xml_documents import line as line_of_xml


def test_a_quantity_beside_an_amount_of_two_dots() -> None:
    document = factura(row("1502,48", "34.088.266", "22.688"), "0;0;0;0;34.088.266;0;19;6.476.771;40.565.037;")

    assert not errors(document.problems)
    assert document.detalles[0].number("QtyItem") == 22688
    kilos = factura(row("1502,48", "34.088", "22.688") + "\n" + row("2.000.000", "2.000.000", n=2),
                    "0;0;0;0;2.034.088;0;19;386.477;2.420.565;")
    assert not errors(kilos.problems)
    assert kilos.detalles[0].number("QtyItem") == Decimal("22.688")


def test_a_discount_marked_as_exempt_where_nothing_is() -> None:
    line, totals = row("220000", "220000"), "0;0;0;0;212.000;0;19;40.280;252.280;"

    document = factura(line, totals, DescRec="1;D;Oferta;$;8.000;1;")
    assert not errors(document.problems)
    assert document.totales.amount("MntNeto") == 212000
    assert "TXT-090" in codes(document)


@pytest.mark.parametrize("payments", [("129.990",), ("100.000", "29990"), ("100.000", "29.990")])
def test_payments_that_come_to_the_total(payments: tuple[str, ...]) -> None:
    rows = "\n".join(f"2026-12-0{number};{amount};;" for number, amount in enumerate(payments, 1))

    document = factura(row("109235", "109235"), "0;0;0;0;109235;0;19;20755;129990;", MntPagos=rows)
    assert not errors(document.problems)
    assert sum(one.amount("MntPago") for one in document.id_doc.all("MntPagos")) == 129990


def test_payments_that_do_not_are_refused() -> None:
    document = factura(row("109235", "109235"), "0;0;0;0;109235;0;19;20755;129990;", MntPagos="2026-12-01;77.000;;")

    assert [one.code for one in errors(document.problems)] == ["TXT-060"]


def test_the_line_of_an_export_settles_its_comma() -> None:
    export = {"TpoMoneda": "DOLAR USA", "MntTotal": "3100.5"}

    document = judged_xml(110, [line_of_xml("3100.5", QtyItem=20, PrcItem="155,025", IndExe=1)], export)
    assert document.detalles[0].number("PrcItem") == Decimal("155.025")
    assert "TXT-022" not in codes(document)
    open_still = judged_xml(110, [line_of_xml("155,025", QtyItem=1, PrcItem="155,025", IndExe=1)], export)
    assert "TXT-022" in codes(open_still)


def test_a_column_with_commas_has_thousands_with_dots() -> None:
    export = {"TpoMoneda": "DOLAR USA", "MntTotal": "3751.5"}
    first = line_of_xml("2501,50", QtyItem=2, PrcItem="1.250,75", IndExe=1)

    document = judged_xml(110, [first, line_of_xml("1250", QtyItem=1, PrcItem="1.250", IndExe=1)], export)
    assert [line.number("PrcItem") for line in document.detalles] == [Decimal("1250.75"), Decimal(1250)]
    decimals = judged_xml(110, [line_of_xml("1.25", QtyItem=1, PrcItem="1.250", IndExe=1)], export)
    assert decimals.detalles[0].number("PrcItem") == Decimal("1.25")


def test_a_decimal_comma_shows_what_dots_separate() -> None:
    lines = row("9.980", "7.485", "0,75") + "\n" + row("2.495", "4.990", "2", n=2)

    document = factura(lines, "0;0;0;0;12.475;0;19;2.370;14.845;")
    assert not errors(document.problems)
    assert document.totales.amount("MntTotal") == 14845
    assert [line.amount("MontoItem") for line in document.detalles] == [7485, 4990]
    with_points = factura(lines.replace("0,75", "0.75"), "0;0;0;0;12.475;0;19;2.370;14.845;")
    assert {one.code for one in errors(with_points.problems)} == {"TXT-060"}


def test_a_decimal_comma_beside_three_decimals_that_the_arithmetic_asks_for() -> None:
    document = factura(row("129.990", "65", "0,5"), "0;0;0;0;65;0;19;12;77;")

    assert not errors(document.problems)
    assert document.detalles[0].number("PrcItem") == Decimal("129.99")


@pytest.mark.parametrize(("written", "read"), [("94.529", 94529), ("94529", 94529), ("94.529.000", 94529000)])
def test_pesos_of_an_export_at_the_rate_of_exchange(written: str, read: int) -> None:
    other = {"TpoMoneda": "PESO CL", "TpoCambio": "945.29", "MntExeOtrMnda": written, "MntTotOtrMnda": written}
    totals = {"TpoMoneda": "DOLAR USA", "MntExe": "100", "MntTotal": "100"}
    lines = [line_of_xml("100", QtyItem=1, PrcItem="100", IndExe=1)]

    document = judged_xml(110, lines, totals, header={"OtraMoneda": other})
    (group,) = document.root.group("Encabezado").all("OtraMoneda")
    assert [group.number(name) for name in ("MntExeOtrMnda", "MntTotOtrMnda")] == [read, read]


def test_three_decimals_of_the_other_currency_stay() -> None:
    other = {"TpoMoneda": "EURO", "TpoCambio": "0.94529", "MntTotOtrMnda": "94.529"}
    totals = {"TpoMoneda": "DOLAR USA", "MntExe": "100", "MntTotal": "100"}

    document = judged_xml(110, [line_of_xml("100", QtyItem=1, PrcItem="100", IndExe=1)], totals,
                          header={"OtraMoneda": other})
    (group,) = document.root.group("Encabezado").all("OtraMoneda")
    assert group.number("MntTotOtrMnda") == Decimal("94.529")


def test_a_quantity_that_is_right_with_thousands_alone() -> None:
    totals = "0;0;0;0;3375000;0;19;641250;4016250;"

    document = factura(row("1500", "3375000", "2.250"), totals)
    assert not errors(document.problems)
    assert document.detalles[0].number("QtyItem") == 2250
    assert "TXT-090" in codes(document)
    kilos = factura(row("1500", "3375", "2.250"), "0;0;0;0;3375;0;19;641;4016;")
    assert kilos.detalles[0].number("QtyItem") == Decimal("2.25")
    assert "TXT-090" not in codes(kilos)
    neither = factura(row("1500", "9999", "2.250"), "0;0;0;0;9999;0;19;1900;11899;")
    assert neither.detalles[0].number("QtyItem") == Decimal("2.25")
    assert errors(neither.problems)


@pytest.mark.parametrize("zero", ["0", "000", "0.0", "0,00", "+0"])
def test_zero_is_no_tax(zero: str) -> None:
    document = judged_xml(33, [line_of_xml(10000, CodImpAdic=zero)], {"MntTotal": 11900})

    assert not errors(document.problems)
    assert "CodImpAdic" not in document.draft
