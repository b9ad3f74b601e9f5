"""The customer's total is kept to the peso where a way of rounding explains it, and refused where none does."""

from __future__ import annotations

import pytest

from dteplanows.document.model import Document
from dteplanows.document.problem import Severity
from dteplanows.validator.causes import contradictions
from dteplanows.validator.totals.settling import Given, sale_of
from dteplanows.validator.totals.sums import add_up
from tests.validator.judging import boleta, codes, factura, figures, line

AVISO = Severity.AVISO


def lines(*each: tuple[int, str, str]) -> str:
    """Rows of a factura: amount, price and quantity of each."""
    return "\n".join(line(amount, price, quantity, n=n) for n, (amount, price, quantity) in enumerate(each, 1))


def weighed(*each: tuple[str, str, int]) -> str:
    """Rows of a boleta: quantity, price and amount of each."""
    return "\n".join(
        f"{n};A;Cosa;0;{quantity};{price};0;{amount};INT1;KG;;" for n, (quantity, price, amount) in enumerate(each, 1)
    )


def amounts(document: Document) -> list[int]:
    return [one.amount("MontoItem") for one in document.detalles]


# --- lines rounded to their other peso ------------------------------------------------------------------------------


def test_lines_that_were_added_before_they_were_rounded() -> None:
    document = factura(lines(*[(33333, "33333.33", "1")] * 3), "0;0;0;0;100000;0;19;19000;119000;")
    assert codes(document) == []
    assert codes(document, AVISO) == ["TOT-070"]
    assert sorted(amounts(document)) == [33333, 33333, 33334]
    assert figures(document) == (100000, 0, 19000, 119000)


@pytest.mark.parametrize("total", [5212, 5213, 5214])
def test_a_boleta_keeps_what_the_till_took(total: int) -> None:
    rows = weighed(("0.5", "1985", 993), ("0.5", "2265", 1133), ("0.5", "6175", 3088))  # 5212.5
    document = boleta(rows, f"0;0;0;{total};0;0;0;0;")
    assert codes(document) == []
    assert figures(document)[3] == sum(amounts(document)) == total
    assert ("TOT-070" in codes(document, AVISO)) is (total != 5214)


@pytest.mark.parametrize("total", [5210, 5215])
def test_a_peso_more_than_rounding_gives_is_refused(total: int) -> None:
    rows = weighed(("0.5", "1985", 993), ("0.5", "2265", 1133), ("0.5", "6175", 3088))
    document = boleta(rows, f"0;0;0;{total};0;0;0;0;")
    assert codes(document) == ["TOT-010"]
    assert amounts(document) == [993, 1133, 3088]
    (told,) = [one for one in document.problems if one.code == "TOT-010"]
    assert f"5.{total % 1000}" in told.message
    assert "5.214" in told.message


def test_between_floors_and_ceilings_is_not_enough() -> None:
    """Sixty lines could come to sixty totals: an error of twenty pesos is no rounding."""
    rows = weighed(*[("0.5", "1985", 993)] * 60)
    assert codes(boleta(rows, "0;0;0;59550;0;0;0;0;")) == []  # added, then rounded
    assert codes(boleta(rows, "0;0;0;59520;0;0;0;0;")) == []  # cut off one by one
    assert codes(boleta(rows, "0;0;0;59570;0;0;0;0;")) == ["TOT-010"]
    assert codes(boleta(rows, "0;0;0;59535;0;0;0;0;")) == ["TOT-010"]


def test_whole_products_cannot_be_rounded_otherwise() -> None:
    document = factura(lines((1000, "500", "2"), (700, "700", "1")), "0;0;0;0;1701;0;19;323;2024;")
    assert codes(document) == ["TOT-010"]


def test_a_peso_on_each_line_is_no_rounding() -> None:
    document = factura(lines(*[(11, "10", "1")] * 20), "0;0;0;0;220;0;19;42;262;")
    assert codes(document) == ["TOT-001"] * 20
    assert codes(factura(lines((0, "1", "1"), (500, "500", "1")), "0;0;0;0;500;0;19;95;595;")) == ["TOT-001"]


