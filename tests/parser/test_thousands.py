"""Amounts with a dot and three digits: read where the document leaves one reading, refused where it leaves two or none.

Each document is judged too: what the parser takes must be what the arithmetic says.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dteplanows import validator
from dteplanows.document.model import Document
from dteplanows.document.problem import Severity, errors
from tests.parser.parser_support import header, one, txt, xml
from tests.validator.judging import COMPANY, TODAY

NO_TOTALS = "0;0;0;0;;;;;;"


def row(price: str, amount: str = "", quantity: str = "1", discount: str = "0;0", n: int = 1) -> str:
    """A row of Detalle."""
    return f"{n};A;Taladro;{quantity};{price};{discount};0;0;0;{amount};INT1;UN;;"


def row_of_boleta(price: str, amount: str = "", quantity: str = "1", discount: str = "0;0", n: int = 1) -> str:
    """A row of BoletaDetalle."""
    return f"{n};A;Queso;0;{quantity};{price};0;{amount};INT1;KG;;{discount};"


def judged(document: Document) -> Document:
    """*document*, judged by the validator."""
    validator.judge(document, COMPANY, TODAY)
    return document


def factura(lines: str, totals: str = NO_TOTALS, tipo: int = 33, **more: str) -> Document:
    """A factura of these lines and totals, judged."""
    return judged(one(txt({"Encabezado": header(tipo), "Totales": totals, "Detalle": lines} | more)))


def boleta(lines: str, total: str = "0") -> Document:
    """A boleta of these lines and this total, judged."""
    head = "39;0;2026-11-24;3;0;;;;66666666-6;;Cliente;;;;;;"
    return judged(one(txt({"Boleta": head, "BoletaTotales": f"0;0;0;{total};0;0;0;0;", "BoletaDetalle": lines})))


def found(document: Document, severity: Severity = Severity.ERROR) -> list[tuple[str, str]]:
    """Code and value of what was said of numbers with dots."""
    codes = ("TXT-060", "TXT-090", "TXT-091", "TXT-029")
    return [(each.code, each.value) for each in document.problems if each.severity is severity and each.code in codes]


# --- nothing settles it ---


@pytest.mark.parametrize("document", [
    factura(row("129.990")),
    factura(row("129.990", "129.990"), "0;0;0;0;129.990;0;19;24.698;154.688;"),
    factura(row("129.990", quantity="2.000")),
    factura(row("129.990", "0")),
    boleta(row_of_boleta("1.990")),
    boleta(row_of_boleta("1.990", "1.990"), "1.990"),
    boleta(row_of_boleta("1.990") + "\n" + row_of_boleta("500", n=2)),
])  # fmt: skip
def test_with_nothing_that_settles_it_both_readings_are_named(document: Document) -> None:
    wrong = errors(document.problems)
    assert {each.code for each in wrong} == {"TXT-060"}
    for each in wrong:
        whole = each.value.replace(".", "")
        assert f"{whole} o {Decimal(each.value).normalize():f}" in each.message


def test_a_discount_in_pesos_is_doubted_too() -> None:
    assert found(factura(row("129990", discount="0;10.000"))) == [("TXT-060", "10.000")]
    settled = factura(row("129990", "119990", discount="0;10.000"))
    assert settled.detalles[0].value("DescuentoMonto") == 10000
    assert found(settled, Severity.AVISO) == [("TXT-090", "10.000")]


def test_an_xml_is_judged_alike() -> None:
    line = "<Detalle><NmbItem>T</NmbItem><QtyItem>1</QtyItem><PrcItem>129.990</PrcItem>{}</Detalle>"
    data = xml(line.format("")).replace(b"<MntNeto>10000</MntNeto>", b"").replace(b"<IVA>1900</IVA>", b"")
    data = data.replace(b"<MntTotal>11,900.00</MntTotal>", b"")
    assert found(one(data, "2")) == [("TXT-060", "129.990")]
    settled = one(data.replace(b"</PrcItem>", b"</PrcItem><MontoItem>129990</MontoItem>"), "2")
    assert settled.detalles[0].value("PrcItem") == 129990
    (aviso,) = [each for each in settled.problems if each.code == "TXT-090"]
    assert aviso.value == "129.990" and "129990" in aviso.message


# --- the line settles it ---


def test_the_amount_of_the_line_settles_a_price() -> None:
    document = factura(row("129.990", "259980", "2"), "0;0;0;0;259980;0;19;49396;309376;")
    assert document.detalles[0].value("PrcItem") == 129990
    assert found(document, Severity.AVISO) == [("TXT-090", "129.990")] and not errors(document.problems)


def test_three_decimals_stay_where_the_amount_says_so() -> None:
    document = factura(row("129.990", "390", "3"), "0;0;0;0;390;0;19;74;464;")
    assert document.detalles[0].value("PrcItem") == Decimal("129.99")
    assert found(document) == found(document, Severity.AVISO) == []
    assert "<PrcItem>129.99</PrcItem>" in document.draft


def test_an_amount_of_three_decimals_beside_its_factors() -> None:
    document = boleta(row_of_boleta("1985", "992.500", "0.5"), "993")
    assert document.detalles[0].value("MontoItem") == 993
    assert found(document, Severity.AVISO) == [("TXT-029", "992.500")] and not errors(document.problems)


def test_a_percentage_settles_its_discount() -> None:
    document = boleta(row_of_boleta("1985", "", "0.5", "7.5;74.625"))
    assert document.detalles[0].value("DescuentoMonto") == 75
    document = boleta(row_of_boleta("100000", "", "1", "10;10.000"))
    assert document.detalles[0].value("DescuentoMonto") == 10000


def test_kilos_beside_a_price_in_thousands() -> None:
    document = boleta(row_of_boleta("1.990", "2985", "1.500"), "2985")
    assert (document.detalles[0].value("QtyItem"), document.detalles[0].value("PrcItem")) == (Decimal("1.5"), 1990)
    assert not errors(document.problems)


def test_a_quantity_is_doubted_beside_a_doubtful_amount_only() -> None:
    assert found(boleta(row_of_boleta("100", "150", "1.500"), "150")) == []
    assert ("TXT-060", "150.000") in found(boleta(row_of_boleta("100", "150.000", "1.500")))
    document = boleta(row_of_boleta("100", "150.000", "1.500"), "150000")
    assert (document.detalles[0].value("QtyItem"), document.detalles[0].value("MontoItem")) == (1500, 150000)
    assert found(boleta(row_of_boleta("100", "", "1.500"))) == []


def test_a_line_with_which_no_reading_agrees_is_refused() -> None:
    document = factura(row("129.990", "555", "3"))
    (wrong,) = [each for each in errors(document.problems) if each.code == "TXT-091"]
    assert wrong.value == "129.990"
    assert "«129.990»" in wrong.message
    assert "129990" not in wrong.message, "one number, in one notation"


def test_a_discount_too_small_to_be_seen_is_not_settled() -> None:
    """10000 less 1.5 and 10000 less nothing are the same to the peso or two."""
    assert ("TXT-060", "1.500") in found(factura(row("10000", "9999", discount="0;1.500")))


# --- the totals settle it ---


def test_the_total_settles_a_line_without_amount() -> None:
    document = factura(row("129.990"), "0;0;0;0;0;0;0;0;154688;")
    assert document.totales.value("MntNeto") == 129990 and not errors(document.problems)
    document = boleta(row_of_boleta("1.990"), "1990")
    assert document.detalles[0].value("MontoItem") == 1990 and not errors(document.problems)
    document = boleta(row_of_boleta("129.990", quantity="10"), "1300")
    assert document.detalles[0].value("PrcItem") == Decimal("129.99")


def test_one_line_with_a_dot_among_others() -> None:
    lines = "\n".join([row("5000", n=1), row("129.990", n=2), row("990", n=3)])
    document = factura(lines, "0;0;0;0;135980;0;19;25836;161816;")
    assert [line.value("MontoItem") for line in document.detalles] == [5000, 129990, 990]
    assert ("TXT-060", "129.990") in found(factura(lines))
    assert {code for code, _ in found(factura(lines, "0;0;0;0;77777;0;19;14778;92555;"))} == {"TXT-091"}


def test_totals_with_dots_beside_plain_lines() -> None:
    lines = row("15006", "15006") + "\n" + row("1125", "2250", "2", n=2)
    document = factura(lines, "0;0;0;0;17.256;0;19;3.279;20.535;")
    assert document.totales.value("MntTotal") == 20535 and not errors(document.problems)


def test_what_repeats_the_total_is_read_with_it() -> None:
    line = "<Detalle><NmbItem>T</NmbItem><MontoItem>10000</MontoItem></Detalle>"
    given = xml(line).replace(b"11,900.00</MntTotal>", b"11.900</MntTotal><VlrPagar>11.900</VlrPagar>")
    document = one(given, "2")
    assert (document.totales.value("MntTotal"), document.totales.value("VlrPagar")) == (11900, 11900)
    other = one(given.replace(b"<VlrPagar>11.900", b"<VlrPagar>21.900"), "2")
    assert found(other) == [("TXT-060", "21.900")]


def test_a_global_discount_in_pesos() -> None:
    totals = "0;0;0;0;119990;0;19;22798;142788;"
    document = factura(row("129990", "129990"), totals, DescRec="1;D;Cliente;$;10.000;0;")
    assert document.root.all("DscRcgGlobal")[0].value("ValorDR") == 10000 and not errors(document.problems)
    assert ("TXT-060", "10.000") in found(factura(row("129990", "129990"), DescRec="1;D;Cliente;$;10.000;0;"))
    percentage = factura(row("10000", "10000"), "0;0;0;0;8750;0;19;1663;10413;", DescRec="1;D;Cliente;%;12.500;0;")
    assert not errors(percentage.problems) and found(percentage, Severity.AVISO) == []


def test_a_discount_of_the_header() -> None:
    document = factura(row("129990", "129990"), "0;10.000;0;0;119990;0;19;22798;142788;")
    assert document.root.all("DscRcgGlobal")[0].value("ValorDR") == 10000 and not errors(document.problems)
    document = factura(row("129990", "129990"), "0;10.000;0;0;129980;0;19;24696;154676;")
    assert document.root.all("DscRcgGlobal")[0].value("ValorDR") == 10
    document = factura(row("129990", "129990"), "0;10.000;0;0;100;0;19;19;119;")
    assert "TXT-033" in [each.code for each in document.problems]


def test_an_exempt_amount_of_a_row() -> None:
    exempt = "1;A;Seguro;1;0;0;0;0;0;129.990;0;INT1;UN;;"
    document = factura(exempt, "0;0;0;0;0;129990;0;0;129990;", tipo=34)
    assert document.detalles[0].value("MontoItem") == 129990 and not errors(document.problems)
    assert found(factura(exempt, tipo=34)) == [("TXT-060", "129.990")]


def test_an_additional_tax() -> None:
    line = "<Detalle><NmbItem>Vino</NmbItem><CodImpAdic>25</CodImpAdic><MontoItem>10000</MontoItem></Detalle>"
    tax = b"<ImptoReten><TipoImp>25</TipoImp><TasaImp>20.5</TasaImp><MontoImp>2.050</MontoImp></ImptoReten>"
    data = xml(line).replace(b"<MntTotal>11,900.00", tax + b"<MntTotal>13950")
    document = one(data, "2")
    assert document.totales.all("ImptoReten")[0].value("MontoImp") == 2050
    assert found(one(data.replace(b"<MntTotal>13950</MntTotal>", b""), "2"))[0] == ("TXT-060", "2.050")


def test_amounts_that_nothing_reckons_are_refused() -> None:
    """Subtotals, parts of a discount and reference prices are no part of the arithmetic that settles the others."""
    line = "<Detalle><NmbItem>T</NmbItem><PrcRef>1.990</PrcRef><SubDscto><TipoDscto>{}</TipoDscto>"
    data = xml(line + "<ValorDscto>1.500</ValorDscto></SubDscto><MontoItem>10000</MontoItem></Detalle>"
               "<SubTotInfo><ValSubtotSTI>10.000</ValSubtotSTI></SubTotInfo>").decode()  # fmt: skip
    assert [value for _, value in found(one(data.format("$").encode(), "2"))] == ["1.990", "1.500", "10.000"]
    assert [value for _, value in found(one(data.format("%").encode(), "2"))] == ["1.990", "10.000"]


# --- the way of writing settles it ---


def test_one_program_writes_a_column_in_one_way() -> None:
    document = factura(row("1.500.000", n=1) + "\n" + row("129.990", n=2))
    assert [line.value("PrcItem") for line in document.detalles] == [1500000, 129990]
    document = factura(row("1250.375", n=1) + "\n" + row("129.990", n=2), "0;0;0;0;1380;0;19;262;1642;")
    assert [line.value("PrcItem") for line in document.detalles] == [Decimal("1250.375"), Decimal("129.99")]
    document = factura(row("129.990", "129990", n=1) + "\n" + row("5.990", n=2))
    assert document.detalles[1].value("PrcItem") == 5990
    both = factura("\n".join([row("1.500.000", n=1), row("1250.375", n=2), row("129.990", n=3)]))
    assert ("TXT-060", "129.990") in found(both)


def test_several_dots_are_thousands() -> None:
    document = factura(row("1.500.000", "1.500.000"), "0;0;0;0;1.500.000;0;19;285.000;1.785.000;")
    assert document.totales.value("MntTotal") == 1785000 and not errors(document.problems)
    assert len(found(document, Severity.AVISO)) == 5


# --- what is no amount in pesos ---


def test_another_currency_has_decimals() -> None:
    line = "<Detalle><NmbItem>T</NmbItem><QtyItem>1</QtyItem><PrcItem>129.990</PrcItem></Detalle>"
    data = xml(line, tipo=110).replace(b"<Totales>", b"<Totales><TpoMoneda>DOLAR USA</TpoMoneda>")
    document = one(data, "2")
    assert document.detalles[0].value("PrcItem") == Decimal("129.99") and found(document) == []
    assert found(one(data.replace(b"DOLAR USA", b"PESO CL"), "2"))[0][0] in ("TXT-060", "TXT-091")
    discount = data.replace(b"</PrcItem>", b"</PrcItem><DescuentoMonto>1.362</DescuentoMonto>")
    assert found(one(discount, "2")) == [("TXT-060", "1.362")]


@pytest.mark.parametrize("price", ["0.990", "1250.375", "129.99", "129.9900", "01.990"])
def test_other_decimals_are_no_thousands(price: str) -> None:
    assert found(factura(row(price))) == []


def test_amounts_of_purchases_are_refused_when_doubtful() -> None:
    head = "33;48211;2026-01-05;0;0;33333333-3;Distribuidora;Abarrotes;Camino 8;Los Andes;Los Andes;;"
    rows = {"EncabezadoCompra": head, "TotalesCompra": "0;0;0;0;2.000;0;19;380;2.380;0;0;",
            "DetalleCompra": "1;AAA;Bebida;1;2000;0;0;0;0;0;2000;0;INT1;UN;;"}  # fmt: skip
    document = one(txt(rows))
    assert (document.totales.value("MntNeto"), document.totales.value("MntTotal")) == (2000, 2380)
    document = one(txt(rows | {"TotalesCompra": "0;0;0;0;2000;0;19;380;2380;1.200;0;"}))
    assert found(document) == [("TXT-060", "1.200")]


# --- properties ---

PRICES = st.integers(1000, 9_999_999)


def chilean(amount: int) -> str:
    """*amount* with dots for thousands."""
    return f"{amount:,}".replace(",", ".")


@given(
    lines=st.lists(st.tuples(PRICES, st.integers(1, 40), st.booleans()), min_size=1, max_size=5),
    amounts=st.sampled_from(["plain", "dots", "empty"]),
    totals=st.sampled_from(["plain", "dots", "empty"]),
)
@settings(max_examples=150, deadline=None)
def test_what_is_issued_is_never_a_thousandth(
    lines: list[tuple[int, int, bool]], amounts: str, totals: str
) -> None:
    ways: dict[str, Callable[[int], str]] = {"plain": str, "dots": chilean, "empty": lambda _: ""}
    rows = [
        row(chilean(price) if dotted else str(price), ways[amounts](price * quantity), str(quantity), n=n)
        for n, (price, quantity, dotted) in enumerate(lines, 1)
    ]
    net = sum(price * quantity for price, quantity, _ in lines)
    iva = int((Decimal(net) * 19 / 100).quantize(Decimal(1), ROUND_HALF_UP))
    figures = [ways[totals](amount) for amount in (net, iva, net + iva)]
    document = factura("\n".join(rows), f"0;0;0;0;{figures[0]};0;19;{figures[1]};{figures[2]};")
    wrong = errors(document.problems)
    if wrong:
        assert {each.code for each in wrong} <= {"TXT-060", "TXT-091"}
        assert "TXT-091" not in {each.code for each in wrong}, "the file is sound: some reading agrees"
    else:
        assert [line.value("PrcItem") for line in document.detalles] == [price for price, _, _ in lines]
        assert document.totales.value("MntTotal") == net + iva
    if "plain" in (amounts, totals):
        assert not wrong
    single = all(price < 1_000_000 for price, _, _ in lines)
    if amounts == totals == "empty" and single and any(dotted for _, _, dotted in lines):
        assert wrong


@given(
    cents=st.lists(st.tuples(st.integers(1000, 999_999), st.integers(5, 400)), min_size=1, max_size=4),
    amounts=st.booleans(), total=st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_what_is_issued_is_never_a_thousandfold(
    cents: list[tuple[int, int]], amounts: bool, total: bool
) -> None:
    """Prices of a program that writes three decimals: 129.990 is 129,99."""
    prices = [Decimal(one).scaleb(-3) for one, _ in cents]
    worth = [
        int((price * quantity).quantize(Decimal(1), ROUND_HALF_UP))
        for price, (_, quantity) in zip(prices, cents, strict=True)
    ]
    rows = [
        row_of_boleta(f"{price:.3f}", str(amount) if amounts else "", str(quantity), n=n)
        for n, (price, amount, (_, quantity)) in enumerate(zip(prices, worth, cents, strict=True), 1)
    ]
    document = boleta("\n".join(rows), str(sum(worth)) if total else "0")
    if not errors(document.problems):
        assert [line.value("PrcItem") for line in document.detalles] == prices
        assert [line.value("MontoItem") for line in document.detalles] == worth
    if not amounts and not total:
        assert errors(document.problems)
