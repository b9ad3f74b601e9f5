"""Finding issued documents: every question against a plain look at all of them, plans, and totals."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice, product

import pytest

from dteplanows.archive.totals import Totals, sales, sign_of, totals
from dteplanows.ledger import finding
from dteplanows.ledger.engines.sqlite.database import WORDS
from dteplanows.ledger.finding import ListedDocument, Wanted
from dteplanows.ledger.store import Ledger
from tests.engines import only_sqlite
from tests.ledger.example import COMPANY, REAL, load_caf, new_document, rut

START = date(2026, 1, 1)
RECEIVERS = (rut(77000222), rut(77000333), "66666666-6")
USERS = ("ana", "Caja 1", "ñandú")
TYPES = (33, 39, 52, 61)


@pytest.fixture
def filled(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    """A ledger with 240 documents in no order of their days, some of another company's; pages and parts are small."""
    monkeypatch.setattr(finding, "_FIRST_PAGE", 2)
    monkeypatch.setattr(finding, "_PAGE", 7)
    monkeypatch.setattr(finding, "_MOST_AT_ONCE", 5)
    monkeypatch.setattr(finding, "_FEW", 9)
    draw = random.Random(13)
    for company in (COMPANY, REAL):
        cafs = {tipo: load_caf(ledger, 1, 1000, tipo, company=company) for tipo in TYPES}
        folios = dict.fromkeys(TYPES, 0)
        for number in range(240 if company is COMPANY else 20):
            tipo = draw.choice(TYPES)
            folios[tipo] += 1
            row = replace(
                new_document(folios[tipo], cafs[tipo], tipo, company.ambiente),
                fecha_emision=(START + timedelta(days=draw.randrange(60))).isoformat(),
                rut_receptor=draw.choice(RECEIVERS),
                usuario=draw.choice(USERS),
                monto_neto=100 * number,
                monto_total=119 * number,
                iva=19 * number,
                beside=f'{{"adicionales": {{"A1": "{number % 3}"}}}}',
            )
            identifier = ledger.documents.record(row)
            stored = ledger.documents.by_id(identifier)
            if tipo == 52 and number % 4 == 0 and stored:
                ledger.marks.annul(stored, "ana")
    return ledger


def all_of_them(ledger: Ledger) -> list[ListedDocument]:
    """All documents of the company, the slow way."""
    ids = ledger.connection.execute(
        "SELECT fecha_emision, id FROM documento WHERE ambiente = 'pruebas' ORDER BY fecha_emision DESC, id DESC"
    ).fetchall()
    return list(ledger.finding._rows(COMPANY, Wanted(), ids))


def fits(one: ListedDocument, wanted: Wanted, data: dict[int, str]) -> bool:
    day = date.fromisoformat(one.fecha_emision)
    return (
        (wanted.desde or date.min) <= day <= (wanted.hasta or date.max)
        and wanted.tipo in (0, one.tipo)
        and wanted.receptor in ("", one.rut_receptor)
        and wanted.usuario.casefold() in ("", one.usuario.casefold())
        and wanted.folio in (0, one.folio)
        and (wanted.datum is None or data[one.id] == wanted.datum[1])
    )


def every_question() -> Iterator[Wanted]:
    days = ((None, None), (START + timedelta(days=20), None), (None, START + timedelta(days=9)),
            (START + timedelta(days=30), START + timedelta(days=30)))  # fmt: skip
    for (desde, hasta), tipo, receptor, usuario, folio, datum in product(
        days, (0, 52, 34), ("", *RECEIVERS[1:], rut(77000999)), ("", "ÑANDÚ", "nadie"), (0, 3), (None, ("a1", "2"))
    ):
        yield Wanted(desde, hasta, tipo, receptor, usuario, folio, datum)


def test_every_question_has_the_answer_of_a_look_at_all(filled: Ledger) -> None:
    everything = all_of_them(filled)
    data = dict(filled.connection.execute("SELECT documento_id, valor FROM dato_adicional"))
    assert len(everything) == 240
    sizes = set()
    for wanted in every_question():
        right = [one for one in everything if fits(one, wanted, data)]
        assert list(filled.finding.found(COMPANY, wanted)) == right, wanted
        sizes.add(len(right))
    assert {0, 1, 240} <= sizes


