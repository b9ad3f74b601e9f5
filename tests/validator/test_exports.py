"""Amounts of exports, in the document's currency and in pesos."""

from __future__ import annotations

from typing import Any

import pytest

from dteplanows.document.problem import Severity
from tests.validator import xml_documents
from tests.validator.judging import codes
from tests.validator.xml_documents import found, line, reference, texts

RATE = {"OtraMoneda": {"TpoMoneda": "PESO CL", "TpoCambio": "950.25"}}
LINES = [line("100.125", IndExe=1, QtyItem="1.5", PrcItem="66.75"), line("20.5", IndExe=1)]
WHOLE = {
    "OtraMoneda": {"TpoMoneda": "PESO CL", "TpoCambio": "950.25", "MntExeOtrMnda": 114624, "MntTotOtrMnda": 114624}
}


def judged(lines: list[dict[str, object]], totales: dict[str, object], tipo: int = 110, **parts: Any) -> Any:
    parts.setdefault("header", RATE)
    return xml_documents.judged(tipo, lines, {"TpoMoneda": "DOLAR USA", **totales}, **parts)


def block(document: Any) -> tuple[str, ...]:
    group = document.root.group("Encabezado").group("OtraMoneda")
    return tuple(group.text(name) for name in ("MntExeOtrMnda", "MntTotOtrMnda"))


def test_totals_are_computed_with_decimals() -> None:
    document = judged(LINES, {})
    assert codes(document) == []
    assert [float(one) for one in texts(document, "MntExe", "MntTotal")] == [120.625, 120.625]
    assert block(document) == ("114624", "114624")  # 114 623.906
    assert "TOT-012" in found(document)


def test_what_adds_up_is_left_alone() -> None:
    assert found(judged(LINES, {"MntExe": "120.625", "MntTotal": "120.625"}, header=WHOLE)) == set()
    cents = judged(LINES, {"MntExe": "120.63", "MntTotal": "120.63"}, header=WHOLE)
    assert codes(cents) == []


@pytest.mark.parametrize("totales", [{"MntExe": "120.7", "MntTotal": "120.7"}, {"MntTotal": "0"}])
def test_what_does_not_add_up_is_refused(totales: dict[str, object]) -> None:
    assert "TOT-062" in codes(judged(LINES, totales))


def test_the_line_has_four_decimals() -> None:
    document = judged([line(None, IndExe=1, QtyItem="3", PrcItem="0.33335")], {})
    assert document.detalles[0].text("MontoItem") == "1.0001"
    assert "TOT-001" in codes(judged([line("1.05", IndExe=1, QtyItem="3", PrcItem="0.33335")], {}))


def test_lines_are_marked_exempt_with_one_aviso() -> None:
    document = judged([line(10), line(20)], {})
    assert [one.code for one in document.problems].count("TOT-060") == 1
    assert [one.amount("IndExe") for one in document.detalles] == [1, 1]
    assert "TOT-060" not in found(judged(LINES, {}))


def test_pesos_are_mandatory_and_are_the_product() -> None:
    assert codes(judged(LINES, {}, header={})) == ["TOT-064"]
    wrong = {"OtraMoneda": {"TpoMoneda": "PESO CL", "TpoCambio": "950.25", "MntTotOtrMnda": 200000}}
    assert codes(judged(LINES, {}, header=wrong)) == ["TOT-062"]
    assert codes(judged(LINES, {}, header={"OtraMoneda": {"TpoMoneda": "EURO", "MntTotOtrMnda": 9}})) == ["TOT-066"]
    assert "TOT-065" in found(judged(LINES, {}, header={"OtraMoneda": {"TpoCambio": "950.25"}}))
    unrated = judged(LINES, {}, header={"OtraMoneda": {"TpoMoneda": "PESO CL", "MntTotOtrMnda": 114624}})
    assert codes(unrated) == []
    assert codes(unrated, Severity.REPARO) == ["TOT-067"]


def test_an_export_in_pesos_has_whole_amounts_and_needs_no_other_currency() -> None:
    document = xml_documents.judged(110, [line(1000, IndExe=1)], {"TpoMoneda": "PESO CL"})
    assert codes(document) == []
    assert texts(document, "MntTotal") == ("1000",)


def test_without_payment_there_is_no_amount() -> None:
    free: dict[str, Any] = {"id_doc": {"FmaPagExp": 21}}
    document = judged(LINES, {}, **free)
    assert codes(document) == []
    assert texts(document, "MntExe", "MntTotal") == ("0", "0")
    assert block(document)[1] == "0"
    told: tuple[dict[str, object], ...] = ({"MntTotal": "120.625"}, {"MntExe": "120.625", "MntTotal": "0"})
    for totales in told:
        worth = judged(LINES, totales, header=WHOLE, **free)
        assert codes(worth) == []
        assert ("TOT-063" in codes(worth, Severity.AVISO)) is (totales["MntTotal"] != "0")
        assert float(texts(worth, "MntTotal")[0]) == float(block(worth)[1]) == 0


