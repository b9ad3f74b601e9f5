"""What a database that is to be replaced has, and the one that replaces it has not.

It may be damaged; then what can be read of it is told, and that it is not all.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from dteplanows.document.catalogue import problem
from dteplanows.document.company import Ambiente
from dteplanows.document.problem import Refused
from dteplanows.ledger.engines.sqlite.integrity import full_check
from dteplanows.ledger.rows import Series, Span

_LOCK_SECONDS = 2.0

_TAKEN = """
    SELECT ambiente, rut_emisor, tipo, folio, folio FROM vieja.documento v WHERE NOT EXISTS (
        SELECT 1 FROM main.documento d WHERE d.ambiente = v.ambiente AND d.rut_emisor = v.rut_emisor
        AND d.tipo = v.tipo AND d.folio = v.folio AND d.xml = v.xml
    ) ORDER BY 1, 2, 3, 4
"""
_VOID = """
    SELECT ambiente, rut_emisor, tipo, desde, hasta FROM vieja.tramo_anulado v WHERE NOT EXISTS (
        SELECT 1 FROM main.tramo_anulado d WHERE d.ambiente = v.ambiente AND d.rut_emisor = v.rut_emisor
        AND d.tipo = v.tipo AND d.desde = v.desde AND d.hasta = v.hasta
    ) ORDER BY 1, 2, 3, 4
"""
_HELD = """
    SELECT ambiente, rut_emisor, tipo, desde, hasta FROM vieja.folio_retenido v WHERE liberado IS NULL AND NOT EXISTS (
        SELECT 1 FROM main.folio_retenido d WHERE d.ambiente = v.ambiente AND d.rut_emisor = v.rut_emisor
        AND d.tipo = v.tipo AND d.desde = v.desde AND d.hasta = v.hasta AND d.liberado IS NULL
    ) ORDER BY 1, 2, 3, 4
"""
_CAFS = """
    SELECT ambiente, rut, tipo, desde, hasta FROM vieja.caf v WHERE NOT EXISTS (
        SELECT 1 FROM main.caf d WHERE d.ambiente = v.ambiente AND d.rut = v.rut AND d.tipo = v.tipo
        AND d.desde = v.desde AND d.hasta = v.hasta AND d.fecha_autorizacion = v.fecha_autorizacion
    ) ORDER BY 1, 2, 3, 4
"""
_SAME_BATCHES = """
    SELECT v.id FROM vieja.lote v JOIN main.lote d ON v.id = d.id AND v.hechos = d.hechos
    AND v.archivo_sha256 = d.archivo_sha256 WHERE v.estado <> 'terminado'
"""
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
        parts += [f"{count} {name}" for name, count in self.rows.items()]
        return "; ".join(parts)


def documents_of(spans: list[Span]) -> str:
    """How many documents have those folios, and which."""
    count = sum(one.size for one in spans)
    return f"1 documento ({in_words(spans)})" if count == 1 else f"{count} documentos ({in_words(spans)})"


def in_words(spans: list[Span], most: int = 6) -> str:
    """*spans* in words: ``1 a 50, 61``; the highest of many."""
    words = [str(one.desde) if one.size == 1 else f"{one.desde} a {one.hasta}" for one in spans]
    return ", ".join([f"y {len(words) - most} tramos antes", *words[-most:]] if len(words) > most else words)


def compare(old: Path, new: Path) -> Replaced:
    """What the database *old* has and *new* has not. Nobody else may have *old* open; its log is taken in.

    :raises Refused: another program has *old* open (BAS-037).
    """
    found = Replaced(there=old.exists())
    if not found.there:
        return found
    try:
        _take_in_log(old)
        with closing(sqlite3.connect(str(new), isolation_level=None)) as connection:
            connection.execute("ATTACH DATABASE ? AS vieja", (str(old),))
            for wanted in (_issued, _closed, _cafs, _rows):
                with suppress(sqlite3.DatabaseError):
                    wanted(connection, found)
        with closing(sqlite3.connect(str(old), isolation_level=None)) as connection:
            found.intact = not full_check(connection)
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:
            raise Refused([problem("BAS-037", value=str(old.parent))]) from error
    return found


def _take_in_log(old: Path) -> None:
    """Take the log of the database in, alone with it."""
    with closing(sqlite3.connect(str(old), timeout=_LOCK_SECONDS, isolation_level=None)) as connection:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _issued(connection: sqlite3.Connection, found: Replaced) -> None:
    _gather(connection.execute(_TAKEN), found.issued)
    row = connection.execute("SELECT MAX(id) FROM vieja.documento").fetchone()
    found.last_document = row[0] or 0
    row = connection.execute("SELECT seq FROM vieja.sqlite_sequence WHERE name = 'lote'").fetchone()
    found.last_batch = row[0] if row else 0


def _closed(connection: sqlite3.Connection, found: Replaced) -> None:
    _gather(connection.execute(_VOID), found.closed)
    _gather(connection.execute(_HELD), found.closed)


def _cafs(connection: sqlite3.Connection, found: Replaced) -> None:
    _gather(connection.execute(_CAFS), found.cafs)


def _rows(connection: sqlite3.Connection, found: Replaced) -> None:
    found.same_batches = {identifier for (identifier,) in connection.execute(_SAME_BATCHES)}
    for table, name in _COUNTED.items():
        there, here = (
            connection.execute(f"SELECT COUNT(*) FROM {schema}.{table}").fetchone()[0] for schema in ("vieja", "main")
        )
        if there > here:
            found.rows[name] = there - here


def _gather(rows: Iterator[tuple[str, str, int, int, int]], into: dict[Series, list[Span]]) -> None:
    """Put folios together to spans; as far as *rows* can be read."""
    for ambiente, rut, tipo, desde, hasta in rows:
        spans = into.setdefault(Series(cast(Ambiente, ambiente), rut, tipo), [])
        if spans and spans[-1].hasta == desde - 1:
            spans[-1] = Span(spans[-1].desde, hasta)
        else:
            spans.append(Span(desde, hasta))
