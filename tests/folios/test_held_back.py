"""Folios that may have been issued: nobody gets them, they are not free, and a person frees or voids them."""

from __future__ import annotations

import pytest

from dteplanows.document.problem import Refused
from dteplanows.document.writer import MAXIMUM_FOLIO
from dteplanows.folios import allocation
from dteplanows.folios.held_back import held, hold, release
from dteplanows.folios.on_demand import CafsOnDemand
from dteplanows.folios.voiding import void
from dteplanows.issuing.issued_before import IssuedBefore
from dteplanows.ledger.rows import FolioUse, Series, Span
from dteplanows.ledger.store import Ledger
from tests.folios.support import authority, counted, issue
from tests.ledger.example import COMPANY, REAL, TODAY, load_caf

SERIES = Series("pruebas", COMPANY.rut, 33)
WHY = "la base se restauró"


@pytest.fixture
def ranges(ledger: Ledger) -> Ledger:
    """11 to 30 and, of another CAF, 31 to 40; 12 and 35 are issued, 14 is void."""
    load_caf(ledger, 11, 30)
    load_caf(ledger, 31, 40)
    load_caf(ledger, 11, 30, company=REAL)
    for folio in (12, 35):
        issue(ledger, folio, COMPANY)
    void(ledger, Series.of(COMPANY, 33), Span(14, 14), "dañado")
    return ledger


def accounts(ledger: Ledger) -> list[tuple[int, int, int, int]]:
    """Free, issued, void and held back of each CAF; they add up."""
    return [(one.libres, one.emitidos, one.anulados, one.retenidos) for one in allocation.account(ledger, COMPANY, 33)]


def code_of(refused: pytest.ExceptionInfo[Refused]) -> str:
    (one,) = refused.value.problems
    return one.code


def test_automatic_numbering_passes_them_by(ranges: Ledger) -> None:
    assert hold(ranges, SERIES, Span(11, 20), f"  {WHY}\n") == 8
    assert accounts(ranges) == [(10, 1, 1, 8), (9, 1, 0, 0)]
    assert counted(ranges, COMPANY)[0][0] == 10
    assert issue(ranges, 0, COMPANY).folio == 21
    # In the other environment the same numbers are others.
    assert issue(ranges, 0, REAL).folio == 11


def test_an_explicit_one_is_refused_with_the_reason_and_the_way_out(ranges: Ledger) -> None:
    hold(ranges, SERIES, Span(20, 25), WHY)
    with pytest.raises(Refused) as refused:
        issue(ranges, 22, COMPANY)
    assert code_of(refused) == "FOL-080"
    text = refused.value.problems[0].text()
    assert WHY in text
    assert "folio liberar 33 22" in text
    assert "caf anular 33 22" in text
    assert issue(ranges, 26, COMPANY).folio == 26
    assert ranges.folios.use(SERIES, 22) == FolioUse("retenido", WHY)


def test_where_the_others_are_used_up_it_is_said_that_some_are_held_back(ranges: Ledger) -> None:
    hold(ranges, SERIES, Span(11, 40), WHY)
    with pytest.raises(Refused) as refused:
        issue(ranges, 0, COMPANY)
    assert code_of(refused) == "FOL-081"
    assert "11, 13, 15 a 34 y 36 a 40" in refused.value.problems[0].text()


def test_a_type_that_is_held_back_wholly_is_not_said_to_need_a_caf(ranges: Ledger) -> None:
    hold(ranges, Series(COMPANY.ambiente, COMPANY.rut, 34), Span(1, MAXIMUM_FOLIO), WHY)
    with pytest.raises(Refused) as refused:
        issue(ranges, 0, COMPANY, 34)
    assert code_of(refused) == "FOL-081"
    assert "retenidos los folios 1 en adelante," in refused.value.problems[0].text()


def test_what_is_freed_is_given_though_the_search_has_passed_it(ranges: Ledger) -> None:
    hold(ranges, SERIES, Span(11, 40), WHY)
    with pytest.raises(Refused):
        issue(ranges, 0, COMPANY)
    with ranges.transaction(), pytest.raises(Refused):
        allocation.take(ranges, COMPANY, 33, 0, TODAY)  # both CAFs note that nothing is free
    assert release(ranges, SERIES, Span(17, 18), "ana", "no figuran en el SII") == 2
    assert [issue(ranges, 0, COMPANY).folio for _ in range(2)] == [17, 18]
    assert release(ranges, SERIES, Span(30, 31), "ana", "no figuran en el SII") == 2
    assert accounts(ranges) == [(1, 3, 1, 15), (1, 1, 0, 8)]
    assert [one.span for one in held(ranges)] == [
        *(Span(11, 11), Span(13, 13), Span(15, 16), Span(19, 29), Span(32, 34), Span(36, 40))
    ]
    assert {(one.series, one.motivo) for one in held(ranges)} == {(SERIES, WHY)}


