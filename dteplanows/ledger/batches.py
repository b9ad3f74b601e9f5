"""Files received in bulk mode: the queue of the workers, and what became of every document.

The table is the queue. A worker *takes* a batch for a while and renews that with every chunk it commits; when it dies,
the time runs out and another takes the batch. That is for order only. What makes each document happen exactly once is
:meth:`Batches.advance`: it runs in the transaction that records the documents and fails unless the batch stands where
the worker believed, so of two workers at the same chunk one rolls back.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from typing import Any

from dteplanows.document import clock
from dteplanows.document.catalogue import problem
from dteplanows.document.elements import EXPORTS
from dteplanows.document.figures import Figures, of_signed
from dteplanows.document.outcome import VENTA, DocumentOutcome
from dteplanows.document.problem import Place, Problem, Refused, Severity
from dteplanows.ledger.batch_rows import BatchState, NewBatch, StoredBatch
from dteplanows.ledger.engines.base import Database
from dteplanows.ledger.files import Files
from dteplanows.ledger.repository import Repository
from dteplanows.ledger.tables import LOTE, LOTE_DOCUMENTO, DocumentOfBatch

TERM = 10.0
"""Seconds for which a worker has a batch without a sign of life."""

_HIGHEST = 2**63 - 1
"""The highest number of a database. A refused document may ask for any folio."""

NEWEST = 2**62
"""Above every id."""

_EMPTY = "UPDATE archivo SET contenido = ? WHERE sha256 = ?"
_INSERT = LOTE.insert("turnos", "trabajador", "vence")
_INSERT_DOCUMENT = LOTE_DOCUMENTO.insert()
# The company that has waited longest first, of its batches those with fewer turns.
_OPEN = (
    "SELECT id, estado, trabajador, vence FROM lote AS uno WHERE estado <> 'terminado' ORDER BY (SELECT "
    "MAX(ultimo_turno) FROM lote AS otro WHERE otro.ambiente = uno.ambiente AND otro.rut_emisor = uno.rut_emisor), "
    "turnos, id"
)
_WAITING = "SELECT COUNT(*) FROM lote WHERE estado <> 'terminado' AND ambiente = ? AND rut_emisor = ?"
_FORGOTTEN = (
    "SELECT sha256 FROM archivo_suelto JOIN lote ON archivo_sha256 = sha256 GROUP BY sha256 "
    "HAVING SUM(CASE WHEN estado = 'terminado' THEN 0 ELSE 1 END) = 0 AND MAX(terminado) < ?"
)

# Batches of older versions do not name their documents, which are the first of their folios; an export's figures only
# stand in its XML.
_OUTCOMES = (
    "SELECT numero, one.folio, one.tipo, fecha, emitido, problemas, operacion, documento_id, cedible, "
    "monto_neto, monto_exento, iva, monto_total, CASE WHEN one.tipo IN ({exports}) THEN xml END "
    "FROM lote_documento AS one JOIN lote ON lote.id = one.lote_id LEFT JOIN documento ON documento.tipo = one.tipo "
    "AND documento.folio = one.folio AND (documento.id = one.documento_id "
    "OR (one.documento_id = 0 AND documento.reemplaza = 0)) AND documento.ambiente = lote.ambiente "
    "AND documento.rut_emisor = lote.rut_emisor "
    "WHERE one.lote_id = ?{only} ORDER BY numero"
)


class Overtaken(Exception):  # noqa: N818 - nothing failed
    """Another worker went on with the batch; what this one was about to record has not happened."""


class Batches(Repository):
    """The part of the ledger that holds what was received in bulk mode."""

    def __init__(self, db: Database, files: Files) -> None:
        super().__init__(db)
        self.files = files

    # --- receiving and asking --------------------------------------------------------------------------------

    def receive(self, new: NewBatch, most: int = 0) -> int:
        """Store the file of *new* and queue it, durably. Gives the id of its batch.

        :param most: batches of the company that may wait or be worked on, this one included; 0 for any number.
        :raises Refused: they are more (SRV-190); nothing was stored.
        """
        with self.db.writing("lotes"):
            company = (new.ambiente, new.rut_emisor)
            if most and self.db.connection.execute(_WAITING, company).fetchone()[0] >= most:
                raise Refused([problem("SRV-190", maximo=most)])
            file = new.archivo
            self.files.store(file, only_waits=True)
            row = StoredBatch(
                0, *company, new.usuario, new.identidad_de_cuenta, file.sha256, file.formato, clock.now(), "pendiente",
                0, 0, 0, None, None, new.con_enlaces, new.puerto,
            )  # fmt: skip
            return self.db.insert(_INSERT, LOTE.values(row, 0, "", 0.0))

    def find(self, batch_id: int) -> StoredBatch | None:
        """The batch of that id, or None."""
        row = self.db.connection.execute(f"{LOTE.select} WHERE id = ?", (batch_id,)).fetchone()
        return LOTE.row(row) if row else None

    def newest(self, most: int) -> list[StoredBatch]:
        """The newest batches, up to *most* of them, newest first."""
        rows = self.db.connection.execute(f"{LOTE.select} ORDER BY id DESC LIMIT ?", (most,))
        return [LOTE.row(row) for row in rows]

    def page(self, ambiente: str, rut: str, most: int, before: int = NEWEST) -> list[StoredBatch]:
        """The batches of a company with an id below *before*, up to *most* of them, newest first."""
        query = f"{LOTE.select} WHERE ambiente = ? AND rut_emisor = ? AND id < ? ORDER BY id DESC LIMIT ?"
        return [LOTE.row(row) for row in self.db.connection.execute(query, (ambiente, rut, before, most))]

    def outcomes(
        self, batch_id: int, refused_only: bool = False, after: int = 0
    ) -> Iterator[tuple[int, DocumentOutcome]]:
        """What became of the documents of a batch so far, each with its place in the file.

        :param after: only those behind that place.
        """
        only = f" AND numero > {int(after)}{' AND emitido = 0' if refused_only else ''}"
        rows = self.db.connection.execute(
            _OUTCOMES.format(only=only, exports=", ".join(map(str, EXPORTS))), (batch_id,)
        )
        for numero, folio, tipo, fecha, emitido, problemas, operacion, documento_id, cedible, *signed in rows:
            moment, told = datetime.fromisoformat(fecha), tuple(_problems(problemas))
            figures = _figures(signed) if emitido and operacion == VENTA else None
            yield (
                numero,
                DocumentOutcome(
                    folio, tipo, moment, bool(emitido), told, operacion, documento_id, bool(cedible), figures
                ),
            )

    # --- the queue -------------------------------------------------------------------------------------------

    def take(self, worker: str, is_gone: Callable[[str], bool]) -> StoredBatch | None:
        """The next batch to work on, now *worker*'s; None when there is nothing to do.

        :param is_gone: whether a worker is known to have died; its batches need not wait.
        """
        # Looked up first without the write lock, which idle workers must not hold every half second.
        if self._next(is_gone) is None:
            return None
        with self.db.transaction("lotes"):
            found = self._next(is_gone)
            if found is None:
                return None
            self.db.connection.execute(
                "UPDATE lote SET estado = 'en proceso', trabajador = ?, vence = ?, turnos = turnos + 1, "
                "ultimo_turno = (SELECT MAX(ultimo_turno) + 1 FROM lote), comenzado = COALESCE(comenzado, ?) "
                "WHERE id = ?",
                (worker, time.time() + TERM, clock.now().isoformat(" "), found),
            )
            return self.find(found)

    def _next(self, is_gone: Callable[[str], bool]) -> int | None:
        now = time.time()
        with closing(self.db.connection.execute(_OPEN)) as rows:
            for batch_id, estado, worker, vence in rows:
                # A term that ends too far ahead was written before the machine's clock was set back.
                if estado == "pendiente" or not now < vence <= now + TERM or is_gone(worker):
                    return int(batch_id)
        return None

    def waits(self, but: int) -> bool:
        """Whether there is a batch other than *but* that no worker has."""
        row = self.db.connection.execute(
            "SELECT 1 FROM lote WHERE estado <> 'terminado' AND id <> ? AND vence < ? LIMIT 1", (but, time.time())
        ).fetchone()
        return row is not None

    def forget_refused_files(self, before: datetime) -> int:
        """Empty the files of batches that ended before that local moment and of which nothing was issued or entered.

        The batches stay, with what became of each document; only what the customer sent is gone. A file that comes
        again is stored again. Gives how many files they were.
        """
        limit = (before.isoformat(" "),)
        if self.db.connection.execute(f"{_FORGOTTEN} LIMIT 1", limit).fetchone() is None:
            return 0
        with self.db.writing():
            found = self.db.connection.execute(_FORGOTTEN, limit).fetchall()
            self.db.connection.executemany(
                "UPDATE archivo SET contenido = ? WHERE sha256 = ?", [(b"", *one) for one in found]
            )
            self.db.connection.executemany("DELETE FROM archivo_suelto WHERE sha256 = ?", found)
        return len(found)

    def count(self, batch: StoredBatch, worker: str, total: int) -> StoredBatch:
        """Note how many documents the batch has; *worker* has it for another while."""
        with self.db.writing("lotes"):
            self.db.connection.execute(
                "UPDATE lote SET total = ?, trabajador = ?, vence = ? WHERE id = ? AND estado = 'en proceso'",
                (total, worker, time.time() + TERM, batch.id),
            )
        return batch._replace(total=total)

    def give_back(self, batch: StoredBatch, worker: str, after: float = 0.0) -> None:
        """Let others take the batch, after *after* seconds, if *worker* still has it."""
        vence = time.time() + after if after else 0.0
        with self.db.writing("lotes"):
            self.db.connection.execute(
                "UPDATE lote SET vence = ? WHERE id = ? AND trabajador = ?", (vence, batch.id, worker)
            )

    def advance(self, batch: StoredBatch, worker: str, outcomes: Sequence[DocumentOutcome]) -> StoredBatch:
        """Note what became of the next documents of the batch, inside the transaction that records them.

        :raises Overtaken: the batch is not where *batch* says; the caller's transaction must not happen.
        """
        hechos = batch.hechos + len(outcomes)
        rechazados = batch.rechazados + sum(not one.accepted for one in outcomes)
        done = hechos >= batch.total
        estado: BatchState = "terminado" if done else "en proceso"
        moment = clock.now() if done else None
        changed = self.db.connection.execute(
            "UPDATE lote SET hechos = ?, rechazados = ?, estado = ?, terminado = ?, trabajador = ?, vence = ? "
            "WHERE id = ? AND hechos = ? AND estado = 'en proceso'",
            (
                hechos,
                rechazados,
                estado,
                moment and moment.isoformat(" "),
                worker,
                0.0 if done else time.time() + TERM,
                batch.id,
                batch.hechos,
            ),
        ).rowcount
        if not changed:
            raise Overtaken
        rows = [
            DocumentOfBatch(
                batch.id,
                number,
                min(one.folio, _HIGHEST),
                one.tipo,
                one.fecha,
                one.accepted,
                _json(one.problems),
                one.operacion,
                one.documento_id,
                one.cedible,
            )
            for number, one in enumerate(outcomes, batch.hechos + 1)
        ]
        self.db.connection.executemany(_INSERT_DOCUMENT, list(map(LOTE_DOCUMENTO.values, rows)))
        return batch._replace(hechos=hechos, rechazados=rechazados, estado=estado, terminado=moment)

    def open(self) -> list[StoredBatch]:
        """Those that are not finished, oldest first."""
        rows = self.db.connection.execute(f"{LOTE.select} WHERE estado <> 'terminado' ORDER BY id")
        return [LOTE.row(row) for row in rows]

    def break_off(self, batch: StoredBatch, reason: Problem) -> None:
        """End a batch where it is: *reason* is what became of all documents that are not done, as if they were one."""
        with self.db.writing("lotes"):
            query = "UPDATE lote SET estado = 'en proceso', total = hechos + 1 WHERE id = ?"
            self.db.connection.execute(query, (batch.id,))
            refused = DocumentOutcome(0, 0, clock.now(), False, (reason,))
            self.advance(batch._replace(total=batch.hechos + 1), "", [refused])


def _figures(signed: Sequence[Any]) -> Figures | None:
    """The figures of a row of an issued document: its amounts in pesos and, of an export, its XML."""
    *amounts, xml = signed
    if xml is not None:
        return of_signed(xml)
    return None if amounts[0] is None else Figures(*amounts)


def _json(problems: Sequence[Problem]) -> str:
    return json.dumps(problems, separators=(",", ":")) if problems else ""


def _problems(text: str) -> Iterator[Problem]:
    for code, severity, place, *texts in json.loads(text) if text else ():
        yield Problem(code, Severity(severity), Place(*place), *texts)
