"""Guías whose lines include the IVA are written net, with the customer's total, or refused."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dteplanows.document.model import Document
from dteplanows.document.problem import errors
from tests.validator.judging import codes as error_codes
from tests.validator.judging import factura
from tests.validator.judging import line as row
from tests.validator.xml_documents import judged, line

GROSS = {"MntBruto": 1}


def guia(lines: list[dict[str, object]], totals: dict[str, object] | None = None, **root: Any) -> Document:
    """A guía of these gross lines."""
    return judged(52, lines, totals or {}, id_doc=GROSS, **root)


def sold(price: object, quantity: object, amount: int, **more: object) -> dict[str, object]:
    """A line with price, quantity and amount."""
    return line(amount, QtyItem=quantity, PrcItem=price, **more)


def told(document: Document) -> list[str]:
    """Texts of the aviso of the rewriting."""
    return [one.text() for one in document.problems if one.code == "TXT-120"]


def check(document: Document, total: int) -> None:
    """The document is right in itself, and of that total."""
    assert not errors(document.problems)
    totales = document.totales
    net, iva = totales.amount("MntNeto"), totales.amount("IVA")
    assert net + iva + totales.amount("MntExe") == totales.amount("MntTotal") == total
    assert abs(iva - Fraction(19, 100) * net) <= 1
    sums = {0: 0, 1: 0}
    for one in document.detalles:
        amount = one.amount("MontoItem")
        sums[one.amount("IndExe")] += amount
        if one.number("PrcItem"):
            product = Fraction(one.number("PrcItem") or 0) * Fraction(one.number("QtyItem") or 1)
            before = amount + one.amount("DescuentoMonto") - one.amount("RecargoMonto")
            assert before in (math.floor(product), math.ceil(product))
    movements = document.root.all("DscRcgGlobal")
    assert movements or sums == {0: net, 1: totales.amount("MntExe")}
    assert "MntBruto" not in document.draft


def test_one_line() -> None:
    document = guia([sold(11900, 1, 11900)], {"MntNeto": 10000, "TasaIVA": 19, "IVA": 1900, "MntTotal": 11900})
    check(document, 11900)
    assert document.detalles[0].number("PrcItem") == 10000
    (aviso,) = told(document)
    assert "11.900" in aviso and "10.000" in aviso
    net = judged(52, [sold(10000, 1, 10000)], {"MntTotal": 11900})
    assert not errors(net.problems) and told(net) == []


def test_the_column_of_a_txt() -> None:
    lines = row(5950, "2975", "2") + "\n" + row(1000, "1000", "1", n=2)
    document = factura(lines, "0;0;0;0;5840;0;19;1110;6950;1;", tipo=52)
    check(document, 6950)
    assert told(document)


@given(st.lists(st.tuples(st.integers(1, 99_990), st.integers(1, 40)), min_size=1, max_size=30), st.booleans())
@settings(max_examples=150, deadline=None)
def test_every_total_is_kept(basket: list[tuple[int, int]], with_totals: bool) -> None:
    total = sum(price * quantity for price, quantity in basket)
    lines = [sold(price, quantity, price * quantity) for price, quantity in basket]
    document = guia(lines, {"MntTotal": total} if with_totals else None)
    if len(basket) == 1 and basket[0][0] * basket[0][1] < 2:
        return  # a peso has no net amount
    check(document, total)
    assert told(document)


def test_weights_discounts_and_exempt_lines() -> None:
    lines = [
        sold(4990, "0.385", 1921), sold(2990, 3, 8073, DescuentoPct=10, DescuentoMonto=897),
        sold(1500, 2, 2500, DescuentoMonto=500), sold(700, 1, 700, IndExe=1), line(333),
    ]  # fmt: skip
    total = 1921 + 8073 + 2500 + 700 + 333
    document = guia(lines, {"MntTotal": total})
    check(document, total)
    assert document.detalles[3].number("PrcItem") == Decimal(700)
    assert document.detalles[2].amount("DescuentoMonto") == 420


def test_a_discount_in_percent_of_all() -> None:
    movement = {"NroLinDR": 1, "TpoMov": "D", "TpoValor": "%", "ValorDR": 10}
    check(guia([sold(11900, 1, 11900)], {"MntTotal": 10710}, DscRcgGlobal=movement), 10710)


@pytest.mark.parametrize(("lines", "totals", "root"), [
    ([sold(11900, 1, 11900)], {"MntTotal": 11901}, {}),
    ([sold(11900, 1, 11900)], {"MntTotal": 14161}, {}),
    ([sold(11900, 1, 11900)], {"MntNeto": 10002, "MntTotal": 11900}, {}),
    ([sold(11900, 1, 11900)], {"IVA": 1902, "MntTotal": 11900}, {}),
    ([sold(11900, 1, 10900)], {"MntTotal": 10900}, {}),
    ([sold(11900, 1, 11900)], {"MntTotal": 10900},
     {"DscRcgGlobal": {"NroLinDR": 1, "TpoMov": "D", "TpoValor": "$", "ValorDR": 1000}}),
    ([sold(11900, 1, 11900, CodImpAdic=27)],
     {"ImptoReten": {"TipoImp": 27, "TasaImp": 10, "MontoImp": 1000}, "MntTotal": 12900}, {}),
])  # fmt: skip
def test_what_does_not_come_to_the_total_stays_refused(
    lines: list[dict[str, object]], totals: dict[str, object], root: dict[str, object]
) -> None:
    document = guia(lines, totals, **root)
    assert "DOC-008" in error_codes(document)
    assert told(document) == []
    assert document.detalles[0].number("PrcItem") == 11900


def test_a_factura_keeps_its_gross_lines() -> None:
    document = judged(33, [sold(11900, 1, 11900)], {"MntTotal": 11900}, id_doc=GROSS)
    assert not errors(document.problems)
    assert told(document) == []
    assert document.detalles[0].number("PrcItem") == 11900


def test_a_line_that_breaks_its_discount_down_is_not_written_net() -> None:
    parts = {"SubDscto": {"TipoDscto": "$", "ValorDscto": 119}}
    document = guia([sold(1190, 1, 1071, DescuentoMonto=119, **parts)], {"MntTotal": 1071})
    assert errors(document.problems)
    check(guia([sold(1190, 1, 1071, DescuentoMonto=119)], {"MntTotal": 1071}), 1071)
