"""Pages of issued documents: every list against a plain look at all of them, both ways, while others are issued."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest

from dteplanows.document.company import Company
from dteplanows.ledger import finding, pages
from dteplanows.ledger.finding import OF_STREAM, ListedDocument, Stream, Wanted
from dteplanows.ledger.pages import Listing, Order, Page, Spot, TooManyError, Turn
from dteplanows.ledger.store import Ledger
from tests.engines import only_sqlite
from tests.ledger.example import COMPANY, load_caf, new_document, rut

START = date(2026, 1, 1)
RECEIVERS = {rut(77000222): "Ferretería Ñandú", rut(77000333): "Pérez y Cía.", "66666666-6": ""}
USERS = ("ana", "Caja 1")
TYPES = (33, 39, 52, 61)
DOCUMENTS = 120


@pytest.fixture
def filled(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    """A ledger with documents in no order of their days, many of equal amount; what is looked at at once is small."""
    monkeypatch.setattr(pages, "_FIRST_LOOK", 31)
    monkeypatch.setattr(pages, "_LOOK", 50)
    monkeypatch.setattr(finding, "_FEW", 9)
    draw = random.Random(17)
    cafs = {tipo: load_caf(ledger, 1, 1000, tipo) for tipo in TYPES}
    folios = dict.fromkeys(TYPES, 0)
    for number in range(DOCUMENTS):
        tipo = draw.choice(TYPES)
        folios[tipo] += 1
        receiver = draw.choice(list(RECEIVERS))
        row = replace(
            new_document(folios[tipo], cafs[tipo], tipo),
            fecha_emision=(START + timedelta(days=draw.randrange(20))).isoformat(),
            rut_receptor=receiver,
            razon_social_receptor=RECEIVERS[receiver],
            usuario=draw.choice(USERS),
            monto_total=119 * (number % 10),
        )
        ledger.documents.record(row)
    for number in (4, 17, 80):
        ledger.connection.execute("UPDATE entrega SET estado = 'rechazado' WHERE documento_id = ?", (number,))
    accepted = "documento_id % 3 = 0 AND documento_id <> 80"
    ledger.connection.execute(f"UPDATE entrega SET estado = 'aceptado' WHERE {accepted}")
    return ledger


def leaf(ledger: Ledger, listing: Listing, size: int, back: bool = False) -> Iterator[Page]:
    """All pages of *listing*, from its beginning, or from its end backwards."""
    spot: Spot | None = None
    while True:
        page = ledger.pages.page(COMPANY, listing, Turn(spot, back, size))
        yield page
        if not (page.earlier if back else page.later):
            return
        assert page.documents or page.stopped, "a page without anything leads nowhere"
        edge = page.documents[0 if back else -1] if page.documents else None
        spot = page.stopped or (listing.spot(edge) if edge else None)


def every_listing() -> Iterator[Listing]:
    wanted = (
        Wanted(), Wanted(START + timedelta(days=5), START + timedelta(days=9)), Wanted(tipo=61, usuario="CAJA 1"),
        Wanted(receptor=rut(77000333)), Wanted(folio=3), Wanted(estado="rechazado"), Wanted(estado="aceptado", tipo=33),
        Wanted(estado="pendiente"), Wanted(desde=START + timedelta(days=60)),
    )  # fmt: skip
    others = (Listing(Wanted()), Listing(Wanted(), "ferreteria ñANDU", least=300, most=800))
    for one, other, (order, falling) in product(wanted, others, product(Order, (True, False))):
        if other.nombre == "" or falling:
            yield other._replace(wanted=one, order=order, falling=falling)


def right_answer(listing: Listing, everything: list[ListedDocument]) -> list[ListedDocument]:
    wanted, (least, most) = listing.wanted, listing.amounts
    fitting = [
        one for one in everything
        if (wanted.desde or date.min) <= date.fromisoformat(one.fecha_emision) <= (wanted.hasta or date.max)
        and wanted.tipo in (0, one.tipo) and wanted.folio in (0, one.folio)
        and wanted.receptor in ("", one.rut_receptor) and wanted.estado in ("", one.estado_sii)
        and wanted.usuario.casefold() in ("", one.usuario.casefold()) and least <= one.monto_total <= most
        and (not listing.nombre or one.razon_social_receptor == "Ferretería Ñandú")
    ]  # fmt: skip
    return sorted(fitting, key=listing.spot, reverse=listing.falling)


def test_every_list_leafed_both_ways_is_a_look_at_all(filled: Ledger) -> None:
    everything = list(filled.finding.found(COMPANY, Wanted()))
    assert len(everything) == DOCUMENTS
    sizes = set()
    for listing in every_listing():
        right = right_answer(listing, everything)
        sizes.add(len(right))
        forwards = list(leaf(filled, listing, 29))
        assert [one for page in forwards for one in page.documents] == right, listing
        assert not forwards[0].earlier
        if right:
            after = Spot(listing.spot(right[-1]).value, listing.spot(right[-1]).id + (-1 if listing.falling else 1))
            behind: list[ListedDocument] = []
            while True:
                page = filled.pages.page(COMPANY, listing, Turn(after, back=True, size=37))
                behind = page.documents + behind
                if not page.earlier:
                    break
                after = listing.spot(page.documents[0])
            assert behind == right, listing
        if listing.order is Order.DAY and listing.falling:
            assert list(filled.pages.all(COMPANY, listing)) == right, listing
    assert {0, 3, DOCUMENTS} <= sizes


def test_what_no_index_serves_is_looked_for_in_bounded_steps(filled: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MOST_LOOKED_AT", 10)
    everything = list(filled.finding.found(COMPANY, Wanted()))
    asked = (Listing(Wanted(), "ñandú"), Listing(Wanted(), "nadie así"), Listing(Wanted(estado="aceptado")),
             Listing(Wanted(), "ñandú", order=Order.AMOUNT, falling=False))  # fmt: skip
    for listing in asked:
        found = list(leaf(filled, listing, 3))
        right = [] if listing.nombre == "nadie así" else right_answer(listing, everything)
        assert [one for page in found for one in page.documents] == right, listing
        assert any(page.stopped for page in found)
        assert all(len(page.documents) <= 3 for page in found)


def test_every_document_is_seen_once_while_others_are_issued(filled: Ledger) -> None:
    before = {one.id for one in filled.finding.found(COMPANY, Wanted())}
    draw = random.Random(5)
    for listing in (Listing(Wanted()), Listing(Wanted(), falling=False), Listing(Wanted(), order=Order.AMOUNT)):
        seen: list[int] = []
        for number, page in enumerate(leaf(filled, listing, 7)):
            seen += [one.id for one in page.documents]
            day = (START + timedelta(days=draw.randrange(20))).isoformat()
            at = 500 + number + 100 * list(Order).index(listing.order) + 50 * listing.falling
            filled.documents.record(replace(new_document(at, 1), fecha_emision=day, monto_total=draw.randrange(1200)))
        assert len(seen) == len(set(seen))
        assert before <= set(seen)


def test_a_period_too_long_for_an_order_is_refused(filled: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MOST_SORTED", DOCUMENTS)
    monkeypatch.setattr(pages, "MOST_OF_INDEX", DOCUMENTS)
    listings = [Listing(Wanted(), order=Order.FOLIO), Listing(Wanted(), order=Order.AMOUNT), Listing(Wanted(), least=1)]
    for one in listings:
        assert filled.pages.page(COMPANY, one, Turn()).documents
    monkeypatch.setattr(pages, "MOST_SORTED", DOCUMENTS - 1)
    monkeypatch.setattr(pages, "MOST_OF_INDEX", DOCUMENTS - 1)
    for one in listings:
        with pytest.raises(TooManyError):
            filled.pages.page(COMPANY, one, Turn())
    assert filled.pages.count(COMPANY, Wanted(), 500) == DOCUMENTS
    assert filled.pages.count(COMPANY, Wanted(tipo=33), 5) == 5


def test_what_was_added_up_is_not_counted_again(filled: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    period = Wanted(START, START + timedelta(days=40))
    listing, counted, count = Listing(period, order=Order.AMOUNT), list[Wanted](), pages.Pages._count

    def counting(self: pages.Pages, company: Company, wanted: Wanted, streams: Iterable[Stream], most: int) -> int:
        counted.append(wanted)
        return count(self, company, wanted, streams, most)

    monkeypatch.setattr(pages.Pages, "_count", counting)
    monkeypatch.setattr(pages, "MOST_OF_INDEX", DOCUMENTS)
    before = filled.pages.page(COMPANY, listing, Turn()).documents
    assert len(counted) == 1
    filled.day_sums.days(COMPANY, period)
    assert filled.pages.page(COMPANY, listing, Turn()).documents == before
    monkeypatch.setattr(pages, "MOST_OF_INDEX", DOCUMENTS - 1)
    with pytest.raises(TooManyError):
        filled.pages.page(COMPANY, listing, Turn())
    assert len(counted) == 1
    # A user of whom nothing was ever added up.
    filled.documents.record(replace(new_document(700, 1), fecha_emision=START.isoformat(), usuario="otro"))
    monkeypatch.setattr(pages, "MOST_OF_INDEX", DOCUMENTS)
    with pytest.raises(TooManyError):
        filled.pages.page(COMPANY, listing, Turn())
    assert len(counted) == 2


@only_sqlite
def test_a_page_enters_the_index_where_it_begins(ledger: Ledger) -> None:
    index = "COVERING INDEX documento_por_fecha (ambiente=? AND rut_emisor=? AND usuario=? AND tipo=? AND "
    for falling in (True, False):
        query, values = pages._query(OF_STREAM, Listing(Wanted(), falling=falling), Spot("2026-01-01", 5))
        plan = ledger.connection.execute(f"EXPLAIN QUERY PLAN {query}", ("", "", "", 1, *values, 1)).fetchall()
        assert index in plan[0][3]
        assert ">" in plan[0][3].rpartition(index)[2] and "<" in plan[0][3].rpartition(index)[2], plan
        assert len(plan) == 1, plan
