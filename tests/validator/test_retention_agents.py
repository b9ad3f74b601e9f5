"""Lines of agents who retain or advance the IVA of a product."""

from __future__ import annotations

from typing import Any

import pytest

from dteplanows.document.model import Document
from dteplanows.document.problem import Severity
from dteplanows.document.taxes import TAXES
from dteplanows.validator.lines.retention_agents import PRODUCTS
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
        ({"UnmdItem": "TON"}, "DOC-105"),
        ({"UnmdRef": "KG"}, "DOC-105"),
    ],
)
def test_what_such_a_line_lacks(change: dict[str, object], code: str) -> None:
    assert codes(judged(46, [line(10000, **{**COW, **change})], {}), Severity.REPARO) == [code]


WHOLE = {"MntNeto": 10000, "TasaIVA": 19, "IVA": 1900, "MntTotal": 10000,
         "ImptoReten": {"TipoImp": 15, "TasaImp": 19, "MontoImp": 1900}}  # fmt: skip


def agents(document: Document) -> list[str]:
    """Which lines say that the buyer is an agent, as they will be signed."""
    return ["R" if "<IndAgente>R</IndAgente>" in one else "" for one in document.draft.split("<Detalle>")[1:]]


@pytest.mark.parametrize("code", [15, 32, 321, 38, 41])
def test_the_buyer_of_a_factura_de_compra_who_retains_is_an_agent(code: int) -> None:
    lines = [line(10000, CodImpAdic=code), line(500, IndExe=1), line(200, CodImpAdic=code)]
    document = judged(46, lines, {})
    assert codes(document) == []
    assert agents(document) == ["R", "", "R"]
    (said,) = [one for one in document.problems if one.code == "DOC-104"]
    assert said.severity is Severity.AVISO
    assert "agente retenedor: 2;" in said.message
    told = [{**one, "Retenedor": {"IndAgente": "R"}} if "CodImpAdic" in one else one for one in lines]
    document = judged(46, told, {})
    assert agents(document) == ["R", "", "R"]
    assert "DOC-104" not in codes(document, Severity.AVISO)


def test_only_the_silent_lines_are_completed() -> None:
    lines = [line(10000, CodImpAdic=15, Retenedor={"IndAgente": "R"}), line(500, CodImpAdic=15)]
    document = judged(46, lines, {})
    assert agents(document) == ["R", "R"]
    (said,) = [one for one in document.problems if one.code == "DOC-104"]
    assert "agente retenedor: 1;" in said.message


@pytest.mark.parametrize(
    ("tipo", "code"), [(61, 15), (56, 15), (46, 49), (46, 27)]  # a note; nothing is retained; a tax of the seller
)
def test_nobody_else_is_one(tipo: int, code: int) -> None:
    refs: dict[str, Any] = {} if tipo == 46 else {"Referencia": reference(46)}
    document = judged(tipo, [line(10000, CodImpAdic=code)], {}, **refs)
    assert codes(document) == []
    assert agents(document) == [""]
    assert "DOC-104" not in {one.code for one in document.problems}


def test_the_whole_retention_of_the_totals_is_of_every_affected_line() -> None:
    lines = [line(6000), line(4000), line(500, IndExe=1)]
    document = judged(46, lines, {**WHOLE, "MntExe": 500, "MntTotal": 10500})
    assert codes(document) == codes(document, Severity.REPARO) == []
    assert agents(document) == ["R", "R", ""]
    assert document.draft.count("<CodImpAdic>15</CodImpAdic>") == 2
    assert {"DOC-118", "DOC-104"} <= set(codes(document, Severity.AVISO))
    assert "TOT-023" not in codes(document, Severity.AVISO)


def test_a_retention_of_a_part_is_not_spread_over_the_lines() -> None:
    part = {"TipoImp": 33, "TasaImp": 8, "MontoImp": 800}
    document = judged(46, [line(10000)], {**WHOLE, "ImptoReten": part, "MntTotal": 11100})
    assert "TOT-023" in codes(document, Severity.AVISO)
    assert not {"DOC-118", "DOC-104"} & set(codes(document, Severity.AVISO))


@pytest.mark.parametrize(
    ("lines", "totals", "remarked"),
    [
        ([line(10000)], {}, True),
        ([line(10000)], {"IVANoRet": 1900}, True),
        ([line(10000, CodImpAdic=27)], {}, True),
        ([line(10000, CodImpAdic=49)], {}, False),
        ([line(10000, CodImpAdic=15)], {}, False),
        ([line(10000)], WHOLE, False),
        ([line(10000, IndExe=1)], {}, False),
    ],
)
def test_a_factura_de_compra_retains(
    lines: list[dict[str, object]], totals: dict[str, object], remarked: bool
) -> None:
    document = judged(46, lines, totals)
    assert codes(document) == []
    assert ("TOT-103" in codes(document, Severity.REPARO)) is remarked


def test_the_total_retention_of_the_same_product() -> None:
    document = judged(46, [line(10000, **{**COW, "CodImpAdic": 321})], {})
    assert codes(document, Severity.REPARO) == []
    assert document.totales.amount("MntTotal") == 10000


def test_a_line_of_prepaid_cards_states_margin_and_final_price() -> None:
    card = {**COW, "CdgItem": {"TpoCodigo": "CPCS", "VlrCodigo": 5001}, "UnmdItem": "UN", "CodImpAdic": 50}
    assert "DOC-100" in codes(judged(33, [line(10000, **card)], {}), Severity.REPARO)
    card["Retenedor"] = {"IndAgente": "R", "MntMargComer": 1000, "PrcConsFinal": 120}
    assert codes(judged(33, [line(10000, **card)], {}), Severity.REPARO) == []
