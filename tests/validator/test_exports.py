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
    assert "TOT-063" in codes(judged(LINES, {"MntTotal": "120.625"}, **free), Severity.REPARO)


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


def test_a_tolerant_company_gets_what_the_lines_come_to() -> None:
    document = judged(LINES, {"MntExe": 1, "MntTotal": 2}, tolerante=True)
    assert codes(document) == []
    assert float(texts(document, "MntTotal")[0]) == 120.625
