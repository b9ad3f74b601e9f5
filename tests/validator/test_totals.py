"""Totals beyond the common case: parts of the IVA, balances, subtotals, known examples."""

from __future__ import annotations

import pytest

from dteplanows.document.problem import Severity
from tests.validator.judging import codes
from tests.validator.xml_documents import found, judged, line, reference, texts

NET = {"MntNeto": 10000, "TasaIVA": 19, "IVA": 1900}


@pytest.mark.parametrize(
    ("gross", "neto", "iva"), [(680, 571, 109), (86710, 72866, 13844), (11900, 10000, 1900), (1, 1, 0)]
)
def test_gross_amounts(gross: int, neto: int, iva: int) -> None:
    expected = (str(neto), str(iva), str(gross))
    for tipo, id_doc in ((33, {"MntBruto": 1}), (39, {})):
        document = judged(tipo, [line(gross)], {}, id_doc=id_doc)
        assert codes(document) == []
        assert texts(document, "MntNeto", "IVA", "MntTotal") == expected


def test_a_boleta_in_net_amounts() -> None:
    document = judged(39, [line(1190)], {}, id_doc={"IndMntNeto": 2})
    assert codes(document) == []
    assert texts(document, "MntNeto", "IVA", "MntTotal") == ("1190", "226", "1416")


def test_a_boleta_with_exempt_lines_and_a_discount() -> None:
    discount = {"NroLinDR": 1, "TpoMov": "D", "TpoValor": "%", "ValorDR": 10}
    document = judged(39, [line(1000), line(500, IndExe=1)], {}, DscRcgGlobal=discount)
    assert texts(document, "MntNeto", "IVA", "MntExe", "MntTotal") == ("756", "144", "500", "1400")


def test_discounts_by_class() -> None:
    lines = [line(10000), line(5000, IndExe=1), line(2000, IndExe=2)]
    movements = [
        {"NroLinDR": 1, "TpoMov": "D", "TpoValor": "%", "ValorDR": 10},
        {"NroLinDR": 2, "TpoMov": "D", "TpoValor": "$", "ValorDR": 500, "IndExeDR": 1},
        {"NroLinDR": 3, "TpoMov": "R", "TpoValor": "$", "ValorDR": 100, "IndExeDR": 2},
        {"NroLinDR": 4, "TpoMov": "R", "TpoValor": "%", "ValorDR": 10},
    ]
    document = judged(33, lines, {}, DscRcgGlobal=movements)
    assert codes(document) == []
    expected = ("9900", "4500", "2100", "1881", "16281")
    assert texts(document, "MntNeto", "MntExe", "MontoNF", "IVA", "MntTotal") == expected
    movements[1]["ValorDR"] = 5001
    assert "TOT-021" in codes(judged(33, lines, {}, DscRcgGlobal=movements))


@pytest.mark.parametrize(("value", "good"), [("0.01", True), ("-5", False)])
def test_limits_of_a_discount(value: str, good: bool) -> None:
    discount = {"NroLinDR": 1, "TpoMov": "D", "TpoValor": "$", "ValorDR": value}
    assert (codes(judged(33, [line(10000)], {}, DscRcgGlobal=discount)) == []) is good


@pytest.mark.parametrize(("credit", "good"), [(1235, True), (1900, False)])
def test_the_credit_of_building_companies_is_65_percent(credit: int, good: bool) -> None:
    document = judged(33, [line(10000)], {**NET, "CredEC": credit, "MntTotal": 11900 - credit})
    assert (codes(document) == []) is good


@pytest.mark.parametrize(
    ("parts", "good"),
    [
        ({"IVAProp": 900, "IVATerc": 1000}, True),
        ({"IVAProp": 900, "IVATerc": 900}, False),
        ({"IVAProp": 900}, True),
        ({"IVATerc": 1900}, True),
    ],
)
def test_own_and_other_iva_come_to_the_iva(parts: dict[str, object], good: bool) -> None:
    document = judged(33, [line(10000)], {**NET, **parts, "MntTotal": 11900})
    assert (codes(document) == []) is good
    if good:
        assert document.totales.amount("IVAProp") + document.totales.amount("IVATerc") == 1900


@pytest.mark.parametrize(("payable", "aviso"), [(12400, False), (11900, True)])
def test_what_is_to_be_paid_counts_the_former_balance(payable: int, aviso: bool) -> None:
    totales = {**NET, "MntTotal": 11900, "SaldoAnterior": 500, "VlrPagar": payable}
    document = judged(33, [line(10000)], totales)
    assert codes(document) == []
    assert ("TOT-053" in found(document)) is aviso
    assert document.totales.amount("VlrPagar") == payable


def test_the_period_is_the_exact_sum() -> None:
    assert codes(judged(33, [line(10000)], {**NET, "MntTotal": 11900, "MontoPeriodo": 11900})) == []
    assert codes(judged(33, [line(10000)], {**NET, "MntTotal": 11900, "MontoPeriodo": 11901})) == ["TOT-010"]


@pytest.mark.parametrize(("rate", "code"), [({"TasaIVA": 19}, ""), ({}, "TOT-016"), ({"TasaIVA": 18}, "TOT-015")])
def test_the_rate_of_an_affected_amount(rate: dict[str, object], code: str) -> None:
    document = judged(33, [line(10000)], {"MntNeto": 10000, "IVA": 1900, "MntTotal": 11900, **rate})
    assert found(document) == ({code} if code else set())
    if code != "TOT-015":
        assert texts(document, "TasaIVA") == ("19",)


def test_a_rate_without_affected_amount_is_left_out_aloud() -> None:
    assert found(judged(34, [line(10000)], {"MntExe": 10000, "TasaIVA": 19, "MntTotal": 10000})) == {"TOT-054"}
    assert found(judged(34, [line(10000)], {"MntExe": 10000, "MntTotal": 10000})) == set()


def test_a_factura_of_nothing_is_remarked() -> None:
    document = judged(33, [line(0)], {})
    assert codes(document, Severity.REPARO) == ["TOT-056"]
    assert codes(judged(33, [line(1)], {}), Severity.REPARO) == []
    assert "TOT-056" not in found(judged(61, [line(0)], {}, Referencia=reference(code=2)))
    assert "TOT-056" not in found(judged(33, [line(1000, IndExe=1)], {}))


def subtotal(value: object, **more: object) -> dict[str, object]:
    return {"NroSTI": 1, "GlosaSTI": "Parcial", **more, "ValSubtotSTI": value}


@pytest.mark.parametrize(
    ("one", "code"),
    [
        (subtotal(3000, LineasDeta=[1, 2]), ""),
        (subtotal(9000, LineasDeta=[1, 2]), "TOT-055"),
        (subtotal(3570, SubTotNetoSTI=3000, SubTotIVASTI=570), ""),
        (subtotal(3000, SubTotNetoSTI=3000, SubTotIVASTI=570), "TOT-055"),
        (subtotal(3000, LineasDeta=[1, 9]), "TOT-057"),
        (subtotal(3000), ""),
    ],
)
def test_informative_subtotals(one: dict[str, object], code: str) -> None:
    document = judged(33, [line(1000), line(2000)], {}, SubTotInfo=one)
    assert codes(document) == []
    assert found(document) & {"TOT-055", "TOT-057"} == ({code} if code else set())
