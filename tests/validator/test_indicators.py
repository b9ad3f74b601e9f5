"""What a line is, and what follows for its amount."""

from __future__ import annotations

from typing import Any

import pytest

from tests.validator.judging import codes
from tests.validator.xml_documents import found, judged, line, reference, texts

GUIDE = {"NroLinRef": 1, "TpoDocRef": 52, "FolioRef": 9, "FchRef": "2026-11-01"}


@pytest.mark.parametrize(
    ("tipo", "indicator", "amount", "code"),
    [
        (33, 4, 0, ""),
        (33, 4, 500, "TOT-032"),
        (61, 4, 0, "TOT-034"),
        (33, 5, 0, "TOT-034"),
        (52, 4, 0, ""),
        (46, 3, 500, "TOT-035"),
        (33, 3, 500, ""),
        (33, 6, 500, ""),
        (43, 6, 500, "TOT-034"),
        (43, 1, 500, ""),
    ],
)
def test_indicators_by_type(tipo: int, indicator: int, amount: int, code: str) -> None:
    lines = [line(10000, TpoDocLiq=33), line(amount, IndExe=indicator, TpoDocLiq=33)]
    if tipo != 43:
        for one in lines:
            del one["TpoDocLiq"]
    refs: dict[str, Any] = {"Referencia": reference()} if tipo == 61 else {}
    document = judged(tipo, lines, {}, **refs)
    assert found(document) & {"TOT-032", "TOT-034", "TOT-035"} == ({code} if code else set())


def test_a_tolerant_company_gets_no_amount_in_a_line_that_is_no_sale() -> None:
    document = judged(33, [line(10000), line(500, IndExe=4)], {}, tolerante=True)
    assert codes(document) == []
    assert document.detalles[1].value("MontoItem") == 0


def test_a_line_that_lessens_a_guia_names_it() -> None:
    lines = [line(10000), line(0, IndExe=5)]
    assert "TOT-036" in found(judged(52, lines, {}, id_doc={"IndTraslado": 5}))
    assert not found(judged(52, lines, {}, id_doc={"IndTraslado": 5}, Referencia=GUIDE)) & {"TOT-036", "TOT-034"}
    assert "TOT-034" in found(judged(52, lines, {}, id_doc={"IndTraslado": 1}, Referencia=GUIDE))


def test_a_deposit_is_added_to_the_total() -> None:
    lines = [line(10000), line(500, IndExe=3)]
    document = judged(33, lines, {})
    assert codes(document) == []
    assert texts(document, "MntNeto", "IVA", "GrntDep", "MntTotal") == ("10000", "1900", "500", "12400")
    assert "TOT-010" in codes(judged(33, lines, {"GrntDep": 900}))


@pytest.mark.parametrize(("indicator", "period"), [(2, 12400), (6, 11400)])
def test_what_is_not_billed_belongs_to_the_period(indicator: int, period: int) -> None:
    lines = [line(10000), line(500, IndExe=indicator)]
    document = judged(33, lines, {"MontoPeriodo": period})
    assert codes(document) == []
    assert texts(document, "MntTotal", "MontoNF", "MontoPeriodo") == ("11900", str(period - 11900), str(period))
    assert "TOT-012" in found(document)


def test_a_line_with_a_price_may_be_of_nothing_in_a_guia_that_is_no_sale() -> None:
    lines = [line(0, QtyItem=2, PrcItem=500)]
    document = judged(52, lines, {"MntTotal": 0}, id_doc={"IndTraslado": 5})
    assert codes(document) == []
    assert "TOT-001" in codes(judged(52, lines, {"MntTotal": 0}, id_doc={"IndTraslado": 1}))


def test_a_correction_of_texts_has_zero_amounts() -> None:
    lines = [line(0, QtyItem=1, PrcItem=500)]
    document = judged(61, lines, {"TasaIVA": 19, "MntTotal": 0}, Referencia=reference(code=2))
    assert codes(document) == []
    assert found(document) == {"TOT-033", "TOT-054"}
    assert texts(document, "MntNeto", "IVA", "TasaIVA", "MntTotal") == ("0", "0", "", "0")
    assert "PrcItem" not in document.detalles[0].fields
    assert "TOT-001" in codes(judged(61, lines, {"MntTotal": 0}, Referencia=reference(code=3)))


def test_only_a_correction_of_texts_loses_its_prices() -> None:
    free = [line(0, QtyItem=1), line(10000)]
    for code, lines, totals in (
        (3, free, {}),  # of amounts
        (2, [line(0)], {"MntTotal": 0}),  # without any price
        (2, free, {"MntTotal": 11900}),  # with an amount, which has its own reparo
        (2, [line(10000, QtyItem=1, PrcItem=10000)], {"MntTotal": 0}),  # in the line too
    ):
        document = judged(61, lines, totals, Referencia=reference(code=code))
        assert "TOT-033" not in found(document)
        assert [one.text("QtyItem") for one in document.detalles] == [str(one.get("QtyItem", "")) for one in lines]


def test_what_a_transfer_without_amounts_does_not_bill_comes_to_its_totals() -> None:
    document = judged(52, [line(0), line(500, IndExe=2)], {}, id_doc={"IndTraslado": 4})
    assert codes(document) == []
    assert (document.totales.amount("MntTotal"), document.totales.amount("MontoNF")) == (0, 500)
    wrong = judged(52, [line(0), line(500, IndExe=2)], {"MontoNF": 900}, id_doc={"IndTraslado": 4})
    assert codes(wrong) == ["TOT-010"]
