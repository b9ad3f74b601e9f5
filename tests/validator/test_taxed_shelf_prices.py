"""Shelf prices that include the IVA and additional taxes: refused, or written net with the same total when asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from dteplanows import validator
from dteplanows.document.model import Document
from dteplanows.document.problem import errors
from dteplanows.document.taxes import TAXES, codes_of
from tests.validator.judging import COMPANY, TODAY, codes
from tests.validator.xml_documents import Values, line, read

ASKED = replace(COMPANY, precios_con_impuestos="convertir")
RATES = {"27": 10, "271": 18, "24": 31.5, "26": 20.5, "25": 20.5, "23": 15, "19": 12}


def sale(lines: list[dict[str, object]], totals: Values | None = None, *, tipo: int = 33, **more: Any) -> Document:
    """A document of these lines with taxes inside, of a company that asks for net ones."""
    document = read(tipo, lines, totals or {}, id_doc={"MntBruto": 1}, **more)
    validator.judge(document, ASKED, TODAY)
    return document


def sold(price: object, quantity: object, amount: int, *taxes: str, **more: object) -> dict[str, object]:
    """A line with price, quantity, amount and taxes."""
    return line(amount, QtyItem=quantity, PrcItem=price, **({"CodImpAdic": list(taxes)} if taxes else {}), **more)


def check(document: Document, total: int) -> None:
    """The document is of that total, and every figure in it is what the form asks for."""
    assert not errors(document.problems), [one.text() for one in errors(document.problems)]
    totales = document.totales
    net, exempt, iva = (totales.amount(name) for name in ("MntNeto", "MntExe", "IVA"))
    of_taxes = {one.text("TipoImp"): one for one in totales.all("ImptoReten")}
    assert totales.amount("MntTotal") == total
    assert net + exempt + iva + sum(one.amount("MontoImp") for one in of_taxes.values()) == total
    assert abs(iva - Fraction(19, 100) * net) <= 1
    sums, bases = {0: 0, 1: 0}, dict.fromkeys(of_taxes, 0)
    for one in document.detalles:
        amount = one.amount("MontoItem")
        sums[one.amount("IndExe")] += amount
        for code in codes_of(one):
            bases[code] += amount
        if one.number("PrcItem"):
            product = Fraction(one.number("PrcItem") or 0) * Fraction(one.number("QtyItem") or 1)
            assert abs(product - amount - one.amount("DescuentoMonto")) < 1
    assert sums == {0: net, 1: exempt}
    for code, base in bases.items():
        rate = Fraction(TAXES[code].rate or 0) / 100
        assert abs(of_taxes[code].amount("MontoImp") - base * rate) <= 1
        assert of_taxes[code].number("TasaImp") == TAXES[code].rate
    assert "MntBruto" not in document.draft


def test_a_drink_and_a_snack() -> None:
    document = sale([sold(1290, 1, 1290, "27"), sold(1190, 2, 2380)], {"MntTotal": 3670})

    check(document, 3670)
    assert [one.amount("MontoItem") for one in document.detalles] == [1000, 2000]
    (aviso,) = [one.text() for one in document.problems if one.code == "TOT-086"]
    assert "3.670" in aviso and "1.290" in aviso and "1.000" in aviso


def test_the_totals_that_the_till_states_are_kept() -> None:
    tax = {"TipoImp": 27, "TasaImp": 10, "MontoImp": 100}
    totals = {"MntNeto": 3000, "TasaIVA": 19, "IVA": 570, "ImptoReten": tax, "MntTotal": 3670}

    document = sale([sold(1290, 1, 1290, "27"), sold(1190, 2, 2380)], totals)
    check(document, 3670)
    assert (document.totales.amount("MntNeto"), document.totales.amount("IVA")) == (3000, 570)
    assert "TOT-011" not in [one.code for one in document.problems]


def test_a_line_of_two_taxes_and_an_exempt_one() -> None:
    document = sale([sold(13900, 3, 41700, "24", "23"), line(5000, IndExe=1), sold(990, 7, 6930, "271")])

    check(document, 53630)


def test_a_discount_of_the_line() -> None:
    document = sale([sold(2580, 2, 4644, "27", DescuentoPct=10, DescuentoMonto=516)], {"MntTotal": 4644})

    check(document, 4644)
    assert document.detalles[0].amount("DescuentoMonto") == 400


@pytest.mark.parametrize("tipo", [33, 52])
def test_documents_that_may_carry_taxes(tipo: int) -> None:
    check(sale([sold(1290, 1, 1290, "27")], {"MntTotal": 1290}, tipo=tipo), 1290)


def test_a_company_that_does_not_ask_for_it() -> None:
    document = read(33, [sold(1290, 1, 1290, "27")], {"MntTotal": 1290}, id_doc={"MntBruto": 1})
    validator.judge(document, COMPANY, TODAY)

    assert "TOT-025" in codes(document) and "TOT-087" not in codes(document)


@pytest.mark.parametrize(("lines", "totals", "more"), [
    ([sold(1290, 1, 1290, "27")], {"MntTotal": 1300}, {}),
    ([sold(1290, 1, 1290, "27")], {"MntTotal": 1419}, {}),
    ([sold(1290, 1, 1290, "27")], {"MntNeto": 900, "IVA": 171, "MntTotal": 1290}, {}),
    ([sold(1290, 1, 1290, "27")], {"ImptoReten": {"TipoImp": 27, "MontoImp": 150}, "MntTotal": 1290}, {}),
    ([sold(1290, 1, 1290, "28")], {"MntTotal": 1290}, {}),
    ([sold(1290, 1, 1290, "27")], {"ImptoReten": {"TipoImp": 24, "MontoImp": 100}, "MntTotal": 1290}, {}),
    ([sold(1290, 1, 1290, "27")], {}, {"DscRcgGlobal": {"NroLinDR": 1, "TpoMov": "D", "TpoValor": "%", "ValorDR": 5}}),
])  # fmt: skip
def test_what_cannot_be_written_net_is_refused(
    lines: list[dict[str, object]], totals: Values, more: dict[str, Any]
) -> None:
    document = sale(lines, totals, **more)

    assert "TOT-087" in codes(document)
    assert "TOT-025" not in codes(document)
    assert [one.amount("MontoItem") for one in document.detalles] == [1290]


def test_gross_lines_without_taxes_stay_gross() -> None:
    document = sale([sold(1190, 1, 1190)], {"MntTotal": 1190})

    assert not errors(document.problems)
    assert document.detalles[0].amount("MontoItem") == 1190
    assert "<MntBruto>1</MntBruto>" in document.draft


def _basket(chance: Random, lines: int) -> list[dict[str, object]]:
    found = []
    for _ in range(lines):
        price, quantity = chance.randrange(190, 40000, 10), chance.choice([1, 1, 2, 3, 6, 12])
        taxes: Sequence[str] = chance.choice([(), (), ("27",), ("271",), ("24",), ("26",), ("25",), ("19",)])
        found.append(sold(price, quantity, price * quantity, *taxes))
    return found


@pytest.mark.parametrize("lines", [1, 5, 30])
def test_any_basket_is_kept_to_the_peso_or_refused(lines: int) -> None:
    kept = 0
    for number in range(40):
        basket = _basket(Random(f"{lines} {number}"), lines)
        total = sum(int(str(one["MontoItem"])) for one in basket)
        if not any("CodImpAdic" in one for one in basket):
            kept += 1
            continue
        document = sale(basket, {"MntTotal": total})
        if "TOT-087" not in codes(document):
            check(document, total)
            kept += 1
    assert kept >= 38


def test_a_tax_of_a_line_that_is_not_billed_is_in_no_price() -> None:
    alone = sale([sold(10000, 1, 10000, "27", IndExe=2)], {"MntTotal": 0})
    assert errors(alone.problems)
    beside = sale([sold(1190, 1, 1190), sold(500, 1, 500, "27", IndExe=2)], {"MntTotal": 1190, "MontoNF": 500})
    assert "TOT-086" not in {one.code for one in beside.problems}
