from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

import pytest

from dteplanows.document import values
from dteplanows.document.elements import find, structure
from dteplanows.document.model import Value
from dteplanows.document.values import Fraction, Unreadable, number, read, write
from tests.generate import edges


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", "0"), ("7", "7"), ("-7", "-7"), ("+7", "7"), ("007", "7"), ("1.5", "1.5"), ("1.", "1"), (".5", "0.5"),
        ("-.5", "-0.5"), ("10000.00", "10000"), ("1,234.00", "1234"), ("1,234,567", "1234567"), ("-1,234.5", "-1234.5"),
        ("1,234,567.89", "1234567.89"), ("999999999999999999", "999999999999999999"),
    ],
)  # fmt: skip
def test_numbers_that_mean_one_thing(text: str, value: str) -> None:
    assert number(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        ".",
        "abc",
        "1e3",
        "1E3",
        "NaN",
        "Infinity",
        "1 000",
        "$100",
        "1.234.567",
        "1.234,56",
        "12,34",
        "1,23",
        "1234,567",
        "1,234,56",
        ",5",
        "1,234.",
        "--1",
        "1-",
        "0x10",
        "1_000",
        "١٢",
        "1.5.",
        "9" * 31,
    ],
)
def test_numbers_that_are_none(text: str) -> None:
    with pytest.raises(Unreadable) as caught:
        number(text)
    assert caught.value.code == "TXT-020"


@pytest.mark.parametrize("text", ["1,234", "-1,234", "12,345", "999,000"])
def test_a_comma_that_may_be_a_decimal_comma(text: str) -> None:
    with pytest.raises(Unreadable) as caught:
        number(text)
    assert caught.value.code == "TXT-022"


@pytest.mark.parametrize(
    ("path", "text", "value"),
    [
        ("Encabezado/Totales/MntTotal", "1,234,000.00", 1_234_000),
        ("Encabezado/Totales/MontoNF", "-15", -15),
        ("Encabezado/IdDoc/FmaPago", "1.0", 1),
        ("Encabezado/IdDoc/FmaPago", "01", 1),
        ("Encabezado/Emisor/CdgSIISucur", "000123", 123),
        ("Encabezado/Totales/TasaIVA", "19.00", Decimal(19)),
        ("Detalle/PrcItem", "1234.123456", Decimal("1234.123456")),
        ("Detalle/PrcItem", "1234.1234560000", Decimal("1234.123456")),
        ("Detalle/NmbItem", "007 & Co", "007 & Co"),
        ("Encabezado/Totales/ImptoReten/TipoImp", "14", "14"),
        ("Encabezado/Receptor/RUTRecep", "60.803.000-k", "60803000-K"),
        ("Encabezado/IdDoc/FchEmis", "2026-02-28", date(2026, 2, 28)),
        ("Encabezado/IdDoc/FchEmis", "1850-01-01", date(1850, 1, 1)),
        ("Encabezado/Transporte/HraSalida", "08:05:00", time(8, 5)),
        ("Encabezado/Transporte/HraSalida", "08:05", time(8, 5)),
    ],
)
def test_read(path: str, text: str, value: Value) -> None:
    result = read(find(33, path), text)
    assert result == value
    assert type(result) is type(value)


def test_read_moment() -> None:
    element = find(39, "Detalle/InfoTicket/FchEvento")
    assert read(element, "2026-01-02T21:30:00.75") == datetime(2026, 1, 2, 21, 30)


