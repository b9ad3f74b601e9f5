"""The agents that print at the customer's site: the key of each, kept as a digest, and who used it last."""

from __future__ import annotations

import time
from typing import NamedTuple

from dteplanows.document import clock
from dteplanows.ledger.engines.base import Database
from dteplanows.ledger.events import Events, NewEvent
from dteplanows.ledger.print_tables import AGENTE_IMPRESION, StoredAgent, StoredPrinter
from dteplanows.ledger.repository import Repository

CLAVE_CREADA, CLAVE_QUITADA = "clave de agente creada", "clave de agente quitada"
CONECTADO = "agente de impresión conectado"
"""Events."""

PART = "impresoras"


class Seen(NamedTuple):
    """Who calls."""

    instancia: str
    equipo: str
    ip: str
    version: str


class PrintAgents(Repository):
    """The part of the ledger that knows agents."""

    def __init__(self, db: Database, events: Events) -> None:
        super().__init__(db)
        self._events = events

    def find(self, huella: str) -> StoredAgent | None:
        """The agent whose key has that digest."""
        row = self.db.connection.execute(f"{AGENTE_IMPRESION.select} WHERE huella = ?", (huella,)).fetchone()
        return AGENTE_IMPRESION.row(row) if row else None

    def of(self, printer_id: int) -> StoredAgent | None:
        """The agent of that printer."""
        query = f"{AGENTE_IMPRESION.select} WHERE impresora_id = ?"
        row = self.db.connection.execute(query, (printer_id,)).fetchone()
        return AGENTE_IMPRESION.row(row) if row else None

    def set_key(self, printer: StoredPrinter, huella: str) -> None:
        """Let the key of that digest open *printer*, and no other any more."""
        new = StoredAgent(printer.id, huella, clock.now(), "", "", "", "", 0.0)
        with self.db.transaction(PART):
            self._delete(printer)
            self.db.connection.execute(AGENTE_IMPRESION.insert(), AGENTE_IMPRESION.values(new))
            self._events.note(NewEvent(CLAVE_CREADA, printer.nombre, printer.ambiente, printer.rut_emisor))

    def remove_key(self, printer: StoredPrinter) -> bool:
        """Let no key open *printer*; False where there was none."""
        with self.db.transaction(PART):
            gone = self._delete(printer)
            if gone:
                self._events.note(NewEvent(CLAVE_QUITADA, printer.nombre, printer.ambiente, printer.rut_emisor))
        return gone

    def saw(self, agent: StoredAgent, printer: StoredPrinter, who: Seen) -> None:
        """*who* called with the key of *agent*; another one than last time is an event."""
        before = Seen(agent.instancia, agent.equipo, agent.ip, agent.version)
        with self.db.writing(PART):
            self.db.connection.execute(
                "UPDATE agente_impresion SET instancia = ?, equipo = ?, ip = ?, version = ?, visto = ? "
                "WHERE impresora_id = ? AND huella = ?",
                (*who, time.time(), agent.impresora_id, agent.huella),
            )
            # Which journal it is tells people nothing, but that a new one was begun does.
            self._events.change(
                NewEvent(
                    CONECTADO, printer.nombre, printer.ambiente, printer.rut_emisor,
                    antes=before._asdict(), despues=who._asdict(),
                )
            )  # fmt: skip

    def _delete(self, printer: StoredPrinter) -> bool:
        done = self.db.connection.execute("DELETE FROM agente_impresion WHERE impresora_id = ?", (printer.id,))
        return bool(done.rowcount)