def test_a_line_and_its_discount_cut_off_each_by_itself() -> None:
    row = "1;A;Cosa;0;3.125;1990;0;5285;INT1;KG;;15;932;"  # 6218.75 - 932.81 = 5285.94
    document = boleta(row, "0;0;0;5285;0;0;0;0;")
    assert codes(document) == []
    assert codes(document, AVISO) == ["TOT-071"]
    assert document.detalles[0].amount("DescuentoMonto") == 933
    assert amounts(document) == [5285]
    assert codes(boleta(row.replace("5285", "5284"), "0;0;0;5284;0;0;0;0;")) == ["TOT-001"]


@pytest.mark.parametrize(("price", "amount", "good"), [
    ("2224.09", 41591, True), ("2224.09", 41592, False), ("2224.05", 41591, False),
])  # fmt: skip
def test_a_line_and_its_discount_of_a_price_kept_with_more_decimals(price: str, amount: int, good: bool) -> None:
    # kept inside as 2224.0945: 48930.08 - 7339.51 = 41590.57
    document = boleta(f"1;A;Cosa;0;22;{price};0;{amount};INT1;KG;;15;7340;", f"0;0;0;{amount};0;0;0;0;")
    assert codes(document) == ([] if good else ["TOT-001"])
    assert codes(document, AVISO) == (["TOT-071"] if good else [])


@pytest.mark.parametrize(("total", "expected"), [(900, []), (899, ["TOT-070", "TOT-081"]), (898, None)])
def test_a_discount_that_is_rounded_with_its_line_is_told(total: int, expected: list[str] | None) -> None:
    rows = "\n".join(f"{n};A;Cosa;0;1;333;0;300;INT1;UN;;10;33;" for n in (1, 2, 3))  # 299.7 each, 899.1
    document = boleta(rows, f"0;0;0;{total};0;0;0;0;")
    if expected is None:
        assert codes(document) == ["TOT-010"]
        return
    assert codes(document) == []
    assert codes(document, AVISO) == expected
    assert sum(amounts(document)) == total
    assert [one.amount("DescuentoMonto") + one.amount("MontoItem") for one in document.detalles] == [333] * 3
    assert not expected or "el primero pasó de 33 a 34" in document.problems[-1].text()


def test_amounts_without_prices_are_rounded_otherwise_where_they_came_with_decimals() -> None:
    rows = lines((0, "", ""), (0, "", "")).replace(";0;INT1", ";992.5;INT1")
    document = factura(rows, "0;0;0;0;1985;0;19;377;2362;")
    assert codes(document) == []
    assert sorted(amounts(document)) == [992, 993]
    assert codes(factura(rows, "0;0;0;0;1983;0;19;377;2360;")) == ["TOT-010"]
    assert codes(factura(rows, "0;0;0;0;1987;0;19;378;2365;")) == ["TOT-010"]


def test_what_no_lines_give_has_a_reason_too() -> None:
    document = factura(line(1000, "1000"), "0;0;0;0;1000;0;19;190;1190;")
    given = Given(1000, None, 190, 1190)
    contradictions.tell(document, sale_of(document, given, 0, False, []), add_up(document), [], False)
    assert codes(document) == ["TOT-075"]


# --- the IVA --------------------------------------------------------------------------------------------------------


def test_the_iva_of_each_line_is_kept_where_lines_can_be_rounded_for_it() -> None:
    rows = lines(*[(1050, "1050.42", "1")] * 7)
    document = factura(rows, "0;0;0;0;7350;0;19;1400;8750;")
    assert codes(document) == []
    assert set(codes(document, AVISO)) == {"TOT-011", "TOT-070"}
    neto, _, iva, total = figures(document)
    assert total == 8750 == neto + iva
    assert abs(iva * 100 - neto * 19) <= 100
    assert sum(amounts(document)) == neto


@pytest.mark.parametrize(("tipo", "iva"), [(52, 1400), (52, 1393), (33, 1393)])
def test_the_iva_of_each_line_that_no_document_can_say_is_refused_with_its_cause(tipo: int, iva: int) -> None:
    rows = lines(*[(1050, "1050", "1")] * 7)
    document = factura(rows, f"0;0;0;0;7350;0;19;{iva};{7350 + iva};", tipo=tipo)
    (told,) = [one for one in document.problems if one.refuses]
    assert told.code == "TOT-074"
    assert "1.397" in told.message
    assert "línea" in told.message


