"""Finding issued documents among millions: lists of any length in flat memory, and the totals of a period.

Two indexes serve every question. By date: each user and type has its own stretch of the first, so that those of the
company are merged. By receiver: how, each engine has its own way (:mod:`~dteplanows.ledger.engines.words`).

Nothing is read in one long transaction: whoever looks at a list for an hour must not keep the engine from tidying up.
The newest document comes first, so that those issued meanwhile are simply not in the list.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import NamedTuple

from dteplanows.document.company import Company
from dteplanows.ledger.delivery_states import REMARKED, STATES, UNSENT, WITHOUT_EFFECT
from dteplanows.ledger.delivery_tables import IS_OPEN, IS_REMARKED
from dteplanows.ledger.engines.base import Database
from dteplanows.ledger.live import without_effect
from dteplanows.ledger.repository import Repository

_FIRST_DAY, _LAST_DAY = date.min, date.max
_MOST_AT_ONCE = 4000
"""Places of documents that are sorted in memory; of more, the last part of the period is looked at first."""
_ALL = 2**62
"""More than there can be."""
_PARTS = 16
"""How many parts that are: few questions lead to the last day of years, and none of them is too small."""
_FEW = 10_000
"""Documents that can be looked at one by one, in less time than a person notices."""
_FIRST_PAGE, _PAGE = 25, 800
"""Rows that are read at once: few at first, for they are to be seen at once."""

_OPEN = f"clase IN ('facturas', 'boletas') AND {IS_OPEN}"
_COMPANY = "FROM documento WHERE ambiente = ? AND rut_emisor = ?"
_STREAMS = (
    "WITH RECURSIVE sender (usuario) AS ("
    f"SELECT MIN(usuario) {_COMPANY} "
    f"UNION ALL SELECT (SELECT MIN(usuario) {_COMPANY} AND documento.usuario > sender.usuario) "
    "FROM sender WHERE sender.usuario IS NOT NULL"
    "), kind (usuario, tipo) AS ("
    f"SELECT usuario, (SELECT MIN(tipo) {_COMPANY} AND documento.usuario = sender.usuario) "
    "FROM sender WHERE sender.usuario IS NOT NULL "
    f"UNION ALL SELECT usuario, (SELECT MIN(tipo) {_COMPANY} AND documento.usuario = kind.usuario "
    "AND documento.tipo > kind.tipo) FROM kind WHERE kind.tipo IS NOT NULL"
    ") SELECT usuario, tipo FROM kind WHERE tipo IS NOT NULL ORDER BY usuario, tipo"
)
"""Users and types of which there are documents: the index is entered once for each, and none of its rows is counted."""
OF_STREAM = f"{_COMPANY} AND usuario = ? AND tipo = ?"
"""The documents of one user and one type of a company, for a query that the index by date serves."""
_SAME_DAY = f"SELECT fecha_emision, id {OF_STREAM} AND fecha_emision = ? AND id < ? ORDER BY id DESC LIMIT ?"
_EARLIER = (
    f"SELECT fecha_emision, id {OF_STREAM} AND fecha_emision >= ? AND fecha_emision < ? "
    "ORDER BY fecha_emision DESC, id DESC LIMIT ?"
)
_FIRST_AND_LAST = tuple(
    f"SELECT {which}(fecha_emision) {OF_STREAM} AND fecha_emision BETWEEN ? AND ?" for which in ("MIN", "MAX")
)
DAYS = (
    "SELECT fecha_emision, MAX(id), COUNT(*), SUM(monto_neto), SUM(monto_exento), SUM(iva), SUM(monto_total), "
    "SUM(CASE WHEN iva <> 0 THEN 1 ELSE 0 END), SUM(CASE WHEN monto_exento <> 0 THEN 1 ELSE 0 END) "
    f"{OF_STREAM} AND fecha_emision BETWEEN ? AND ? GROUP BY fecha_emision"
)
"""The sums of each day of a stream: day, highest id, and what :class:`DayTotals` has behind the day."""
_BY_RECEIVER = (
    f"SELECT rut_receptor, COUNT(*), SUM(monto_total), MAX(id) {OF_STREAM} AND fecha_emision BETWEEN ? AND ? "
    f"AND id NOT IN (SELECT documento_id FROM entrega WHERE {IS_REMARKED} AND estado <> 'aceptado con reparos') "
    "GROUP BY rut_receptor"
)
_OF_DATUM = (
    "SELECT fecha_emision, documento.id FROM dato_adicional JOIN documento ON documento.id = documento_id "
    "WHERE dato_adicional.ambiente = ? AND dato_adicional.rut_emisor = ? AND {same_name} AND {same_value} LIMIT ?"
)
_WITH_DATUM = (
    " AND EXISTS (SELECT 1 FROM dato_adicional WHERE dato_adicional.documento_id = documento.id "
    "AND {same_name} AND {same_value})"
)
_DELIVERED = "SELECT 1 FROM entrega WHERE entrega.documento_id = documento.id"
_IN_STATE = f" AND EXISTS ({_DELIVERED} AND entrega.estado = ?)"
_IN_NONE = f" AND NOT EXISTS ({_DELIVERED})"
# The class is named so that the index of the open documents serves.
_OF_STATE = {
    one: (
        "SELECT fecha_emision, documento.id FROM entrega {join} documento ON documento.id = entrega.documento_id "
        f"WHERE {IS_REMARKED if one in REMARKED else _OPEN} AND estado = ? AND entrega.ambiente = ? "
        "AND entrega.rut_emisor = ? LIMIT ?"
    )
    for one in STATES
    if one != "aceptado"
}
"""Where the documents of a state stand that few are in: all but the one in which nearly all end."""
_COUNT_UNSENT = "SELECT (SELECT COUNT(*) FROM documento) - (SELECT COUNT(*) FROM entrega)"
# In the order of their ids, and of all companies: what was issued before delivery existed comes first, and with as many
# as there are nothing is looked at behind them.
_UNSENT = (
    f"SELECT fecha_emision, id, ambiente, rut_emisor FROM documento WHERE NOT EXISTS ({_DELIVERED}) ORDER BY id LIMIT ?"
)
# The types are named so that the unique index serves, which has the type before the folio.
_OF_FOLIO = (
    "SELECT fecha_emision, id FROM documento WHERE ambiente = ? AND rut_emisor = ? AND folio = ? "
    "AND tipo IN (SELECT DISTINCT tipo FROM caf WHERE ambiente = ? AND rut = ?)"
)
# These ids are to be looked for in no other index than that of the ids.
_ROWS = (
    "SELECT documento.id, documento.tipo, documento.folio, fecha_emision, rut_receptor, razon_social_receptor, "
    "monto_neto, monto_exento, iva, monto_total, documento.usuario, entrega.estado, guia_anulada.momento, "
    "EXISTS (SELECT 1 FROM referencia WHERE referencia.tipo = documento.tipo AND referencia.folio = documento.folio "
    "AND codigo = 1), documento.reemplaza "
    "FROM documento LEFT JOIN guia_anulada ON guia_anulada.documento_id = documento.id "
    "LEFT JOIN entrega ON entrega.documento_id = documento.id "
    "WHERE documento.id IN ({numbers}) AND {plain}documento.ambiente = ? "
    "AND {plain}documento.rut_emisor = ?"
)
_ANNULLED = (
    "SELECT documento.usuario, documento.tipo, fecha_emision, monto_neto, monto_exento, iva, monto_total "
    "FROM guia_anulada {join} documento ON documento.id = guia_anulada.documento_id "
    "WHERE documento.ambiente = ? AND documento.rut_emisor = ? AND fecha_emision BETWEEN ? AND ? "
    f"AND NOT {without_effect()}"
)
# The documents are found by the index of those that the SII remarked or refused, which are few.
_NO_EFFECT = ", ".join(repr(one) for one in WITHOUT_EFFECT)
_WITHOUT_EFFECT = (
    "SELECT usuario, tipo, fecha_emision, monto_neto, monto_exento, iva, monto_total "
    "FROM entrega {join} documento ON documento.id = entrega.documento_id "
    f"WHERE {IS_REMARKED} AND entrega.estado IN ({_NO_EFFECT}) AND entrega.ambiente = ? AND entrega.rut_emisor = ? "
    "AND fecha_emision BETWEEN ? AND ?"
)

Place = tuple[str, int]
"""Where a document stands in the list: its day and its id."""


class Stream(NamedTuple):
    """The documents of one user and one type."""

    usuario: str
    tipo: int


class Wanted(NamedTuple):
    """Which documents of a company are meant; what is empty excludes none."""

    desde: date | None = None
    """First day of issue (``FchEmis``)."""
    hasta: date | None = None
    """Last day of issue, included."""
    tipo: int = 0
    receptor: str = ""
    """RUT of the receiver, as the SII writes it."""
    usuario: str = ""
    """Who sent it, whatever the case of its letters."""
    folio: int = 0
    datum: tuple[str, str] | None = None
    """Name and value of one of the customer's own data."""
    estado: str = ""
    """Where it stands on its way to the SII, ``sin enviar`` included."""

    def up_to(self, day: str) -> Wanted:
        """The same with nothing behind *day*, AAAA-MM-DD."""
        return self._replace(hasta=date.fromisoformat(day))