def test_totals_are_the_sums_without_what_was_annulled(filled: Ledger) -> None:
    everything = all_of_them(filled)
    by_index = (Wanted(), Wanted(tipo=52), Wanted(usuario="ana"), Wanted(desde=START + timedelta(days=31)))
    by_row = (Wanted(receptor=RECEIVERS[0]), Wanted(datum=("A1", "1")), Wanted(tipo=52, usuario="caja 1"))
    for wanted in (*by_index, *by_row):
        data = dict(filled.connection.execute("SELECT documento_id, valor FROM dato_adicional"))
        rows = [one for one in everything if fits(one, wanted, data)]
        right: dict[tuple[str, int], Totals] = {}
        for one in rows:
            key = (one.fecha_emision[:7], one.tipo)
            was = right.get(key, Totals(*key, 0, 0, 0, 0, 0, 0))
            if one.anulada:
                right[key] = was._replace(anuladas=was.anuladas + 1)
            else:
                right[key] = Totals(
                    *key, was.documentos + 1, was.anuladas, was.neto + one.monto_neto, was.exento + one.monto_exento,
                    was.iva + one.iva, was.total + one.monto_total, 0, was.con_iva + (one.iva != 0),
                    was.con_exento + (one.monto_exento != 0),
                )  # fmt: skip
        assert totals(filled, COMPANY, wanted) == [right[key] for key in sorted(right)], wanted
    assert any(one.anuladas for one in totals(filled, COMPANY, Wanted()))


def test_sales_take_credit_notes_off_and_leave_out_what_is_no_sale() -> None:
    rows = [Totals("2026-01", tipo, 1, 0, 100, 0, 19, 119) for tipo in (33, 33, 56, 61, 52, 46, 43)]
    assert sales(rows) == Totals("", 0, 4, 0, 200, 0, 38, 238)
    assert [sign_of(one) for one in (33, 61, 112, 56, 111, 52)] == [1, -1, -1, 1, 1, 0]


def test_documents_issued_meanwhile_do_not_disturb_the_list(filled: Ledger) -> None:
    listed = filled.finding.found(COMPANY, Wanted())
    begun = list(islice(listed, 3))
    row = replace(new_document(999, 1), fecha_emision="2027-01-01")
    filled.documents.record(row)
    rest = list(listed)
    assert len(begun) + len(rest) == 240
    assert next(filled.finding.found(COMPANY, Wanted())).folio == 999


def test_an_empty_ledger_has_nothing(ledger: Ledger) -> None:
    for wanted in (Wanted(), Wanted(receptor=RECEIVERS[0]), Wanted(folio=1), Wanted(datum=("A1", "1"))):
        assert list(ledger.finding.found(COMPANY, wanted)) == []
    assert totals(ledger, COMPANY, Wanted()) == []


@only_sqlite
@pytest.mark.parametrize(
    ("query", "index"),
    [
        *((one, "COVERING INDEX documento_por_fecha (ambiente=? AND rut_emisor=? AND usuario=? AND tipo") for one in (
            finding._STREAMS, finding._SAME_DAY, finding._EARLIER, finding.DAYS, *finding._FIRST_AND_LAST)),
        (WORDS.of_receiver, "INDEX documento_por_receptor (<expr>=? AND rut_receptor=? AND rut_emisor=? AND "
                               "ambiente=? AND tipo=? AND fecha_emision>?"),
        (finding._ROWS.format(**WORDS._asdict()), "SEARCH documento USING INTEGER PRIMARY KEY"),
        (finding._OF_FOLIO, "AND tipo=? AND folio=?"),
    ],
)  # fmt: skip
def test_every_statement_uses_its_index(ledger: Ledger, query: str, index: str) -> None:
    plan = ledger.connection.execute(f"EXPLAIN QUERY PLAN {query}", ["1"] * query.count("?")).fetchall()
    assert any(index in row[3] for row in plan), plan
