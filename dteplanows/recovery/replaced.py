"""What a database that is to be replaced has, and the one that replaces it has not.

It may be damaged; then what can be read of it is told, and that it is not all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, cast

from dteplanows.document.company import Ambiente
from dteplanows.ledger.engines.base import Connection
from dteplanows.ledger.engines.errors import of_databases
from dteplanows.ledger.engines.exchange import Old
from dteplanows.ledger.rows import Series, Span
from dteplanows.validator.report import money

_KEY = "ambiente, rut_emisor, tipo, folio"
# By id besides: documents that the SII refused and those that replaced them have one key. An older form of the database
# does not tell which of them is which.
_DOCUMENTS = f"SELECT {_KEY}, id, xml FROM documento"
_BEHIND = f"({_KEY}, id) > (?, ?, ?, ?, ?)"
_PAGE = 200
"""Documents that are read at once."""

_VOID = "SELECT ambiente, rut_emisor, tipo, desde, hasta FROM tramo_anulado"
_HELD = "SELECT ambiente, rut_emisor, tipo, desde, hasta FROM folio_retenido WHERE liberado IS NULL"
_CAFS = "SELECT ambiente, rut, tipo, desde, hasta, fecha_autorizacion FROM caf"
_OPEN_BATCHES = "SELECT id, hechos, archivo_sha256 FROM lote WHERE estado <> 'terminado'"
_BATCHES = "SELECT id, hechos, archivo_sha256 FROM lote"
_COUNTED = {
    "empresa": "empresas", "usuario": "usuarios", "certificado": "certificados", "lote": "lotes",
    "documento_recibido": "documentos recibidos", "libro": "libros",
}  # fmt: skip
"""Tables of which the rows are counted, and what they are called."""


@dataclass
class Replaced:
    """A database that is to be replaced, against the one that replaces it."""

    there: bool = False
    intact: bool = False
    """All of it could be read."""
    issued: dict[Series, list[Span]] = field(default_factory=dict)
    """Folios issued there, of which the other has no document, or another one."""
    closed: dict[Series, list[Span]] = field(default_factory=dict)
    """Those void or held back there and not in the other."""
    cafs: dict[Series, list[Span]] = field(default_factory=dict)
    """CAFs that the other has not."""
    rows: dict[str, int] = field(default_factory=dict)
    """How many more there are of other things."""
    same_batches: set[int] = field(default_factory=set)
    """Ids of the batches that are open in both, and equally far."""
    last_document: int = 0
    """Highest id of a document."""
    last_batch: int = 0
    """Highest id that a batch ever had."""

    @property
    def has_more(self) -> bool:
        """Whether something in it is not in the other."""
        return bool(self.issued or self.closed or self.cafs or self.rows)

    def text(self) -> str:
        """What it has more, in words."""
        parts = [f"{documents_of(spans)} de tipo {one.tipo} de {one.rut}" for one, spans in self.issued.items()]
        parts += [
            f"folios anulados o retenidos de tipo {one.tipo} de {one.rut} ({in_words(spans)})"
            for one, spans in self.closed.items()
        ]
        parts += [f"CAF de tipo {one.tipo} de {one.rut} ({in_words(spans)})" for one, spans in self.cafs.items()]
        parts += [f"{money(count)} {name}" for name, count in self.rows.items()]
        return "; ".join(parts)


def documents_of(spans: list[Span]) -> str:
    """How many documents have those folios, and which."""
    count = sum(one.size for one in spans)
    return f"1 documento ({in_words(spans)})" if count == 1 else f"{money(count)} documentos ({in_words(spans)})"


def in_words(spans: list[Span], most: int = 6) -> str:
    """*spans* in words: ``1 a 50, 61``; the highest of many."""
    words = [one.words for one in spans]
    return ", ".join([f"y {len(words) - most} tramos antes", *words[-most:]] if len(words) > most else words)


def compare(old: Old | None, new: Connection) -> Replaced:
    """What the database *old* has and *new* has not, as far as *old* can be read."""
    found = Replaced(there=old is not None)
    if old is None:
        return found
    for wanted in (_issued, _closed, _cafs, _rows):
        with suppress(*of_databases()):
            wanted(old, new, found)
    try:
        found.intact = not old.check()
    except of_databases():
        found.intact = False
    return found


def _issued(old: Old, new: Connection, found: Replaced) -> None:
    _gather(_missing(old.connection, new), found.issued)
    row = old.connection.execute("SELECT MAX(id) FROM documento").fetchone()
    found.last_document = row[0] or 0
    found.last_batch = old.last_batch()


def _missing(old: Connection, new: Connection) -> Iterator[tuple[str, str, int, int, int]]:
    """The documents of *old* that *new* has not, or has others in their places; both are read in order, side by side.
    """
    others = _documents(new)
    other = next(others, None)
    told = None
    for *key, xml in _documents(old):
        while other is not None and other[:-1] < (*key,):
            other = next(others, None)
        ambiente, rut, tipo, folio, _ = key
        is_there = other is not None and other[:-1] == (*key,) and bytes(other[-1]) == bytes(xml)
        if not is_there and told != (ambiente, rut, tipo, folio):
            told = ambiente, rut, tipo, folio
            yield ambiente, rut, tipo, folio, folio


def _documents(connection: Connection) -> Iterator[tuple[Any, ...]]:
    where, values = "", tuple[Any, ...]()
    while rows := connection.execute(f"{_DOCUMENTS} {where} ORDER BY {_KEY}, id LIMIT ?", (*values, _PAGE)).fetchall():
        yield from rows
        where, values = f"WHERE {_BEHIND}", rows[-1][:-1]


def _closed(old: Old, new: Connection, found: Replaced) -> None:
    for query in (_VOID, _HELD):
        _gather(sorted(_all(old.connection, query) - _all(new, query)), found.closed)


def _cafs(old: Old, new: Connection, found: Replaced) -> None:
    _gather([row[:5] for row in sorted(_all(old.connection, _CAFS) - _all(new, _CAFS))], found.cafs)


def _rows(old: Old, new: Connection, found: Replaced) -> None:
    found.same_batches = {row[0] for row in _all(old.connection, _OPEN_BATCHES) & _all(new, _BATCHES)}
    for table, name in _COUNTED.items():
        there, here = (
            one.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] for one in (old.connection, new)
        )
        if there > here:
            found.rows[name] = there - here


def _all(connection: Connection, query: str) -> set[tuple[Any, ...]]:
    return {tuple(row) for row in connection.execute(query)}


def _gather(rows: Iterable[tuple[str, str, int, int, int]], into: dict[Series, list[Span]]) -> None:
    """Put folios together to spans; as far as *rows* can be read."""
    for ambiente, rut, tipo, desde, hasta in rows:
        spans = into.setdefault(Series(cast(Ambiente, ambiente), rut, tipo), [])
        if spans and spans[-1].hasta == desde - 1:
            spans[-1] = Span(spans[-1].desde, hasta)
        else:
            spans.append(Span(desde, hasta))
