"""Issued documents page by page, as a person leafs through them: by day, amount or folio, forwards and backwards.

A page begins behind the document that the one before ended with, never at a number of rows: what is issued meanwhile
moves nothing, and the thousandth page costs what the first one does.

What no index serves (a name, a common state) is looked for in the documents of the period one after the other, and only
so many at once; where the search stopped is told, and it goes on from there.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterator, Sequence
from enum import Enum
from itertools import islice
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple

from dteplanows.document.company import Company
from dteplanows.document.text import without_accents
from dteplanows.ledger.day_sums import added_up
from dteplanows.ledger.finding import OF_STREAM, Finding, ListedDocument, Place, Stream, Wanted, period_of

MOST_LOOKED_AT = 3000
"""Documents that one page looks at where no index tells which ones fit."""
MOST_SORTED = 20_000
"""Documents of a period that are sorted by folio, which the index by date does not have."""
MOST_OF_INDEX = 400_000
"""Documents of a period whose amounts are looked through in the index."""

_FIRST_LOOK, _LOOK = 100, 1000
_MOST_OF_RECEIVER = 3000
"""Documents of a receiver that are all looked up; those of one who has more are looked for among the others."""
_NO_AMOUNT = 10**18
"""More than an amount of pesos can be."""
_LAST = 2**62
"""Behind every id."""
_OF_RECEIVER = "FROM documento WHERE ambiente = ? AND rut_emisor = ? AND rut_receptor = ? AND tipo = ?"


class Order(Enum):
    """What a list is sorted by; among equals the order of their issue counts."""

    DAY = "fecha_emision"
    AMOUNT = "monto_total"
    FOLIO = "folio"


class Spot(NamedTuple):
    """Where a document stands in a list: what this is sorted by, and its id."""

    value: Any
    """A day as AAAA-MM-DD, whole pesos, or a folio."""
    id: int


class Listing(NamedTuple):
    """Which documents are listed, and how."""

    wanted: Wanted
    nombre: str = ""
    """A part of the receiver's name, whatever its accents and the case of its letters."""
    least: int | None = None
    """Whole pesos of the total at least; None for no bound."""
    most: int | None = None
    order: Order = Order.DAY
    falling: bool = True
    """The last day, the greatest amount or the highest folio first."""

    @property
    def amounts(self) -> tuple[int, int]:
        """The bounds of the total, both included."""
        return -_NO_AMOUNT if self.least is None else self.least, _NO_AMOUNT if self.most is None else self.most

    @property
    def has_amounts(self) -> bool:
        """Whether there is a bound."""
        return self.least is not None or self.most is not None

    def spot(self, one: ListedDocument) -> Spot:
        """Where a document stands in this list."""
        return Spot(attrgetter(self.order.value)(one), one.id)


class Turn(NamedTuple):
    """Which page is meant."""

    spot: Spot | None = None
    """Where it begins, that place excluded; None for the first page."""
    back: bool = False
    """It is the one before that place."""
    size: int = 50


class Page(NamedTuple):
    """Documents in the order of their list."""

    documents: list[ListedDocument]
    earlier: bool
    """There are others before them."""
    later: bool
    """There are others behind them."""
    stopped: Spot | None = None
    """The last document that was looked at, where the search ended before its end; the next one goes on there."""


_BETWEEN = "\x1f"
"""Between names that are folded together; a name that has it is folded by itself."""


