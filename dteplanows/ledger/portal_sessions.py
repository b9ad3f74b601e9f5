"""Sessions of people in the portal, which all workers share and which can be ended from outside."""

from __future__ import annotations

from dteplanows.ledger.portal_tables import SESION_PORTAL, PortalSession
from dteplanows.ledger.repository import Repository

PART = "sesiones del portal"
"""What of the ledger a change of them needs for itself."""


class PortalSessions(Repository):
    """The part of the ledger that holds them. What each row is good for, and until when, its reader judges."""

    def find(self, clave: str) -> PortalSession | None:
        """The session of that key, or None."""
        row = self.db.connection.execute(f"{SESION_PORTAL.select} WHERE clave = ?", (clave,)).fetchone()
        return SESION_PORTAL.row(row) if row else None

    def begin(self, session: PortalSession, seen_before: float, begun_before: float) -> None:
        """Keep a new session, and forget those that ended by themselves.

        :param seen_before: moment of Unix time; whoever was last seen before it has to come in again.
        :param begun_before: the same for those that began before it.
        """
        with self.db.writing(PART):
            self.db.connection.execute(
                "DELETE FROM sesion_portal WHERE vista < ? OR comenzada < ?", (seen_before, begun_before)
            )
            self.db.connection.execute(SESION_PORTAL.insert(), SESION_PORTAL.values(session))

    def note_seen(self, clave: str, moment: float) -> None:
        """Note that a page was asked for at *moment*, in seconds of Unix time."""
        with self.db.writing(PART):
            self.db.connection.execute("UPDATE sesion_portal SET vista = ? WHERE clave = ?", (moment, clave))

    def of(self, usuario: str) -> list[PortalSession]:
        """The sessions of everybody of that user name, the one seen last first."""
        query = f"{SESION_PORTAL.select} WHERE usuario = ? ORDER BY vista DESC, clave"
        return [SESION_PORTAL.row(row) for row in self.db.connection.execute(query, (usuario,))]

    def end(self, clave: str) -> None:
        """Let the session of that key open nothing any more."""
        with self.db.writing(PART):
            self.db.connection.execute("DELETE FROM sesion_portal WHERE clave = ?", (clave,))
