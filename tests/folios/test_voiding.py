"""Folios that are never to be used: who may be voided, and that doing it again changes nothing."""

from __future__ import annotations

import pytest

from dteplanows.document.problem import Refused
from dteplanows.folios.age import MAXIMUM_DAYS
from dteplanows.folios.voiding import void
from dteplanows.ledger.rows import Series, Span
from dteplanows.ledger.store import Ledger
from tests.folios.support import counted, issue
from tests.ledger.example import COMPANY, REAL, TODAY, everything, load_caf

SERIES = Series("pruebas", COMPANY.rut, 33)


@pytest.fixture
def ranges(ledger: Ledger) -> Ledger:
    """11 to 30 and, of another CAF, 31 to 40; 12 and 35 are issued; in produccion there are others."""
    load_caf(ledger, 11, 30)
    load_caf(ledger, 31, 40)
    load_caf(ledger, 101, 200, company=REAL)
    for folio in (12, 35):
        issue(ledger, folio, COMPANY)
    return ledger


def refusal(ledger: Ledger, span: Span, reason: str = "dañados", otro_sistema: bool = False) -> tuple[str, str]:
    """Code and text of the one problem for which *span* is not voided."""
    with pytest.raises(Refused) as refused:
        void(ledger, Series.of(COMPANY, 33), span, reason, otro_sistema=otro_sistema)
    (one,) = refused.value.problems
    return one.code, one.text()


def test_a_folio_and_a_range_over_two_cafs(ranges: Ledger) -> None:
    assert void(ranges, Series.of(COMPANY, 33), Span(11, 11), "  dañado\n ") == (1, 0, 0)
    assert void(ranges, Series.of(COMPANY, 33), Span(25, 34), "anulados en el SII") == (10, 0, 0)
    assert counted(ranges, COMPANY) == [(12, 1, 7, 0), (5, 1, 4, 0)]
    assert [one.detalle for one in ranges.events.of()][-2:] == [
        *("tipo 33, folio 11: dañado", "tipo 33, folios 25 a 34: anulados en el SII")
    ]
    assert issue(ranges, 0, COMPANY).folio == 13


def test_doing_it_again_changes_nothing(ranges: Ledger) -> None:
    void(ranges, Series.of(COMPANY, 33), Span(20, 24), "dañados")
    before = everything(ranges)
    assert void(ranges, Series.of(COMPANY, 33), Span(20, 24), "otro motivo") == (0, 5, 0)
    assert void(ranges, Series.of(COMPANY, 33), Span(22, 22), "otro motivo") == (0, 1, 0)
    assert everything(ranges) == before
    assert void(ranges, Series.of(COMPANY, 33), Span(18, 26), "más") == (4, 5, 0)
    assert ranges.folios.use(SERIES, 22).motivo == "dañados"
    assert ranges.folios.use(SERIES, 18).motivo == ranges.folios.use(SERIES, 26).motivo == "más"


@pytest.mark.parametrize(
    ("span", "code", "words"),
    [
        (Span(0, 12), "FOL-055", "0"),
        (Span(11, 10_000_000_000), "FOL-055", "10000000000"),
        (Span(20, 13), "FOL-054", "13-20"),
        (Span(99, 99), "FOL-052", "Los folios 99 de tipo"),
        (Span(101, 101), "FOL-052", "pruebas"),  # that folio is of the other environment
        (Span(1, 50), "FOL-052", "1 a 10 y 41 a 50"),
        (Span(36, 41), "FOL-052", "11 a 30 y 31 a 40"),
        (Span(12, 12), "FOL-050", "tipo 33 lo tiene: 12."),
        (Span(11, 40), "FOL-050", "12 y 35"),
    ],
)
def test_what_may_not_be_voided_is_named_and_nothing_is_voided(
    ranges: Ledger, span: Span, code: str, words: str
) -> None:
    found, text = refusal(ranges, span)
    assert found == code
    assert words in text
    assert counted(ranges, COMPANY) == [(19, 1, 0, 0), (9, 1, 0, 0)]


def test_a_reason_is_needed(ranges: Ledger) -> None:
    assert refusal(ranges, Span(13, 14), " \t ")[0] == "FOL-051"


def test_without_any_caf(ledger: Ledger) -> None:
    assert refusal(ledger, Span(1, 1))[0] == "FOL-034"


def test_of_very_many_issued_folios_ten_are_named(ledger: Ledger) -> None:
    load_caf(ledger, 1, 20)
    for folio in range(2, 14):
        issue(ledger, folio, COMPANY)
    assert refusal(ledger, Span(1, 20))[1].count(", ") >= 9
    assert "2, 3, 4, 5, 6, 7, 8, 9, 10, 11 y otros." in refusal(ledger, Span(1, 20))[1]


def test_lapsed_folios_are_voided_too(ledger: Ledger) -> None:
    load_caf(ledger, 1, 10, fecha=TODAY.replace(year=TODAY.year - 1))
    assert MAXIMUM_DAYS < 365
    assert void(ledger, Series.of(COMPANY, 33), Span(1, 10), "venció el CAF") == (10, 0, 0)
    with pytest.raises(Refused, match="FOL-035"):
        issue(ledger, 0, COMPANY)


def test_that_another_system_used_them_may_be_said_later(ranges: Ledger) -> None:
    void(ranges, Series.of(COMPANY, 33), Span(14, 20), "del sistema anterior")
    void(ranges, Series.of(COMPANY, 33), Span(21, 24), "dañados")
    code, text = refusal(ranges, Span(16, 24), otro_sistema=True)
    assert (code, "14 a 20" in text, "21 a 24" in text) == ("FOL-053", True, False)
    assert ranges.folios.use(SERIES, 22).estado == "anulado"
    assert void(ranges, Series.of(COMPANY, 33), Span(14, 20), "emitidos antes", otro_sistema=True) == (0, 7, 7)
    assert void(ranges, Series.of(COMPANY, 33), Span(14, 20), "emitidos antes", otro_sistema=True) == (0, 7, 0)
    assert ranges.folios.use(SERIES, 16) == ("otro sistema", "del sistema anterior; emitidos antes")
    assert ranges.folios.use(SERIES, 22) == ("anulado", "dañados")
    # And not taken back by voiding them again.
    assert void(ranges, Series.of(COMPANY, 33), Span(14, 20), "anulados en el SII") == (0, 7, 0)
    assert ranges.folios.use(SERIES, 16).estado == "otro sistema"
