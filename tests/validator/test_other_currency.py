"""The amounts of a national document in another currency (Formato DTE v2.5, OtraMoneda)."""

from __future__ import annotations

import pytest

from dteplanows.document.problem import errors
from tests.validator.judging import codes
from tests.validator.xml_documents import judged, line

TOTALS = {"MntNeto": 945290, "TasaIVA": 19, "IVA": 179605, "MntTotal": 1124895}


@pytest.mark.parametrize(
    ("name", "given", "right"),
    [("MntTotOtrMnda", "1190.00", ""), ("MntTotOtrMnda", "1190.01", "1.189,9999"), ("MntNetoOtrMnda", "999", "1.000")],
)
def test_amounts_in_another_currency_are_those_of_the_rate(name: str, given: str, right: str) -> None:
    block = {"TpoMoneda": "DOLAR USA", "TpoCambio": "945.29", "MntTotOtrMnda": "1190", name: given}
    document = judged(33, [line(945290)], TOTALS, header={"OtraMoneda": block})
    assert codes(document) == (["TOT-062"] if right else [])
    assert all(f"{name} dice" in one.message and f"debería ser {right}" in one.message
               for one in errors(document.problems))  # fmt: skip
