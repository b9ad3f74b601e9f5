"""What is to be printed, in order for each printer, and what was: the queue of whoever sends it.

A sender *takes* the first job of a lane, which is one printer and one ``destino``, for a while and renews that as long
as it lives; the next one waits until this is printed or given up, so that the order stays. Before the first byte
leaves, :meth:`Prints.begins` is durable: a job that breaks off behind it may have been printed, and is marked as a copy
when it is sent again. Who has been overtaken is told so by :class:`~dteplanows.ledger.batches.Overtaken`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable
from typing import NamedTuple

from dteplanows.document import clock
from dteplanows.document.company import Company
from dteplanows.ledger.batches import Overtaken
from dteplanows.ledger.engines.base import Database
from dteplanows.ledger.events import Events, NewEvent
from dteplanows.ledger.print_tables import IMPRESION, OPEN, CopyKind, StoredPrint, StoredPrinter
from dteplanows.ledger.printers import must_be_there, settle
from dteplanows.ledger.repository import Repository

PEDIDA, MOVIDA, CANCELADA = "impresión pedida", "impresión movida", "impresión cancelada"
"""Events: a person asked for a copy, moved it to another printer, or gave it up."""

PART = "impresiones"
TERM = 30.0
"""Seconds for which a sender has a job without a sign of life."""
LONGEST = 60.0
"""Seconds of the longest pause between two tries."""

_INSERT = IMPRESION.insert("trabajador", "vence")
_FAILED = "estado = 'fallida'"
_MARKED = "reimpresion = CASE WHEN comenzada = 1 THEN 1 ELSE reimpresion END, comenzada = 0"
_LEFT = f"({OPEN} OR estado = 'impresa' OR comenzada = 1 OR reimpresion = 1)"
"""What is on paper, may be, or will be."""
_HEADS = (
    "SELECT MIN(one.id) FROM impresion AS one JOIN impresora ON impresora.id = one.impresora_id "
    f"WHERE one.{OPEN} AND impresora.retenida = 0 AND impresora.clase <> 'agente' "
    "GROUP BY one.impresora_id, one.destino"
)
_HEAD = (
    "SELECT id, estado, proximo, trabajador, vence FROM impresion "
    f"WHERE {OPEN} AND impresora_id = ? AND destino = ? ORDER BY id LIMIT 1"
)


class NewPrint(NamedTuple):
    """A copy that is to be printed."""

    company: Company
    documento_id: int | None
    """None for a test page."""
    impresora_id: int
    copia: CopyKind
    usuario: str
    puerto: int = 0
    destino: str = ""
    reimpresion: bool = False


class Lane(NamedTuple):
    """What is printed in order."""

    impresora_id: int
    destino: str


class Waiting(NamedTuple):
    """What waits at a printer."""

    jobs: int
    since: str
    """Local moment of the oldest, as it is stored."""


IsGone = Callable[[str], bool]
"""Whether a worker is known to have died."""


class Prints(Repository):
    """The part of the ledger that holds what is to be printed and what was."""

    def __init__(self, db: Database, events: Events) -> None:
        super().__init__(db)
        self.events = events

    # --- asking for copies -----------------------------------------------------------------------------------

    def add(self, new: Iterable[NewPrint]) -> list[int]:
        """Queue copies, in the transaction that is open or in one of its own. Gives their ids."""
        with self.db.writing():
            return [self.db.insert(_INSERT, IMPRESION.values(_row(one), "", 0.0)) for one in new]

    def order(self, new: NewPrint, what: str) -> int:
        """Queue a copy that a person asks for, marked where the same one is on paper, may be, or waits. Gives its id.

        :param what: the document and the printer, in words.
        :raises Refused: the printer was removed meanwhile (CFG-061).
        """
        query = f"SELECT COUNT(*) FROM impresion WHERE documento_id = ? AND copia = ? AND {_LEFT}"
        with self.db.writing():
            must_be_there(self.db.connection, new.impresora_id)
            before = self.db.connection.execute(query, (new.documento_id or 0, new.copia)).fetchone()[0]
            (identifier,) = self.add([new._replace(reimpresion=bool(before))])
            self.events.note(
                NewEvent(PEDIDA, f"{identifier}: {what}", new.company.ambiente, new.company.rut, new.documento_id)
            )
        return identifier

    def move(self, one: StoredPrint, printer: StoredPrinter, destino: str) -> bool:
        """Let *one* be printed elsewhere, wherever it was; False where it is not to be printed any more.

        :raises Refused: the printer was removed meanwhile (CFG-061).
        """
        event = NewEvent(MOVIDA, f"{one.id}: a {printer.nombre}", one.ambiente, one.rut_emisor, one.documento_id)
        # All of the ledger, as whoever removes a printer has it.
        with self.db.transaction():
            must_be_there(self.db.connection, printer.id)
            return self._taken_out(
                one, "estado = 'pendiente', impresora_id = ?, destino = ?, proximo = 0", (printer.id, destino), event
            )

    def cancel(self, one: StoredPrint) -> bool:
        """Give *one* up; False where it is not to be printed any more."""
        event = NewEvent(CANCELADA, str(one.id), one.ambiente, one.rut_emisor, one.documento_id)
        return self._taken_out(one, "estado = 'cancelada'", (), event)

    def _taken_out(self, one: StoredPrint, changes: str, values: tuple[object, ...], event: NewEvent) -> bool:
        """Take *one* from whoever has it. What has begun to leave may have been printed."""
        with self.db.writing(PART):
            before = self.find(one.id)
            done = self.db.connection.execute(
                f"UPDATE impresion SET {changes}, {_MARKED}, "
                f"trabajador = '', vence = 0 WHERE id = ? AND ({OPEN} OR {_FAILED})",
                (*values, one.id),
            ).rowcount
            if done and before:
                settle(self.db.connection, before.impresora_id)
                self.events.note(event)
        return bool(done)

    # --- reading ---------------------------------------------------------------------------------------------

    def find(self, identifier: int) -> StoredPrint | None:
        """The job of that id."""
        row = self.db.connection.execute(f"{IMPRESION.select} WHERE id = ?", (identifier,)).fetchone()
        return IMPRESION.row(row) if row else None

    def of_document(self, documento_id: int) -> list[StoredPrint]:
        """All copies of a document that are or were to be printed, in order."""
        query = f"{IMPRESION.select} WHERE documento_id = ? ORDER BY id"
        return [IMPRESION.row(row) for row in self.db.connection.execute(query, (documento_id,))]

    def documents_of(self, jobs: Collection[StoredPrint]) -> dict[int, tuple[int, int]]:
        """Type and folio of what *jobs* print, by the document's id; test pages have none."""
        ids = sorted({one.documento_id for one in jobs if one.documento_id})
        query = f"SELECT id, tipo, folio FROM documento WHERE id IN ({', '.join('?' * len(ids))})"
        return {row[0]: (row[1], row[2]) for row in self.db.connection.execute(query, ids)} if ids else {}

    def of(self, company: Company, most: int) -> list[StoredPrint]:
        """The newest of a company, the newest first."""
        query = f"{IMPRESION.select} WHERE ambiente = ? AND rut_emisor = ? ORDER BY id DESC LIMIT ?"
        rows = self.db.connection.execute(query, (company.ambiente, company.rut, most))
        return [IMPRESION.row(row) for row in rows]

    def over(self, company: Company, most: int) -> list[StoredPrint]:
        """The newest of a company that were printed or given up, the newest first."""
        query = (
            f"{IMPRESION.select} WHERE ambiente = ? AND rut_emisor = ? AND estado IN ('impresa', 'cancelada') "
            "ORDER BY id DESC LIMIT ?"
        )
        rows = self.db.connection.execute(query, (company.ambiente, company.rut, most))
        return [IMPRESION.row(row) for row in rows]

    def queue(self, company: Company, most: int) -> list[StoredPrint]:
        """What of a company is to be printed, in order, and then what could not be, the newest first."""
        found: list[StoredPrint] = []
        for condition, order in ((OPEN, "id"), (_FAILED, "id DESC")):
            # Each has a small index of its own; all prints of a company are many.
            query = (
                f"{IMPRESION.select} WHERE id IN (SELECT id FROM impresion WHERE {condition}) AND ambiente = ? "
                f"AND rut_emisor = ? ORDER BY {order} LIMIT ?"
            )
            rows = self.db.connection.execute(query, (company.ambiente, company.rut, most - len(found)))
            found += [IMPRESION.row(row) for row in rows.fetchall()]
        return found

    def waiting(self) -> dict[int, Waiting]:
        """What waits, by printer."""
        query = f"SELECT impresora_id, COUNT(*), MIN(pedida) FROM impresion WHERE {OPEN} GROUP BY impresora_id"
        return {row[0]: Waiting(row[1], str(row[2])) for row in self.db.connection.execute(query)}

    def failed_counts(self) -> dict[int, int]:
        """How many could not be printed and nobody has given up or moved, by printer."""
        query = f"SELECT impresora_id, COUNT(*) FROM impresion WHERE {_FAILED} GROUP BY impresora_id"
        return {row[0]: row[1] for row in self.db.connection.execute(query)}

    # --- the queue -------------------------------------------------------------------------------------------

    def due(self, is_gone: IsGone) -> list[Lane]:
        """The lanes whose first job can be sent now by a worker of the service; those of agents fetch it."""
        query = (
            f"SELECT impresora_id, destino, estado, proximo, trabajador, vence FROM impresion WHERE id IN ({_HEADS}) "
            "ORDER BY id"
        )
        now, heads = time.time(), self.db.connection.execute(query).fetchall()
        return [Lane(*row[:2]) for row in heads if _is_due(row[2:], now, is_gone)]

    def take(self, lane: Lane, worker: str, is_gone: IsGone) -> StoredPrint | None:
        """The first job of a lane, now *worker*'s; None when it is another's, waits, or there is none."""
        with self.db.transaction(PART):
            row = self.db.connection.execute(_HEAD, lane).fetchone()
            now = time.time()
            if row is None or not _is_due(row[1:], now, is_gone):
                return None
            self.db.connection.execute(
                "UPDATE impresion SET estado = 'enviando', trabajador = ?, vence = ?, intentos = intentos + 1, "
                f"{_MARKED} WHERE id = ?",
                (worker, now + TERM, row[0]),
            )
            return self.find(row[0])

    def can_take(self, lane: Lane, is_gone: IsGone) -> bool:
        """Whether :meth:`take` would find a job now; costs no turn of writing."""
        row = self.db.connection.execute(_HEAD, lane).fetchone()
        return row is not None and _is_due(row[1:], time.time(), is_gone)

    def had_by(self, lane: Lane, worker: str) -> StoredPrint | None:
        """The first job of a lane where *worker* has it already, however long ago it took it."""
        row = self.db.connection.execute(_HEAD, lane).fetchone()
        return self.find(row[0]) if row and (row[1], row[3]) == ("enviando", worker) else None

    def begins(self, one: StoredPrint, worker: str) -> None:
        """The first byte of *one* is about to leave.

        :raises Overtaken: it is not *worker*'s any more; nothing may be sent.
        """
        self._set(one, worker, "comenzada = 1, vence = ?", (time.time() + TERM,))

    def renew(self, one: StoredPrint, worker: str) -> None:
        """*worker* lives, and has *one* for another while.

        :raises Overtaken: it is not its any more.
        """
        self._set(one, worker, "vence = ?", (time.time() + TERM,))

    def done(self, one: StoredPrint, worker: str) -> None:
        """*one* is printed.

        :raises Overtaken: as :meth:`renew`.
        """
        moment = clock.now().isoformat(" ")
        self._set(one, worker, "estado = 'impresa', impresa = ?, problema = '', vence = 0", (moment,))

    def retry(self, one: StoredPrint, worker: str, why: str, *, clean: bool) -> None:
        """Let *one* be tried again, after a pause that grows.

        :param clean: nothing of it was printed for sure, whatever has left.
        :raises Overtaken: as :meth:`renew`.
        """
        pause = min(LONGEST, 2.0 ** min(one.intentos, 10) / 2)
        mark = "comenzada = 0" if clean else _MARKED
        self._set(
            one, worker, f"estado = 'pendiente', problema = ?, proximo = ?, {mark}", (why, time.time() + pause)
        )

    def fail(self, one: StoredPrint, worker: str, why: str) -> None:
        """*one* cannot be printed there, for the reason that *why* tells the person.

        :raises Overtaken: as :meth:`renew`.
        """
        with self.db.writing(PART):
            self._set(one, worker, "estado = 'fallida', problema = ?, vence = 0", (why,))
            settle(self.db.connection, one.impresora_id)

    def give_back(self, one: StoredPrint, worker: str) -> None:
        """Let others take it at once, if *worker* still has it."""
        try:
            self._set(one, worker, f"estado = 'pendiente', proximo = 0, {_MARKED}", ())
        except Overtaken:
            return

    def mark_open(self) -> None:
        """What is to be printed may have been already: the paper says so. For a ledger put back from a copy."""
        with self.db.writing(PART):
            self.db.connection.execute(
                f"UPDATE impresion SET estado = 'pendiente', reimpresion = 1, trabajador = '', vence = 0 WHERE {OPEN}"
            )

    def _set(self, one: StoredPrint, worker: str, changes: str, values: tuple[object, ...]) -> None:
        with self.db.writing(PART):
            changed = self.db.connection.execute(
                f"UPDATE impresion SET {changes} WHERE id = ? AND trabajador = ? AND estado = 'enviando'",
                (*values, one.id, worker),
            ).rowcount
        if not changed:
            raise Overtaken


def _row(new: NewPrint) -> StoredPrint:
    return StoredPrint(
        0, new.company.ambiente, new.company.rut, new.documento_id, new.impresora_id, new.destino, new.copia,
        new.reimpresion, new.usuario, new.puerto, clock.now(), "pendiente", False, 0, 0.0, "", None,
    )  # fmt: skip


def _is_due(row: tuple[str, float, str, float], now: float, is_gone: IsGone) -> bool:
    """Whether the first job of a lane can be taken.

    A moment that is too far ahead was written before the machine's clock was set back.
    """
    estado, proximo, worker, vence = row
    if estado == "pendiente":
        return not now < proximo <= now + LONGEST
    return not now < vence <= now + TERM or is_gone(worker)
