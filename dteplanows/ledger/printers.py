"""Printers, and the routes by which documents get to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from dteplanows.document import clock
from dteplanows.document.catalogue import problem
from dteplanows.document.company import Company
from dteplanows.document.problem import Refused
from dteplanows.ledger.engines.base import Connection, Database
from dteplanows.ledger.events import Events, NewEvent
from dteplanows.ledger.print_tables import IMPRESORA, OPEN, RUTA_IMPRESION, StoredPrinter, StoredRoute
from dteplanows.ledger.repository import Repository

CREADA, CAMBIADA, BORRADA = "impresora creada", "impresora cambiada", "impresora borrada"
RUTA_CREADA, RUTA_BORRADA = "ruta de impresión creada", "ruta de impresión borrada"
"""Events."""

PART = "impresoras"
_INSERT = IMPRESORA.insert()
_INSERT_ROUTE = RUTA_IMPRESION.insert("orden")
_FACTS = ("nombre", "clase", "direccion", "formato", "cajon", "densidad", "retenida")


DestinoOf = Callable[[str, int], str]
"""The ``destino`` of what is printed for a user and a ``Puerto``."""


class Way(NamedTuple):
    """A route, and where it leads."""

    route: StoredRoute
    printer: StoredPrinter


class Printers(Repository):
    """The part of the ledger that says where documents are printed."""

    def __init__(self, db: Database, events: Events) -> None:
        super().__init__(db)
        self.events = events

    # --- printers --------------------------------------------------------------------------------------------

    def create(self, new: StoredPrinter) -> StoredPrinter:
        """Add a printer, whose id is given here.

        :raises Refused: there is one of that name for the company, or for all of them (CFG-060).
        """
        with self.db.transaction(PART):
            self._must_be_new(new)
            one = new._replace(id=self.db.insert(_INSERT, IMPRESORA.values(new)))
            self.events.note(NewEvent(CREADA, one.nombre, one.ambiente, one.rut_emisor, despues=_facts(one)))
        return one

    def change(self, one: StoredPrinter, destino: DestinoOf) -> None:
        """Let the printer of that id be as *one* says from now on, held or not as it is.

        :param destino: of what waits there, once it is reached in another way.
        :raises Refused: as :meth:`create`; or it was removed meanwhile (CFG-061).
        """
        # All of the ledger: who issues meanwhile would queue for the printer as it was.
        with self.db.transaction():
            before = self._present(one)
            if before.nombre.casefold() != one.nombre.casefold():
                self._must_be_new(one)
            self.db.connection.execute(
                "UPDATE impresora SET nombre = ?, clase = ?, direccion = ?, formato = ?, cajon = ?, densidad = ? "
                "WHERE id = ?",
                (one.nombre, one.clase, one.direccion, one.formato, int(one.cajon), one.densidad, one.id),
            )
            if (before.clase, before.direccion) != (one.clase, one.direccion):
                self._redirect(one, destino)
            self._note_change(before)

    def _redirect(self, one: StoredPrinter, destino: DestinoOf) -> None:
        """Put what waits at a printer into the lanes of the place that it has now."""
        query = f"SELECT id, usuario, puerto, destino FROM impresion WHERE impresora_id = ? AND {OPEN}"
        for job, usuario, puerto, before in self.db.connection.execute(query, (one.id,)).fetchall():
            if before != (now := destino(usuario, puerto)):
                self.db.connection.execute("UPDATE impresion SET destino = ? WHERE id = ?", (now, job))
        settle(self.db.connection, one.id)

    def hold(self, one: StoredPrinter, *, held: bool) -> None:
        """Send a printer nothing more, or go on.

        :raises Refused: it was removed meanwhile (CFG-061).
        """
        with self.db.transaction(PART):
            before = self._present(one)
            self.db.connection.execute("UPDATE impresora SET retenida = ? WHERE id = ?", (int(held), one.id))
            self._note_change(before)

    def _present(self, one: StoredPrinter) -> StoredPrinter:
        """The printer of that id as it is now.

        :raises Refused: it was removed (CFG-061).
        """
        found = self.find(one.id)
        if found is None or found.borrada:
            raise Refused([problem("CFG-061", value=one.nombre)])
        return found

    def _note_change(self, before: StoredPrinter) -> None:
        """Note what has become of a printer that was as *before*."""
        one = self._present(before)
        self.events.change(
            NewEvent(CAMBIADA, one.nombre, one.ambiente, one.rut_emisor, antes=_facts(before), despues=_facts(one))
        )

    def remove(self, one: StoredPrinter) -> None:
        """Remove a printer and the routes to it.

        :raises Refused: something is still to be printed there (CFG-062).
        """
        # All of the ledger: who issues meanwhile would queue for a printer that is gone.
        with self.db.transaction():
            waiting = f"SELECT COUNT(*) FROM impresion WHERE impresora_id = ? AND {OPEN}"
            count = self.db.connection.execute(waiting, (one.id,)).fetchone()[0]
            if count:
                raise Refused([problem("CFG-062", value=one.nombre, count=count)])
            self.db.connection.execute("DELETE FROM ruta_impresion WHERE impresora_id = ?", (one.id,))
            self.db.connection.execute(
                "UPDATE impresora SET borrada = ?, aviso = '', aviso_desde = NULL WHERE id = ?",
                (clock.now().isoformat(" "), one.id),
            )
            self.events.note(NewEvent(BORRADA, one.nombre, one.ambiente, one.rut_emisor, antes=_facts(one)))

    def warn(self, printer_id: int, text: str) -> None:
        """Note what somebody has to see to at a printer; empty for nothing."""
        now = clock.now().isoformat(" ") if text else None
        with self.db.writing():
            self.db.connection.execute(
                "UPDATE impresora SET aviso_desde = CASE WHEN ? = '' THEN NULL ELSE COALESCE(aviso_desde, ?) END, "
                "aviso = ? WHERE id = ? AND aviso <> ?",
                (text, now, text, printer_id, text),
            )

    def settle(self, printer_id: int) -> None:
        """Somebody has to see to a printer only while something waits there."""
        with self.db.writing():
            settle(self.db.connection, printer_id)

    def find(self, printer_id: int) -> StoredPrinter | None:
        """The printer of that id, also one that was removed."""
        row = self.db.connection.execute(f"{IMPRESORA.select} WHERE id = ?", (printer_id,)).fetchone()
        return IMPRESORA.row(row) if row else None

    def of(self, company: Company) -> list[StoredPrinter]:
        """The printers of *company*, with those of all companies."""
        query = f"{IMPRESORA.select} WHERE borrada IS NULL AND (ambiente = '' OR (ambiente = ? AND rut_emisor = ?))"
        rows = self.db.connection.execute(f"{query} ORDER BY lower(nombre), id", (company.ambiente, company.rut))
        return list(map(IMPRESORA.row, rows))

    def all(self) -> list[StoredPrinter]:
        """All printers."""
        rows = self.db.connection.execute(f"{IMPRESORA.select} WHERE borrada IS NULL ORDER BY lower(nombre), id")
        return list(map(IMPRESORA.row, rows))

    def named(self, company: Company, nombre: str) -> StoredPrinter:
        """A printer of *company* by its name, whatever the case of its letters.

        :raises Refused: there is none (CFG-061).
        """
        wanted = nombre.strip().casefold()
        found = [one for one in self.of(company) if one.nombre.casefold() == wanted]
        if not found:
            raise Refused([problem("CFG-061", value=nombre)])
        return found[0]

    def _must_be_new(self, one: StoredPrinter) -> None:
        """Names are one person's word for one printer, whoever it belongs to of those that may use it."""
        for other in self.all():
            shares = not other.ambiente or not one.ambiente or _owner(other) == _owner(one)
            if other.id != one.id and shares and other.nombre.casefold() == one.nombre.casefold():
                raise Refused([problem("CFG-060", value=one.nombre)])

    # --- routes ----------------------------------------------------------------------------------------------

    def add_route(self, new: StoredRoute, before: int = 0) -> StoredRoute:
        """Add a route behind all others of its company, or before the one of the id *before*.

        :raises Refused: the printer was removed meanwhile (CFG-061).
        """
        with self.db.transaction(PART):
            must_be_there(self.db.connection, new.impresora_id)
            routes = self.routes_of(new.ambiente, new.rut_emisor)
            ids = [one.id for one in routes]
            at = ids.index(before) if before in ids else len(ids)
            added = self.db.insert(_INSERT_ROUTE, RUTA_IMPRESION.values(new, len(ids)))
            for order, one in enumerate((*ids[:at], added, *ids[at:])):
                self.db.connection.execute("UPDATE ruta_impresion SET orden = ? WHERE id = ?", (order, one))
            facts = self._route_facts(new)
            self.events.note(NewEvent(RUTA_CREADA, str(added), new.ambiente, new.rut_emisor, despues=facts))
        return new._replace(id=added)

    def remove_route(self, one: StoredRoute) -> None:
        """Remove a route."""
        with self.db.transaction(PART):
            self.db.connection.execute("DELETE FROM ruta_impresion WHERE id = ?", (one.id,))
            facts = self._route_facts(one)
            self.events.note(NewEvent(RUTA_BORRADA, str(one.id), one.ambiente, one.rut_emisor, antes=facts))

    def routes_of(self, ambiente: str, rut_emisor: str) -> list[StoredRoute]:
        """The routes of a company, in order."""
        query = f"{RUTA_IMPRESION.select} WHERE ambiente = ? AND rut_emisor = ? ORDER BY orden, id"
        return list(map(RUTA_IMPRESION.row, self.db.connection.execute(query, (ambiente, rut_emisor))))

    def ways(self, company: Company) -> list[Way]:
        """The routes of a company with their printers, in order."""
        routes = self.routes_of(company.ambiente, company.rut)
        if not routes:
            return []
        printers = {one.id: one for one in self.of(company)}
        return [Way(one, printers[one.impresora_id]) for one in routes if one.impresora_id in printers]

    def _route_facts(self, one: StoredRoute) -> dict[str, object]:
        printer = self.find(one.impresora_id)
        facts = {"usuario": one.usuario, "puerto": one.puerto, "tipo": one.tipo, "sucursal": one.sucursal}
        return {
            **{name: value for name, value in facts.items() if value},
            "impresora": printer.nombre if printer else "",
            "copias": " ".join(one.copias),
        }