def test_a_total_rounded_once_of_exact_amounts() -> None:
    # 1.19 x 1000.42 = 1190.4998, 1.19 x 2001.26 = 2381.4994; together 3571.9992
    document = factura(lines((1000, "1000.42", "1"), (2001, "2001.26", "1")), "0;0;0;0;3002;0;19;570;3572;")
    assert codes(document) == []
    assert figures(document)[3] == 3572


# --- shelf prices ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("total", "good"), [(3765, True), (3766, False)])
def test_a_total_alone_tells_the_net_amount_of_prices_kept_with_more_decimals(total: int, good: bool) -> None:
    # kept inside with more decimals, up to 3163.7 and IVA 601; as it is written, 3162.34, which comes to 3763
    rows = lines(*[(316, "10.54", "30")] * 9, (317, "9.31", "34"))
    document = factura(rows, f"0;0;0;0;;0;19;;{total};")
    assert (codes(document) == []) is good
    if good:
        assert figures(document) == (3164, 0, 601, 3765)
        assert sum(amounts(document)) == 3164


def test_net_prices_of_shelf_prices_get_them_back() -> None:
    document = factura(lines((16720, "1672", "10")), "0;0;0;0;16723;0;19;3177;19900;")
    assert codes(document) == []
    assert codes(document, AVISO) == ["TOT-073"]
    assert document.id_doc.value("MntBruto") == 1
    assert document.detalles[0].number("PrcItem") == 1990
    assert figures(document) == (16723, 0, 3177, 19900)


def test_a_boleta_in_net_amounts_becomes_one_with_iva() -> None:
    rows = "1;A;Cosa;0;10;1672;0;16720;INT1;UN;;"
    document = boleta(rows, "16723;0;3177;19900;0;0;0;0;", neta="2")
    assert codes(document) == []
    assert not document.id_doc.value("IndMntNeto")
    assert amounts(document) == [19900]


@pytest.mark.parametrize(("total", "tipo"), [(19901, 33), (19899, 33), (19910, 33), (19900, 52)])
def test_shelf_prices_explain_no_other_total_and_no_guia(total: int, tipo: int) -> None:
    document = factura(lines((16720, "1672", "10")), f"0;0;0;0;16723;0;19;3177;{total};", tipo=tipo)
    assert "TOT-010" in codes(document)
    assert document.detalles[0].number("PrcItem") == 1672
    assert "MntBruto" not in document.id_doc.fields


def test_a_discount_in_pesos_is_a_net_one_and_no_shelf_price_has_it() -> None:
    row = line(16710, "1672", "10", discount="0;10")
    assert "TOT-010" in codes(factura(row, "0;0;0;0;16723;0;19;3177;19900;"))


# --- prices that were written rounded -------------------------------------------------------------------------------


def test_the_amount_tells_the_price_that_was_meant() -> None:
    document = factura(lines((1004, "100", "10")), "0;0;0;0;1004;0;19;191;1195;")
    assert codes(document) == []
    assert codes(document, AVISO) == ["TOT-072"]
    assert str(document.detalles[0].number("PrcItem")).rstrip("0") == "100.4"
    assert amounts(document) == [1004]


@pytest.mark.parametrize(
    ("amount", "price", "quantity", "totales"),
    [
        (1004, "100", "10", "0;0;0;0;;;;;;"),  # amounts alone prove no price
        (104, "100", "1", "0;0;0;0;104;0;19;20;124;"),  # one costs its price
        (1006, "100", "10", "0;0;0;0;1006;0;19;191;1197;"),  # 100.6 is written 101
        (1004, "100.0", "10", "0;0;0;0;1004;0;19;191;1195;"),  # written with a decimal
        (1004, "100", "10", "0;0;0;0;1000;0;19;190;1190;"),  # the totals are those of the price
    ],
)
def test_other_amounts_tell_no_price(amount: int, price: str, quantity: str, totales: str) -> None:
    document = factura(lines((amount, price, quantity)), totales)
    assert codes(document) == ["TOT-001"]
    assert str(document.detalles[0].number("PrcItem")) == price