class TooManyError(Exception):
    """The period has more documents than can be sorted or looked through so; ``most`` of them could be."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


class Pages(Finding):
    """The part of the ledger that lists issued documents page by page."""

    def page(self, company: Company, listing: Listing, turn: Turn) -> Page:
        """A page of *listing*.

        :raises TooManyError: its order or its amounts ask for a shorter period.
        """
        falling = listing.falling is not turn.back
        directed = listing._replace(falling=falling)
        places = self._ordered(company, directed, turn)
        found: list[ListedDocument] = []
        looked, last = 0, turn.spot
        look = _FIRST_LOOK
        while len(found) <= turn.size and (some := list(islice(places, min(look, MOST_LOOKED_AT - looked)))):
            found += self._fitting(company, listing, some)
            looked, last, look = looked + len(some), some[-1], min(2 * look, _LOOK)
        stopped = last if len(found) <= turn.size and looked >= MOST_LOOKED_AT else None
        more = len(found) > turn.size or stopped is not None
        shown = found[: turn.size]
        if turn.back:
            return Page(shown[::-1], more, True, stopped)
        return Page(shown, turn.spot is not None, more, stopped)

    def all(self, company: Company, listing: Listing) -> Iterator[ListedDocument]:
        """All documents of *listing*, by day, the newest first, whatever its order."""
        name, (least, most) = _folded(listing.nombre), listing.amounts
        for one in self.found(company, listing.wanted):
            if least <= one.monto_total <= most and name in _folded(one.razon_social_receptor):
                yield one

    def count(self, company: Company, wanted: Wanted, most: int) -> int:
        """How many documents the period has, of *wanted*'s type and user; *most* where they are as many or more."""
        return self._count(company, wanted, self._streams(company, wanted), most)

    def kinds(self, company: Company) -> list[Stream]:
        """Users and types of which there are documents, in order."""
        return self._streams(company, Wanted())

    # --- where they stand ------------------------------------------------------------------------------------

    def _ordered(self, company: Company, listing: Listing, turn: Turn) -> Iterator[Spot]:
        """Where documents stand behind *turn*, in order, with some that are not wanted."""
        if self._is_of_receiver_in_order(listing):
            return self._of_receiver_in_order(company, listing, turn)
        few = self._few(company, listing.wanted)
        if few is None and listing.order is Order.FOLIO:
            few = self._whole_period(company, listing)
        if few is None:
            return self._of_index(company, listing, turn)
        if listing.order is Order.DAY:
            return _behind([Spot._make(one) for one in few], listing.falling, turn.spot)
        return self._sorted(listing, turn, [one for _, one in few])

    def _is_of_receiver_in_order(self, listing: Listing) -> bool:
        """Whether an index has those that are wanted in their order, for each type apart."""
        wanted = listing.wanted
        narrower = wanted.folio or wanted.estado
        by_day = listing.order is Order.DAY and not listing.has_amounts
        return bool(self.db.words.has_receivers_by_day and wanted.receptor and by_day and not narrower)

    def _of_receiver_in_order(self, company: Company, listing: Listing, turn: Turn) -> Iterator[Spot]:
        """Where the documents of one receiver stand by day."""
        types = sorted({one.tipo for one in self._streams(company, listing.wanted)})
        key = (company.ambiente, company.rut, listing.wanted.receptor)
        parts = (self._of_one(_OF_RECEIVER, (*key, one), listing, turn) for one in types)
        return heapq.merge(*parts, reverse=listing.falling)

    def _few(self, company: Company, wanted: Wanted) -> list[Place] | None:
        """Where an index leads to few documents, all of them; None where it does not."""
        if wanted.folio:
            return self._of_folio(company, wanted.folio)
        if wanted.estado and (few := self._of_rare_state(company, wanted.estado)) is not None:
            return few
        if not wanted.receptor:
            return None
        types = json.dumps(sorted({one.tipo for one in self._streams(company, wanted)}))
        values = (wanted.receptor, company.rut, company.ambiente, types, *period_of(wanted), _MOST_OF_RECEIVER)
        found = self.db.questions.execute(self.db.words.of_receiver, values).fetchall()
        return found if len(found) < _MOST_OF_RECEIVER else None

    def _whole_period(self, company: Company, listing: Listing) -> list[Place]:
        """All of the period."""
        streams = self._bounded(company, listing.wanted, MOST_SORTED)
        by_day = listing._replace(order=Order.DAY)
        turn = Turn(size=MOST_SORTED)
        key = (company.ambiente, company.rut)
        return [place for one in streams for place in self._of_one(OF_STREAM, (*key, *one), by_day, turn)]

    def _of_index(self, company: Company, listing: Listing, turn: Turn) -> Iterator[Spot]:
        """Where they stand by day or by amount: the index has both, for each user and type apart."""
        wanted = listing.wanted
        sorted_by_amount = listing.order is Order.AMOUNT
        if sorted_by_amount or listing.has_amounts:
            streams = self._bounded(company, wanted, MOST_OF_INDEX)
        else:
            streams = self._streams(company, wanted)
        key = (company.ambiente, company.rut)
        parts = (self._of_one(OF_STREAM, (*key, *one), listing, turn) for one in streams)
        return heapq.merge(*parts, reverse=listing.falling)

    def _bounded(self, company: Company, wanted: Wanted, most: int) -> list[Stream]:
        """The users and types of *wanted*.

        :raises TooManyError: they have more than *most* documents in the period.
        """
        streams = self._streams(company, wanted)
        known = added_up(self.db, company, wanted, streams)
        if (self._count(company, wanted, streams, most + 1) if known is None else known) > most:
            raise TooManyError(most)
        return streams

    def _of_one(self, of_these: str, key: Sequence[object], listing: Listing, turn: Turn) -> Iterator[Spot]:
        """Where the documents stand that an index has one after the other, in order, piece by piece.

        :param of_these: the query of all of them, whose values are *key*.
        """
        by_day = listing.order is Order.DAY
        spot, size, execute = turn.spot, turn.size + 1, self.db.questions.execute
        while True:
            query, values = _query(of_these, listing, spot)
            rows = execute(query, (*key, *values, size)).fetchall()
            yield from map(Spot._make, rows)
            if len(rows) < size:
                return
            # For each piece by amount the whole period is looked through: so there are two of them at most.
            spot, size = Spot._make(rows[-1]), min(4 * size, MOST_LOOKED_AT) if by_day else MOST_LOOKED_AT

    def _sorted(self, listing: Listing, turn: Turn, ids: list[int]) -> Iterator[Spot]:
        """Where the documents of *ids* stand."""
        of_them = f"FROM documento WHERE id IN ({self.db.words.numbers})"
        query, values = _query(of_them, listing, turn.spot)
        rows = self.db.questions.execute(query, (json.dumps(ids), *values, MOST_LOOKED_AT))
        return map(Spot._make, rows.fetchall())

    # --- which of them fit -----------------------------------------------------------------------------------

    def _fitting(self, company: Company, listing: Listing, spots: Sequence[Spot]) -> list[ListedDocument]:
        """The documents at *spots* that fit, in their order."""
        if listing.nombre:
            spots = self._named(listing, spots)
        rows = self._rows(company, listing.wanted, [(str(one.value), one.id) for one in spots])
        least, most = listing.amounts
        found = {one.id: one for one in rows if least <= one.monto_total <= most}
        return [found[one.id] for one in spots if one.id in found]

    def _named(self, listing: Listing, spots: Sequence[Spot]) -> list[Spot]:
        """Those at *spots* whose receiver has the name."""
        query = f"SELECT id, razon_social_receptor FROM documento WHERE id IN ({self.db.words.numbers})"
        rows = self.db.questions.execute(query, (json.dumps([one.id for one in spots]),)).fetchall()
        wanted, names = _folded(listing.nombre), _all_folded([name for _, name in rows])
        fitting = {identifier for (identifier, _), name in zip(rows, names, strict=True) if wanted in name}
        return [one for one in spots if one.id in fitting]


