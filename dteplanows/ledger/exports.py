"""Files that people asked for: the queue of the workers that make them, and what became of each.

As with the batches, a worker *takes* an export for a while and renews that with every step; when it dies, the time runs
out and another takes it. Who has been overtaken is told so by :class:`Overtaken`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from typing import Any, NamedTuple

from dteplanows.document import clock
from dteplanows.document.catalogue import problem
from dteplanows.document.company import Company
from dteplanows.document.problem import Refused
from dteplanows.ledger.batches import TERM, Overtaken
from dteplanows.ledger.book_tables import EXPORTACION, StoredExport
from dteplanows.ledger.engines.base import Database
from dteplanows.ledger.events import Events, NewEvent
from dteplanows.ledger.repository import Repository

PEDIDA, ELIMINADA = "exportacion_pedida", "exportacion_eliminada"
"""Events of an export that was asked for, and of one that a person removed."""

_PART = "exportaciones"
_INSERT = EXPORTACION.insert("trabajador", "vence")
_OPEN = "estado IN ('pendiente', 'en proceso')"
_OF_COMPANY = f"{EXPORTACION.select} WHERE ambiente = ? AND rut_emisor = ?"


class NewExport(NamedTuple):
    """A file that somebody asks for."""

    company: Company
    usuario: str
    formato: str
    que: dict[str, Any]
    """Which documents are to be in it."""
    nombre: str
    """Of the file, as it is downloaded."""


class Exports(Repository):
    """The part of the ledger that holds what was asked for and is made in the background."""

    def __init__(self, db: Database, events: Events) -> None:
        super().__init__(db)
        self.events = events

    def order(self, new: NewExport, most: int) -> int:
        """Queue a file. Gives the id of its export.

        :param most: exports of the company that may wait or be worked on, this one included.
        :raises Refused: they are more (SRV-260).
        """
        company = (new.company.ambiente, new.company.rut)
        with self.db.transaction(_PART):
            waiting = f"SELECT COUNT(*) FROM exportacion WHERE {_OPEN} AND ambiente = ? AND rut_emisor = ?"
            if self.db.connection.execute(waiting, company).fetchone()[0] >= most:
                raise Refused([problem("SRV-260", maximo=most)])
            row = StoredExport(
                0, *company, new.usuario, clock.now(), new.formato, new.que, new.nombre, "pendiente", 0, 0, "", 0, "",
                "", None, None,
            )  # fmt: skip
            identifier = self.db.insert(_INSERT, EXPORTACION.values(row, "", 0.0))
            self.events.note(NewEvent(PEDIDA, f"{identifier}: {new.nombre}", *company))
        return identifier

    def find(self, identifier: int) -> StoredExport | None:
        """The export of that id, or None."""
        row = self.db.connection.execute(f"{EXPORTACION.select} WHERE id = ?", (identifier,)).fetchone()
        return EXPORTACION.row(row) if row else None

    def of(self, company: Company, most: int = 50) -> list[StoredExport]:
        """The newest of a company, the newest first."""
        query = f"{_OF_COMPANY} ORDER BY id DESC LIMIT ?"
        rows = self.db.connection.execute(query, (company.ambiente, company.rut, most))
        return [EXPORTACION.row(row) for row in rows]

    def ended(self, before: datetime) -> list[StoredExport]:
        """Those with a file that ended before that local moment, of all companies."""
        query = f"{EXPORTACION.select} WHERE estado = 'lista' AND terminada < ?"
        return [EXPORTACION.row(row) for row in self.db.connection.execute(query, (before.isoformat(" "),))]

    def stored(self) -> list[StoredExport]:
        """Those that have a file, of all companies, the oldest first."""
        query = f"{EXPORTACION.select} WHERE estado = 'lista' OR {_OPEN} ORDER BY id"
        return [EXPORTACION.row(row) for row in self.db.connection.execute(query)]

    def delete(self, one: StoredExport) -> None:
        """Forget an export, wherever it is."""
        with self.db.transaction(_PART):
            self.db.connection.execute("DELETE FROM exportacion WHERE id = ?", (one.id,))
            self.events.note(NewEvent(ELIMINADA, f"{one.id}: {one.nombre}", one.ambiente, one.rut_emisor))

    def expire(self, one: StoredExport) -> None:
        """Note that the file of an export was removed, because its time is over."""
        with self.db.writing(_PART):
            self.db.connection.execute("UPDATE exportacion SET estado = 'vencida' WHERE id = ?", (one.id,))

    # --- the queue -------------------------------------------------------------------------------------------

    def take(self, worker: str, equipo: str, is_gone: Callable[[str], bool]) -> StoredExport | None:
        """The next export to work on, now *worker*'s; None when there is nothing to do.

        :param equipo: the worker's machine: what another machine has begun of it is not here, and is made anew.
        :param is_gone: whether a worker is known to have died; its exports need not wait.
        """
        # Looked up first without the write lock, which idle workers must not hold.
        if self._next(is_gone) is None:
            return None
        with self.db.transaction(_PART):
            found = self._next(is_gone)
            if found is None:
                return None
            self.db.connection.execute(
                "UPDATE exportacion SET hechos = 0, punto = '', largo = 0 WHERE id = ? AND equipo <> ?", (found, equipo)
            )
            self.db.connection.execute(
                "UPDATE exportacion SET estado = 'en proceso', trabajador = ?, vence = ?, equipo = ?, "
                "comenzada = COALESCE(comenzada, ?) WHERE id = ?",
                (worker, time.time() + TERM, equipo, clock.now().isoformat(" "), found),
            )
            return self.find(found)

    def _next(self, is_gone: Callable[[str], bool]) -> int | None:
        now = time.time()
        query = f"SELECT id, estado, trabajador, vence FROM exportacion WHERE {_OPEN} ORDER BY id"
        with closing(self.db.connection.execute(query)) as rows:
            for identifier, estado, worker, vence in rows:
                # A term that ends too far ahead was written before the machine's clock was set back.
                if (estado == "pendiente" and vence <= now) or not now < vence <= now + TERM or is_gone(worker):
                    return int(identifier)
        return None

    def advance(self, one: StoredExport, worker: str) -> None:
        """Note how far *one* is: its ``total``, ``hechos``, ``punto`` and ``largo``. *worker* has it for another while.

        :raises Overtaken: another worker has it, or somebody removed it.
        """
        self._set(
            one, worker, "total = ?, hechos = ?, punto = ?, largo = ?, vence = ?",
            (one.total, one.hechos, one.punto, one.largo, time.time() + TERM),
        )  # fmt: skip

    def finish(self, one: StoredExport, worker: str) -> None:
        """Its file is whole: ``largo`` bytes with ``hechos`` documents.

        :raises Overtaken: as :meth:`advance`.
        """
        self._set(
            one, worker, "estado = 'lista', total = ?, hechos = ?, largo = ?, terminada = ?, vence = 0",
            (one.hechos, one.hechos, one.largo, clock.now().isoformat(" ")),
        )  # fmt: skip

    def fail(self, one: StoredExport, worker: str, why: str) -> None:
        """It cannot be made, for the reason that *why* tells the person.

        :raises Overtaken: as :meth:`advance`.
        """
        self._set(
            one, worker, "estado = 'fallida', problema = ?, largo = 0, terminada = ?, vence = 0",
            (why, clock.now().isoformat(" ")),
        )  # fmt: skip

    def give_back(self, one: StoredExport, worker: str, after: float = 0.0) -> None:
        """Let others take it, after *after* seconds, if *worker* still has it."""
        with self.db.writing(_PART):
            self.db.connection.execute(
                "UPDATE exportacion SET estado = 'pendiente', vence = ? WHERE id = ? AND trabajador = ? "
                "AND estado = 'en proceso'",
                (time.time() + after if after else 0.0, one.id, worker),
            )

    def _set(self, one: StoredExport, worker: str, changes: str, values: tuple[object, ...]) -> None:
        with self.db.writing(_PART):
            changed = self.db.connection.execute(
                f"UPDATE exportacion SET {changes} WHERE id = ? AND trabajador = ? AND estado = 'en proceso'",
                (*values, one.id, worker),
            ).rowcount
        if not changed:
            raise Overtaken