class ReceiverTotals(NamedTuple):
    """What one receiver got of one type from one user in a period."""

    tipo: int
    rut: str
    documentos: int
    total: int
    """In whole pesos."""
    last: int
    """Id of the newest of them."""


class ListedDocument(NamedTuple):
    """A document as a list shows it. Amounts in whole pesos."""

    id: int
    tipo: int
    folio: int
    fecha_emision: str
    rut_receptor: str
    razon_social_receptor: str
    monto_neto: int
    monto_exento: int
    iva: int
    monto_total: int
    usuario: str
    estado_sii: str
    """Where it stands on its way to the SII; ``sin enviar`` for one issued before delivery existed."""
    anulada: datetime | None
    """Since when it is annulled, for a guía that never left."""
    con_anulacion: bool
    """There is a note that says it annuls a document of this type and folio, of this company or of another."""
    reemplaza: int
    """Id of the refused document whose folio it took; 0 for none."""

    @property
    def has_effect(self) -> bool:
        """Whether it counts: the SII has not refused it, and nobody has discarded it."""
        return self.estado_sii not in WITHOUT_EFFECT


class DayTotals(NamedTuple):
    """What was issued of one type on one day. Amounts in whole pesos."""

    tipo: int
    fecha_emision: str
    documentos: int
    monto_neto: int
    monto_exento: int
    iva: int
    monto_total: int
    con_iva: int
    """How many of the documents have IVA."""
    con_exento: int
    """How many have an exempt amount."""


