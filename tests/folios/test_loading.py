"""CAFs of a company that comes from another provider: a range half used, and one that the SII gave again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from dteplanows.document.problem import Refused, Severity
from dteplanows.folios import allocation
from dteplanows.folios.age import MAXIMUM_DAYS
from dteplanows.folios.caf import Caf
from dteplanows.folios.loading import USED_ELSEWHERE, load
from dteplanows.folios.voiding import Voided, void
from dteplanows.ledger.rows import Series, Span
from dteplanows.ledger.store import Ledger
from tests.folios.support import caf, counted, issue
from tests.ledger.example import COMPANY, REAL, TODAY

SERIES = Series("produccion", REAL.rut, 33)


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [one.code for one in refused.value.problems]


def said(ledger: Ledger, one: Caf) -> list[str]:
    """Load a CAF; what is said of it."""
    return [found.code for found in load(ledger, REAL, one, TODAY)[1]]


# --- a range half used ----------------------------------------------------------------------------------------


def test_what_another_system_used_is_never_given(ledger: Ledger) -> None:
    voided, found = load(ledger, REAL, caf(0, 101, 200), TODAY, 151)
    assert (voided, found) == (Voided(50, 0), [])
    assert counted(ledger) == [(50, 0, 50, 0)]
    assert issue(ledger).folio == 151
    with pytest.raises(Refused) as refused:
        issue(ledger, 150)
    assert codes(refused) == ["FOL-033"]
    assert USED_ELSEWHERE in refused.value.problems[0].message
    assert ledger.folios.use(SERIES, 101) == ("otro sistema", USED_ELSEWHERE)


def test_a_million_folios_used_elsewhere_are_one_row(ledger: Ledger) -> None:
    load(ledger, REAL, caf(0, 1, 5_000_000), TODAY, 4_999_999)
    assert ledger.connection.execute("SELECT COUNT(*) FROM tramo_anulado").fetchone() == (1,)
    assert issue(ledger).folio == 4_999_999
    assert counted(ledger) == [(1, 1, 4_999_998, 0)]


def test_from_its_first_folio_on_is_the_whole_range(ledger: Ledger) -> None:
    assert load(ledger, REAL, caf(0, 101, 200), TODAY, 101)[0] == (0, 0, 0)
    assert counted(ledger) == [(100, 0, 0, 0)]


@pytest.mark.parametrize("folio", [1, 100, 201, 9_999_999_999])
def test_a_folio_that_is_not_in_the_range_is_refused_with_the_range(ledger: Ledger, folio: int) -> None:
    with pytest.raises(Refused) as refused:
        load(ledger, REAL, caf(0, 101, 200), TODAY, folio)
    assert codes(refused) == ["FOL-042"]
    assert str(folio) in refused.value.problems[0].message
    assert "101 a 200" in refused.value.problems[0].message
    assert ledger.cafs.of("produccion", REAL.rut) == []


def test_what_is_wrong_with_the_file_is_said_with_it(ledger: Ledger) -> None:
    with pytest.raises(Refused) as refused:
        load(ledger, REAL, replace(caf(0, 101, 200), idk=100), TODAY, 7)
    assert codes(refused) == ["FOL-011", "FOL-042"]


def test_only_that_company_type_and_environment_is_touched(ledger: Ledger) -> None:
    load(ledger, COMPANY, caf(1, 101, 200, 0, COMPANY), TODAY)
    load(ledger, REAL, replace(caf(2, 101, 200), tipo=39), TODAY)
    load(ledger, REAL, caf(0, 101, 200), TODAY, 151)
    assert counted(ledger, COMPANY) == counted(ledger, REAL, 39) == [(100, 0, 0, 0)]


# --- a range obtained again -----------------------------------------------------------------------------------


def test_the_same_file_is_refused_whatever_became_of_it(ledger: Ledger) -> None:
    load(ledger, REAL, caf(0, 1, 10), TODAY)
    for desde_folio in (0, 5):
        with pytest.raises(Refused) as refused:
            load(ledger, REAL, caf(0, 1, 10), TODAY, desde_folio)
        assert codes(refused) == ["FOL-040"]
    # Also where a newer one has its folios by now.
    assert said(ledger, caf(1, 1, 10)) == ["FOL-041"]
    with pytest.raises(Refused) as refused:
        load(ledger, REAL, caf(0, 1, 10), TODAY)
    assert codes(refused) == ["FOL-040"]
    assert counted(ledger) == [(0, 0, 0, 10), (10, 0, 0, 0)]


@pytest.mark.parametrize("span", [(1, 10), (4, 6), (5, 5), (8, 15), (1, 99)])
def test_the_newest_caf_that_has_the_folio_stamps(ledger: Ledger, span: tuple[int, int]) -> None:
    load(ledger, REAL, caf(0, 1, 10, 30), TODAY)
    (found,) = load(ledger, REAL, caf(1, *span, 3), TODAY)[1]
    assert (found.code, found.severity) == ("FOL-041", Severity.AVISO)
    assert f"los folios {Span(*span).words} se cruza" in found.message and "1 a 10" in found.message
    for folio in range(1, max(10, span[1]) + 1):
        assert issue(ledger, folio).caf_id == (2 if span[0] <= folio <= span[1] else 1)


@pytest.mark.parametrize(("ages", "newest"), [((30, 3), 2), ((3, 30), 1), ((3, 3), 2)])
def test_the_day_of_authorization_counts_and_not_the_order_of_the_files(
    ledger: Ledger, ages: tuple[int, int], newest: int
) -> None:
    for number, age in enumerate(ages):
        load(ledger, REAL, caf(number, 1, 10, age), TODAY)
    assert {issue(ledger).caf_id for _ in range(10)} == {newest}


def test_automatic_numbering_uses_each_folio_once(ledger: Ledger) -> None:
    load(ledger, REAL, caf(0, 1, 10, 30), TODAY)
    assert [issue(ledger).folio for _ in range(3)] == [1, 2, 3]
    void(ledger, Series.of(REAL, 33), Span(9, 9), "dañado")
    load(ledger, REAL, caf(1, 3, 6, 3), TODAY)
    assert counted(ledger) == [(3, 2, 1, 4), (3, 1, 0, 0)]
    taken = [issue(ledger) for _ in range(6)]
    assert [(one.folio, one.caf_id) for one in taken] == [(7, 1), (8, 1), (10, 1), (4, 2), (5, 2), (6, 2)]
    with pytest.raises(Refused) as refused:
        issue(ledger)
    assert codes(refused) == ["FOL-035"]


def test_a_lapsed_range_obtained_again_serves_from_where_it_was(ledger: Ledger) -> None:
    old = caf(0, 1, 10, MAXIMUM_DAYS + 1)
    load(ledger, REAL, old, old.fecha_autorizacion)
    assert issue(ledger, today=TODAY - timedelta(days=5)).folio == 1
    with pytest.raises(Refused) as refused:
        issue(ledger)
    assert codes(refused) == ["FOL-036"]
    load(ledger, REAL, caf(1, 1, 10), TODAY)
    assert [issue(ledger)[:2], issue(ledger, 5)[:2]] == [(2, 2), (5, 2)]
    assert counted(ledger) == [(0, 0, 0, 10), (7, 3, 0, 0)]


def test_folios_given_again_one_by_one(ledger: Ledger) -> None:
    load(ledger, REAL, caf(0, 1, 10, 30), TODAY)
    for number, folio in enumerate((3, 7, 8), 1):
        load(ledger, REAL, caf(number, folio, folio, 3), TODAY)
    assert [issue(ledger)[:2] for _ in range(10)] == [
        *((folio, 1) for folio in (1, 2, 4, 5, 6, 9, 10)), *((3, 2), (7, 3), (8, 4)),
    ]  # fmt: skip


def test_a_void_folio_and_an_issued_one_stay_so_when_given_again(ledger: Ledger) -> None:
    load(ledger, REAL, caf(0, 1, 10, 30), TODAY)
    issue(ledger, 4)
    void(ledger, Series.of(REAL, 33), Span(2, 2), "anulado en el SII")
    voided, _ = load(ledger, REAL, caf(1, 1, 10, 3), TODAY, 6)
    # Of those before the sixth: one issued here, one void before.
    assert voided == (3, 1, 0)
    assert counted(ledger) == [(0, 0, 0, 10), (5, 1, 4, 0)]
    assert ledger.folios.use(SERIES, 2) == ("anulado", "anulado en el SII")
    assert issue(ledger).folio == 6


def test_a_caf_of_the_sii_goes_before_those_of_the_own_authority(ledger: Ledger) -> None:
    """In pruebas: the authority's was made today for a folio that no CAF had; the SII's is older, and is for real."""
    load(ledger, COMPANY, caf(0, 1, 1000, 0, COMPANY, of_sii=False), TODAY)
    load(ledger, COMPANY, caf(1, 1, 50, 20, COMPANY), TODAY)
    assert [issue(ledger, folio, COMPANY).caf_id for folio in (0, 50, 51)] == [2, 2, 1]
    load(ledger, COMPANY, caf(2, 1, 50, 0, COMPANY, of_sii=False), TODAY)
    assert issue(ledger, 0, COMPANY)[:2] == (2, 2)


def test_the_accounts_of_crossing_cafs_do_not_double_a_folio(ledger: Ledger) -> None:
    spans = [(1, 100, 50), (51, 150, 40), (90, 95, 30), (1, 3, 60), (40, 160, 45)]
    for number, (desde, hasta, age) in enumerate(spans):
        load(ledger, REAL, caf(number, desde, hasta, age), TODAY)
    issue(ledger, 92)
    issue(ledger, 60)
    void(ledger, Series.of(REAL, 33), Span(85, 91), "dañados")
    accounts = allocation.account(ledger, REAL, 33)
    assert sum(one.libres for one in accounts) == 160 - 2 - 7
    assert sum(one.emitidos for one in accounts) == 2
    assert sum(one.anulados for one in accounts) == 7
    assert sum(one.en_otro for one in accounts) == 100 + 100 + 6 + 3 + 121 - 160
