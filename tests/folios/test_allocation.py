"""Which folio a document gets: every rule, and that the three states of a folio always add up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dteplanows.document.company import Company
from dteplanows.document.problem import Refused
from dteplanows.document.writer import MAXIMUM_FOLIO
from dteplanows.folios import allocation
from dteplanows.folios.age import MAXIMUM_DAYS, expired
from dteplanows.folios.allocation import BLOCK, MARGIN, Taken
from dteplanows.folios.authority import TestAuthority
from dteplanows.ledger.store import Ledger
from tests.ledger.example import COMPANY, REAL, TODAY, load_caf, new_document, rut

LONG_AGO = TODAY - timedelta(days=MAXIMUM_DAYS + 1)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    one = Ledger(tmp_path / "datos")
    one.save_company(COMPANY)
    one.save_company(REAL)
    yield one
    one.close()


@pytest.fixture(scope="module")
def authority() -> TestAuthority:
    return TestAuthority.generate()


def issue(ledger: Ledger, folio: int = 0, tipo: int = 33, company: Company = COMPANY) -> Taken:
    """Take a folio and record its document, as the main road does."""
    with ledger.transaction():
        taken = allocation.take(ledger, company, tipo, folio, TODAY)
        row = new_document(taken.folio, taken.caf_id, tipo, company.ambiente)
        ledger.record(replace(row, rut_emisor=company.rut))
    return taken


def refusal(ledger: Ledger, folio: int = 0, tipo: int = 33) -> tuple[str, str]:
    """Code and whole text of the one problem for which the folio is refused."""
    with pytest.raises(Refused) as refused:
        issue(ledger, folio, tipo)
    (one,) = refused.value.problems
    return one.code, one.text()


def free_and_issued_and_void(ledger: Ledger, tipo: int = 33) -> list[tuple[int, int, int]]:
    return [(one.libres, one.emitidos, one.anulados) for one in allocation.account(ledger, COMPANY, tipo)]


def loaded(ledger: Ledger, tipo: int = 33) -> list[tuple[int, int]]:
    return [(one.desde, one.hasta) for one in ledger.cafs("pruebas", COMPANY.rut, tipo)]


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
        allocation.void(ledger, COMPANY, 33, folio, "se dañó el formulario")
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
    ledger.save_company(other)
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
    assert "1 a 1 y 5 a 6" in text
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
    allocation.void(ledger, COMPANY, 33, 1, "venció el CAF")
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
    allocation.void(ledger, COMPANY, 33, 7, "error del usuario")
    assert refusal(ledger, 7)[0] == "FOL-033"


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


# --- voiding --------------------------------------------------------------------------------------------------


def test_voiding_is_for_free_folios_of_a_caf(ledger: Ledger) -> None:
    load_caf(ledger, 1, 10, fecha=LONG_AGO)
    load_caf(ledger, 11, 20)
    issue(ledger, 12)
    allocation.void(ledger, COMPANY, 33, 1, "  venció el CAF ")
    refused = {1: "FOL-033", 12: "FOL-050", 99: "FOL-031", 0: "FOL-030"}
    for folio, code in refused.items():
        with pytest.raises(Refused) as problems:
            allocation.void(ledger, COMPANY, 33, folio, "motivo")
        assert [one.code for one in problems.value.problems] == [code]
    with pytest.raises(Refused, match="FOL-051"):
        allocation.void(ledger, COMPANY, 33, 2, " ")
    assert free_and_issued_and_void(ledger) == [(9, 0, 1), (9, 1, 0)]
    assert ledger.events()[-1].detalle == "tipo 33, folio 1: venció el CAF"


# --- CAFs on demand -------------------------------------------------------------------------------------------


def ensure(ledger: Ledger, folio: int, authority: TestAuthority | None, company: Company = COMPANY) -> None:
    allocation.ensure(ledger, company, 33, folio, TODAY, authority)


def test_the_first_caf_on_demand_begins_with_one(ledger: Ledger, authority: TestAuthority) -> None:
    assert allocation.on_demand(ledger, COMPANY, 33, 0, TODAY, authority)
    ensure(ledger, 0, authority)
    assert loaded(ledger) == [(1, BLOCK)]
    assert not allocation.on_demand(ledger, COMPANY, 33, 0, TODAY, authority)
    ensure(ledger, 0, authority)
    assert loaded(ledger) == [(1, BLOCK)]
    assert issue(ledger).folio == 1


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
    assert issue(ledger, folio).folio == folio


def test_automatic_numbering_goes_on_after_the_last_folio_there_is(ledger: Ledger, authority: TestAuthority) -> None:
    ensure(ledger, MAXIMUM_FOLIO, authority)
    load_caf(ledger, 1, 50)
    for folio in range(MAXIMUM_FOLIO - 998, MAXIMUM_FOLIO + 1):
        ledger.save_void("pruebas", COMPANY.rut, 33, folio, "prueba")
    ensure(ledger, 0, authority)
    assert (51, 50 + BLOCK) in loaded(ledger)


def test_nothing_is_made_without_an_authority_or_in_production(ledger: Ledger, authority: TestAuthority) -> None:
    ensure(ledger, 5, None)
    ensure(ledger, 5, authority, REAL)
    ensure(ledger, 0, authority, REAL)
    ensure(ledger, MAXIMUM_FOLIO + 1, authority)
    ensure(ledger, -1, authority)
    assert ledger.cafs("pruebas", COMPANY.rut) == ledger.cafs("produccion", COMPANY.rut) == []


def test_the_stamping_key_is_unsealed_once(
    ledger: Ledger, authority: TestAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    ensure(ledger, 0, authority)
    taken = issue(ledger)
    caf = allocation.stamping_key(ledger, taken.caf_id)
    assert (caf.rut, caf.tipo, caf.desde, caf.hasta) == (COMPANY.rut, 33, 1, BLOCK)
    monkeypatch.setattr(ledger, "caf_secret", None)
    assert allocation.stamping_key(ledger, taken.caf_id) is caf


def test_two_ledgers_do_not_share_stamping_keys(ledger: Ledger, tmp_path: Path, authority: TestAuthority) -> None:
    other = Ledger(tmp_path / "otro")
    other.save_company(COMPANY)
    ensure(ledger, 0, authority)
    ensure(other, 5000, authority)
    assert allocation.stamping_key(ledger, 1).desde == 1
    assert allocation.stamping_key(other, 1).desde == 4001


# --- whatever is done, the three states add up ----------------------------------------------------------------

_BODIES = count(60_000_000)
_FOLIOS = st.integers(-1, 32)
_ACTIONS = st.lists(
    st.one_of(
        st.just(("automatic", 0)),
        st.tuples(st.just("explicit"), _FOLIOS),
        st.tuples(st.just("void"), _FOLIOS),
        st.tuples(st.just("failed"), st.one_of(st.just(0), _FOLIOS)),
        st.tuples(st.just("unrecorded"), st.just(0)),
    ),
    max_size=40,
)
_CAFS = st.lists(st.sampled_from([(1, 5, 9), (6, 6, 3), (8, 14, 200), (15, 20, 0), (25, 30, 181)]), unique=True)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    one = Ledger(tmp_path_factory.mktemp("compartido"))
    # What is tested here is not durability.
    one.connection.execute("PRAGMA synchronous = OFF")
    yield one
    one.close()


class _Undone(Exception):  # noqa: N818 - rolls back; nothing failed
    pass


def _act(ledger: Ledger, company: Company, action: str, folio: int) -> None:
    if action == "void":
        allocation.void(ledger, company, 33, folio, "prueba")
    elif action == "unrecorded":
        with ledger.transaction():
            allocation.take(ledger, company, 33, 0, TODAY)
    elif action == "failed":
        with ledger.transaction():
            allocation.take(ledger, company, 33, folio, TODAY)
            raise _Undone
    else:
        issue(ledger, folio, 33, company)


def _expected(ranges: list[tuple[int, int, int]], gone: set[int], action: str, folio: int) -> int:
    """The folio that the rules give: 0 when they refuse."""
    in_order = sorted(ranges, key=lambda one: (-one[2], one[0]))
    valid = [one for span in in_order if span[2] <= MAXIMUM_DAYS for one in range(span[0], span[1] + 1)]
    if action == "void":
        valid = [one for span in ranges for one in range(span[0], span[1] + 1)]
    if folio or action == "void":
        return folio if folio in valid and folio not in gone else 0
    return next((one for one in valid if one not in gone), 0)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_CAFS, _ACTIONS)
def test_free_issued_and_void_add_up(
    shared: Ledger, ranges: list[tuple[int, int, int]], actions: list[tuple[str, int]]
) -> None:
    company = replace(COMPANY, rut=rut(next(_BODIES)))
    shared.save_company(company)
    for desde, hasta, age in ranges:
        load_caf(shared, desde, hasta, fecha=TODAY - timedelta(days=age), company=company)
    gone: dict[int, str] = {}
    for action, folio in actions:
        expected = _expected(ranges, set(gone), action, folio)
        with suppress(Refused, _Undone):
            _act(shared, company, action, folio)
            assert expected, f"{action} {folio} must be refused"
        if expected and action in {"automatic", "explicit", "void"}:
            gone[expected] = action
    for one in allocation.account(shared, company, 33):
        span = range(one.caf.desde, one.caf.hasta + 1)
        void = [folio for folio in span if gone.get(folio) == "void"]
        issued = [folio for folio in span if gone.get(folio, "void") != "void"]
        assert (one.emitidos, one.anulados) == (len(issued), len(void))
        assert one.libres + one.emitidos + one.anulados == len(span)
        assert one.siguiente == next((folio for folio in span if folio not in gone), 0)
        assert all(shared.folio_use("pruebas", company.rut, 33, folio) == "emitido" for folio in issued)
