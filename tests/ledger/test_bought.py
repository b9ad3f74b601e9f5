"""A book of purchases beside a plain look at all that was received."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

from dteplanows.ledger.bought import Period
from dteplanows.ledger.store import Ledger
from tests.engines import only_sqlite
from tests.ledger.example import COMPANY, REAL, RECEIVED

MONTH = Period(date(2026, 3, 1), date(2026, 3, 31))


def fill(ledger: Ledger) -> None:
    draw = random.Random(4)
    for folio in range(1, 131):
        day = MONTH.desde + timedelta(days=draw.randrange(-5, 36))
        row = replace(RECEIVED, folio=folio, tipo=draw.choice((30, 33, 60, 61, 52)), fecha_emision=day.isoformat(),
                      monto_neto=draw.randrange(9999))  # fmt: skip
        ledger.received.record(replace(row, ambiente=draw.choice(("pruebas", "pruebas", "produccion"))))


def test_pages_leafed_both_ways_are_a_look_at_all(ledger: Ledger) -> None:
    fill(ledger)
    every = ledger.received.of("pruebas", COMPANY.rut, *MONTH)
    right = [one.id for one in sorted(every, key=lambda one: (one.fecha_emision, one.id), reverse=True)]
    page = ledger.bought.page(COMPANY, MONTH, size=7)
    pages = [page]
    while page.later:
        last = page.documents[-1]
        page = ledger.bought.page(COMPANY, MONTH, (last.fecha_emision, last.id), size=7)
        pages.append(page)
    assert [one.id for each in pages for one in each.documents] == right
    assert [each.earlier for each in pages] == [False] + [True] * (len(pages) - 1)
    back = [pages[-1]]
    while back[-1].earlier:
        first = back[-1].documents[0]
        back.append(ledger.bought.page(COMPANY, MONTH, (first.fecha_emision, first.id), back=True, size=7))
    assert [one.id for each in back[::-1] for one in each.documents] == right
    assert [one.id for one in ledger.bought.all(COMPANY, MONTH)] == right
    assert ledger.bought.count(COMPANY, MONTH) == len(right) > 60
    assert ledger.bought.count(REAL, MONTH) < len(right)


def test_totals_are_the_sums_of_each_type(ledger: Ledger) -> None:
    fill(ledger)
    counts, sums = Counter[int](), Counter[int]()
    for one in ledger.received.of("pruebas", COMPANY.rut, *MONTH):
        counts[one.tipo] += 1
        sums[one.tipo] += one.monto_neto
    found = ledger.bought.totals(COMPANY, MONTH)
    assert {one.tipo: (one.documentos, one.neto) for one in found} == {
        tipo: (counts[tipo], sums[tipo]) for tipo in counts
    }
    assert all(one.iva == 190 * one.documentos and one.otros == 100 * one.documentos for one in found)
    assert ledger.bought.totals(COMPANY, Period(date(2020, 1, 1), date(2020, 1, 31))) == []


@only_sqlite
def test_a_month_is_read_in_its_index(ledger: Ledger) -> None:
    from dteplanows.ledger import bought

    values = ("", "", "", "")
    plan = ledger.connection.execute(f"EXPLAIN QUERY PLAN {bought._TOTALS}", values).fetchall()
    assert any("COVERING INDEX documento_recibido_libro" in one[3] for one in plan), plan
    query = bought._PLACES.format(way="DESC", sign="<")
    plan = ledger.connection.execute(f"EXPLAIN QUERY PLAN {query}", (*values, "", 0, 1)).fetchall()
    assert any("COVERING INDEX documento_recibido_libro" in one[3] for one in plan), plan
    assert not any("TEMP B-TREE" in one[3] for one in plan)
