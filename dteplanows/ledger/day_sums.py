"""What was issued day by day, without adding up again what was added up before.

The sums of a user, a type and a date are kept with the id of the last document that is in them. Documents are never
changed nor deleted, and of one type they are committed in the order of their ids, as only one transaction at a time has
the series of folios. So what came later, also with a date of long ago, is what has a higher id, and is added each time.
What does change (what the SII says, a guía annulled) is not in these sums: see :mod:`dteplanows.archive.totals`.

They are written when a period is first asked for, and again where much came since: never with a document, which must
not wait for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date, timedelta
from itertools import islice
from typing import NamedTuple

from dteplanows.document.company import Company
from dteplanows.document.problem import Refused
from dteplanows.ledger.book_tables import SUMA_DIARIA, DaySum
from dteplanows.ledger.engines.base import Database
from dteplanows.ledger.engines.errors import of_databases
from dteplanows.ledger.finding import DAYS, DayTotals, Finding, Stream, Wanted, period_of

_MUCH = 200
"""Documents of a day that are added each time; with more of them the sums are written anew."""
_AT_ONCE = 500
"""Sums of one transaction, for which documents wait."""
_LONG = timedelta(days=62)
"""Periods as long as this are first shortened to the days on which there is something."""
_NOTHING = (0,) * 7
_PLACES = ", ".join("?" * len(SUMA_DIARIA.columns))
_CHANGED = ", ".join(
    f"{one.name} = excluded.{one.name}" for one in SUMA_DIARIA.columns if one.name not in SUMA_DIARIA.key
)
_KEEP = (
    f"INSERT INTO suma_diaria ({SUMA_DIARIA.listed}) VALUES ({_PLACES}) "
    f"ON CONFLICT ({', '.join(SUMA_DIARIA.key)}) DO UPDATE SET {_CHANGED}"
)
_KEPT = (
    "SELECT usuario, tipo, fecha_emision FROM suma_diaria "
    "WHERE ambiente = ? AND rut_emisor = ? AND fecha_emision BETWEEN ? AND ?"
)


_ADDED_UP = (
    "SELECT usuario, tipo, COUNT(*), SUM(documentos) FROM suma_diaria "
    "WHERE ambiente = ? AND rut_emisor = ? AND fecha_emision BETWEEN ? AND ? GROUP BY usuario, tipo"
)


def added_up(db: Database, company: Company, wanted: Wanted, streams: Iterable[Stream]) -> int | None:
    """How many documents of *streams* the sums of the period have, without a look at them.

    Those issued since are missing, of each day fewer than make it worth adding up anew. None where a day has no sums.
    """
    first, last = period_of(wanted)
    days = (date.fromisoformat(last) - date.fromisoformat(first)).days + 1
    rows = db.questions.execute(_ADDED_UP, (company.ambiente, company.rut, first, last)).fetchall()
    sums = {Stream(usuario, tipo): (known, documents) for usuario, tipo, known, documents in rows}
    found = [sums.get(one, (0, 0)) for one in streams]
    return sum(documents for _, documents in found) if all(known == days for known, _ in found) else None


class _Gap(NamedTuple):
    """Days one after the other of which a stream has no sums."""

    stream: Stream
    first: date
    last: date


class DaySums(Finding):
    """The part of the ledger that keeps sums of days."""

    def days(self, company: Company, wanted: Wanted) -> Iterable[DayTotals]:
        """What *company* issued, day by day for each user and type; of *wanted* the period, type and user count."""
        streams = self._streams(company, Wanted())
        period = self._period(company, wanted, streams)
        if period is None:
            return []
        if not self._keep(self._add_up(company, self._gaps(company, streams, period))):
            # On a full disk, too, they can be told.
            return list(super().days(company, wanted))
        usuario = wanted.usuario.casefold()
        return [
            DayTotals(one.tipo, one.fecha_emision, one.documentos, one.monto_neto, one.monto_exento, one.iva,
                      one.monto_total, one.con_iva, one.con_exento)
            for one in self._kept(company, period)
            if one.documentos and wanted.tipo in (0, one.tipo) and usuario in ("", one.usuario.casefold())
        ]  # fmt: skip

    def to_add_up(self, company: Company, wanted: Wanted, most: int) -> int:
        """How many documents of the period are in no sums yet; *most* where they are as many or more."""
        streams = self._streams(company, Wanted())
        period = self._period(company, wanted, streams)
        rest = most
        for stream, first, last in self._gaps(company, streams, period) if period else ():
            if rest <= 0:
                break
            rest -= self._count(company, Wanted(first, last), [stream], rest)
        return most - rest

    def _period(self, company: Company, wanted: Wanted, streams: Sequence[Stream]) -> tuple[date, date] | None:
        """First and last day, without the years before the first document and behind the last; None for no document."""
        if not streams:
            return None
        first, last = (date.fromisoformat(one) for one in period_of(wanted))
        if last - first < _LONG:
            return first, last
        begin, end = self._extent(company, wanted, streams)
        return None if end < first else (max(first, begin), min(last, end))

    def _gaps(self, company: Company, streams: Sequence[Stream], period: tuple[date, date]) -> list[_Gap]:
        """What was never added up of *period*."""
        first, last = period
        values = (company.ambiente, company.rut, first.isoformat(), last.isoformat())
        kept = set(self.db.questions.execute(_KEPT, values).fetchall())
        every = [first + timedelta(days=at) for at in range((last - first).days + 1)]
        if len(kept) == len(every) * len(streams):
            return []
        gaps = list[_Gap]()
        for stream in streams:
            begin = None
            for day in every:
                if (*stream, day.isoformat()) in kept:
                    begin = None
                elif begin is None:
                    begin = day
                    gaps.append(_Gap(stream, day, day))
                else:
                    gaps[-1] = gaps[-1]._replace(last=day)
        return gaps

    def _add_up(self, company: Company, gaps: Sequence[_Gap]) -> list[DaySum]:
        """The sums of all days of *gaps*, those without documents too: so they are known to be none."""
        made = []
        for stream, first, last in gaps:
            key = (company.ambiente, company.rut)
            period = (first.isoformat(), last.isoformat())
            found = {day: sums for day, *sums in self.db.questions.execute(DAYS, (*key, *stream, *period))}
            for at in range((last - first).days + 1):
                day = (first + timedelta(days=at)).isoformat()
                hasta, *sums = found.get(day, (0, *_NOTHING))
                made.append(_row(key, (day, *stream), hasta, sums))
        return made

    def _kept(self, company: Company, period: tuple[date, date]) -> Iterator[DaySum]:
        """The sums of *period* as they are in this moment."""
        key = (company.ambiente, company.rut)
        values = (*key, *(one.isoformat() for one in period))
        grown = []
        rows = self.db.questions.execute(self.db.words.sums_of_days, values).fetchall()
        for day, usuario, tipo, hasta, added, *sums in rows:
            row = DaySum._make((*key, day, usuario, tipo, hasta, *sums))
            if added > _MUCH:
                grown.append(row)
            yield row
        self._keep(grown)

    def _keep(self, rows: Sequence[DaySum]) -> bool:
        """Write *rows*; whether that could be done."""
        every = iter(rows)
        with suppress(Refused, OSError, *of_databases()):
            while some := list(islice(every, _AT_ONCE)):
                with self.db.writing("sumas"):
                    self.db.connection.executemany(_KEEP, list(map(SUMA_DIARIA.values, some)))
            return True
        return False


def _row(key: tuple[str, str], of_what: tuple[str, str, int], hasta: int, sums: Sequence[int]) -> DaySum:
    """The sums that :data:`DAYS` gives behind the highest id, as a row."""
    (day, usuario, tipo), (documentos, neto, exento, iva, total, con_iva, con_exento) = of_what, sums
    return DaySum(*key, day, usuario, tipo, hasta, documentos, con_iva, con_exento, neto, exento, iva, total)
