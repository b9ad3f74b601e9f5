"""CAFs that the test authority makes, and that one folio asked for does not move everybody's numbering."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from dteplanows.document.company import Company
from dteplanows.document.problem import Refused
from dteplanows.document.writer import MAXIMUM_FOLIO
from dteplanows.folios.age import MAXIMUM_DAYS
from dteplanows.folios.authority import TestAuthority
from dteplanows.folios.keys import passing_key, stamping_key
from dteplanows.folios.on_demand import BLOCK, MARGIN, CafsOnDemand
from dteplanows.ledger.rows import Span
from dteplanows.ledger.store import Ledger
from tests.engines import only_sqlite
from tests.folios.support import authority as made_once
from tests.folios.support import issue as issue_as
from tests.ledger.example import COMPANY, REAL, TODAY, load_caf


@pytest.fixture(scope="module")
def authority() -> TestAuthority:
    return made_once()


def issue(ledger: Ledger, folio: int = 0, today: date = TODAY) -> int:
    return issue_as(ledger, folio, COMPANY, 33, today).folio


def loaded(ledger: Ledger, tipo: int = 33) -> list[tuple[int, int]]:
    return [(one.desde, one.hasta) for one in ledger.cafs.of("pruebas", COMPANY.rut, tipo)]


def ensure(
    ledger: Ledger, folio: int, authority: TestAuthority, company: Company = COMPANY, today: date = TODAY
) -> None:
    CafsOnDemand(ledger, authority).ensure(company, 33, folio, today)


def process(ledger: Ledger, folio: int, authority: TestAuthority, today: date = TODAY) -> int:
    """As the main road does with a document; its folio."""
    ensure(ledger, folio, authority, today=today)
    return issue(ledger, folio, today)


def test_the_first_caf_on_demand_begins_with_one(ledger: Ledger, authority: TestAuthority) -> None:
    cafs = CafsOnDemand(ledger, authority)
    assert cafs.needed(COMPANY, 33, 0, TODAY)
    ensure(ledger, 0, authority)
    assert loaded(ledger) == [(1, BLOCK)]
    assert not cafs.needed(COMPANY, 33, 0, TODAY)
    ensure(ledger, 0, authority)
    assert loaded(ledger) == [(1, BLOCK)]
    assert issue(ledger) == 1


def test_the_next_block_is_made_before_the_folios_run_out(ledger: Ledger, authority: TestAuthority) -> None:
    load_caf(ledger, 1, MARGIN + 1)
    ensure(ledger, 0, authority)
    assert len(loaded(ledger)) == 1
    for _ in range(2):
        issue(ledger)
    ensure(ledger, 0, authority)
    assert loaded(ledger) == [(1, MARGIN + 1), (MARGIN + 2, MARGIN + 1 + BLOCK)]


@pytest.mark.parametrize(
    ("there", "folio", "made"),
    [
        ([], 1, (1, 1000)),
        ([], 1000, (1, 1000)),
        ([], 1001, (1001, 2000)),
        ([], MAXIMUM_FOLIO, (MAXIMUM_FOLIO - 998, MAXIMUM_FOLIO)),
        ([(1, 10), (21, 30)], 15, (11, 20)),
        ([(1, 10), (990, 1010)], 500, (11, 989)),
        ([(990, 1010)], 1500, (1011, 2000)),
        ([(1, 10), (12, 12)], 11, (11, 11)),
        ([(1, 10)], 10, None),
    ],
)
def test_an_explicit_folio_gets_the_block_it_is_in(
    ledger: Ledger,
    authority: TestAuthority,
    *,
    there: list[tuple[int, int]],
    folio: int,
    made: tuple[int, int] | None,
) -> None:
    for span in there:
        load_caf(ledger, *span)
    ensure(ledger, folio, authority)
    assert sorted(loaded(ledger)) == sorted([*there, *([made] if made else [])])
    assert issue(ledger, folio) == folio


def test_automatic_numbering_goes_on_after_the_last_folio_there_is(ledger: Ledger, authority: TestAuthority) -> None:
    load_caf(ledger, MAXIMUM_FOLIO - 9, MAXIMUM_FOLIO)
    load_caf(ledger, 1, 50)
    ensure(ledger, 0, authority)
    assert (51, 50 + BLOCK) in loaded(ledger)


def test_nothing_is_made_where_every_folio_is_loaded(ledger: Ledger, authority: TestAuthority) -> None:
    load_caf(ledger, 1, MAXIMUM_FOLIO, fecha=TODAY - timedelta(days=MAXIMUM_DAYS + 1))
    ensure(ledger, 0, authority)
    assert len(loaded(ledger)) == 1


# --- one folio asked for --------------------------------------------------------------------------------------


@pytest.mark.parametrize("there", [0, 3])
def test_one_folio_asked_for_does_not_move_the_numbering(ledger: Ledger, authority: TestAuthority, there: int) -> None:
    assert [process(ledger, 0, authority) for _ in range(there)] == list(range(1, there + 1))
    for folio in (999_999, 5_000, 999_998):
        assert process(ledger, folio, authority) == folio
    assert process(ledger, 0, authority) == there + 1


def test_nor_when_a_block_ends(ledger: Ledger, authority: TestAuthority) -> None:
    load_caf(ledger, 1, MARGIN)
    process(ledger, 999_999, authority)
    assert [process(ledger, 0, authority) for _ in range(MARGIN + 2)] == list(range(1, MARGIN + 3))


def test_nor_where_the_companys_own_cafs_are_loaded(ledger: Ledger, authority: TestAuthority) -> None:
    load_caf(ledger, 5001, 5010)
    process(ledger, 999_999, authority)
    process(ledger, 7, authority)
    assert [process(ledger, 0, authority) for _ in range(12)] == list(range(5001, 5013))


def test_numbering_takes_over_what_was_asked_for_when_it_comes_there(ledger: Ledger, authority: TestAuthority) -> None:
    """As of a program that numbers by itself for a while."""
    assert [process(ledger, folio, authority) for folio in (1, 2, 4)] == [1, 2, 4]
    assert [process(ledger, 0, authority) for _ in range(3)] == [3, 5, 6]
    assert loaded(ledger) == [(1, BLOCK)]
    process(ledger, BLOCK + 5, authority)
    assert loaded(ledger) == [(1, BLOCK), (BLOCK + 1, 2 * BLOCK)]
    ledger.folios.void(ledger.cafs.of("pruebas", COMPANY.rut)[0].series, Span(7, BLOCK - 1), "prueba")
    expected = [BLOCK, *range(BLOCK + 1, BLOCK + 5), BLOCK + 6, BLOCK + 7]
    assert [process(ledger, 0, authority) for _ in expected] == expected
    assert loaded(ledger) == [(1, BLOCK), (BLOCK + 1, 2 * BLOCK)]


def test_a_lapsed_one_is_passed_over(ledger: Ledger, authority: TestAuthority) -> None:
    process(ledger, 7, authority, TODAY - timedelta(days=MAXIMUM_DAYS + 1))
    assert process(ledger, 0, authority) == BLOCK + 1


def test_what_is_taken_over_is_so_for_good(ledger: Ledger, authority: TestAuthority) -> None:
    process(ledger, 7, authority)
    assert [one.solo_pedidos for one in ledger.cafs.of("pruebas", COMPANY.rut)] == [True]
    process(ledger, 0, authority)
    assert [one.solo_pedidos for one in ledger.cafs.of("pruebas", COMPANY.rut)] == [False]


def test_without_an_authority_nobody_numbers_from_what_was_asked_for(ledger: Ledger, authority: TestAuthority) -> None:
    process(ledger, 7, authority)
    with pytest.raises(Refused, match="FOL-034"):
        issue(ledger)
    assert issue(ledger, 8) == 8


# --- when nothing is made -------------------------------------------------------------------------------------


def test_nothing_is_made_in_production_or_out_of_bounds(ledger: Ledger, authority: TestAuthority) -> None:
    ensure(ledger, 5, authority, REAL)
    ensure(ledger, 0, authority, REAL)
    ensure(ledger, MAXIMUM_FOLIO + 1, authority)
    ensure(ledger, -1, authority)
    assert ledger.cafs.of("pruebas", COMPANY.rut) == ledger.cafs.of("produccion", COMPANY.rut) == []


# --- the keys -------------------------------------------------------------------------------------------------


def test_a_key_is_unsealed_once(ledger: Ledger, authority: TestAuthority, monkeypatch: pytest.MonkeyPatch) -> None:
    ensure(ledger, 0, authority)
    taken = issue_as(ledger, 0, COMPANY)
    caf = passing_key(ledger, taken.caf_id)
    assert (caf.rut, caf.tipo, caf.desde, caf.hasta) == (COMPANY.rut, 33, 1, BLOCK)
    monkeypatch.setattr(ledger.cafs, "secret", None)
    assert passing_key(ledger, taken.caf_id) is stamping_key(ledger, taken.caf_id) is caf
    monkeypatch.setattr(ledger.cafs, "sealed", None)
    assert passing_key(ledger, taken.caf_id) is stamping_key(ledger, taken.caf_id) is caf


@only_sqlite  # PostgreSQL gives no number twice, whatever is rolled back
def test_the_key_of_a_caf_that_was_rolled_back_is_not_taken_for_that_of_the_next(
    ledger: Ledger, authority: TestAuthority
) -> None:
    def first_of_the_next_caf(folio: int) -> int:
        ensure(ledger, folio, authority)
        newest = max(ledger.cafs.of("pruebas", COMPANY.rut, 33), key=lambda one: one.id)
        assert newest.id == 1
        return passing_key(ledger, newest.id).desde

    with pytest.raises(KeyError), ledger.transaction():
        assert first_of_the_next_caf(1) == 1
        raise KeyError
    assert first_of_the_next_caf(5000) == 4001


def test_two_ledgers_do_not_share_stamping_keys(ledger: Ledger, tmp_path: Path, authority: TestAuthority) -> None:
    other = Ledger(tmp_path / "otro")
    other.companies.save(COMPANY)
    ensure(ledger, 0, authority)
    ensure(other, 5000, authority)
    assert stamping_key(ledger, 1).desde == 1
    assert stamping_key(other, 1).desde == 4001
