"""The barcode in whole dots: what the SII asks, for every paper, printer and length of a stamp."""

from __future__ import annotations

from random import Random

import pytest

from dteplanows.document.company import Dots, Paper
from dteplanows.printing import pdf417
from dteplanows.printing.dots import DOTS, Shape, grids, shape_of
from tests.printing.test_barcode import long_stamp

PAPERS: tuple[Paper, ...] = ("carta", "80", "58")
ALL = [(paper, dots) for paper in PAPERS for dots in DOTS]
USUAL = range(600, 951, 50)
"""Bytes of the stamps that CAFs of the SII make, with keys of 512 bits."""


def shape(size: int, paper: Paper, dots: Dots) -> Shape:
    found = shape_of(Random(size).randbytes(size), paper, dots)
    assert found
    return found


def millimetres(dots: int, shape: Shape) -> float:
    return dots * 25.4 / shape.dots


@pytest.mark.parametrize(("paper", "dots"), ALL)
def test_the_size_is_what_the_sii_asks_for(paper: Paper, dots: Dots) -> None:
    """2 by 5 cm to 4 by 9 cm, modules of 6.7 mils or more, rows of two modules at least and three at most."""
    for size in USUAL:
        one = shape(size, paper, dots)
        assert 50 <= millimetres(one.length, one) <= 90
        assert 20 <= millimetres(one.depth, one) <= 40
        assert 6.7 <= 1000 * one.module / one.dots < 12
        assert 2 * one.module <= one.row <= 3 * one.module


@pytest.mark.parametrize(("paper", "dots"), ALL)
def test_the_printer_reaches_all_of_it(paper: Paper, dots: Dots) -> None:
    """72 mm of a roll of 80, 48 of one of 58, a dot more or less."""
    reach = {"80": 72.3, "58": 48.2, "carta": 97.5}[paper]
    for size in (600, 760, 950, 1034):
        one = shape(size, paper, dots)
        assert one.across <= grids()[paper, dots].reach
        assert millimetres(one.across, one) <= reach


def test_a_narrow_roll_keeps_every_rule_along_the_paper() -> None:
    """Rows of three modules and the whole quiet zone, at the stamp of the usual length."""
    one = shape(760, "58", 203)
    assert one.turned
    assert (one.module, one.row) == (2, 6)
    assert (58 - millimetres(one.across, one)) / 2 >= 6.35
    assert (one.across, one.down) == (one.depth, one.length)


def test_a_wide_roll_stands_upright() -> None:
    one = shape(760, "80", 203)
    assert not one.turned
    assert (one.module, one.row, one.symbol.width) == (2, 5, pdf417.width_of(12))


@pytest.mark.parametrize(("paper", "dots"), ALL)
def test_the_longest_stamps_have_a_shape_too(paper: Paper, dots: Dots) -> None:
    for size in range(1028, 1035):
        one = shape(size, paper, dots)
        assert millimetres(one.length, one) <= 97
        assert millimetres(one.depth, one) <= 40
    for size, names in ((1056, "Ñá"), (1192, "aB1ÿ.")):
        ted = long_stamp(names, size)
        mixed = shape_of(ted, paper, dots)
        assert mixed
        assert len(mixed.symbol.rows) * mixed.row <= 40 / 25.4 * dots
    assert shape_of(Random(1).randbytes(1500), paper, dots) is None