def must_be_there(connection: Connection, printer_id: int) -> None:
    """See, in the transaction that is open, that a printer was not removed meanwhile.

    :raises Refused: it was (CFG-061).
    """
    query = "SELECT nombre FROM impresora WHERE id = ? AND borrada IS NOT NULL"
    removed = connection.execute(query, (printer_id,)).fetchone()
    if removed:
        raise Refused([problem("CFG-061", value=removed[0])])


def settle(connection: Connection, printer_id: int) -> None:
    """Take back what people were told of a printer where nothing waits any more, in the transaction that is open."""
    connection.execute(
        "UPDATE impresora SET aviso = '', aviso_desde = NULL WHERE id = ? AND aviso <> '' AND NOT EXISTS "
        f"(SELECT 1 FROM impresion WHERE impresora_id = ? AND {OPEN})",
        (printer_id, printer_id),
    )


def lacks_worker(printer: StoredPrinter, waiting: int, works: bool | None) -> bool:
    """Whether what waits at *printer* is sent by nobody.

    :param works: whether a program that prints runs on this machine; None where nobody knows.
    """
    return bool(waiting) and works is False and printer.clase != "agente"


def _owner(one: StoredPrinter) -> tuple[str, str]:
    return one.ambiente, one.rut_emisor


def _facts(one: StoredPrinter) -> dict[str, object]:
    return {name: getattr(one, name) for name in _FACTS}
