"""Which documents are due for the SII, in which state each is, and how they got there.

Every step of a document is one of :data:`~dteplanows.ledger.delivery_states.BEFORE`, whoever asks for it: a document
that is in another state stays as it is. Steps of many documents are one statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from dteplanows.document import clock
from dteplanows.document.elements import BOLETAS
from dteplanows.ledger.delivery_states import ACCEPTED, BEFORE, FINAL, WITHOUT_EFFECT, State
from dteplanows.ledger.delivery_tables import ENTREGA, ESTADO_DOCUMENTO, Delivery, StateOfDocument
from dteplanows.ledger.document_mail_tables import WAKE
from dteplanows.ledger.engines.base import Database
from dteplanows.ledger.notice_tables import ENQUEUE, TOLD
from dteplanows.ledger.repository import Repository
from dteplanows.ledger.rows import StoredDocument
from dteplanows.ledger.tables import DOCUMENTO

PART = "envios"
"""What of the ledger is changed here: one process does it at a time."""


class Group(NamedTuple):
    """Documents that are due and may travel together."""

    ambiente: str
    rut_emisor: str
    clase: str
    tope: int
    """Documents of their envelope at most; 0 for any number."""


class Due(NamedTuple):
    """What is due of a group."""

    group: Group
    documents: int
    since: datetime
    """When the oldest of them came."""


class Standing(NamedTuple):
    """A document of an envelope, and where it stands."""

    documento_id: int
    tipo: int
    folio: int
    estado: State
    motivos: str


class Step(NamedTuple):
    """What happens to documents."""

    to: State
    detail: str = ""
    """What the SII said, or why."""
    reasons: str = ""
    """What the SII says against them, in lines."""
    tope: int = 0
    """For ``pendiente``: documents of the next envelope at most."""


# A note waits as long as the document that it corrects is under way; one that was issued before delivery existed, or
# that this ledger does not have, is nobody's to wait for. The order of the tables is said: SQLite would look through
# all documents of the company for each note.
# Of the documents of one folio the one that was live when the note was issued, and not one that replaces it since.
_MEANT = """NOT EXISTS (
        SELECT 1 FROM documento AS siguiente WHERE siguiente.reemplaza = corregido.id AND siguiente.reemplaza > 0
        AND (siguiente.id < entrega.documento_id OR corregido.id > entrega.documento_id)
    )"""
_WAITS = f"""
    EXISTS (
        SELECT 1 FROM referencia
        {{join}} documento AS corregido ON corregido.ambiente = entrega.ambiente
            AND corregido.rut_emisor = entrega.rut_emisor AND corregido.tipo = referencia.tipo
            AND corregido.folio = referencia.folio AND {_MEANT}
        {{join}} entrega AS otra ON otra.documento_id = corregido.id
        WHERE referencia.documento_id = entrega.documento_id AND otra.documento_id <> entrega.documento_id
        AND otra.estado NOT IN ({", ".join(repr(one) for one in ACCEPTED)})
    )
"""
_DUE = (
    "SELECT ambiente, rut_emisor, clase, tope, COUNT(*), MIN(desde) FROM entrega WHERE estado = 'pendiente' "
    "GROUP BY ambiente, rut_emisor, clase, tope ORDER BY 6"
)
_OF_GROUP = "estado = 'pendiente' AND ambiente = ? AND rut_emisor = ? AND clase = ? AND tope = ?"
_READY = f"SELECT documento_id FROM entrega WHERE {_OF_GROUP} AND NOT {_WAITS} ORDER BY documento_id LIMIT ?"
_CORRECTED = f"""
    SELECT DISTINCT entrega.documento_id, corregido.tipo, corregido.folio, otra.estado FROM entrega
    {{join}} referencia ON referencia.documento_id = entrega.documento_id
    {{join}} documento AS corregido ON corregido.ambiente = entrega.ambiente
        AND corregido.rut_emisor = entrega.rut_emisor AND corregido.tipo = referencia.tipo
        AND corregido.folio = referencia.folio AND {_MEANT}
    {{join}} entrega AS otra ON otra.documento_id = corregido.id
    WHERE otra.documento_id <> entrega.documento_id
"""
_REFUSED_BEFORE = f"""
    {_CORRECTED} AND entrega.estado = 'pendiente' AND entrega.ambiente = ? AND entrega.rut_emisor = ?
    AND entrega.clase = ? AND entrega.tope = ?
    AND otra.estado IN ({", ".join(repr(one) for one in (*WITHOUT_EFFECT, "detenido"))})
