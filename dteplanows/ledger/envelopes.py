"""Signed envelopes: the queue of what is to be sent and asked, and what the SII said of each.

The table is the queue, as that of the batches. A worker takes an envelope for a while; what it found is written only
if it still has it. Before an upload begins it is noted durably, so whoever comes after a worker that died asks the SII
first.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from typing import Any, NamedTuple

from dteplanows.document import clock
from dteplanows.ledger.deliveries import PART, Deliveries, Step
from dteplanows.ledger.delivery_states import BY_HAND, ENVELOPE_DONE
from dteplanows.ledger.delivery_tables import (
    ENVIO,
    ENVIO_ARCHIVO,
    ENVIO_DOCUMENTO,
    INTERCAMBIO,
    IS_OPEN,
    DocumentOfEnvelope,
    EnvelopeFile,
    Exchange,
    StoredEnvelope,
)
from dteplanows.ledger.engines.base import Database
from dteplanows.ledger.repository import Repository

TERM = 900.0
"""Seconds for which a worker has an envelope. An upload over a slow line takes minutes; whoever died on this machine
is known at once."""

LONGEST = 86_400.0
"""Seconds that an envelope may have to wait; a moment farther ahead was written before the clock was set back."""

_INSERT = ENVIO.insert("trabajador", "vence")
_INSERT_FILE = ENVIO_ARCHIVO.insert()
_INSERT_DOCUMENT = ENVIO_DOCUMENTO.insert()
_INSERT_EXCHANGE = INTERCAMBIO.insert()
_TAKE_DOCUMENTS = (
    "UPDATE entrega SET estado = 'en sobre', desde = ?, envio_id = ? WHERE estado = 'pendiente' AND documento_id IN "
    "(SELECT documento_id FROM envio_documento WHERE envio_id = ?)"
)
_NOTE_DOCUMENTS = (
    "INSERT INTO estado_documento (documento_id, momento, estado, envio_id, detalle) "
    "SELECT documento_id, ?, 'en sobre', envio_id, '' FROM envio_documento WHERE envio_id = ?"
)
# The class is named so that the index of the open documents serves.
_OF_OPEN_DOCUMENTS = (
    f"SELECT envio_id FROM entrega WHERE clase IN ('facturas', 'boletas') AND {IS_OPEN} AND envio_id IS NOT NULL"
)
NEWEST = 2**62
"""Above every id."""
_FIRST_PAGE, _PAGE = 50, 500
"""Rows that are read at once."""
_NEXT = (
    "SELECT id, estado, servidor, trabajador, vence FROM envio "
    "WHERE siguiente > 0 AND (siguiente <= ? OR siguiente > ?) ORDER BY siguiente"
)


class Overtaken(Exception):  # noqa: N818 - nothing failed
    """Another worker has the documents or the envelope; what this one was about to write has not happened."""


class NewEnvelope(NamedTuple):
    """A signed envelope on its way into the ledger."""

    row: StoredEnvelope
    file: bytes
    documents: Sequence[int]
    """Ids, in the order of the envelope."""


class WantedEnvelopes(NamedTuple):
    """Which envelopes are meant; what is empty excludes none."""

    ambiente: str = ""
    rut_emisor: str = ""
    situacion: str = ""
    """As :attr:`~dteplanows.ledger.delivery_tables.StoredEnvelope.situacion` has it."""


class Envelopes(Repository):
    """The part of the ledger that holds envelopes."""

    def __init__(self, db: Database, deliveries: Deliveries) -> None:
        super().__init__(db)
        self.deliveries = deliveries

    # --- making and reading ----------------------------------------------------------------------------------

    def save(self, new: NewEnvelope) -> int:
        """Keep a signed envelope durably, with its documents, which are due no longer. Gives its id.

        :raises Overtaken: one of them is not due any more; nothing was kept.
        """
        moment = clock.now().isoformat(" ")
        with self.db.writing(PART):
            connection = self.db.connection
            identifier = self.db.insert(_INSERT, ENVIO.values(new.row, "", 0.0))
            connection.execute(_INSERT_FILE, ENVIO_ARCHIVO.values(EnvelopeFile(identifier, new.file)))
            connection.executemany(
                _INSERT_DOCUMENT,
                [
                    ENVIO_DOCUMENTO.values(DocumentOfEnvelope(identifier, at, one))
                    for at, one in enumerate(new.documents, 1)
                ],
            )
            taken = connection.execute(_TAKE_DOCUMENTS, (moment, identifier, identifier))
            if taken.rowcount != len(new.documents):
                raise Overtaken
            connection.execute(_NOTE_DOCUMENTS, (moment, identifier))
        return identifier

    def find(self, envio_id: int) -> StoredEnvelope | None:
        """The envelope of that id, or None."""
        return self._one("id = ?", (envio_id,))

    def with_track(self, rut_emisor: str, track_id: str) -> StoredEnvelope | None:
        """The newest envelope of that issuer to which the SII gave that number, or None."""
        return self._one("track_id = ? AND track_id <> '' AND rut_emisor = ?", (track_id, rut_emisor))

    def newest(self, most: int, where: str = "", values: Sequence[object] = ()) -> list[StoredEnvelope]:
        """The newest envelopes, up to *most* of them, newest first.

        :param where: a condition upon the columns of ``envio``; empty for all.
        """
        condition = f" WHERE {where}" if where else ""
        rows = self.db.connection.execute(f"{ENVIO.select}{condition} ORDER BY id DESC LIMIT ?", (*values, most))
        return [ENVIO.row(row) for row in rows]

    def found(self, wanted: WantedEnvelopes = WantedEnvelopes()) -> Iterator[StoredEnvelope]:  # noqa: B008 - a value
        """The wanted envelopes, newest first; read as far as they are asked for."""
        last, size = NEWEST, _FIRST_PAGE
        while True:
            page = self.page(wanted, size, last)
            yield from page
            if len(page) < size:
                return
            last, size = page[-1].id, _PAGE

    def page(self, wanted: WantedEnvelopes, most: int, before: int = NEWEST) -> list[StoredEnvelope]:
        """The wanted envelopes with an id below *before*, up to *most* of them, newest first."""
        where, values = _condition(wanted)
        return self.newest(most, f"{where} AND id < ?", (*values, before))

    def file(self, envio_id: int) -> bytes:
        """The bytes that are sent.

        :raises LookupError: there is no such envelope.
        """
        row = self.db.connection.execute(f"{ENVIO_ARCHIVO.select} WHERE envio_id = ?", (envio_id,)).fetchone()
        if row is None:
            raise LookupError(f"there is no envelope {envio_id}")
        return ENVIO_ARCHIVO.row(row).contenido

    def documents(self, envio_id: int) -> list[int]:
        """The ids of all documents in an envelope, in its order, wherever they travel now."""
        query = "SELECT documento_id FROM envio_documento WHERE envio_id = ? ORDER BY orden"
        return [one for (one,) in self.db.connection.execute(query, (envio_id,))]

    def of_document(self, documento_id: int) -> list[StoredEnvelope]:
        """Every envelope that a document was in, in order."""
        rows = self.db.connection.execute(
            f"{ENVIO.select} WHERE id IN (SELECT envio_id FROM envio_documento WHERE documento_id = ?) ORDER BY id",
            (documento_id,),
        )
        return [ENVIO.row(row) for row in rows]

    def exchanges(self, envio_id: int) -> Iterator[Exchange]:
        """Every kept call about an envelope, in order."""
        rows = self.db.connection.execute(f"{INTERCAMBIO.select} WHERE envio_id = ? ORDER BY id", (envio_id,))
        for row in rows:
            yield INTERCAMBIO.row(row)

    def forget_exchanges(self, before: datetime) -> int:
        """Forget the calls before that local moment. Gives how many they were."""
        limit = (before.isoformat(" "),)
        if self.db.connection.execute("SELECT 1 FROM intercambio WHERE momento < ? LIMIT 1", limit).fetchone() is None:
            return 0
        with self.db.writing(PART):
            return self.db.connection.execute("DELETE FROM intercambio WHERE momento < ?", limit).rowcount

    # --- the queue -------------------------------------------------------------------------------------------

    def take(self, worker: str, is_gone: Callable[[str], bool], but: Collection[str] = ()) -> StoredEnvelope | None:
        """The next envelope with something to do, now *worker*'s; None when there is none.

        One that is to be sent is noted as being sent; one that another worker was sending when it died is in doubt.

        :param is_gone: whether a worker is known to have died.
        :param but: servers that are left alone now.
        """
        if self._next(is_gone, but) is None:
            return None
        with self.db.transaction(PART):
            found = self._next(is_gone, but)
            if found is None:
                return None
            identifier, estado = found
            values: dict[str, object] = {"trabajador": worker, "vence": time.time() + TERM}
            if estado == "por enviar":
                self.db.connection.execute("UPDATE envio SET subidas = subidas + 1 WHERE id = ?", (identifier,))
                values["estado"] = "enviando"
            elif estado == "enviando":
                values["estado"] = "en duda"
            self._update(values, "id = ?", (identifier,))
            return self.find(identifier)

    def next_moment(self) -> float:
        """When the next envelope has something to do, in seconds of Unix time; 0 for none."""
        row = self.db.connection.execute("SELECT MIN(siguiente) FROM envio WHERE siguiente > 0").fetchone()
        return float(row[0] or 0)

    def settle(
        self, envelope: StoredEnvelope, worker: str, changes: Mapping[str, Any], steps: Iterable[Step] = ()
    ) -> None:
        """Write what *worker* found of an envelope, which it gives back; its documents take *steps*, in order.

        :param changes: by column of ``envio``; a new ``estado`` begins its questions anew.
        :raises Overtaken: another worker has the envelope; nothing was written.
        """
        with self.db.writing(PART):
            values = {**_with_moment(envelope.estado, changes), "trabajador": "", "vence": 0.0}
            if not self._update(values, "id = ? AND trabajador = ?", (envelope.id, worker)):
                raise Overtaken
            for step in steps:
                self.deliveries.move_envelope(envelope.id, step)

    def give_back(self, envelope: StoredEnvelope, worker: str, later: float) -> None:
        """Let others take an envelope with which *worker* could not go on, from *later* (Unix time)."""
        with self.db.writing(PART):
            values = {"trabajador": "", "vence": 0.0, "siguiente": later}
            self._update(values, "id = ? AND trabajador = ?", (envelope.id, worker))

    def change(self, envelope: StoredEnvelope, changes: Mapping[str, Any], steps: Iterable[Step] = ()) -> bool:
        """What a person decides about an envelope; False when a worker has it, or it is in another state now."""
        with self.db.writing(PART):
            which = "id = ? AND (trabajador = '' OR vence < ?) AND estado = ?"
            keys = (envelope.id, time.time(), envelope.estado)
            if not self._update(_with_moment(envelope.estado, changes), which, keys):
                return False
            for step in steps:
                self.deliveries.move_envelope(envelope.id, step)
            return True

    def hurry(self, envio_id: int) -> None:
        """Let what is next for an envelope be done at once, if anything is; whoever has it goes on undisturbed."""
        with self.db.writing(PART):
            self._update({"siguiente": time.time()}, "id = ? AND siguiente > ?", (envio_id, time.time()))

    def keep(self, exchanges: Sequence[Exchange]) -> None:
        """Keep calls about envelopes."""
        if exchanges:
            with self.db.writing(PART):
                rows = [INTERCAMBIO.values(one) for one in exchanges]
                self.db.connection.executemany(_INSERT_EXCHANGE, rows)

    def _next(self, is_gone: Callable[[str], bool], but: Collection[str]) -> tuple[int, str] | None:
        now = time.time()
        with closing(self.db.connection.execute(_NEXT, (now, now + LONGEST))) as rows:
            for identifier, estado, servidor, worker, vence in rows:
                # A term that ends too far ahead was written before the machine's clock was set back.
                free = not worker or not now < vence <= now + TERM or is_gone(worker)
                if free and servidor not in but:
                    return int(identifier), str(estado)
        return None

    def _update(self, values: dict[str, Any], which: str, keys: Sequence[object]) -> int:
        columns = ", ".join(f"{name} = ?" for name in values)
        statement = f"UPDATE envio SET {columns} WHERE {which}"
        return self.db.connection.execute(statement, (*values.values(), *keys)).rowcount

    def _one(self, which: str, values: Sequence[object]) -> StoredEnvelope | None:
        row = self.db.connection.execute(f"{ENVIO.select} WHERE {which} ORDER BY id DESC LIMIT 1", values).fetchone()
        return ENVIO.row(row) if row else None


def _condition(wanted: WantedEnvelopes) -> tuple[str, list[object]]:
    """What a query asks for *wanted*, and its values."""
    where, values = "1 = 1", list[object]()
    for column, value in (("ambiente", wanted.ambiente), ("rut_emisor", wanted.rut_emisor)):
        if value:
            where, values = f"{where} AND {column} = ?", [*values, value]
    if wanted.situacion not in ("", *ENVELOPE_DONE):
        # Found by their documents: among a million envelopes that are done, few are not.
        where += f" AND id IN ({_OF_OPEN_DOCUMENTS})"
    if wanted.situacion == BY_HAND:
        where += " AND estado = 'por enviar' AND siguiente = 0"
    elif wanted.situacion:
        where, values = f"{where} AND estado = ?", [*values, wanted.situacion]
        where += " AND siguiente > 0" if wanted.situacion == "por enviar" else ""
    return where, values


def _with_moment(estado: str, changes: Mapping[str, Any]) -> dict[str, Any]:
    """*changes* as the table has them, with the moment of a new state."""
    values = dict(changes)
    if values.get("estado", estado) != estado:
        values = {"desde": clock.now().isoformat(" "), "preguntas": 0, **values}
    if "conteo" in values:
        values["conteo"] = json.dumps(values["conteo"])
    return values
