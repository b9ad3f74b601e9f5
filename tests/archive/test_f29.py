"""What a month puts into the lines of the Formulario 29."""

from __future__ import annotations

from dteplanows.archive import f29
from dteplanows.archive.totals import Totals
from dteplanows.document.elements import DOCUMENT_NAMES

MONTH = [
    # mes, tipo, documentos, anuladas, neto, exento, iva, total, rechazados, con_iva, con_exento
    Totals("2026-11", 33, 4, 0, 1000, 50, 190, 1240, 1, 4, 1),
    Totals("2026-11", 34, 2, 0, 0, 700, 0, 700, 0, 0, 2),
    Totals("2026-11", 39, 9, 0, 2000, 30, 380, 2410, 0, 8, 1),
    Totals("2026-11", 56, 1, 0, 100, 0, 19, 119, 0, 1, 0),
    Totals("2026-11", 61, 3, 0, 200, 80, 38, 318, 0, 2, 1),
    Totals("2026-11", 110, 2, 0, 0, 5000, 0, 5000, 0, 0, 2),
    Totals("2026-11", 112, 1, 0, 0, 400, 0, 400, 0, 0, 1),
    Totals("2026-11", 52, 5, 1, 900, 0, 171, 1071, 0, 5, 0),
    Totals("2026-11", 46, 5, 1, 900, 0, 171, 1071, 0, 5, 0),
]


def test_each_line_has_its_documents_and_its_amount() -> None:
    found = {one.row.linea: (one.cantidad, one.monto) for one in f29.lines(MONTH)}
    assert found == {
        1: (3, 4600), 2: (5, 50 + 700 + 30 - 80), 7: (4, 190), 10: (8, 380), 12: (1, 19), 13: (2, 38),
    }  # fmt: skip
    assert f29.iva(f29.lines(MONTH)) == 190 + 380 + 19 - 38


def test_a_month_may_be_of_several_days_and_of_none() -> None:
    assert [(one.cantidad, one.monto) for one in f29.lines([])] == [(0, 0)] * 6
    twice = {one.row.linea: one.monto for one in f29.lines(MONTH * 2)}
    assert twice[7] == 380


def test_every_line_says_its_codes_and_where_the_sii_says_so() -> None:
    codes = [code for one in f29.rows() for code in (one.codigo_cantidad, one.codigo_monto)]
    assert len(set(codes)) == len(codes) and all(code.isdigit() for code in codes)
    assert all("SII" in one.fuente or "Formulario 29" in one.fuente for one in f29.rows())
    for one in f29.rows():
        assert one.mas | one.menos <= set(DOCUMENT_NAMES)
        assert {one.cuenta, one.suma} <= set(Totals._fields)
