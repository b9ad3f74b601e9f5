"""One fault in the amounts of a file is one error: the cause, and its consequences not at all."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dteplanows import parser, validator
from dteplanows.document.elements import BRANCHES
from dteplanows.document.model import Document, Field
from dteplanows.document.problem import NOWHERE, errors
from tests.one_fault import Fault, faults
from tests.valid_documents import as_file, make
from tests.validator import xml_documents
from tests.validator.judging import COMPANY, TODAY, codes, factura, line

NET = {"MntNeto": 10000, "TasaIVA": 19, "IVA": 1900, "MntTotal": 11900}
TAX = {"TipoImp": "27", "TasaImp": 10, "MontoImp": 1000}


def only(document: Document, code: str, *words: str) -> None:
    """The one error of *document* is *code* and says all of *words*."""
    found = errors(document.problems)
    assert [one.code for one in found] == [code], [one.text() for one in found]
    assert [word for word in words if word not in found[0].message] == [], found[0].message


# --- lines -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("amount", "totals", "words"), [
    (9000, "0;0;0;0;10000;0;19;1900;11900;", "los totales cuentan 10.000: lo que no cuadra es el monto"),
    (9000, "0;0;0;0;9000;0;19;1710;10710;", "los totales cuentan 9.000: lo que no cuadra es la cantidad, el precio"),
])  # fmt: skip
def test_a_wrong_line_says_which_figure_the_totals_count(amount: int, totals: str, words: str) -> None:
    only(factura(line(amount, "5000", "2"), totals), "TOT-001", words)


def test_a_line_and_a_total_that_are_wrong_each_by_itself_are_both_told() -> None:
    document = factura(line(9000, "5000", "2"), "0;0;0;0;7777;0;19;1478;9255;")
    assert codes(document) == ["TOT-010", "TOT-001"]


@pytest.mark.parametrize(("discount", "amount", "code", "words"), [
    ("10;2000", 9000, "TOT-003", "lo que no cuadra es DescuentoMonto"),
    ("40;1000", 9000, "TOT-003", "lo que no cuadra es DescuentoPct"),
    ("10;1000", 8000, "TOT-001", "9.000"),
])  # fmt: skip
def test_of_a_discount_the_wrong_one_is_named(discount: str, amount: int, code: str, words: str) -> None:
    totals = "0;0;0;0;9000;0;19;1710;10710;"
    only(factura(line(amount, "5000", "2", discount), totals), code, words)


def test_a_wrong_price_is_no_wrong_discount() -> None:
    only(factura(line(9000, "7000", "2", "10;1000"), "0;0;0;0;9000;0;19;1710;10710;"), "TOT-001", "2 × 7.000")


@pytest.mark.parametrize("row", [
    line(10000, "-5000", "2"), line(10000, "5000", "-2"), line(10000, "5000", "9" * 25),
])  # fmt: skip
def test_a_number_beyond_its_limits_silences_its_line_and_the_totals(row: str) -> None:
    found = errors(factura(row, "0;0;0;0;10000;0;19;1900;11900;").problems)
    assert [one.code for one in found] == ["DOC-023"]


def test_an_element_out_of_place_silences_its_line() -> None:
    lines = [{**xml_documents.line(9000, QtyItem=1, PrcItem=10000, TpoDocLiq="33"), "DescuentoMonto": 1000}]
    document = xml_documents.judged(43, lines, {"MntNeto": 9000, "TasaIVA": 19, "IVA": 1710, "MntTotal": 10710})
    assert codes(document) == ["TXT-059"]


# --- global movements, taxes, rates, commissions ---------------------------------------------------------------------


@pytest.mark.parametrize(("row", "code"), [
    ("1;D;Convenio;%;abc;0;", "TXT-020"), ("1;X;Convenio;%;10;0;", "DOC-022"), ("1;D;Convenio;?;10;0;", "DOC-022"),
    ("1;D;Convenio;%;110;0;", "TXT-037"),
])  # fmt: skip
def test_a_movement_that_says_nothing_silences_the_totals(row: str, code: str) -> None:
    document = factura(line(10000, "5000", "2"), "0;0;0;0;9000;0;19;1710;10710;", more=f"->DescRec<-\n{row}\n")
    assert codes(document) == [code]


@pytest.mark.parametrize(("change", "code"), [
    ({"MontoImp": 700}, "TOT-024"), ({"MontoImp": "abc"}, "TXT-020"), ({"MontoImp": -1000}, "TOT-046"),
    ({"TasaImp": 15}, "TOT-082"), ({"TipoImp": "ZZ"}, "DOC-022"),
])  # fmt: skip
def test_a_wrong_tax_silences_the_total(change: dict[str, object], code: str) -> None:
    lines = [xml_documents.line(10000, CodImpAdic="27")]
    document = xml_documents.judged(33, lines, {**NET, "ImptoReten": {**TAX, **change}, "MntTotal": 12900})
    found = [one.code for one in errors(document.problems)]
    assert code in found or (code == "DOC-022" and found), found
    assert not {"TOT-010"} & set(found)


def test_a_rate_that_is_not_that_of_the_amount_is_told_with_the_right_one() -> None:
    lines = [xml_documents.line(10000, CodImpAdic="27")]
    totals = {**NET, "ImptoReten": {**TAX, "TasaImp": 15}, "MntTotal": 12900}
    only(xml_documents.judged(33, lines, totals), "TOT-082", "dice 15 y debería ser 10", "1.000")
    assert codes(xml_documents.judged(33, lines, {**totals, "ImptoReten": TAX})) == []


@pytest.mark.parametrize(("amount", "total", "range_"), [(1398, 8748, "1.396 o 1.397"), (1394, 8744, "1.396 o 1.397")])
def test_no_tolerance_is_told_that_the_figures_refute(amount: int, total: int, range_: str) -> None:
    """19 % of 7350 is 1396.5: 1398 is a peso from 1397, and more than one from that."""
    lines = [xml_documents.line(7350, CodImpAdic="15", Retenedor={"IndAgente": "R"})]
    totals = {"MntNeto": 7350, "TasaIVA": 19, "IVA": 1397, "MntTotal": total - amount,
              "ImptoReten": {"TipoImp": "15", "TasaImp": 19, "MontoImp": amount}}  # fmt: skip
    found = [one for one in errors(xml_documents.judged(46, lines, totals).problems) if one.code == "TOT-024"]
    assert [range_ in one.expected for one in found] == [True]


@pytest.mark.parametrize(("iva", "total"), [(1800, 11800), (1900, 11900)])
def test_a_wrong_rate_of_the_iva_silences_what_was_computed_with_it(iva: int, total: int) -> None:
    only(factura(line(10000, "10000"), f"0;0;0;0;10000;0;18;{iva};{total};"), "TOT-015", "18", "19")


SETTLED = [xml_documents.line(10000, TpoDocLiq="33")]
PARTS = {"Comisiones": {"ValComNeto": 1000, "ValComExe": 0, "ValComIVA": 190}}
TOTALS = {"MntNeto": 10000, "TasaIVA": 19, "IVA": 1900, "IVAProp": 190, "IVATerc": 1710, **PARTS, "MntTotal": 10710}


@pytest.mark.parametrize(("change", "words"), [
    ({"ValComIVA": 910}, "ValComIVA dice 910 y debería ser 190"),
    ({"ValComNeto": 7000}, "ValComNeto dice 7.000 y debería ser 1.000"),
])  # fmt: skip
def test_a_wrong_commission_is_told_alone(change: dict[str, object], words: str) -> None:
    row = {"NroLinCom": 1, "TipoMovim": "C", "Glosa": "Comisión", "ValComNeto": 1000, "ValComExe": 0, "ValComIVA": 190}
    only(xml_documents.judged(43, SETTLED, TOTALS, Comisiones={**row, **change}), "TOT-010", words)
    assert codes(xml_documents.judged(43, SETTLED, TOTALS, Comisiones=row)) == []


def test_a_wrong_credit_is_told_alone() -> None:
    document = xml_documents.judged(33, [xml_documents.line(10000)], {**NET, "CredEC": 999, "MntTotal": 10665})
    only(document, "TOT-010", "CredEC dice 999 y debería ser 1.235")


@pytest.mark.parametrize(("value", "code"), [("abc", "TXT-020"), (900, "TOT-010")])
def test_a_wrong_amount_that_is_not_billed_silences_the_period(value: object, code: str) -> None:
    lines = [xml_documents.line(10000), xml_documents.line(700, IndExe=2)]
    only(xml_documents.judged(33, lines, {**NET, "MontoNF": value, "MontoPeriodo": 12600}), code, "MontoNF")


# --- gross and net ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("flag", ["1", "-1"])
def test_a_flag_that_the_lines_deny_is_no_tax(flag: str) -> None:
    document = factura(line(10000, "10000"), f"0;0;0;0;10000;0;19;1900;11900;{flag};")
    only(document, "TOT-010", "si son netos, indíquelo con 0 en MontosBrutos", "MntTotal dice 11.900")
    assert codes(factura(line(11900, "11900"), f"0;0;0;0;10000;0;19;1900;11900;{flag};")) == []


def test_of_a_tax_without_code_the_total_is_not_judged() -> None:
    assert codes(factura(line(11900, "11900"), "0;0;0;0;10000;0;19;1900;11900;260;")) == ["TXT-035"]
    assert codes(factura(line(10000, "10000"), "0;0;0;0;10000;0;19;1900;12900;0;1000;")) == ["TXT-035"]


def test_a_tolerant_company_is_not_told_twice_nor_of_a_rounding() -> None:
    document = factura(line(10000, "10000"), "0;0;0;0;15000;0;19;1900;11900;", tolerante=True)
    assert [one.code for one in document.problems] == ["TOT-010"]


# --- by chance -------------------------------------------------------------------------------------------------------


def told_of(document: Document, fault: Fault) -> list[str]:
    """What is said of *document* with that fault, as refusals."""
    if fault.value is None:
        fault.group.drop(fault.name)
    else:
        fault.group.fields[fault.name] = [Field(fault.value, "", NOWHERE)]
    (one,) = parser.parse(as_file(document), "2")
    validator.judge(one, COMPANY, TODAY)
    return [each.text() for each in errors(one.problems)]


@pytest.mark.parametrize("tipo", sorted(BRANCHES))
@given(chance=st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_one_wrong_amount_is_one_error(tipo: int, chance: Random) -> None:
    document = make(tipo, chance, TODAY)
    found = faults(document, chance)
    if not found:
        return
    fault = chance.choice(found)
    assert len(told_of(document, fault)) <= 1, (fault.name, fault.what, fault.value)


def test_the_faults_are_told() -> None:
    """The test above can fail: nearly all of its faults are errors."""
    chance = Random(7)
    told = 0
    for number in range(60):
        document = make((33, 39, 52, 61)[number % 4], chance, TODAY)
        told += bool(told_of(document, chance.choice(faults(document, chance))))
    assert told > 40
    assert isinstance(faults(make(33, chance, TODAY), chance)[0].value, str | int | Decimal | None)
