"""The programs of the producers' table compute as they say, and what becomes of their files is counted rightly."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from math import floor
from random import Random

import pytest

from benchmarks import producers
from benchmarks.producers import Cell, cells, count, judged
from benchmarks.producers_known import FAULTS, has_document, known_totals, wrong_sale
from benchmarks.producers_ways import (
    ARITHMETICS,
    BINARY,
    BINARY_CUT,
    FLOOR,
    HALF_EVEN,
    HALF_UP,
    IVA_BY_LINE,
    KINDS,
    LINES,
    SHELF,
    SUM,
    WAYS,
    Arithmetic,
    Item,
    Kind,
    Producer,
    Way,
    sell,
)
from benchmarks.producers_ways import producers as every_producer

FACTURA, GROSS_FACTURA, _, BOLETA = KINDS[:4]


def item(price: str, quantity: str = "1", percentage: str = "0") -> Item:
    return Item(price, quantity, percentage, exempt=False, taxed=False)


# --- the producers themselves -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("arithmetic", "whole", "cents"), [
    (HALF_UP, [3, 3, 4], "2.68"), (HALF_EVEN, [2, 3, 4], "2.68"), (FLOOR, [2, 2, 3], "2.67"),
    (BINARY, [2, 3, 4], "2.67"), (BINARY_CUT, [2, 2, 3], "2.67"),
])  # fmt: skip
def test_how_each_arithmetic_rounds(arithmetic: Arithmetic, whole: list[int], cents: str) -> None:
    assert [arithmetic.whole(arithmetic.number(one)) for one in ("2.5", "2.51", "3.5")] == whole
    assert arithmetic.written(arithmetic.number("2.675"), 2) == cents


THREE_LINES = [item("992.5"), item("1132.5"), item("3087.5")]


@pytest.mark.parametrize(("kind", "way", "figures"), [
    (FACTURA, LINES, (5214, 991, 6205)),  # 993 + 1133 + 3088
    (FACTURA, SUM, (5213, 990, 6203)),  # 5212.5
    (BOLETA, LINES, (4382, 832, 5214)),
    (GROSS_FACTURA, LINES, (4382, 832, 5214)),
    (BOLETA, SUM, (4381, 832, 5213)),
])  # fmt: skip
def test_how_each_way_adds_up(kind: Kind, way: Way, figures: tuple[int, int, int]) -> None:
    sale = sell(Producer(kind, way, HALF_UP, 1, False), THREE_LINES)
    assert [one.amount for one in sale.lines] == [993, 1133, 3088]
    assert (sale.net, sale.iva, sale.total) == figures


def test_the_shelf_gives_the_total_and_the_net_prices() -> None:
    sale = sell(Producer(FACTURA, SHELF, HALF_UP, 0, False), [item("1990", "10")])
    assert (sale.lines[0].price, sale.net, sale.iva, sale.total) == ("1672", 16723, 3177, 19900)
    assert sale.lines[0].amount == 16720


def test_there_is_a_producer_for_each_kind_way_and_arithmetic() -> None:
    known = {(one.kind.name, one.way.name, one.arithmetic.name) for one in every_producer()}
    assert len(known) == len(KINDS) * len(WAYS) * len(ARITHMETICS) - 3 * len(ARITHMETICS)


def test_a_cell_has_the_baskets_that_are_asked_for_and_each_number_of_lines() -> None:
    every = Counter(len(sale.lines) for _, sale, _ in producers.sales(next(cells()), 1, 200))
    assert sum(every.values()) == 200
    assert set(every) == set(producers.LINES)


# --- what is known ------------------------------------------------------------------------------------------------


def shows_its_total(cell: Cell) -> bool:
    """Whether the total of its baskets follows from what the file shows, by the ways that are known."""
    if cell.producers[0].inner:
        return False  # follows from prices that the file does not show
    if cell.key().way == "from the shelf" and "0" in cell.key().decimals:
        return False  # several shelf prices can stand behind a whole net price
    return cell.producers[0].arithmetic not in (BINARY_CUT, FLOOR) or cell.key().way == "lines, then sum"


SHOWN = list(filter(shows_its_total, cells()))


@pytest.mark.parametrize("cell", SHOWN[:: len(SHOWN) // 30], ids=lambda one: " ".join(one.key()))
def test_every_way_of_computing_is_known(cell: Cell) -> None:
    """A fault counts only where none of the ways explains it: so all of them must be known."""
    for _, sale, _ in producers.sales(cell, 5, 20):
        assert sale.total in known_totals(sale)


def test_a_total_beyond_every_rounding_is_not_known() -> None:
    sale = sell(Producer(FACTURA, LINES, HALF_UP, 2, False), [item("1000.00", "3"), item("33.33", "3")])
    known = known_totals(sale)
    exact = Fraction("3099.99")
    assert {floor(exact) + 589, 3100 + 589} <= known
    assert all(abs(one - exact * Fraction("1.19")) < 4 for one in known)


def test_some_totals_are_of_no_document() -> None:
    """Two lines of 1003 pesos and 191 of IVA each: 2006 net has 381.14 of IVA, and 382 is within a peso; of ten not."""
    two = sell(Producer(FACTURA, IVA_BY_LINE, HALF_UP, 0, False), [item("1003")] * 2)
    ten = sell(Producer(FACTURA, IVA_BY_LINE, HALF_UP, 0, False), [item("1003")] * 10)
    assert (two.iva, ten.iva) == (382, 1910)
    assert has_document(two)
    assert not has_document(ten)
    assert has_document(sell(Producer(FACTURA, IVA_BY_LINE, HALF_UP, 2, False), [item("1003.40")] * 10))


@pytest.mark.parametrize("number", range(len(FAULTS)), ids=list(FAULTS))
def test_each_fault_changes_the_sale(number: int) -> None:
    sale = sell(Producer(FACTURA, LINES, HALF_UP, 2, False), [item("1990.55", "3"), item("777.10", "2"), item("10.00")])
    found = [wrong_sale(sale, Random(n), number) for n in range(20)]
    wrong = [one.sale for one in found if one]
    assert wrong
    assert all(one != sale for one in wrong)


# --- the table ----------------------------------------------------------------------------------------------------


def test_what_becomes_of_a_basket_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kept, refused, changed, and changed in a figure that is not the total."""
    sale = sell(Producer(FACTURA, LINES, HALF_UP, 2, False), [item("1000.00", "3"), item("10.00")])
    assert (count(sale).kept, count(sale).silent) == (1, 0)
    refused = count(replace(sale, total=sale.total + 1000))
    assert (refused.refused, refused.codes) == (1, Counter({"TOT-010": 1}))
    another = sell(Producer(FACTURA, LINES, HALF_UP, 2, False), [item("2000.00", "3"), item("10.00")])
    monkeypatch.setattr(producers, "judged", lambda _: judged(another))
    assert count(sale).changed == 1
    document = judged(sale)
    document.totales.put("IVA", sale.iva - 1)
    monkeypatch.setattr(producers, "judged", lambda _: document)
    assert (count(sale).kept, count(sale).silent) == (1, 1)