def test_a_discount_may_be_the_wrong_one_and_tells_no_price() -> None:
    row = line(904, "100", "10", discount="0;100")
    assert codes(factura(row, "0;0;0;0;904;0;19;172;1076;")) == ["TOT-001"]


def test_a_price_of_nothing_beside_an_amount_is_told() -> None:
    document = factura(line(30000, "0", "2"), "0;0;0;0;30000;0;19;5700;35700;")
    assert codes(document, AVISO) == ["TOT-078"]
    assert "TOT-078" not in codes(factura(line(0, "0", "2") + "\n" + line(5, "5", n=2), "0;0;0;0;5;0;19;1;6;"), AVISO)


# --- global discounts of boletas ------------------------------------------------------------------------------------


def test_a_global_discount_of_a_boleta_is_spread_over_its_lines() -> None:
    rows = "1;A;Cosa;0;2;1000;0;2000;INT1;UN;;\n2;B;Libro;1;1;900;900;900;INT1;UN;;\n3;C;Otra;0;1;500;0;500;INT1;UN;;"
    document = boleta(rows, "0;900;0;3149;0;0;0;0;", more="->BoletaDescRec<-\n1;D;Convenio;$;251;0;\n")
    assert codes(document) == []
    assert codes(document, AVISO) == ["TOT-076"]
    assert document.root.all("DscRcgGlobal") == []
    assert amounts(document) == [1799, 900, 450]
    assert [one.amount("DescuentoMonto") for one in document.detalles] == [201, 0, 50]
    assert figures(document)[3] == 3149


@pytest.mark.parametrize(("total", "good"), [(7932, True), (7933, True), (7934, False), (7931, False)])
def test_a_total_that_was_rounded_behind_its_discount_is_kept(total: int, good: bool) -> None:
    rows = "1;A;Cosa;0;3;1990;0;5970;INT1;UN;;\n2;B;Otra;0;1;2380;0;2380;INT1;UN;;"  # less 5 %: 7932.5
    document = boleta(rows, f"0;0;0;{total};0;0;0;0;", more="->BoletaDescRec<-\n1;D;Club;%;5;0;\n")
    assert (codes(document) == []) is good
    if good:
        assert sum(amounts(document)) == figures(document)[3] == total
        assert ("TOT-080" in codes(document, AVISO)) is (total == 7933)


def test_a_net_amount_that_was_rounded_behind_its_discount_is_kept() -> None:
    more = "->DescRec<-\n1;D;Club;%;5;0;\n"
    document = factura(lines((8350, "8350", "1")), "0;0;0;0;7933;0;19;1507;9440;", more=more)
    assert codes(document) == []
    assert figures(document) == (7933, 0, 1507, 9440)
    assert document.root.all("DscRcgGlobal")[0].text("TpoValor") == "$"
    assert "TOT-010" in codes(factura(lines((8350, "8350", "1")), "0;0;0;0;7935;0;19;1508;9443;", more=more))


def test_a_surcharge_of_a_boleta_is_spread_too_and_a_net_boleta_keeps_it() -> None:
    rows = "1;A;Cosa;0;1;1000;0;1000;INT1;UN;;"
    more = "->BoletaDescRec<-\n1;R;Envío;%;10;0;\n"
    document = boleta(rows, "0;0;0;1100;0;0;0;0;", more=more)
    assert [one.amount("RecargoMonto") for one in document.detalles] == [100]
    net = boleta(rows, "1100;0;209;1309;0;0;0;0;", more=more, neta="2")
    assert codes(net) == []
    assert len(net.root.all("DscRcgGlobal")) == 1
    assert "TOT-076" not in codes(net, AVISO)


@pytest.mark.parametrize(("row", "name"), [("1;D;Club;;5;0;", "TpoValor"), ("1;;Club;%;5;0;", "TpoMov")])
def test_a_movement_that_does_not_say_what_it_is_is_refused_naming_that(row: str, name: str) -> None:
    rows = "1;A;Cosa;0;1;1000;0;1000;INT1;UN;;"
    document = boleta(rows, "0;0;0;995;0;0;0;0;", more=f"->BoletaDescRec<-\n{row}\n")
    assert any(name in f"{one.place.path} {one.text()}" for one in document.problems if one.severity is Severity.ERROR)
    assert "TOT-076" not in codes(document, AVISO)
