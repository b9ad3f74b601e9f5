"""Boletas of more than 135 UF name their buyer and the means of payment."""

from __future__ import annotations

from dteplanows.document.problem import Severity
from tests.validator.judging import codes
from tests.validator.xml_documents import found, judged, line

UF = "40000.55"
LARGE = 135 * 40000 + 75


def test_a_large_boleta_says_who_buys_and_how_it_is_paid() -> None:
    document = judged(39, [line(LARGE)], {}, receptor={"RUTRecep": "66666666-6", "RznSocRecep": ""}, valor_uf=UF)
    (one,) = [each for each in document.problems if each.code == "DOC-110"]
    assert one.severity is Severity.REPARO
    assert all(word in one.message for word in ("MedioPago", "RUTRecep", "RznSocRecep"))
    assert codes(document) == []


def test_a_complete_one_or_a_smaller_one_has_no_remark() -> None:
    paid = {"MedioPago": 1}
    assert "DOC-110" not in found(judged(39, [line(LARGE)], {}, id_doc=paid, valor_uf=UF))
    assert "DOC-110" not in found(judged(39, [line(LARGE - 1)], {}, valor_uf=UF))
    assert "DOC-110" not in found(judged(33, [line(LARGE)], {}, valor_uf=UF))


def test_without_the_value_of_the_uf_nothing_is_said() -> None:
    assert "DOC-110" not in found(judged(39, [line(LARGE)], {}))