@pytest.mark.parametrize(
    ("path", "text", "code"),
    [
        ("Encabezado/Totales/MntTotal", "mil", "TXT-020"),
        ("Detalle/PrcItem", "1.5,0", "TXT-020"),
        ("Encabezado/IdDoc/FmaPago", "1.5", "TXT-021"),
        ("Detalle/NroLinDet", "1.01", "TXT-021"),
        ("Encabezado/Totales/MntTotal", "1,500", "TXT-022"),
        ("Encabezado/IdDoc/FchEmis", "02-01-2026", "TXT-023"),
        ("Encabezado/IdDoc/FchEmis", "2026-1-2", "TXT-023"),
        ("Encabezado/IdDoc/FchEmis", "2026-01-02T00:00:00", "TXT-023"),
        ("Encabezado/IdDoc/FchEmis", "20260102", "TXT-023"),
        ("Encabezado/IdDoc/FchEmis", "٢٠٢٦-٠١-٠٢", "TXT-023"),
        ("Encabezado/IdDoc/FchEmis", "2026-02-30", "TXT-024"),
        ("Encabezado/IdDoc/FchEmis", "2026-13-01", "TXT-024"),
        ("Encabezado/IdDoc/FchEmis", "0000-01-01", "TXT-024"),
        ("Encabezado/Transporte/HraSalida", "25:00:00", "TXT-025"),
        ("Encabezado/Transporte/HraSalida", "mañana", "TXT-025"),
        ("Encabezado/Receptor/RUTRecep", "60803000", "DOC-010"),
        ("Encabezado/Receptor/RUTRecep", "60803000-1", "DOC-011"),
    ],
)
def test_unreadable(path: str, text: str, code: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read(find(33, path), text)
    assert caught.value.code == code
    assert str(caught.value) == code


def test_unreadable_moment() -> None:
    with pytest.raises(Unreadable) as caught:
        read(find(39, "Detalle/InfoTicket/FchEvento"), "ayer")
    assert caught.value.code == "TXT-026"


def test_wrong_check_digit_tells_the_right_one() -> None:
    with pytest.raises(Unreadable) as caught:
        read(find(33, "Encabezado/Receptor/RUTRecep"), "60803000-1")
    assert caught.value.facts == {"right": "K"}


@pytest.mark.parametrize(
    ("path", "text", "rounded"),
    [
        ("Encabezado/Totales/MntTotal", "1000.5", 1001),
        ("Encabezado/Totales/MontoNF", "-1000.5", -1001),
        ("Detalle/MontoItem", "0.49", 0),
        ("Detalle/PrcItem", "0.1234565", Decimal("0.123457")),
        ("Detalle/QtyItem", "0.0000001", Decimal(0)),
        ("Encabezado/Totales/TasaIVA", "19.005", Decimal("19.01")),
    ],
)
def test_too_many_decimals_carry_the_rounded_value(path: str, text: str, rounded: Value) -> None:
    with pytest.raises(Fraction) as caught:
        read(find(33, path), text)
    assert caught.value.rounded == rounded
    assert type(caught.value.rounded) is type(rounded)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (-15, "-15"),
        (10**18 - 1, "9" * 18),
        ("007 ", "007 "),
        (Decimal("1.50"), "1.5"),
        (Decimal("19.00"), "19"),
        (Decimal("1E+3"), "1000"),
        (Decimal("0.000001"), "0.000001"),
        (Decimal("1E-6"), "0.000001"),
        (Decimal(100), "100"),
        (Decimal("-0.50"), "-0.5"),
        (Decimal("0.00"), "0"),
        (Decimal("-0.0"), "0"),
        (Decimal("-0"), "0"),
        (Decimal("0E+3"), "0"),
        (date(2026, 1, 2), "2026-01-02"),
        (date(1, 1, 1), "0001-01-01"),
        (time(8, 5), "08:05:00"),
        (datetime(2026, 1, 2, 8, 5), "2026-01-02T08:05:00"),
        (datetime(2026, 1, 2), "2026-01-02T00:00:00"),
    ],
)
def test_write(value: Value, text: str) -> None:
    assert write(value) == text


@pytest.mark.parametrize("tipo", [33, 39])
def test_every_edge_of_every_element_survives_writing_and_reading(tipo: int) -> None:
    for element in structure(tipo).walk():
        for value in edges(element) if element.kind != "group" else ():
            assert read(element, write(value)) == value, element.path


def test_every_kind_of_the_table_has_a_reader() -> None:
    kinds = {element.kind for tipo in (33, 39) for element in structure(tipo).walk()} - {"group"}
    assert kinds == set(values._READERS)


@pytest.mark.parametrize("text", ["127.300", "1.234.567", "-10.000"])
def test_pesos_with_dots_for_thousands_are_ambiguous(text: str) -> None:
    with pytest.raises(Unreadable) as unreadable:
        read(find(33, "Encabezado/Totales/MntTotal"), text)
    assert unreadable.value.code == "TXT-060"


def test_three_decimals_are_no_thousands_where_they_cannot_be() -> None:
    assert read(find(33, "Encabezado/IdDoc/TermPagoDias"), "30.000") == 30
    assert read(find(33, "Encabezado/Totales/MntTotal"), "0.000") == 0
    assert read(find(33, "Encabezado/Totales/MntTotal"), "12345.000") == 12345
    assert read(find(33, "Detalle/QtyItem"), "1.000") == 1