"""
_WITHOUT_EFFECT_BEFORE = f"""
    {_CORRECTED} AND entrega.documento_id = ? AND otra.estado IN ({", ".join(repr(one) for one in WITHOUT_EFFECT)})
"""
_OF_ENVELOPE = """
    SELECT entrega.documento_id, tipo, folio, estado, motivos FROM envio_documento
    JOIN entrega ON entrega.documento_id = envio_documento.documento_id AND entrega.envio_id = envio_documento.envio_id
    JOIN documento ON documento.id = entrega.documento_id
    WHERE envio_documento.envio_id = ? ORDER BY orden
"""
_NEVER = "Lo que el SII no tiene no necesita una nota: deje esta con «envios descartar», y emita otra si hace falta."
_THEN = {
    "rechazado": _NEVER, "descartado": _NEVER,
    "detenido": "Cuando el SII lo acepte, haga salir la nota con «envios adoptar»; si ya no hace falta, déjela con "
    "«envios descartar».",
}  # fmt: skip
"""What is to be done with a note, by the state of what it corrects."""
_KEY = "SELECT ambiente, rut_emisor, tipo FROM documento WHERE id = ?"
_NOTE = (
    "INSERT INTO estado_documento (documento_id, momento, estado, envio_id, detalle) "
    "SELECT documento_id, ?, ?, {envio}, ? FROM entrega WHERE {which}"
)
_CHANGE = (
    "UPDATE entrega SET estado = ?, desde = ?, envio_id = {envio}, tope = ?, consulta = 0, motivos = ? WHERE {which}"
)


class Deliveries(Repository):
    """The part of the ledger that knows where each document stands."""

    def __init__(self, db: Database) -> None:
        super().__init__(db)
        queries = (_READY, _REFUSED_BEFORE, _WITHOUT_EFFECT_BEFORE)
        self._ready, self._refused_before, self._without_effect = (one.format(join=db.words.join) for one in queries)

    # --- what is due -----------------------------------------------------------------------------------------

    def due(self) -> list[Due]:
        """What is due, the group that waits longest first; some of it may have to wait for other documents."""
        rows = self.db.connection.execute(_DUE)
        return [Due(Group(*group), count, datetime.fromisoformat(since)) for *group, count, since in rows]

    def ready(self, group: Group, most: int) -> list[int]:
        """The ids of the oldest documents of *group* that may leave now, up to *most*."""
        return [one for (one,) in self.db.connection.execute(self._ready, (*group, most))]

    def documents(self, ids: Sequence[int]) -> Iterator[StoredDocument]:
        """The documents of these ids, in their order."""
        for at in range(0, len(ids), 100):
            part = ids[at : at + 100]
            rows = self.db.connection.execute(
                f"{DOCUMENTO.select} WHERE id IN ({', '.join('?' * len(part))})", part
            ).fetchall()
            found = {one.id: one for one in map(DOCUMENTO.row, rows)}
            yield from (found[one] for one in part)

    # --- where each stands -----------------------------------------------------------------------------------

    def find(self, documento_id: int) -> Delivery | None:
        """Where a document stands; None for one that was issued before delivery existed."""
        row = self.db.connection.execute(f"{ENTREGA.select} WHERE documento_id = ?", (documento_id,)).fetchone()
        return ENTREGA.row(row) if row else None

    def newest(self) -> int:
        """The id of the newest document that is in a state; 0 for none."""
        row = self.db.connection.execute("SELECT MAX(documento_id) FROM entrega").fetchone()
        return int(row[0] or 0)

    def history(self, documento_id: int) -> list[StateOfDocument]:
        """Every step of a document, in order; being due is none."""
        query = f"{ESTADO_DOCUMENTO.select} WHERE documento_id = ? ORDER BY id"
        rows = self.db.connection.execute(query, (documento_id,))
        return [ESTADO_DOCUMENTO.row(row) for row in rows]

    def of_envelope(self, envio_id: int) -> list[Standing]:
        """The documents that travel in an envelope, in its order."""
        return [Standing._make(row) for row in self.db.connection.execute(_OF_ENVELOPE, (envio_id,))]

    def to_ask(self, now: float, most: int) -> list[Delivery]:
        """Documents of which the SII is asked alone now."""
        rows = self.db.connection.execute(
            f"{ENTREGA.select} WHERE consulta > 0 AND consulta <= ? ORDER BY consulta LIMIT ?", (now, most)
        )
        return [ENTREGA.row(row) for row in rows]

    # --- steps -----------------------------------------------------------------------------------------------

    def move_envelope(self, envio_id: int, step: Step) -> int:
        """Take *step* with the documents that travel in an envelope and can take it. Gives how many they were."""
        return self._move("envio_id = ?", (envio_id,), step)

    def move(self, ids: Iterable[int], step: Step) -> int:
        """Take *step* with the documents of these ids that can take it. Gives how many they were."""
        return sum(self._move("documento_id = ?", (one,), step) for one in ids)

    def remark(self, ids: Iterable[int], reasons: str) -> None:
        """Note what the SII says against these documents, whose state does not change yet."""
        with self.db.writing(PART):
            self.db.connection.executemany(
                "UPDATE entrega SET motivos = ? WHERE documento_id = ?", [(reasons, one) for one in ids]
            )

    def add_reasons(self, documento_id: int, reasons: str) -> None:
        """Note all that the SII says against a document whose state stays as it is, as a step of its own."""
        moment, which = clock.now().isoformat(" "), "documento_id = ?"
        with self.db.writing(PART):
            self.remark([documento_id], reasons)
            again = (
                "INSERT INTO estado_documento (documento_id, momento, estado, envio_id, detalle) "
                f"SELECT documento_id, ?, estado, envio_id, ? FROM entrega WHERE {which}"
            )
            self.db.connection.execute(again, (moment, reasons, documento_id))
            told = self.find(documento_id)
            if told and told.estado in TOLD:
                self.db.connection.execute(ENQUEUE.format(which=which), (told.estado, reasons, moment, documento_id))

    def ask_at(self, ids: Iterable[int], moment: float) -> None:
        """Have the SII asked about each of these documents at *moment* (Unix time); 0 for never."""
        with self.db.writing(PART):
            self.db.connection.executemany(
                "UPDATE entrega SET consulta = ? WHERE documento_id = ?", [(moment, one) for one in ids]
            )

    def stop_notes(self, group: Group) -> list[tuple[int, int, int]]:
        """Stop the notes of *group* that correct a document which the SII has refused or that is stopped itself.

        Gives of each its id, and type and folio of the document.
        """
        found = self.db.connection.execute(self._refused_before, group).fetchall()
        for documento_id, tipo, folio, estado in found:
            detail = f"corrige el documento de tipo {tipo} y folio {folio}, que estaba {estado}. {_THEN[estado]}"
            self.move([documento_id], Step("detenido", detail))
        return [(documento_id, tipo, folio) for documento_id, tipo, folio, _ in found]

    def corrects_nothing(self, documento_id: int) -> bool:
        """Whether a note corrects a document that the SII refused or a person discarded: it would be stopped again."""
        return self.db.connection.execute(self._without_effect, (documento_id,)).fetchone() is not None

    def adopt(self, ids: Iterable[int], state: State, detail: str, consulta: float = 0.0) -> None:
        """Give documents that are in no state, as those issued before delivery existed, their first one."""
        moment = clock.now()
        with self.db.writing(PART):
            for one in ids:
                ambiente, rut, tipo = self.db.connection.execute(_KEY, (one,)).fetchone()
                clase = "boletas" if tipo in BOLETAS else "facturas"
                row = Delivery(one, ambiente, rut, clase, state, moment, None, 0, consulta, "")
                self.db.connection.execute(_INSERT, ENTREGA.values(row))
                event = StateOfDocument(0, one, moment, state, None, detail)
                self.db.connection.execute(_EVENT, ESTADO_DOCUMENTO.values(event))

    def _move(self, where: str, values: tuple[object, ...], step: Step) -> int:
        before = BEFORE[step.to]
        which = f"{where} AND estado IN ({', '.join('?' * len(before))})"
        envio = "NULL" if step.to == "pendiente" else "envio_id"
        moment = clock.now().isoformat(" ")
        with self.db.writing(PART):
            connection = self.db.connection
            detail = step.detail or step.reasons
            if step.to in TOLD:
                connection.execute(
                    ENQUEUE.format(which=which), (step.to, step.reasons or step.detail, moment, *values, *before)
                )
            if step.to in FINAL:
                documents = f"documento_id IN (SELECT documento_id FROM entrega WHERE {which})"
                connection.execute(f"{WAKE}{documents}", (*values, *before))
            connection.execute(_NOTE.format(envio="envio_id", which=which), (moment, step.to, detail, *values, *before))
            changed = connection.execute(
                _CHANGE.format(envio=envio, which=which),
                (step.to, moment, step.tope, step.reasons, *values, *before),
            )
            return changed.rowcount


_INSERT = ENTREGA.insert()
_EVENT = ESTADO_DOCUMENTO.insert()
