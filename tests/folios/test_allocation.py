"""Which folio a document gets: every rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from dteplanows.document.company import Company
from dteplanows.document.problem import Refused
from dteplanows.document.writer import MAXIMUM_FOLIO
from dteplanows.folios import allocation
from dteplanows.folios.age import MAXIMUM_DAYS, expired
from dteplanows.folios.allocation import Taken
from dteplanows.folios.voiding import void
from dteplanows.ledger.rows import Series, Span
from dteplanows.ledger.store import Ledger
from tests.folios import support
from tests.ledger.example import COMPANY, REAL, TODAY, load_caf, rut

LONG_AGO = TODAY - timedelta(days=MAXIMUM_DAYS + 1)


def issue(ledger: Ledger, folio: int = 0, tipo: int = 33, company: Company = COMPANY) -> Taken:
    """Take a folio and record its document."""
    return support.issue(ledger, folio, company, tipo)


def refusal(ledger: Ledger, folio: int = 0, tipo: int = 33) -> tuple[str, str]:
    """Code and whole text of the one problem for which the folio is refused."""
    with pytest.raises(Refused) as refused:
        issue(ledger, folio, tipo)
    (one,) = refused.value.problems
    return one.code, one.text()


def free_and_issued_and_void(ledger: Ledger, tipo: int = 33) -> list[tuple[int, int, int]]:
    return [(one.libres, one.emitidos, one.anulados) for one in allocation.account(ledger, COMPANY, tipo)]


# --- automatic numbering --------------------------------------------------------------------------------------


def test_the_oldest_authorization_comes_first_then_what_was_loaded_first(ledger: Ledger) -> None:
    newest = load_caf(ledger, 1, 2)
    first = load_caf(ledger, 201, 202, fecha=TODAY - timedelta(days=5))
    second = load_caf(ledger, 101, 102, fecha=TODAY - timedelta(days=5))
    expected = [(201, first), (202, first), (101, second), (102, second), (1, newest), (2, newest)]
    assert [issue(ledger)[:2] for _ in expected] == expected


def test_folios_used_explicitly_or_voided_are_skipped(ledger: Ledger) -> None:
    load_caf(ledger, 1, 10)
    for folio in (1, 2, 5, 10):
        issue(ledger, folio)
    for folio in (3, 6, 7):
        void(ledger, Series.of(COMPANY, 33), Span(folio, folio), "se dañó el formulario")
    assert [issue(ledger).folio for _ in range(3)] == [4, 8, 9]
    assert refusal(ledger)[0] == "FOL-035"
    assert free_and_issued_and_void(ledger) == [(0, 7, 3)]


def test_an_expired_caf_is_skipped(ledger: Ledger) -> None:
    load_caf(ledger, 1, 10, fecha=LONG_AGO)
    load_caf(ledger, 11, 20, fecha=TODAY - timedelta(days=MAXIMUM_DAYS))
    assert issue(ledger).folio == 11


def test_a_document_that_is_not_recorded_gives_its_folio_back(ledger: Ledger) -> None:
    load_caf(ledger, 1, 10)
    issue(ledger)
    with pytest.raises(ZeroDivisionError), ledger.transaction():
        assert allocation.take(ledger, COMPANY, 33, 0, TODAY).folio == 2
        raise ZeroDivisionError
    with ledger.transaction():
        # Taken but never recorded, in a transaction that happens all the same.
        assert allocation.take(ledger, COMPANY, 33, 0, TODAY).folio == 2
    assert [issue(ledger).folio for _ in range(9)] == list(range(2, 11))


def test_types_companies_and_environments_have_their_own_folios(ledger: Ledger) -> None:
    other = replace(COMPANY, rut=rut(76000333))
    ledger.companies.save(other)
    for company in (COMPANY, REAL, other):
        for tipo in (33, 39):
            load_caf(ledger, 1, 10, tipo, company=company)
    for company in (COMPANY, REAL, other):
        for tipo in (33, 39):
            assert issue(ledger, 0, tipo, company).folio == 1
            assert issue(ledger, 7, tipo, company).folio == 7


# --- refusals -------------------------------------------------------------------------------------------------


def test_no_caf_at_all(ledger: Ledger) -> None:
    load_caf(ledger, 1, 10, tipo=39)
    for folio in (0, 5):
        code, text = refusal(ledger, folio)
        assert code == "FOL-034"
        assert "tipo 33" in text and "cargue" in text


def test_all_used_up(ledger: Ledger) -> None:
    load_caf(ledger, 1, 1)
    load_caf(ledger, 5, 6)
    for _ in range(3):
        issue(ledger)
    code, text = refusal(ledger)
    assert code == "FOL-035"
    assert "1 y 5 a 6" in text
    assert refusal(ledger)[0] == "FOL-035"


def test_a_caf_authorized_after_today_is_of_a_clock_that_is_behind(ledger: Ledger) -> None:
    load_caf(ledger, 1, 5, fecha=TODAY + timedelta(days=1))
    for folio in (0, 3):
        code, text = refusal(ledger, folio)
        assert code == "FOL-070"
        assert str(TODAY + timedelta(days=1)) in text
    load_caf(ledger, 6, 9, fecha=TODAY)
    assert issue(ledger).folio == 6


def test_all_expired(ledger: Ledger) -> None:
    load_caf(ledger, 1, 10, fecha=LONG_AGO)
    assert refusal(ledger)[0] == "FOL-036"
    code, text = refusal(ledger, 5)
    assert code == "FOL-037"
    assert LONG_AGO.isoformat() in text


def test_used_up_and_expired_is_said_as_used_up(ledger: Ledger) -> None:
    load_caf(ledger, 1, 1, fecha=LONG_AGO)
    void(ledger, Series.of(COMPANY, 33), Span(1, 1), "venció el CAF")
    assert refusal(ledger)[0] == "FOL-035"


def test_a_used_folio_is_refused_in_the_words_that_clients_know(ledger: Ledger) -> None:
    load_caf(ledger, 1, 10)
    issue(ledger, 7)
    code, text = refusal(ledger, 7)
    assert code == "FOL-032"
    assert "Ya existe el Documento" in text
    assert "33" in text and "7" in text


def test_a_void_folio_is_refused(ledger: Ledger) -> None:
    load_caf(ledger, 1, 10)
    void(ledger, Series.of(COMPANY, 33), Span(6, 8), "error del usuario")
    code, text = refusal(ledger, 7)
    assert code == "FOL-033"
    assert "error del usuario" in text


def test_a_folio_of_no_caf_names_the_ranges(ledger: Ledger) -> None:
    load_caf(ledger, 1, 10)
    load_caf(ledger, 21, 30)
    code, text = refusal(ledger, 15)
    assert code == "FOL-031"
    assert "1 a 10 y 21 a 30" in text


@pytest.mark.parametrize("folio", [-1, MAXIMUM_FOLIO + 1])
def test_a_folio_out_of_bounds(ledger: Ledger, folio: int) -> None:
    load_caf(ledger, 1, 10)
    assert refusal(ledger, folio)[0] == "FOL-030"


def test_the_highest_folio_can_be_used(ledger: Ledger) -> None:
    load_caf(ledger, MAXIMUM_FOLIO, MAXIMUM_FOLIO)
    assert issue(ledger).folio == MAXIMUM_FOLIO
    assert refusal(ledger)[0] == "FOL-035"


@pytest.mark.parametrize(
    ("tipo", "lapses"), [(33, True), (56, True), (61, True), (34, False), (39, False), (52, False)]
)
def test_which_types_lapse(tipo: int, lapses: bool) -> None:
    assert expired(tipo, LONG_AGO, TODAY) is lapses
    assert not expired(tipo, LONG_AGO + timedelta(days=1), TODAY)


def test_a_caf_never_outlives_six_calendar_months() -> None:
    for day in range(366):
        authorized = date(2024, 1, 1) + timedelta(days=day)
        month = authorized.month + 6
        begin = date(authorized.year + (month - 1) // 12, (month - 1) % 12 + 1, 1)
        six_months_on = begin + timedelta(days=authorized.day - 1)
        assert authorized + timedelta(days=MAXIMUM_DAYS) <= six_months_on
