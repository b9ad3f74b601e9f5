"""Rates with their sign, zeros in every form, codes with decimals, countries by their ISO codes."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dteplanows.document import countries, values
from dteplanows.document.glosas import glosas
from dteplanows.document.model import Document
from dteplanows.document.problem import errors
from dteplanows.parser.values import unusual
from tests.parser.parser_support import codes, factura, one, xml
from tests.parser.test_thousands import judged
from tests.parser.test_unusual import told


def issued(data: bytes) -> Document:
    """The document of *data*, which is a factura in order."""
    document = judged(one(data))
    assert not errors(document.problems)
    return document


# --- rates, zeros, codes ---


@pytest.mark.parametrize(("text", "value"), [
    ("19%", "19"), ("19 %", "19"), ("19,5%", "19.5"), ("19.00 %", "19"), ("19,500", "19.5"), ("1,9E1", "19"),
    ("0%", "0"),
])  # fmt: skip
def test_rates_with_their_sign(text: str, value: str) -> None:
    assert unusual.percentage(text) == Decimal(value)


@pytest.mark.parametrize(("text", "value"), [
    ("27", 27), ("27.0", 27), ("27,00", 27), ("+27", 27), ("0.27e2", 27), ("0027", 27), ("27.", 27),
    ("27.5", None), ("27a", None), ("", None), ("2 7", None), ("1,500", None),
])  # fmt: skip
def test_whole_numbers(text: str, value: int | None) -> None:
    assert unusual.whole(text) == value


@pytest.mark.parametrize("zero", ["", "0", "0.00", "0,0", "0 %", "0%", "0E+00", "0.000000e+00", "+0", "-0.0", "00"])
def test_zeros(zero: str) -> None:
    assert values.is_zero(zero)


@pytest.mark.parametrize("text", ["1", "0.01", "0 0", "-", "%", "0x", "0E", "E0", "cero"])
def test_what_is_no_zero(text: str) -> None:
    assert not values.is_zero(text)


def test_numbers_that_are_filled_with_zeros_to_the_width_of_a_column() -> None:
    line = f"1;V-10;Vidrio;{2:0>40};{5000:0>48};0;0;0;0;0;{10000:0>38};INT1;UN;;"
    (one_line,) = issued(factura(Detalle=line)).detalles
    assert (one_line.number("QtyItem"), one_line.number("PrcItem")) == (Decimal(2), Decimal(5000))


@pytest.mark.parametrize("columns", [
    "0%;0;0%;0;10000;0;19%;1900;11900;", "0 %;0.0;0,0 %;0,00;10000;0,0;19,00 %;1900;11900;0.0;0.000000E+00;",
    "0E0;0E0;0E0;0E0;0.1e5;0.0e0;0.19e2;0.19e4;0.119e5;",
])  # fmt: skip
def test_totals_with_signs_and_zeros(columns: str) -> None:
    document = issued(factura(Totales=columns))
    assert (document.totales.amount("MntNeto"), document.totales.amount("MntTotal")) == (10000, 11900)


def test_a_discount_of_the_totals_in_per_cent_with_its_sign() -> None:
    document = issued(factura(Totales="10 %;0;0;0;9000;0;19;1710;10710;"))
    (change,) = document.root.all("DscRcgGlobal")
    assert (change.text("TpoValor"), change.number("ValorDR")) == ("%", Decimal(10))


def test_a_global_discount_with_the_sign_of_its_kind() -> None:
    totals = "0;0;0;0;9000;0;19;1710;10710;"
    assert issued(factura(Totales=totals, DescRec="1;D;Pago contado;%;10 %;0;")).totales.amount("MntNeto") == 9000
    assert "TXT-020" in codes(judged(one(factura(Totales=totals, DescRec="1;D;Pago contado;$;10 %;0;"))))


@pytest.mark.parametrize("number", ["1", "1.0", "1,0", "+1", "0.1e1", "01"])
@pytest.mark.parametrize("code", ["27", "27.0", "27,00", "0.27e2", "027"])
def test_the_number_of_a_line_and_the_code_of_a_tax(number: str, code: str) -> None:
    totals = "0;0;0;0;10000;0;19;1900;12900;"
    document = issued(factura(Totales=totals, ImpuestoRetencion=f"{number};{code};10;1000;"))
    assert document.detalles[0].text("CodImpAdic") == "27"
    assert document.totales.all("ImptoReten")[0].text("TipoImp") == "27"


def test_a_code_that_is_no_whole_number_stays_as_it_is() -> None:
    totals = "0;0;0;0;10000;0;19;1900;12900;"
    assert errors(judged(one(factura(Totales=totals, ImpuestoRetencion="1;27.5;10;1000;"))).problems)


@pytest.mark.parametrize("tipo", ["33.0", "33,0", "+33", "033", "0.33e2"])
def test_the_type_as_a_number_with_decimals(tipo: str) -> None:
    header = f"{tipo};0;2026-03-02;0;0;22222222-2;Vidrios del Maipo Ltda;Vidriería;Los Pinos 12;Buin;Buin;;"
    assert one(factura(Encabezado=header)).tipo == 33
    assert one(xml().replace(b">33<", f">{tipo}<".encode()), "2").tipo == 33


def test_a_type_that_is_no_whole_number() -> None:
    assert codes(one(xml().replace(b">33<", b">33.5<"), "2")) == ["TXT-019"]

# --- countries ---


def _aduana(code: str) -> str:
    codes_of = f"<CodPaisRecep>{code}</CodPaisRecep><CodPaisDestin>{code}</CodPaisDestin>"
    return f"<Transporte><Aduana>{codes_of}</Aduana></Transporte>"


@pytest.mark.parametrize(("written", "number"), [
    ("US", 225), ("USA", 225), ("usa", 225), ("CN", 336), ("PER", 219), ("de", 563), ("225", 225), ("225.0", 225),
])  # fmt: skip
def test_a_country_by_its_iso_code(written: str, number: int) -> None:
    data = xml(tipo=110, receptor=f"<Extranjero><Nacionalidad>{written}</Nacionalidad></Extranjero>")
    document = one(data.replace(b"</Receptor>", f"</Receptor>{_aduana(written)}".encode()).replace(
        b"Documento>", b"Exportaciones>"), "2")
    (transport,) = document.root.group("Encabezado").all("Transporte")
    (customs,) = transport.all("Aduana")
    assert [customs.value(name) for name in ("CodPaisRecep", "CodPaisDestin")] == [number, number]
    if written[:1].isalpha():
        assert document.receptor.all("Extranjero")[0].text("Nacionalidad") == str(number)
        assert len(told(document, "TXT-119")) == 3


@pytest.mark.parametrize("written", ["XX", "UNI", "Estados Unidos", "U", "ÑÑ"])
def test_what_is_no_country(written: str) -> None:
    assert countries.number_of(written) == ""


def test_each_country_has_a_number_of_the_customs() -> None:
    known = glosas("CodPais")
    for iso2, iso3 in (("CL", "CHL"), ("AR", "ARG"), ("JP", "JPN"), ("ES", "ESP"), ("BR", "BRA")):
        assert countries.number_of(iso2) == countries.number_of(iso3)
        assert countries.number_of(iso2) in known