def movement(value: object, kind: str = "$", **more: object) -> dict[str, object]:
    return {"NroLinDR": 1, "TpoMov": "R", "TpoValor": kind, "ValorDR": value, **more}


def test_global_movements() -> None:
    document = judged(LINES, {}, DscRcgGlobal=movement(10, IndExeDR=1))
    assert codes(document) == []
    assert float(texts(document, "MntTotal")[0]) == 130.625
    assert document.root.all("DscRcgGlobal")[0].text("ValorDROtrMnda") == "9502.5000"
    assert document.root.all("DscRcgGlobal")[0].amount("IndExeDR") == 1
    assert float(texts(judged(LINES, {}, DscRcgGlobal=movement(10, "%")), "MntTotal")[0]) == 132.6875
    assert "TOT-061" in found(judged(LINES, {}, DscRcgGlobal=movement(10)))
    assert "TOT-061" not in found(judged(LINES, {}, DscRcgGlobal=movement(10, IndExeDR=1)))
    assert "TOT-068" in found(judged(LINES, {}, DscRcgGlobal=movement(10, ValorDROtrMnda=77)))
    assert "TOT-068" not in found(judged(LINES, {}, DscRcgGlobal=movement(10, ValorDROtrMnda=9503)))
    assert "TOT-068" not in found(judged(LINES, {}, DscRcgGlobal=movement(10, "%", ValorDROtrMnda=77)))
    assert "TOT-021" in codes(judged(LINES, {}, DscRcgGlobal={**movement(999), "TpoMov": "D"}))


@pytest.mark.parametrize(("name", "text"), [("MntFlete", "Flete marítimo"), ("MntSeguro", "Seguro de la carga")])
def test_freight_and_insurance_stand_in_both_places(name: str, text: str) -> None:
    def customs(**amounts: object) -> set[str]:
        header = {"Transporte": {"Aduana": {"CodPaisRecep": 225, **amounts}}, **RATE}
        return found(judged(LINES, {}, header=header, DscRcgGlobal=movement(10, GlosaDR=text, IndExeDR=1)))

    other = "MntSeguro" if name == "MntFlete" else "MntFlete"
    assert "TOT-069" not in customs(**{name: 10})
    assert "TOT-069" not in customs(**{name: "10.02"})
    assert "TOT-069" in customs(**{name: 12})
    assert "TOT-069" in customs(**{other: 10})
    assert "TOT-069" in customs()


def test_freight_that_is_no_surcharge_in_the_currency_is_not_compared() -> None:
    for change in ({"TpoMov": "D"}, {"TpoValor": "%"}, {"GlosaDR": "Embalaje"}):
        one = {**movement(10, GlosaDR="Flete", IndExeDR=1), **change}
        assert "TOT-069" not in found(judged(LINES, {}, DscRcgGlobal=one))


def test_notes_of_exports() -> None:
    assert codes(judged(LINES, {}, tipo=112, Referencia=reference(110))) == []
    text = judged([line(0, IndExe=1)], {"MntTotal": 0}, tipo=112, Referencia=reference(110, 2))
    assert codes(text) == []
    assert [float(one) for one in texts(text, "MntExe", "MntTotal")] == [0, 0]


def test_a_tolerant_company_gets_what_the_lines_come_to_but_never_another_total() -> None:
    document = judged(LINES, {"MntExe": 1, "MntTotal": "120.625"}, tolerante=True)
    assert codes(document) == []
    assert float(texts(document, "MntExe")[0]) == 120.625
    assert codes(judged(LINES, {"MntExe": 1, "MntTotal": 2}, tolerante=True)) == ["TOT-062"]


def priced(amount: object, price: object, quantity: object, **more: object) -> dict[str, object]:
    return line(amount, IndExe=1, QtyItem=quantity, PrcItem=price, **more)


def test_a_discount_with_cents_is_refused_naming_it() -> None:
    totales: dict[str, object] = {"MntExe": "25883.7", "MntTotal": "25883.7"}
    document = judged([priced("25883.7", 27246, 1, DescuentoPct=5, DescuentoMonto="1362.3")], totales)
    assert codes(document)[0] == "TOT-077"
    assert "DescuentoMonto" in document.problems[0].message
    whole: dict[str, object] = {"MntExe": 25884, "MntTotal": 25884}
    assert codes(judged([priced(25884, 27246, 1, DescuentoPct=5, DescuentoMonto=1362)], whole)) == []
    computed = judged([priced(None, 27246, 1, DescuentoPct=5, DescuentoMonto="1362.3")], {})
    assert codes(computed) == []
    assert float(texts(computed, "MntTotal")[0]) == 25884


def test_a_wrong_line_is_told_alone_where_the_total_is_right() -> None:
    document = judged([priced(110, 10, 10)], {"MntExe": 100, "MntTotal": 100})
    assert codes(document) == ["TOT-001"]


