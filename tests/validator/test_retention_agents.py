"""Lines of agents who retain or advance the IVA of a product."""

from __future__ import annotations

import pytest

from dteplanows.document.problem import Severity
from dteplanows.document.taxes import TAXES
from dteplanows.validator.retention_agents import PRODUCTS
from tests.validator.judging import codes
from tests.validator.xml_documents import judged, line, reference

COW = {
    "CdgItem": {"TpoCodigo": "CPCS", "VlrCodigo": 3201}, "Retenedor": {"IndAgente": "R"},
    "QtyRef": 2, "UnmdRef": "UNID", "PrcRef": 5000, "QtyItem": 100, "UnmdItem": "KG", "PrcItem": 100, "CodImpAdic": 32,
}  # fmt: skip


def test_every_product_has_a_tax_of_the_table() -> None:
    assert len(PRODUCTS) == 81
    assert {code for one in PRODUCTS.values() for code in one.taxes} <= set(TAXES)


def test_a_complete_line_has_no_remark() -> None:
    document = judged(46, [line(10000, **COW)], {})
    assert codes(document) == codes(document, Severity.REPARO) == []
    assert document.totales.amount("IVANoRet") == 1100


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"QtyRef": ""}, "DOC-100"),
        ({"PrcRef": "", "UnmdRef": ""}, "DOC-100"),
        ({"CdgItem": {"TpoCodigo": "INT1", "VlrCodigo": 3201}}, "DOC-101"),
        ({"CdgItem": [{"TpoCodigo": "INT1", "VlrCodigo": 7}, {"TpoCodigo": "CPCS", "VlrCodigo": 3201}]}, "DOC-101"),
        ({"CdgItem": {"TpoCodigo": "CPCS", "VlrCodigo": 9999}}, "DOC-102"),
        ({"CdgItem": {"TpoCodigo": "CPCS", "VlrCodigo": 3400}, "UnmdItem": "TON"}, "DOC-103"),
        ({"Retenedor": ""}, "DOC-104"),
        ({"UnmdItem": "TON"}, "DOC-105"),
        ({"UnmdRef": "KG"}, "DOC-105"),
    ],
)
def test_what_such_a_line_lacks(change: dict[str, object], code: str) -> None:
    assert codes(judged(46, [line(10000, **{**COW, **change})], {}), Severity.REPARO) == [code]


def test_only_the_buyer_of_a_factura_de_compra_says_that_he_is_an_agent() -> None:
    retained, added = {**COW, "Retenedor": ""}, {"CodImpAdic": 27}
    assert "DOC-104" in codes(judged(46, [line(10000, **retained)], {}), Severity.REPARO)
    assert "DOC-104" not in codes(judged(61, [line(10000, **retained)], {}, Referencia=reference(46)), Severity.REPARO)
    assert "DOC-104" not in codes(judged(46, [line(10000, **added)], {}), Severity.REPARO)


def test_the_total_retention_of_the_same_product() -> None:
    document = judged(46, [line(10000, **{**COW, "CodImpAdic": 321})], {})
    assert codes(document, Severity.REPARO) == []
    assert document.totales.amount("MntTotal") == 10000


def test_a_line_of_prepaid_cards_states_margin_and_final_price() -> None:
    card = {**COW, "CdgItem": {"TpoCodigo": "CPCS", "VlrCodigo": 5001}, "UnmdItem": "UN", "CodImpAdic": 50}
    assert "DOC-100" in codes(judged(33, [line(10000, **card)], {}), Severity.REPARO)
    card["Retenedor"] = {"IndAgente": "R", "MntMargComer": 1000, "PrcConsFinal": 120}
    assert codes(judged(33, [line(10000, **card)], {}), Severity.REPARO) == []
