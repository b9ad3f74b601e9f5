"""The totals of a period on random ledgers, beside the sums of a plain look at all, and of archive/totals."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from dteplanows.archive.totals import sales, sign_of, totals
from dteplanows.document.elements import BRANCHES
from dteplanows.ledger.finding import Wanted
from dteplanows.ledger.place import Place
from dteplanows.ledger.store import Ledger
from dteplanows.portal.sales.chart import HEIGHT, WIDTH, chart
from dteplanows.portal.sales.summary import Bar, Line, _months, summary
from tests.ledger.example import COMPANY, load_caf, new_document

FIRST = date(2026, 2, 1)
TYPES = tuple(sorted(BRANCHES))


@pytest.fixture
def ledger(place: Place) -> Iterator[Ledger]:
    one = Ledger(place)
    one.companies.save(COMPANY)
    yield one
    one.close()


def fill(ledger: Ledger, seed: int, documents: int) -> None:
    """Documents of all types, some refused, some discarded, some guías annulled."""
    draw = random.Random(seed)
    cafs = {tipo: load_caf(ledger, 1, 1000, tipo) for tipo in TYPES}
    for number in range(1, documents + 1):
        tipo = draw.choice(TYPES)
        neto, exento, other = draw.randrange(10**6), draw.choice((0, draw.randrange(10**5))), draw.choice((0, 0, 777))
        iva = neto * 19 // 100
        day = FIRST + timedelta(days=draw.randrange(45))
        row = replace(
            new_document(number, cafs[tipo], tipo), fecha_emision=day.isoformat(), monto_neto=neto, monto_exento=exento,
            iva=iva, monto_total=neto + exento + iva + other, usuario=draw.choice(("ana", "caja")),
        )  # fmt: skip
        identifier = ledger.documents.record(row)
        fate = draw.choice(("", "", "", "rechazado", "descartado", "anulada", "aceptado"))
        if fate == "anulada":
            stored = ledger.documents.by_id(identifier)
            assert stored
            if tipo == 52:
                ledger.marks.annul(stored, "ana")
        elif fate:
            with ledger.transaction():
                order = "UPDATE entrega SET estado = ? WHERE documento_id = ?"
                ledger.connection.execute(order, (fate, identifier))


@pytest.mark.parametrize("seed", [3, 8])
def test_totals_are_those_of_a_look_at_all(ledger: Ledger, seed: int) -> None:
    fill(ledger, seed, 160)
    for wanted in (Wanted(FIRST, FIRST + timedelta(days=27)), Wanted(FIRST, FIRST + timedelta(days=80))):
        shown = summary(ledger, COMPANY, wanted)
        counted = [one for one in ledger.finding.found(COMPANY, wanted) if one.has_effect and not one.anulada]
        for line in (*shown.sales, *shown.others):
            of_type = [one for one in counted if one.tipo == line.tipo]
            sign = -1 if line.tipo in (61, 112) else 1
            assert line.documentos == len(of_type)
            assert line.neto == sign * sum(one.monto_neto for one in of_type)
            assert line.total == sign * sum(one.monto_total for one in of_type)
            assert line.neto + line.exento + line.iva + line.otros == line.total
        assert [one.tipo for one in shown.others] == [43, 46, 52]
        by_month = totals(ledger, COMPANY, wanted)
        right = sales(by_month)
        assert (shown.sum.documentos, shown.sum.neto, shown.sum.exento, shown.sum.iva, shown.sum.total) == (
            right.documentos, right.neto, right.exento, right.iva, right.total,
        )  # fmt: skip
        assert shown.refused == sum(one.rechazados for one in by_month) > 0
        assert shown.annulled == sum(one.anuladas for one in by_month)
        assert shown.documents == len(list(ledger.finding.found(COMPANY, wanted)))
        assert sum(one.total for one in shown.bars) == shown.sum.total
        assert sum(one.documentos for one in shown.bars) == sum(1 for one in counted if sign_of(one.tipo))


def test_days_have_a_bar_each_and_months_of_a_long_period(ledger: Ledger) -> None:
    fill(ledger, 5, 40)
    month = summary(ledger, COMPANY, Wanted(FIRST, date(2026, 2, 28)))
    assert [one.day for one in month.bars] == [f"2026-02-{day:02}" for day in range(1, 29)]
    year = summary(ledger, COMPANY, Wanted(date(2026, 1, 1), date(2026, 12, 31)))
    assert [one.day for one in year.bars] == ["2026-02", "2026-03"]
    assert list(_months("2025-11", "2026-02")) == ["2025-11", "2025-12", "2026-01", "2026-02"]


def test_an_empty_period_has_no_lines(ledger: Ledger) -> None:
    shown = summary(ledger, COMPANY, Wanted(FIRST, FIRST))
    assert (shown.sales, shown.others) == ([], [])
    assert (shown.sum, shown.bars) == (Line(0, "", *[0] * 8), [Bar("2026-02-01", 0, 0)])
    assert shown.documents == 0


def test_bars_stand_inside_their_picture() -> None:
    bars = [Bar("1", 1, 500), Bar("2", 0, 0), Bar("3", 1, -250), Bar("4", 1, 1)]
    drawn = chart(bars)
    assert drawn.highest == bars[0]
    assert [one.is_below for one in drawn.bars] == [False, False, True, False]
    for one in drawn.bars:
        assert 0 <= one.x <= one.x + one.width <= WIDTH
        assert one.y >= 0 and one.y + one.height <= HEIGHT + 0.2
    assert drawn.bars[1].height == 0 < drawn.bars[3].height
    assert drawn.bars[2].y == drawn.zero == pytest.approx(drawn.bars[0].y + drawn.bars[0].height)
    assert chart([Bar("1", 0, 0)]).highest is None
    assert chart([]).bars == []