def test_lines_are_written_in_cents_where_the_total_was_rounded_once() -> None:
    lines = [priced("33.33", "33.333", 1), priced("33.33", "33.333", 1), priced("33.33", "33.333", 1)]
    document = judged(lines, {"MntExe": "100", "MntTotal": "100"})
    assert codes(document) == []
    assert "TOT-070" in codes(document, Severity.AVISO)
    assert sorted(float(one.number("MontoItem") or 0) for one in document.detalles) == [33.33, 33.33, 33.34]
    assert codes(judged(lines, {"MntExe": "100.01", "MntTotal": "100.01"})) == ["TOT-062"]


def test_a_price_written_rounded_is_told_by_its_amount() -> None:
    document = judged([priced("100.4", 10, 10)], {"MntExe": "100.4", "MntTotal": "100.4"})
    assert codes(document) == []
    assert "TOT-072" in codes(document, Severity.AVISO)
    assert float(document.detalles[0].number("PrcItem") or 0) == 10.04
    assert codes(judged([priced("10.4", 10, 1)], {"MntExe": "10.4", "MntTotal": "10.4"})) == ["TOT-001"]


@pytest.mark.parametrize(("pesos", "good"), [(114624, True), (114623, True), (114625, False), (114619, False)])
def test_pesos_are_the_product_cut_off_or_rounded(pesos: int, good: bool) -> None:
    """120.625 dollars at 950.25 are 114 623.906 pesos."""
    header: dict[str, Any] = {
        "OtraMoneda": {**RATE["OtraMoneda"], "MntExeOtrMnda": pesos, "MntTotOtrMnda": pesos}
    }
    document = judged(LINES, {"MntExe": "120.625", "MntTotal": "120.625"}, header=header)
    assert ("TOT-062" in codes(document)) is not good
    assert block(document)[1] == str(pesos)


@pytest.mark.parametrize(("exempt", "expected"), [("3104", []), ("999", ["TOT-062"]), ("0", [])])
def test_a_price_that_is_mended_does_not_hide_the_other_figures(exempt: str, expected: list[str]) -> None:
    # 155.2 was meant
    document = judged([line("3104", IndExe=1, QtyItem="20", PrcItem="155")], {"MntExe": exempt, "MntTotal": "3104"})
    assert codes(document) == expected
    if not expected:
        assert [float(one) for one in texts(document, "MntExe", "MntTotal")] == [3104, 3104]


def test_lines_that_are_not_billed_stay_when_others_are_rounded() -> None:
    lines = [
        *[line("33.33", IndExe=1, QtyItem="1", PrcItem="33.3333")] * 3,
        line("15.05", IndExe=2, QtyItem="3", PrcItem="5.015"),
    ]
    document = judged(lines, {"MntExe": "100", "MntTotal": "100"})
    assert codes(document) == []
    assert "líneas redondeadas al otro peso: 1" in " ".join(one.text() for one in document.problems)
    assert sorted(one.text("MontoItem") for one in document.detalles) == ["15.05", "33.33", "33.33", "33.34"]


# --- the amounts in pesos -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rate", "expected"), [("950.25", []), ("95.025", ["TOT-084"]), ("950.20", ["TOT-062"])])
def test_a_rate_that_is_not_that_of_the_pesos_is_told_alone(rate: str, expected: list[str]) -> None:
    block = {"TpoMoneda": "PESO CL", "TpoCambio": rate, "MntExeOtrMnda": 114624, "MntTotOtrMnda": 114624}
    document = judged(LINES, {"MntExe": "120.625", "MntTotal": "120.625"}, header={"OtraMoneda": block})
    assert codes(document) == expected
    if expected == ["TOT-084"]:
        (told,) = [one for one in document.problems if one.code == "TOT-084"]
        assert "TpoCambio dice 95,025" in told.message
        assert "950,2508" in told.message
        assert "120,625 DOLAR USA" in told.message


def test_pesos_that_are_issued_otherwise_are_never_nothing_to_do() -> None:
    """Lines converted one by one, ten times 95 of 94.529, come to another total in pesos than the 945 of their sum."""
    lines = [line("0.10", IndExe=1)] * 10
    block = {"TpoMoneda": "PESO CL", "TpoCambio": "945.29", "MntExeOtrMnda": 950, "MntTotOtrMnda": 950}
    document = judged(lines, {"MntExe": "1", "MntTotal": "1"}, header={"OtraMoneda": block})
    assert codes(document) == []
    assert "TOT-011" not in found(document)
    told = [one for one in document.problems if one.code == "TOT-083"]
    assert {one.message.split()[0] for one in told} == {"MntTotOtrMnda", "MntExeOtrMnda"}
    assert all("950" in one.message and "945" in one.message and "No es necesario" not in one.remedy for one in told)


def test_wrong_totals_do_not_make_the_pesos_wrong() -> None:
    block = {"TpoMoneda": "PESO CL", "TpoCambio": "950.25", "MntExeOtrMnda": 114624, "MntTotOtrMnda": 114624}
    assert codes(judged(LINES, {"MntExe": "99", "MntTotal": "99"}, header={"OtraMoneda": block})) == ["TOT-062"]
