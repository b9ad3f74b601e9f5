"""Numbers, days, receivers and codes in another form than the one asked for: read where they mean one thing only."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dteplanows.document.elements import find
from dteplanows.document.model import Document, Group
from dteplanows.document.problem import errors
from dteplanows.document.values import Unreadable
from dteplanows.parser.habits.currencies import names
from dteplanows.parser.values import unusual
from tests.parser.parser_support import BOLETA, boleta, codes, factura, one, txt, xml
from tests.parser.test_thousands import NO_TOTALS, judged, row
from tests.parser.test_thousands import factura as priced
from tests.validator.xml_documents import judged as judged_xml
from tests.validator.xml_documents import line as line_of_xml

PRICE = find(33, "Detalle/PrcItem")
DAY = find(33, "Encabezado/IdDoc/FchEmis")
MOMENT = find(39, "Detalle/InfoTicket/FchEvento")
APART = Group("")


def told(document: Document, code: str) -> list[str]:
    """Texts of the problems of that code."""
    return [each.text() for each in document.problems if each.code == code]


# --- numbers ---


@pytest.mark.parametrize(("text", "value"), [
    ("2,5", "2.5"), ("-2,25", "-2.25"), ("0,500", "0.5"), ("1250,500", "1250.5"), (",75", "0.75"), ("12,", "12"),
    ("1.250,50", "1250.5"), ("1.250,500", "1250.5"), ("12.345.678,9", "12345678.9"), ("10000,000000", "10000"),
    ("1.5E6", "1500000"), ("1.25E7", "12500000"), ("0.5214e4", "5214"), ("1,5E+06", "1500000"), ("2E-1", "0.2"),
    ("0E-10", "0"), ("-1e3", "-1000"), ("1.500E3", "1500"),
])  # fmt: skip
def test_numbers_of_one_reading(text: str, value: str) -> None:
    assert unusual.number(text) == Decimal(value)


@pytest.mark.parametrize("text", [
    "1,500", "12,345", "1,5,0", "1.5,0", "12.34,5", "1,234.5,6", "0.250,5", ",", "E5", "1E", "1e999", "1e40", "1E-50",
    "2;5", "2 5", "dos", "1.5E6.5", "١,٥", "1.250.50,5", "",
])  # fmt: skip
def test_numbers_of_no_reading_or_two(text: str) -> None:
    assert unusual.number(text) is None


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=4, allow_nan=False))
@settings(max_examples=200)
def test_a_number_written_with_an_exponent_or_a_comma_is_itself(value: Decimal) -> None:
    assert unusual.number(f"{value:E}") == value
    chilean = f"{value:,f}".translate(str.maketrans(",.", ".,"))
    assert unusual.number(chilean) == value
    assert unusual.number(f"{value:f}".replace(".", ",")) == value


def test_a_column_of_decimal_commas_is_told_once_with_their_number() -> None:
    lines = "\n".join(row("1000", str(amount), text, n=n) for n, (text, amount) in
                      enumerate([("2,5", 2500), ("0,25", 250), ("1,75", 1750)], 1))  # fmt: skip
    document = priced(lines, "0;0;0;0;4500;0;19;855;5355;")
    assert not errors(document.problems)
    assert [each.number("QtyItem") for each in document.detalles] == [Decimal("2.5"), Decimal("0.25"), Decimal("1.75")]
    (aviso,) = told(document, "TXT-110")
    assert "«2,5»" in aviso and "2.5" in aviso and "3" in aviso
    plain = priced(row("1000", "2500", "2.5"), "0;0;0;0;2500;0;19;475;2975;")
    assert told(plain, "TXT-110") == []


def test_an_amount_in_pesos_with_decimals_behind_a_comma() -> None:
    document = priced(row("129.990,00", "129.990,00"), "0;0;0;0;129.990,00;0;19,0;24.698,00;154.688,00;")
    assert not errors(document.problems)
    assert document.totales.amount("MntTotal") == 154688
    assert document.totales.number("TasaIVA") == 19


def test_the_number_of_decimals_is_that_of_the_number() -> None:
    """The price is known to the cent: with as many it explains the amount (84.03 is 100 / 1.19)."""
    prices = [priced(row(price, "840", "10"), "0;0;0;0;840;0;19;160;1000;") for price in ("84,03", "84.03")]
    assert [errors(each.problems) for each in prices] == [[], []]
    assert prices[0].detalles[0].text("PrcItem") == "84.03"


@pytest.mark.parametrize("text", ["19%", "19,0 %", "19.00%", "19,000"])
def test_a_rate_in_percent(text: str) -> None:
    document = priced(row("1000", "1000"), f"0;0;0;0;1000;0;{text};190;1190;")
    assert not errors(document.problems)
    assert document.totales.number("TasaIVA") == 19
    assert told(document, "TXT-110")


def test_a_percent_sign_elsewhere_is_no_number() -> None:
    assert [each.code for each in errors(priced(row("1000%", "1000")).problems)][:1] == ["TXT-020"]


def test_a_day_count_is_whole() -> None:
    def given_days(text: str) -> Document:
        return one(xml(id_doc=f"<TermPagoDias>{text}</TermPagoDias>"), "2")

    assert given_days("30,0").id_doc.value("TermPagoDias") == 30
    assert "TXT-020" in codes(given_days("3E1"))
    assert "TXT-021" in codes(given_days("2,5"))


def test_the_34_digits_of_a_database() -> None:
    text = "294.1176470588235294117647058823529"
    document = priced(row(text, "294"), "0;0;0;0;294;0;19;56;350;")
    assert not errors(document.problems)
    assert document.detalles[0].number("PrcItem") == Decimal("294.117647")
    assert "TXT-020" in codes(priced(row("1" * 31, "294")))


def test_columns_without_an_element() -> None:
    document = priced(row("10000", "10000"), "0;1.000,00;0;0;9000;0;19;1710;10710;")
    assert not errors(document.problems)
    assert told(document, "TXT-110")
    assert document.totales.amount("MntTotal") == 10710


def test_the_exempt_column_that_repeats_the_amount() -> None:
    exempt = "1;A;Taladro;1;1000;0;0;0;0;{};1000;INT1;UN;;"
    same = priced(exempt.format("1000,00"), "0;0;0;0;0;1000;0;0;1000;", 34)
    assert not errors(same.problems)
    assert told(same, "TXT-103") == []
    assert told(priced(exempt.format("900,50"), "0;0;0;0;0;1000;0;0;1000;", 34), "TXT-103")


@pytest.mark.parametrize(("discount", "code"), [("1,000", "TXT-022"), ("mil", "TXT-020")])
def test_a_discount_that_cannot_be_read_is_the_only_reason(discount: str, code: str) -> None:
    document = priced(row("10000", "10000"), f"0;{discount};0;0;9000;0;19;1710;10710;")
    assert [each.code for each in errors(document.problems)] == [code]


# --- a comma before three digits ---


@pytest.mark.parametrize(("price", "quantity", "amount", "read"), [
    ("2000", "1,500", "3000", ("2000", "1.5")),
    ("2000", "1,500", "3000000", ("2000", "1500")),
    ("1,990", "2", "3980", ("1990", "2")),
    ("1.990", "2,500", "4.975", ("1990", "2.5")),
    ("1,990", "2.500", "4,975", ("1990", "2.5")),
])  # fmt: skip
def test_the_arithmetic_settles_a_comma(price: str, quantity: str, amount: str, read: tuple[str, str]) -> None:
    document = priced(row(price, amount, quantity))
    assert not errors(document.problems)
    line = document.detalles[0]
    assert (line.number("PrcItem"), line.number("QtyItem")) == tuple(map(Decimal, read))
    assert told(document, "TXT-113")


def test_a_column_of_commas_that_are_settled_is_told_once() -> None:
    lines = "\n".join(row("2000", "3000", "1,500", n=n) for n in range(1, 41))
    document = priced(lines, "0;0;0;0;120000;0;19;22800;142800;")
    assert not errors(document.problems)
    (aviso,) = told(document, "TXT-113")
    assert "decimales" in aviso and "40" in aviso


def test_a_folio_is_not_what_a_spreadsheet_made_of_it() -> None:
    document = one(factura(Encabezado="33;1.23E+05;2026-03-02;0;0;22222222-2;V;V;L;B;B;;"))
    assert [each.code for each in errors(document.problems)] == ["TXT-020"]


def test_other_numbers_of_the_column_settle_a_comma() -> None:
    lines = row("2000", "", "1,500") + "\n" + row("1000", "", "2,25", n=2)
    assert priced(lines).detalles[0].number("QtyItem") == Decimal("1.5")
    lines = row("2000", "", "1,500") + "\n" + row("1000", "", "2", n=2)
    assert [each.code for each in errors(priced(lines).problems)] == ["TXT-022"]


@pytest.mark.parametrize(("price", "quantity", "code"), [("2000", "1,500", "TXT-022"), ("1,990", "1", "TXT-022")])
def test_a_comma_that_nothing_settles_names_both_readings(price: str, quantity: str, code: str) -> None:
    wrong = errors(priced(row(price, "", quantity)).problems)
    assert [each.code for each in wrong] == [code]
    text = wrong[0].value
    assert f"{text.replace(',', '')} o {Decimal(text.replace(',', '.')).normalize():f}" in wrong[0].message


def test_a_comma_of_which_neither_reading_agrees() -> None:
    wrong = errors(priced(row("2000", "7777", "1,500"), "0;0;0;0;7777;0;19;1478;9255;").problems)
    assert [each.code for each in wrong] == ["TXT-114"]
    assert "1500 o 1.5" in wrong[0].message


def test_a_global_percentage_has_decimals() -> None:
    discount = "1;D;Oferta;%;10,500;0;"
    document = priced(row("10000", "10000"), "0;0;0;0;8950;0;19;1701;10651;", DescRec=discount)
    assert not errors(document.problems)
    assert document.root.all("DscRcgGlobal")[0].number("ValorDR") == Decimal("10.5")
    assert told(document, "TXT-110")


def test_a_comma_in_dollars_stays_refused() -> None:
    export = {"TpoMoneda": "DOLAR USA", "MntTotal": "1,500"}
    wrong = errors(judged_xml(110, [line_of_xml("1,500", QtyItem=1, PrcItem="1,500", IndExe=1)], export).problems)
    assert "TXT-022" in [each.code for each in wrong]


# --- days ---


@pytest.mark.parametrize("text", [
    "2026-11-20 00:00:00", "2026-11-20T15:30:00", "2026-11-20T00:00:00.000Z", "2026-11-20 00:00:00.000",
    "2026-11-20T23:59:59-03:00", "2026-11-20-03:00", "2026-11-20Z", "2026-11-20+00:00", "2026-11-20T12:00:00Z",
    "2026-11-20T10:00:00-03:00[America/Santiago]", "2026-11-20T18:00:00+02:00", "20-11-2026", "20/11/2026",
    "20.11.2026", "20/11/2026 15:30", "20-11-2026 0:00:00", "20/11/2026 3:30:00 p. m.", "20112026",
    "20261120", "2026/11/20", "2026.11.20", "2026-11-20 12:00:00 UTC", "2026-11-20 12:00:00 GMT",
    "2026-11-20 10:00:00 -0300 -03", "2026-11-20 00:00:00 +0000 UTC", "2026-11-20 08:30:00.123456789 -0400 -04",
])  # fmt: skip
def test_days_of_one_reading(text: str) -> None:
    found = unusual.meant(DAY, text, APART)
    assert found is not None
    assert (found.value, found.plain, found.code) == (date(2026, 11, 20), "2026-11-20", "TXT-111")


@given(st.dates(date(2003, 1, 1), date(2050, 12, 31)), st.sampled_from(["%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y", "%Y%m%d"]))
def test_the_day_comes_before_the_month(day: date, form: str) -> None:
    found = unusual.meant(DAY, day.strftime(form), APART)
    assert found is not None and found.value == day


@pytest.mark.parametrize("text", [
    "20-11-26", "20/11/26", "11/20/2026", "31-02-2026", "2026-13-01", "20-11/2026", "20 11 2026", "2026-11",
    "noviembre",    "2026-11-20T25:00:00", "20/11/2026 13:30 PM", "2026112", "202611200", "2026-11-20 mañana",
    "2026-11-20 12:00:00 utc+3", "2026-11-20 12:00:00 -0300 +ab", "2026-11-20 UTC mañana",
])  # fmt: skip
def test_days_of_no_reading(text: str) -> None:
    assert unusual.meant(DAY, text, APART) is None


@pytest.mark.parametrize(("text", "readings"), [
    ("11/05/2026 00:00:00", "2026-05-11 o 2026-11-05"),
    ("5/11/2026 12:00:00 AM", "2026-05-11 o 2026-11-05"),
    ("2026-11-21T02:30:00Z", "2026-11-20 o 2026-11-21"),
    ("2026-11-20T22:30:00-08:00", "2026-11-20 o 2026-11-21"),
    ("2026-11-21T03:30:00Z", "2026-11-20 o 2026-11-21"),
])  # fmt: skip
def test_days_of_two_readings_name_both(text: str, readings: str) -> None:
    with pytest.raises(Unreadable) as caught:
        unusual.meant(DAY, text, APART)
    assert (caught.value.code, caught.value.facts) == ("TXT-112", {"readings": readings})


def test_a_moment_may_have_its_day_first() -> None:
    found = unusual.meant(MOMENT, "20-11-2026 21:30", APART)
    assert found is not None and found.value == datetime(2026, 11, 20, 21, 30)
    with pytest.raises(Unreadable):
        unusual.meant(MOMENT, "05/11/2026 21:30", APART)


def test_a_day_of_a_file() -> None:
    document = one(factura(Encabezado="33;0;24/11/2026;0;0;22222222-2;Vidrios;Vidriería;Los Pinos 12;Buin;Buin;;"))
    assert document.id_doc.day("FchEmis") == date(2026, 11, 24)
    (aviso,) = told(document, "TXT-111")
    assert "«24/11/2026»" in aviso and "2026-11-24" in aviso
    assert told(one(factura()), "TXT-111") == []
    document = one(factura(Encabezado="33;0;05/11/2026 00:00;0;0;22222222-2;Vidrios;Vidriería;Pinos 12;Buin;Buin;;"))
    assert [each.code for each in errors(document.problems)] == ["TXT-112"]


def test_a_day_of_a_purchase() -> None:
    purchase = {"EncabezadoCompra": "33;871;24/11/2026;0;0;76543210-3;Ferretería;Comercio;Calle 1;Lota;Lota;;"}
    document = one(txt(purchase | {"TotalesCompra": "0;0;0;0;1000;0;19;190;1190;"}))
    assert document.id_doc.day("FchEmis") == date(2026, 11, 24)
    assert told(document, "TXT-111")


# --- boletas ---


@pytest.mark.parametrize("text", [
    "0-0", "0", "00000000-0", "SIN RUT", "sin rut", "S/RUT", "S/R", "1-9", "66666666", "66.666.666", "666666666", "-",
    "0-",
])  # fmt: skip
def test_a_receiver_that_is_nobody(text: str) -> None:
    document = judged(one(boleta(Boleta=BOLETA.replace("66666666-6", text).replace("2026-03-02", "2026-11-24"))))
    assert not errors(document.problems)
    assert document.receptor.value("RUTRecep") == "66666666-6"
    (aviso,) = told(document, "TXT-115")
    assert f"«{text}»" in aviso


@pytest.mark.parametrize("text", ["22222222-3", "2222222", "Juan Soto", "1-8", "77777777"])
def test_a_receiver_with_a_fault_is_no_nobody(text: str) -> None:
    document = one(boleta(Boleta=BOLETA.replace("66666666-6", text)))
    assert {each.code for each in errors(document.problems)} <= {"DOC-010", "DOC-011"}
    assert errors(document.problems)
    assert told(document, "TXT-115") == []


def test_a_factura_has_a_receiver() -> None:
    document = one(factura(Encabezado="33;0;2026-03-02;0;0;SIN RUT;Vidrios;Vidriería;Los Pinos 12;Buin;Buin;;"))
    assert "DOC-010" in codes(document)
    assert told(document, "TXT-115") == []


@pytest.mark.parametrize("service", ["0", ""])
def test_a_boleta_that_does_not_say_what_is_sold(service: str) -> None:
    document = judged(one(boleta(Boleta=BOLETA.replace(";3;0;", f";{service};0;"))))
    assert document.id_doc.value("IndServicio") == 3
    assert told(document, "TXT-116")
    for known in "123":
        document = one(boleta(Boleta=BOLETA.replace(";3;0;", f";{known};0;")))
        assert document.id_doc.value("IndServicio") == int(known)
        assert told(document, "TXT-116") == []


def test_a_period_or_a_show_leaves_open_what_is_sold() -> None:
    period = {"IndServicio": "", "PeriodoDesde": "2026-10-01", "PeriodoHasta": "2026-10-31"}
    assert "DOC-002" in codes(judged_xml(39, [line_of_xml(1190)], {}, id_doc=period))
    show = line_of_xml(1190, ItemEspectaculo="01", RUTMandante="22222222-2")
    assert "DOC-002" in codes(judged_xml(39, [show], {}, id_doc={"IndServicio": ""}))


@pytest.mark.parametrize("way", ["EF", "TC", "ef", "LT"])
def test_a_means_of_payment_of_facturas(way: str) -> None:
    document = judged_xml(39, [line_of_xml(1190)], {}, id_doc={"MedioPago": way})
    assert not errors(document.problems)
    assert "MedioPago" not in document.id_doc.fields
    (aviso,) = told(document, "TXT-117")
    assert f"«{way}»" in aviso
    assert "TXT-140" in codes(judged_xml(39, [line_of_xml(1190)], {}, id_doc={"MedioPago": "Efectivo"}))
    assert told(judged_xml(39, [line_of_xml(1190)], {}, id_doc={"MedioPago": "1"}), "TXT-117") == []


# --- codes ---


@pytest.mark.parametrize(("written", "name"), [
    ("USD", "DOLAR USA"), ("usd", "DOLAR USA"), ("Dólar USA", "DOLAR USA"), ("EUR", "EURO"), ("JPY", "YEN"),
    ("CNY", "RENMINBI"), ("MXN", "PESO MEX"),
])  # fmt: skip
def test_a_currency_by_its_code(written: str, name: str) -> None:
    rate = {"OtraMoneda": {"TpoMoneda": "CLP", "TpoCambio": "950"}}
    line = line_of_xml(200, QtyItem=1, PrcItem=200, IndExe=1, UnmdItem="10")
    document = judged_xml(110, [line], {"TpoMoneda": written, "MntTotal": 200}, header=rate)
    assert not errors(document.problems)
    assert document.totales.text("TpoMoneda") == name
    assert document.root.group("Encabezado").group("OtraMoneda").text("TpoMoneda") == "PESO CL"
    assert len(told(document, "TXT-118")) == 2
    plain = judged_xml(110, [line], {"TpoMoneda": name, "MntTotal": 200},
                       header={"OtraMoneda": {"TpoMoneda": "PESO CL", "TpoCambio": "950"}})  # fmt: skip
    assert told(plain, "TXT-118") == []


@pytest.mark.parametrize("written", ["ARS", "BRL", "US$", "dólares"])
def test_a_currency_without_a_name_is_refused(written: str) -> None:
    rate = {"OtraMoneda": {"TpoMoneda": "PESO CL", "TpoCambio": "950"}}
    document = judged_xml(110, [line_of_xml(200, IndExe=1)], {"TpoMoneda": written, "MntTotal": 200}, header=rate)
    assert "DOC-022" in codes(document)


def test_every_currency_is_one_of_the_schema() -> None:
    listed = find(110, "Encabezado/Totales/TpoMoneda").enum
    assert set(names().values()) <= set(listed)
    assert len(set(names().values())) == len(names())


@pytest.mark.parametrize("name", ["TipoDespacho", "FmaPago", "MedioPago", "TpoCtaPago", "TermPagoDias", "IndServicio"])
def test_a_zero_in_the_place_of_a_code(name: str) -> None:
    document = judged_xml(33, [line_of_xml(1000, CodImpAdic="0")], {}, id_doc={name: "0"})
    assert not errors(document.problems)
    assert f"<{name}>" not in document.draft
    assert "CodImpAdic" not in document.draft


def test_a_code_beside_a_zero_stays() -> None:
    line = line_of_xml(1000, CodImpAdic=["0", "27"])
    document = judged_xml(33, [line], {"ImptoReten": {"TipoImp": "27", "TasaImp": "10", "MontoImp": "100"}})
    assert not errors(document.problems)
    assert document.draft.count("<CodImpAdic>") == 1
    assert "TOT-043" in codes(judged_xml(33, [line], {}))  # reckoned, as its rate is known


def test_an_optional_rut_of_zero_is_none() -> None:
    document = judged_xml(33, [line_of_xml(1000)], {}, receptor={"RUTRecep": "22222222-2"},
                          id_doc={}, header={"Transporte": {"RUTTrans": "0"}})  # fmt: skip
    assert not errors(document.problems)
    assert "RUTTrans" not in document.draft
    wrong = judged_xml(33, [line_of_xml(1000)], {}, header={"Transporte": {"RUTTrans": "22222222"}})
    assert "DOC-010" in codes(wrong)


def test_the_gross_lines_of_a_guia_are_written_net() -> None:
    document = priced(row("11900", "11900"), "0;0;0;0;10000;0;19;1900;11900;1;", 52)
    assert not errors(document.problems)
    assert document.detalles[0].number("PrcItem") == 10000
    assert told(document, "TXT-120")
    assert told(priced(row("10000", "10000"), "0;0;0;0;10000;0;19;1900;11900;0;", 52), "TXT-120") == []


def test_each_number_of_a_row_is_read_by_itself() -> None:
    document = one(txt({"Encabezado": "33;0;2026-03-02;0;0;22222222-2;V;V;L;B;B;;", "Totales": NO_TOTALS,
                        "Detalle": row("dos,5", "2,5")}))  # fmt: skip
    assert "TXT-020" in codes(document)
    assert document.detalles[0].amount("MontoItem") == 3
    assert "PrcItem" in document.unread
