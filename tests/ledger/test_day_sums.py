"""Sums that are kept are those of a plain look at all documents, whatever came since and with whatever date."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from dteplanows.ledger import day_sums
from dteplanows.ledger.finding import DayTotals, Wanted
from dteplanows.ledger.place import Place
from dteplanows.ledger.store import Ledger
from tests.engines import only_sqlite
from tests.ledger.example import COMPANY, REAL, load_caf, new_document

FIRST = date(2026, 1, 20)
TYPES = (33, 34, 39, 52, 61, 110)
USERS = ("ana", "Caja Ñ", "erp")
MONTH = Wanted(date(2026, 2, 1), date(2026, 2, 28))
ALL = Wanted()


class Issuing:
    """Issues documents with dates as they come, also of long ago."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.draw = random.Random(16)
        self.cafs = {tipo: load_caf(ledger, 1, 5000, tipo) for tipo in TYPES}
        self.folio = 0

    def some(self, count: int, tipos: tuple[int, ...] = TYPES, users: tuple[str, ...] = USERS) -> None:
        for _ in range(count):
            self.folio += 1
            tipo, draw = self.draw.choice(tipos), self.draw
            # An export has no net amount, in whatever currency it is: the ledger has its pesos.
            neto = 0 if tipo in (34, 110) else draw.randrange(10**6)
            exento = draw.randrange(10**7) if tipo in (34, 110) else draw.choice((0, 0, 5))
            iva = neto * 19 // 100
            day = FIRST + timedelta(days=draw.randrange(50))
            self.ledger.documents.record(replace(
                new_document(self.folio, self.cafs[tipo], tipo), fecha_emision=day.isoformat(), monto_neto=neto,
                monto_exento=exento, iva=iva, monto_total=neto + exento + iva + draw.choice((0, 9)),
                usuario=draw.choice(users),
            ))  # fmt: skip


@pytest.fixture
def issuing(place: Place) -> Iterator[Issuing]:
    ledger = Ledger(place)
    ledger.companies.save(COMPANY)
    ledger.companies.save(REAL)
    yield Issuing(ledger)
    ledger.close()


def by_day(found: Iterator[DayTotals] | list[DayTotals]) -> dict[tuple[str, int], Counter[str]]:
    """The sums of all users of each day and type."""
    sums: dict[tuple[str, int], Counter[str]] = {}
    for one in found:
        named = sums.setdefault((one.fecha_emision, one.tipo), Counter())
        named.update(dict(zip(DayTotals._fields[2:], one[2:], strict=True)))
    return sums


def plain(ledger: Ledger, wanted: Wanted) -> dict[tuple[str, int], Counter[str]]:
    """The same by a look at each document."""
    return by_day([
        DayTotals(one.tipo, one.fecha_emision, 1, one.monto_neto, one.monto_exento, one.iva, one.monto_total,
                  int(one.iva != 0), int(one.monto_exento != 0))
        for one in ledger.finding.found(COMPANY, wanted)
    ])  # fmt: skip


def kept(ledger: Ledger) -> int:
    return int(ledger.connection.execute("SELECT COUNT(*) FROM suma_diaria").fetchone()[0])


def test_sums_are_right_at_first_again_and_after_documents_of_long_ago(
    issuing: Issuing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(day_sums, "_MUCH", 3)
    ledger = issuing.ledger
    assert list(ledger.day_sums.days(COMPANY, MONTH)) == []
    for count in (60, 1, 5, 40, 2):
        issuing.some(count)
        for wanted in (MONTH, ALL, MONTH._replace(tipo=61), MONTH._replace(usuario="CAJA ñ")):
            assert by_day(list(ledger.day_sums.days(COMPANY, wanted))) == plain(ledger, wanted)
            assert by_day(list(ledger.finding.days(COMPANY, wanted))) == plain(ledger, wanted)
    issuing.some(3, users=("nueva",))
    assert by_day(list(ledger.day_sums.days(COMPANY, ALL))) == plain(ledger, ALL)
    assert list(ledger.day_sums.days(REAL, ALL)) == []


def test_a_document_of_a_kept_day_is_added_without_writing(issuing: Issuing) -> None:
    ledger = issuing.ledger
    issuing.some(30)
    list(ledger.day_sums.days(COMPANY, MONTH))
    before = sorted(ledger.connection.execute("SELECT * FROM suma_diaria").fetchall())
    issuing.some(20)
    found = by_day(list(ledger.day_sums.days(COMPANY, MONTH)))
    assert found == plain(ledger, MONTH)
    streams = {(one.usuario, one.tipo) for one in ledger.pages.kinds(COMPANY)}
    after = ledger.connection.execute("SELECT * FROM suma_diaria").fetchall()
    assert len(after) == 28 * len(streams)
    assert set(before) <= set(after)


def test_many_new_documents_are_written_so_that_they_are_not_added_each_time(
    issuing: Issuing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(day_sums, "_MUCH", 2)
    ledger = issuing.ledger
    issuing.some(1, (33,), ("ana",))
    list(ledger.day_sums.days(COMPANY, ALL))
    issuing.some(200, (33,), ("ana",))
    list(ledger.day_sums.days(COMPANY, ALL))
    highest = ledger.connection.execute("SELECT MAX(hasta) FROM suma_diaria").fetchone()[0]
    assert highest > 190
    assert by_day(list(ledger.day_sums.days(COMPANY, ALL))) == plain(ledger, ALL)


def test_what_is_to_be_added_up_is_counted(issuing: Issuing) -> None:
    ledger = issuing.ledger
    assert ledger.day_sums.to_add_up(COMPANY, MONTH, 100) == 0
    issuing.some(50)
    there = sum(1 for _ in ledger.finding.found(COMPANY, MONTH))
    assert ledger.day_sums.to_add_up(COMPANY, MONTH, 100) == there
    assert ledger.day_sums.to_add_up(COMPANY, MONTH, 5) == 5
    list(ledger.day_sums.days(COMPANY, MONTH))
    issuing.some(5, users=("ana",))
    assert ledger.day_sums.to_add_up(COMPANY, MONTH, 100) == 0
    assert ledger.day_sums.to_add_up(COMPANY, ALL, 100) == 55 - sum(1 for _ in ledger.finding.found(COMPANY, MONTH))


def test_sums_are_told_where_they_cannot_be_written(issuing: Issuing, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = issuing.ledger
    issuing.some(30)

    def full(*parts: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(ledger.db, "writing", full)
    assert by_day(list(ledger.day_sums.days(COMPANY, MONTH))) == plain(ledger, MONTH)
    assert kept(ledger) == 0


@only_sqlite
def test_kept_sums_lead_into_the_index_by_date(issuing: Issuing) -> None:
    words = issuing.ledger.db.words.sums_of_days
    plan = issuing.ledger.connection.execute(f"EXPLAIN QUERY PLAN {words}", ("", "", "", "")).fetchall()
    assert any("nuevo USING COVERING INDEX documento_por_fecha" in one[3] and "id>?" in one[3] for one in plan)
