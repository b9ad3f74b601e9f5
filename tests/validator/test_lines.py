"""Arithmetic of the lines beyond the common case."""

from __future__ import annotations

import pytest

from tests.validator.judging import codes
from tests.validator.xml_documents import found, judged, line, reference


@pytest.mark.parametrize(
    ("parts", "discount", "good"),
    [
        ([("$", 100), ("$", 50)], 150, True),
        ([("$", 100), ("$", 50)], 160, False),
        ([("%", 10), ("$", 50)], 150, True),
        ([("%", 10), ("%", 10)], 200, True),
        ([("%", 10), ("%", 10)], 190, True),
        ([("%", 10), ("%", 10)], 180, False),
    ],
)
def test_the_parts_of_a_discount(parts: list[tuple[str, int]], discount: int, good: bool) -> None:
    breakdown = [{"TipoDscto": kind, "ValorDscto": value} for kind, value in parts]
    one = line(1000 - discount, QtyItem=1, PrcItem=1000, DescuentoMonto=discount, SubDscto=breakdown)
    document = judged(33, [one], {})
    assert codes(document) == []
    assert ("TOT-031" in found(document)) is not good


def test_the_parts_of_a_surcharge() -> None:
    breakdown = [{"TipoRecargo": "%", "ValorRecargo": 10}]
    for amount, good in ((100, True), (150, False)):
        one = line(1000 + amount, QtyItem=1, PrcItem=1000, RecargoMonto=amount, SubRecargo=breakdown)
        assert ("TOT-031" in found(judged(33, [one], {}))) is not good


def test_a_surcharge_is_taken_of_what_the_discount_leaves() -> None:
    one = line(None, QtyItem=1, PrcItem=1000, DescuentoPct=10, RecargoPct=10)
    document = judged(33, [one], {})
    assert codes(document) == []
    assert document.detalles[0].amount("MontoItem") == 990
    assert {"TOT-002", "TOT-004"} <= found(document)


@pytest.mark.parametrize(("amount", "good"), [(69, False), (70, False), (71, True), (72, True), (73, False)])
def test_a_surcharge_is_the_exact_percentage_to_the_peso(amount: int, good: bool) -> None:
    """7.25 % of 980 is 71.05: cut off, rounded or rounded up, and nothing that is a peso from the rounded one."""
    parts = {"QtyItem": 8, "PrcItem": 136, "DescuentoMonto": 108, "RecargoPct": "7.25", "RecargoMonto": amount}
    assert ("TOT-003" in found(judged(33, [line(980 + amount, **parts)], {}))) is not good


def test_a_product_of_many_digits_is_exact() -> None:
    one = line(None, QtyItem="999999999.999999", PrcItem="999999999.999999")
    document = judged(33, [one], {})
    assert document.detalles[0].value("MontoItem") == 999999999999998000


def test_a_negative_amount_is_only_in_a_liquidacion() -> None:
    assert codes(judged(33, [line(10000), line(-500)], {})) != []
    lines = [line(10000, TpoDocLiq=33), line(-500, TpoDocLiq=61, QtyItem=1, PrcItem=500)]
    assert codes(judged(43, lines, {})) == []
    lines[1]["PrcItem"] = 800
    assert "TOT-001" in codes(judged(43, lines, {}))


def test_two_taxes_a_line_at_most() -> None:
    assert "DOC-006" in codes(judged(33, [line(10000, CodImpAdic=[27, 24, 19])], {}))
    assert "DOC-006" not in codes(judged(33, [line(10000, CodImpAdic=[27, 19])], {}))


def test_a_line_without_price_and_amount_is_0_where_documents_need_none() -> None:
    empty = line(None)
    for document in (
        judged(52, [empty], {"MntTotal": 0}, id_doc={"IndTraslado": 5}),
        judged(61, [empty], {"MntTotal": 0}, Referencia=reference(code=2)),
    ):
        assert document.detalles[0].value("MontoItem") == 0
        assert "TOT-079" in found(document)
        assert "DOC-002" not in codes(document)
    assert "DOC-002" in codes(judged(33, [empty, line(1000)], {}))
    assert "TOT-079" not in found(judged(52, [line(0)], {"MntTotal": 0}, id_doc={"IndTraslado": 5}))
