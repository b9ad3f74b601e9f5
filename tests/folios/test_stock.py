"""How many folios are left, and for how long."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dteplanows.folios import allocation
from dteplanows.folios.age import LAPSING, MAXIMUM_DAYS, expired, last_day
from dteplanows.folios.loading import load
from dteplanows.folios.stock import Lot, days_covered, free_count, stock
from dteplanows.folios.voiding import void
from dteplanows.ledger.rows import Series, Span
from dteplanows.ledger.store import Ledger
from tests.folios.support import caf
from tests.ledger.example import REAL, TODAY, new_document


def issue(ledger: Ledger, folio: int) -> None:
    with ledger.transaction():
        taken = allocation.take(ledger, REAL, 33, folio, TODAY)
        ledger.documents.record(new_document(taken.folio, taken.caf_id, ambiente="produccion"))


def test_nothing_is_loaded(ledger: Ledger) -> None:
    found = stock(ledger, REAL, 33, TODAY)
    assert (found.libres, found.vencidos, found.ultimo_dia) == (0, 0, None)


def test_what_is_left_is_what_the_account_says(ledger: Ledger) -> None:
    load(ledger, REAL, caf(0, 1, 100), TODAY)
    for _ in range(40):
        issue(ledger, 0)
    for folio in (70, 90):
        issue(ledger, folio)
    void(ledger, Series.of(REAL, 33), Span(80, 84), "dañados")
    (one,) = ledger.cafs.of("produccion", REAL.rut)
    (account,) = allocation.account(ledger, REAL, 33)
    assert free_count(ledger, one) == account.libres == 53
    # A range obtained again takes its folios from the older one.
    load(ledger, REAL, caf(1, 61, 70), TODAY)
    counted = [free_count(ledger, one) for one in ledger.cafs.of("produccion", REAL.rut)]
    assert counted == [one.libres for one in allocation.account(ledger, REAL, 33)]
    assert stock(ledger, REAL, 33, TODAY).libres == 53


def test_lapsed_folios_are_counted_apart(ledger: Ledger) -> None:
    for number, (desde, age) in enumerate(((1, 0), (11, 100), (21, MAXIMUM_DAYS + 1))):
        load(ledger, REAL, caf(number, desde, desde + 9), TODAY)
        ledger.connection.execute(
            "UPDATE caf SET fecha_autorizacion = ? WHERE desde = ?", (str(TODAY - timedelta(days=age)), desde)
        )
    found = stock(ledger, REAL, 33, TODAY)
    days = [TODAY + timedelta(days=one) for one in (MAXIMUM_DAYS - 100, MAXIMUM_DAYS)]
    assert found.lots == (Lot(10, days[0]), Lot(10, days[1]))
    assert (found.libres, found.vencidos, found.ultimo_dia) == (20, 10, days[1])


@pytest.mark.parametrize("tipo", [33, 39])
def test_the_last_day_is_the_one_before_it_lapses(tipo: int) -> None:
    last = last_day(tipo, TODAY)
    if last is None:
        assert tipo not in LAPSING
        return
    assert not expired(tipo, TODAY, last)
    assert expired(tipo, TODAY, last + timedelta(days=1))


# --- for how long ---------------------------------------------------------------------------------------------


def lots(*pairs: tuple[int, int | None]) -> list[Lot]:
    """Free folios, and in how many days they lapse."""
    return [Lot(free, None if days is None else TODAY + timedelta(days=days)) for free, days in pairs]


@pytest.mark.parametrize(
    ("given_lots", "per_day", "days"),
    [
        ([], 5, 0),
        ([(100, None)], 5, 20),
        ([(100, None)], 0, None),
        ([(100, 9)], 5, 10),
        ([(100, 9)], 0, 10),
        ([(10, 9)], 5, 2),
        ([(100, 9), (50, None)], 5, 20),
        ([(100, 9), (100, 9)], 5, 10),
        ([(100, 9), (50, None)], 0, None),
        ([(1, None)], 4, 0.25),
    ],
)
def test_for_how_many_days_they_are_enough(
    given_lots: list[tuple[int, int | None]], per_day: float, days: float | None
) -> None:
    assert days_covered(lots(*given_lots), per_day, TODAY) == days


@given(st.lists(st.tuples(st.integers(1, 60), st.none() | st.integers(0, 40)), max_size=5), st.integers(1, 9))
def test_day_by_day_it_is_the_same(pairs: list[tuple[int, int | None]], per_day: int) -> None:
    """Against one who uses them folio by folio, oldest lot first, as automatic numbering does."""
    left = [[free, days] for free, days in pairs]
    used = 0
    while True:
        day = used // per_day
        usable = next((one for one in left if one[0] and (one[1] is None or one[1] >= day)), None)
        if usable is None:
            break
        assert usable[0] is not None
        usable[0] -= 1
        used += 1
    found = days_covered(lots(*pairs), per_day, TODAY)
    assert found is not None
    assert abs(found - used / per_day) <= 1 + len(pairs) / per_day