class Finding(Repository):
    """The part of the ledger that finds issued documents."""

    def __init__(self, db: Database) -> None:
        super().__init__(db)
        words = db.words._asdict()
        self._rows_of, self._with_datum = _ROWS.format(**words), _WITH_DATUM.format(**words)
        self._of_state = {one: query.format(**words) for one, query in _OF_STATE.items()}
        self._of_datum, self._annulled = _OF_DATUM.format(**words), _ANNULLED.format(**words)
        self._without_effect = _WITHOUT_EFFECT.format(**words)

    def found(self, company: Company, wanted: Wanted) -> Iterator[ListedDocument]:
        """The documents of *company* that are wanted, by day of issue and then by issue, the newest first."""
        places = self._places(company, wanted)
        size = _FIRST_PAGE
        while page := list(islice(places, size)):
            yield from self._rows(company, wanted, page)
            size = min(2 * size, _PAGE)

    def days(self, company: Company, wanted: Wanted) -> Iterable[DayTotals]:
        """What *company* issued, day by day for each user and type; of *wanted* the period, type and user count."""
        key, (first, last) = (company.ambiente, company.rut), period_of(wanted)
        for one in self._streams(company, wanted):
            for day, _, *sums in self.db.questions.execute(DAYS, (*key, *one, first, last)):
                yield DayTotals(one.tipo, day, *sums)

    def receivers(self, company: Company, wanted: Wanted) -> Iterator[ReceiverTotals]:
        """What of *wanted* each receiver got, by user and type, without what the SII refused or a person discarded.

        Each document is looked at: of a month of many it takes a second.
        """
        key, period = (company.ambiente, company.rut), period_of(wanted)
        for one in self._streams(company, wanted):
            for rut, count, total, last in self.db.connection.execute(_BY_RECEIVER, (*key, *one, *period)):
                yield ReceiverTotals(one.tipo, rut, count, int(total), last)  # a sum is a Decimal in PostgreSQL

    def annulled_guias(self, company: Company, wanted: Wanted) -> Iterator[DayTotals]:
        """What of :meth:`days` are guías that were annulled, which never left, one by one; only those in effect."""
        return self._some(self._annulled, company, wanted)

    def without_effect(self, company: Company, wanted: Wanted) -> Iterator[DayTotals]:
        """What of :meth:`days` the SII refused or a person discarded, one by one."""
        return self._some(self._without_effect, company, wanted)

    def _some(self, query: str, company: Company, wanted: Wanted) -> Iterator[DayTotals]:
        values = (company.ambiente, company.rut, *period_of(wanted))
        usuario = wanted.usuario.casefold()
        for sender, tipo, day, neto, exento, iva, total in self.db.questions.execute(query, values):
            if wanted.tipo in (0, tipo) and usuario in ("", sender.casefold()):
                yield DayTotals(tipo, day, 1, neto, exento, iva, total, int(iva != 0), int(exento != 0))

    # --- places ----------------------------------------------------------------------------------------------

    def _places(self, company: Company, wanted: Wanted) -> Iterator[Place]:
        """Where the wanted documents stand, with some that are not wanted: the narrowest question decides."""
        key = (company.ambiente, company.rut)
        if wanted.folio:
            return iter(self._of_folio(company, wanted.folio))
        if wanted.datum:
            found = self.db.questions.execute(self._of_datum, (*key, *wanted.datum, _FEW)).fetchall()
            if len(found) < _FEW:
                return iter(sorted(set(found), reverse=True))
        if wanted.estado and (few := self._of_rare_state(company, wanted.estado)) is not None:
            return iter(few)
        streams = self._streams(company, wanted)
        if wanted.receptor and not (wanted.usuario and self._are_few(company, wanted, streams)):
            return self._of_receiver(company, wanted.receptor, _types(streams), *self._extent(company, wanted, streams))
        return heapq.merge(*(self._of_stream(company, one, wanted) for one in streams), reverse=True)

    def _of_folio(self, company: Company, folio: int) -> list[Place]:
        """Those of a folio, of whatever type."""
        key = (company.ambiente, company.rut)
        return sorted(self.db.questions.execute(_OF_FOLIO, (*key, folio, *key)), reverse=True)

    def _of_rare_state(self, company: Company, estado: str) -> list[Place] | None:
        """Those in a state that few are in; None where they are not few."""
        execute, key = self.db.questions.execute, (company.ambiente, company.rut)
        if estado == UNSENT:
            count = execute(_COUNT_UNSENT).fetchone()[0]
            if count >= _FEW:
                return None
            rows = execute(_UNSENT, (count,)).fetchall()
            return sorted(((day, at) for day, at, *owner in rows if tuple(owner) == key), reverse=True)
        elif estado in self._of_state:
            found = execute(self._of_state[estado], (estado, *key, _FEW)).fetchall()
        else:
            return None
        return sorted(found, reverse=True) if len(found) < _FEW else None

    def _of_receiver(self, company: Company, receptor: str, types: str, first: date, last: date) -> Iterator[Place]:
        """Those of one receiver: all of the period if they are not too many, else its last part and then the rest.

        :param types: the document types that there are, as a JSON list.
        """
        most = _MOST_AT_ONCE if first < last else _ALL
        period = (first.isoformat(), last.isoformat())
        values = (receptor, company.rut, company.ambiente, types, *period, most)
        found = self.db.questions.execute(self.db.words.of_receiver, values).fetchall()
        if len(found) != most:
            yield from sorted(found, reverse=True)
            return
        begin = last - (last - first) // _PARTS
        yield from self._of_receiver(company, receptor, types, begin, last)
        yield from self._of_receiver(company, receptor, types, first, begin - timedelta(days=1))

    def _of_stream(self, company: Company, stream: Stream, wanted: Wanted) -> Iterator[Place]:
        key = (company.ambiente, company.rut, *stream)
        first, last = period_of(wanted)
        of_state, state = _state(wanted)
        same_day, earlier = (one.replace(" ORDER BY", f"{of_state} ORDER BY") for one in (_SAME_DAY, _EARLIER))
        day, least, size = f"{last}~", 0, _FIRST_PAGE  # "~" comes behind every day that begins like it
        while True:
            page: list[Place] = []
            if least:
                page += self.db.questions.execute(same_day, (*key, day, least, *state, size))
            if len(page) < size:
                page += self.db.questions.execute(earlier, (*key, first, day, *state, size - len(page)))
            yield from page
            if len(page) < size:
                return
            day, least = page[-1]
            size = min(2 * size, _PAGE)

    def _streams(self, company: Company, wanted: Wanted) -> list[Stream]:
        """The users and types that have documents, those that are wanted."""
        usuario = wanted.usuario.casefold()
        rows = self.db.questions.execute(_STREAMS, (company.ambiente, company.rut) * 4).fetchall()
        return [
            one for one in map(Stream._make, rows)
            if wanted.tipo in (0, one.tipo) and usuario in ("", one.usuario.casefold())
        ]  # fmt: skip

    def _are_few(self, company: Company, wanted: Wanted, streams: Iterable[Stream]) -> bool:
        """Whether *streams* have so few documents in the period that each can be looked at."""
        return self._count(company, wanted, streams, _FEW) < _FEW

    def _count(self, company: Company, wanted: Wanted, streams: Iterable[Stream], most: int) -> int:
        """How many documents *streams* have in the period; *most* where they are as many or more."""
        count = f"SELECT COUNT(*) FROM (SELECT 1 {OF_STREAM} AND fecha_emision BETWEEN ? AND ? LIMIT ?) AS first"
        key, rest = (company.ambiente, company.rut), most
        for one in streams:
            rest -= self.db.questions.execute(count, (*key, *one, *period_of(wanted), rest)).fetchone()[0]
        return most - rest

    def _extent(self, company: Company, wanted: Wanted, streams: Iterable[Stream]) -> tuple[date, date]:
        """First and last day of *wanted* on which documents of *streams* were issued."""
        key, period = (company.ambiente, company.rut), period_of(wanted)
        execute = self.db.questions.execute
        found = [execute(query, (*key, *one, *period)).fetchone() for one in streams for query in _FIRST_AND_LAST]
        days = [date.fromisoformat(day) for (day,) in found if day]
        return (min(days), max(days)) if days else (_FIRST_DAY, _FIRST_DAY)

    # --- rows ------------------------------------------------------------------------------------------------

    def _conditions(self, wanted: Wanted) -> tuple[str, list[object]]:
        """The conditions of *wanted* but for the period and the user, for a query of documents, and their values."""
        query, values = "", list[object]()
        for name, value in (("tipo", wanted.tipo), ("folio", wanted.folio), ("rut_receptor", wanted.receptor)):
            if value:
                query += f" AND {self.db.words.plain}documento.{name} = ?"
                values.append(value)
        if wanted.datum:
            query += self._with_datum
            values += wanted.datum
        of_state, state = _state(wanted)
        return query + of_state, [*values, *state]

    def _rows(self, company: Company, wanted: Wanted, places: list[Place]) -> Iterator[ListedDocument]:
        ids = json.dumps([one for _, one in places])
        conditions, values = self._conditions(wanted)
        query = f"{self._rows_of}{conditions} AND fecha_emision BETWEEN ? AND ?"
        query += " ORDER BY fecha_emision DESC, documento.id DESC"
        every = (ids, company.ambiente, company.rut, *values, *period_of(wanted))
        rows = self.db.questions.execute(query, every).fetchall()
        usuario = wanted.usuario.casefold()
        for *facts, sender, estado, annulled, by_note, replaced in rows:
            if usuario not in ("", sender.casefold()):
                continue
            since = datetime.fromisoformat(annulled) if annulled else None
            rest = (sender, estado or UNSENT, since, bool(by_note), replaced)
            yield ListedDocument._make((*facts, *rest))


def _state(wanted: Wanted) -> tuple[str, tuple[str, ...]]:
    """The condition of a query for documents in the wanted state, and its values."""
    if not wanted.estado:
        return "", ()
    return (_IN_NONE, ()) if wanted.estado == UNSENT else (_IN_STATE, (wanted.estado,))


def _types(streams: Iterable[Stream]) -> str:
    return json.dumps(sorted({one.tipo for one in streams}))


def period_of(wanted: Wanted) -> tuple[str, str]:
    """First and last day of *wanted* as the ledger writes days."""
    return (wanted.desde or _FIRST_DAY).isoformat(), (wanted.hasta or _LAST_DAY).isoformat()
