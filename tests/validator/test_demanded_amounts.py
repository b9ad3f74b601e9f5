"""Amounts that the SII wants to be there whatever the lines say; facturas de compra stand with their agents."""

from __future__ import annotations

import pytest

from dteplanows.document.problem import Severity
from tests.validator.judging import codes
from tests.validator.xml_documents import judged, line

SALE = {"QtyItem": 1, "UnmdItem": "UN"}


@pytest.mark.parametrize(
    ("transfer", "amount", "remarked"), [(1, 0, True), (1, 1000, False), (5, 0, False), (6, 0, False), (2, 0, False)]
)
def test_a_guia_of_a_sale_has_an_amount(transfer: int, amount: int, remarked: bool) -> None:
    document = judged(52, [line(amount, **SALE)], {}, id_doc={"IndTraslado": transfer})
    assert codes(document) == []
    assert ("TOT-102" in codes(document, Severity.REPARO)) is remarked


@pytest.mark.parametrize(
    ("lines", "good"),
    [
        ([line(1000)], True),
        ([line(1000), line(500, IndExe=2)], True),
        ([line(0)], False),
        ([line(500, IndExe=2)], False),
        ([line(1000, PrcItem=1000, QtyItem=2, DescuentoMonto=1000)], True),
    ],
)
def test_an_exempt_factura_has_an_exempt_amount(lines: list[dict[str, object]], good: bool) -> None:
    assert codes(judged(34, lines, {})) == ([] if good else ["TOT-101"])


def test_what_is_missing_for_another_reason_is_told_once() -> None:
    assert "TOT-101" not in codes(judged(34, [line(None)], {}))
    assert "TOT-101" not in codes(judged(34, [line("mil")], {}))


def test_only_facturas_demand_it() -> None:
    assert codes(judged(41, [line(0)], {})) == []


def test_a_factura_says_its_iva_even_where_it_is_0() -> None:
    """The SII rejects one that does not (validation 55)."""
    free = line(0, QtyItem=1, PrcItem=100, DescuentoMonto=100)
    document = judged(33, [free, line(500, IndExe=1)], {})
    assert codes(document) == []
    assert codes(document, Severity.REPARO) == ["TOT-056"]
    assert "<IVA>0</IVA>" in document.draft
    assert "<IVA>190</IVA>" in judged(33, [line(1000)], {}).draft
