"""Which files are being issued, by all machines that share a database."""

from __future__ import annotations

import threading
from contextlib import suppress

import psycopg

from dteplanows.ledger.engines.postgresql.session import Session
from dteplanows.ledger.under_way import Begun, Key, UnderWay

_READ = "SELECT comenzo, mayor FROM en_curso WHERE clave = ?"
_WRITE = (
    "INSERT INTO en_curso (clave, comenzo, mayor) VALUES (?, ?, ?) "
    "ON CONFLICT (clave) DO UPDATE SET comenzo = excluded.comenzo, mayor = excluded.mayor"
)
_FORGET = "DELETE FROM en_curso WHERE clave = ?"


class SharedUnderWay(UnderWay):
    """The calls under way, by locks of one connection of this process, which end with it.

    What cannot be read or written, because the server is gone, tells nothing; then only the calls of one process know
    of each other.
    """

    def __init__(self, session: Session) -> None:
        """:param session: for this alone."""
        super().__init__()
        self._session = session
        self._turn = threading.Lock()

    def _lock(self, number: int) -> bool:
        with self._turn:
            try:
                row = self._session.execute("SELECT pg_try_advisory_lock(?)", (_signed(number),)).fetchone()
            except psycopg.OperationalError:
                return True
        return bool(row and row[0])

    def _unlock(self, number: int) -> None:
        with self._turn, suppress(psycopg.OperationalError):
            self._session.execute("SELECT pg_advisory_unlock(?)", (_signed(number),))

    def _read(self, key: Key) -> Begun | None:
        with self._turn:
            try:
                row = self._session.execute(_READ, (key,)).fetchone()
            except psycopg.OperationalError:
                return None
        if row is None:
            return None
        begun, newest = row
        return Begun(begun, -1 - newest, True) if newest < 0 else Begun(begun, newest)

    def _write(self, key: Key, begun: Begun | None) -> None:
        with self._turn, suppress(psycopg.OperationalError):
            if begun is None:
                self._session.execute(_FORGET, (key,))
            else:
                newest = -1 - begun.newest if begun.handed_over else begun.newest
                self._session.execute(_WRITE, (key, begun.begun, newest))


def _signed(number: int) -> int:
    """A number below 2**62, apart from those of the other locks."""
    return -1 - number