def test_a_folio_that_was_issued_is_voided_out_of_the_hold(ranges: Ledger) -> None:
    hold(ranges, SERIES, Span(20, 29), WHY)
    assert void(ranges, Series.of(COMPANY, 33), Span(22, 31), "emitidos antes", otro_sistema=True) == (10, 0, 0)
    assert accounts(ranges) == [(7, 1, 10, 2), (8, 1, 1, 0)]
    assert [one.span for one in held(ranges, SERIES)] == [Span(20, 21)]
    assert ranges.folios.use(SERIES, 25) == FolioUse("otro sistema", "emitidos antes")


def test_a_range_without_a_caf_is_held_for_when_one_comes(ledger: Ledger) -> None:
    hold(ledger, SERIES, Span(1, 10), WHY)
    load_caf(ledger, 1, 12)
    assert issue(ledger, 0, COMPANY).folio == 11
    assert counted(ledger, COMPANY) == [(1, 1, 0, 0)]


def test_the_test_authority_makes_a_block_beyond_them(ledger: Ledger) -> None:
    hold(ledger, SERIES, Span(1, 1500), WHY)
    CafsOnDemand(ledger, authority()).ensure(COMPANY, 33, 0, TODAY)
    assert issue(ledger, 0, COMPANY).folio == 1501
    hold(ledger, SERIES, Span(1, 9_999_999_999), WHY)
    CafsOnDemand(ledger, authority()).ensure(COMPANY, 33, 0, TODAY)
    assert len(ledger.cafs.of("pruebas", COMPANY.rut, 33)) == 1


def test_doing_it_again_holds_nothing_twice(ranges: Ledger) -> None:
    hold(ranges, SERIES, Span(15, 20), WHY)
    assert hold(ranges, SERIES, Span(13, 22), "otra vez") == 3
    assert hold(ranges, SERIES, Span(12, 14), "otra vez") == 0
    assert [one.motivo for one in held(ranges)] == ["otra vez", WHY, "otra vez"]


def test_each_act_is_an_event_and_the_row_says_who(ranges: Ledger) -> None:
    hold(ranges, SERIES, Span(20, 22), WHY)
    release(ranges, SERIES, Span(21, 21), "ana", "no figura")
    assert [(one.tipo, one.detalle) for one in ranges.events.of()][-2:] == [
        ("folio retenido", f"tipo 33, folios 20 a 22: {WHY}"),
        ("folio liberado", "tipo 33, folio 21: no figura; por ana"),
    ]
    query = "SELECT desde, hasta, liberado_por, liberado IS NULL FROM folio_retenido ORDER BY desde"
    assert ranges.connection.execute(query).fetchall() == [(20, 20, "", 1), (21, 21, "ana", 0), (22, 22, "", 1)]


def test_a_note_to_a_document_that_may_have_been_issued_is_not_compared(ranges: Ledger) -> None:
    own = IssuedBefore(ranges, COMPANY)
    assert own.without_document(33, 20) == "libre"
    hold(ranges, SERIES, Span(20, 20), WHY)
    assert own.without_document(33, 20) == ""


@pytest.mark.parametrize(
    ("span", "code"), [(Span(0, 3), "FOL-055"), (Span(11, 10_000_000_000), "FOL-055"), (Span(20, 13), "FOL-054")]
)
def test_what_is_no_range(ranges: Ledger, span: Span, code: str) -> None:
    with pytest.raises(Refused) as refused:
        hold(ranges, SERIES, span, WHY)
    assert code_of(refused) == code
    with pytest.raises(Refused) as refused:
        release(ranges, SERIES, span, "ana", WHY)
    assert code_of(refused) == code
    assert held(ranges) == []


def test_without_a_reason_nothing_is_held_or_freed(ranges: Ledger) -> None:
    hold(ranges, SERIES, Span(20, 20), WHY)
    with pytest.raises(Refused) as refused:
        hold(ranges, SERIES, Span(21, 21), " \n")
    assert code_of(refused) == "FOL-083"
    with pytest.raises(Refused) as refused:
        release(ranges, SERIES, Span(20, 20), "ana", "")
    assert code_of(refused) == "FOL-083"
    assert [one.span for one in held(ranges)] == [Span(20, 20)]


def test_what_is_not_held_back_cannot_be_freed(ranges: Ledger) -> None:
    hold(ranges, SERIES, Span(20, 20), WHY)
    with pytest.raises(Refused) as refused:
        release(ranges, SERIES, Span(21, 30), "ana", "no figuran")
    assert code_of(refused) == "FOL-082"
    assert "que de ese tipo son: 20." in refused.value.problems[0].text()