def _query(of_these: str, listing: Listing, spot: Spot | None) -> tuple[str, tuple[object, ...]]:
    """The query of places behind *spot*, and its values but for the number of rows."""
    column, falling = listing.order.value, listing.falling
    direction, sign = ("DESC", "<") if falling else ("ASC", ">")
    first, last = period_of(listing.wanted)
    conditions, values = "", list[object]()
    if listing.order is Order.DAY:
        # The bound on the side where the list begins is told by its place, so that the index is entered there.
        conditions += f" AND fecha_emision {'>=' if falling else '<='} ?"
        values.append(first if falling else last)
        spot = spot or Spot(*((last, _LAST) if falling else (first, 0)))
    else:
        conditions += " AND fecha_emision BETWEEN ? AND ?"
        values += first, last
    if listing.has_amounts:
        conditions += " AND monto_total BETWEEN ? AND ?"
        values += listing.amounts
    if spot:
        conditions += f" AND ({column}, id) {sign} (?, ?)"
        values += spot
    query = f"SELECT {column}, id {of_these}{conditions} ORDER BY {column} {direction}, id {direction} LIMIT ?"
    return query, tuple(values)


def _behind(spots: list[Spot], falling: bool, spot: Spot | None) -> Iterator[Spot]:
    """Those of *spots* behind *spot*, in order."""
    spots.sort(key=itemgetter(0, 1), reverse=falling)
    if spot is None:
        return iter(spots)
    return (one for one in spots if (one < spot if falling else one > spot))


def _folded(name: str) -> str:
    if name.isascii():
        return name.lower()
    return without_accents(name).casefold()


def _all_folded(names: Sequence[str]) -> list[str]:
    """The same of many: as one text they take a third of the time."""
    folded = _folded(_BETWEEN.join(names)).split(_BETWEEN)
    return folded if len(folded) == len(names) else [_folded(one) for one in names]
