"""What is noted beside documents once they are issued: their customer's own data, annulled guías, and the listeners."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from dteplanows.document import clock
from dteplanows.document.company import Ambiente, Company
from dteplanows.ledger.document_mail_tables import ENLACES_RETIRADOS, WithdrawnLinks
from dteplanows.ledger.engines.base import Database
from dteplanows.ledger.events import Events, NewEvent
from dteplanows.ledger.repository import Repository
from dteplanows.ledger.rows import Listener, StoredDocument
from dteplanows.ledger.tables import ENLACE_RETIRADO, GUIA_ANULADA, OYENTE, AnnulledGuia, WithdrawnLink

ANULADA = "guia_anulada"
"""Event of a guía that was marked as annulled."""
RETIRADO = "enlace retirado"
"""Event of addresses of a printed document that were withdrawn."""
TODOS_RETIRADOS = "enlaces retirados"
"""Event of those of all documents of a company."""

MOST_LISTENERS = 100
"""Listeners that one user of a company can have at once; the oldest make room."""

_ANNUL = f"{GUIA_ANULADA.insert()} ON CONFLICT DO NOTHING"
_LISTEN = (
    f"{OYENTE.insert()} "
    "ON CONFLICT (ambiente, rut, usuario, ip, puerto) DO UPDATE SET momento = excluded.momento, vence = excluded.vence"
)
_WITHDRAW = ENLACE_RETIRADO.insert()
_WITHDRAW_ALL = ENLACES_RETIRADOS.insert()
# Each withdrawal of either kind makes the sum larger, so that it never comes to what an older address was signed with.
_WITHDRAWN = (
    "SELECT (SELECT COUNT(*) FROM enlace_retirado WHERE documento_id = ? AND cedible = ?) + "
    "(SELECT COUNT(*) FROM enlaces_retirados AS de_todos JOIN documento ON documento.ambiente = de_todos.ambiente "
    "AND documento.rut_emisor = de_todos.rut_emisor WHERE documento.id = ?)"
)
_FORGET = (
    "DELETE FROM oyente WHERE vence <= ? OR (ambiente = ? AND rut = ? AND usuario = ? AND id NOT IN ("
    "SELECT id FROM oyente WHERE ambiente = ? AND rut = ? AND usuario = ? ORDER BY momento DESC, id DESC LIMIT ?))"
)


class Marks(Repository):
    """The part of the ledger that holds what is noted about issued documents."""

    def __init__(self, db: Database, events: Events) -> None:
        super().__init__(db)
        self.events = events

    # --- the customer's own data -----------------------------------------------------------------------------

    def data(self, documento_id: int) -> dict[str, str]:
        """The customer's own data of a document, by name, in the order of the file."""
        query = "SELECT nombre, valor FROM dato_adicional WHERE documento_id = ? ORDER BY id"
        return dict(self.db.connection.execute(query, (documento_id,)))

    def datum(self, documento_id: int, nombre: str) -> str | None:
        """One of them, whatever the case of its name; None when the document has none of that name."""
        query = (
            f"SELECT valor FROM dato_adicional WHERE documento_id = ? AND {self.db.words.same_name} ORDER BY id LIMIT 1"
        )
        row = self.db.connection.execute(query, (documento_id, nombre)).fetchone()
        return str(row[0]) if row else None

    # --- annulled guías --------------------------------------------------------------------------------------

    def annul(self, document: StoredDocument, usuario: str) -> datetime:
        """Mark a guía as annulled, once and for good; gives since when it is.

        :raises Exception: as :func:`violations` tells; *document* is no guía.
        """
        moment = clock.now()
        with self.db.writing():
            row = AnnulledGuia(0, document.id, usuario, moment)
            done = self.db.connection.execute(_ANNUL, GUIA_ANULADA.values(row)).rowcount
            if done:
                detalle = f"tipo {document.tipo}, folio {document.folio}, por {usuario}"
                self.events.note(
                    NewEvent(ANULADA, detalle, document.ambiente, document.rut_emisor, document.id, moment)
                )
            return self.annulled(document.id) or moment

    def annulled(self, documento_id: int) -> datetime | None:
        """Since when a document is annulled; None when it is not."""
        query = "SELECT momento FROM guia_anulada WHERE documento_id = ?"
        row = self.db.connection.execute(query, (documento_id,)).fetchone()
        return datetime.fromisoformat(row[0]) if row else None

    # --- addresses of printed documents ----------------------------------------------------------------------

    def withdraw_links(self, document: StoredDocument, cedible: bool, usuario: str) -> None:
        """Withdraw the addresses of one copy of a document that were given so far."""
        moment = clock.now()
        with self.db.writing():
            self.db.connection.execute(
                _WITHDRAW, ENLACE_RETIRADO.values(WithdrawnLink(0, document.id, cedible, usuario, moment))
            )
            copy = "cedible" if cedible else "original"
            detalle = f"tipo {document.tipo}, folio {document.folio}, {copy}, por {usuario}"
            self.events.note(NewEvent(RETIRADO, detalle, document.ambiente, document.rut_emisor, document.id, moment))

    def link_withdrawals(self, documento_id: int, cedible: bool) -> int:
        """How often the addresses of a copy were withdrawn, with all of its company or alone."""
        return int(self.db.connection.execute(_WITHDRAWN, (documento_id, cedible, documento_id)).fetchone()[0])

    def withdraw_all_links(self, company: Company, usuario: str) -> None:
        """Withdraw the addresses of all documents of *company* that were given so far."""
        moment = clock.now()
        with self.db.writing():
            row = WithdrawnLinks(0, company.ambiente, company.rut, usuario, moment)
            self.db.connection.execute(_WITHDRAW_ALL, ENLACES_RETIRADOS.values(row))
            self.events.note(NewEvent(TODOS_RETIRADOS, f"por {usuario}", company.ambiente, company.rut, None, moment))

    def links_withdrawn(self, company: Company) -> datetime | None:
        """When the addresses of all documents of *company* were withdrawn last; None for never."""
        query = "SELECT MAX(momento) FROM enlaces_retirados WHERE ambiente = ? AND rut_emisor = ?"
        found = self.db.connection.execute(query, (company.ambiente, company.rut)).fetchone()[0]
        return datetime.fromisoformat(found) if found else None

    def issued_on(self, documento_id: int) -> date | None:
        """The day on which a document was issued; None where there is no such one."""
        row = self.db.connection.execute("SELECT creado FROM documento WHERE id = ?", (documento_id,)).fetchone()
        return datetime.fromisoformat(row[0]).date() if row else None

    # --- listeners -------------------------------------------------------------------------------------------

    def listen(self, company: Company, usuario: str, ip: str, puerto: int, minutos: int) -> Listener:
        """Note that a program of *usuario* waits at *ip* and *puerto*, from now on for *minutos*."""
        moment = clock.now()
        vence = moment + timedelta(minutes=minutos)
        key = (company.ambiente, company.rut, usuario)
        with self.db.writing("oyentes"):
            one = Listener(*key, ip, puerto, moment, vence)
            self.db.connection.execute(_LISTEN, OYENTE.values(one))
            self.db.connection.execute(_FORGET, (moment.isoformat(" "), *key, *key, MOST_LISTENERS))
        return one

    def listeners(self, ambiente: Ambiente | None = None, rut: str | None = None) -> list[Listener]:
        """Those whose time is not over, of all companies or of one; the newest first."""
        query = (
            f"{OYENTE.select} WHERE vence > ? "
            "AND ambiente = coalesce(?, ambiente) AND rut = coalesce(?, rut) ORDER BY momento DESC, id DESC"
        )
        rows = self.db.connection.execute(query, (clock.now().isoformat(" "), ambiente, rut))
        return list(map(OYENTE.row, rows))
