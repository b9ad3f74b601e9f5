"""Wrong passwords and who came in before, by digests of whose they are: what all processes of a service share.

Only a failure is a transaction, and the first success of somebody: who is known is let in without either.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from dteplanows.ledger.engines.base import uncounted
from dteplanows.ledger.people_tables import CLAVE_FALLADA, ENTRADA_CONOCIDA, Known, Tally
from dteplanows.ledger.repository import Repository

PART = "claves falladas"
"""What of the ledger a change of them needs for itself."""

MOST = 50_000
"""Tallies that are kept; above, the oldest ones are forgotten."""

_REMEMBERED = 90 * 86_400.0
"""Seconds for which it is remembered who came in."""

Tallies = Mapping[str, Tally]
"""By their digests."""


class LoginAttempts(Repository):
    """The part of the ledger that holds them. What they mean is for their reader to judge."""

    def tallies(self, keys: Sequence[str]) -> dict[str, Tally]:
        """Those of *keys* of which there is any."""
        query = f"{CLAVE_FALLADA.select} WHERE clave IN ({_places(keys)})"
        return {row[0]: CLAVE_FALLADA.row(row) for row in self.db.connection.execute(query, keys)}

    def known(self, keys: Sequence[str]) -> frozenset[str]:
        """Those of *keys* that came in before."""
        query = f"SELECT clave FROM entrada_conocida WHERE clave IN ({_places(keys)})"
        return frozenset(row[0] for row in self.db.connection.execute(query, keys))

    def count(self, keys: Sequence[str], grown: Callable[[Tallies], Sequence[Tally]], forget_before: float) -> None:
        """Put in the place of the tallies of *keys* what *grown* makes of them; no other process does so meanwhile.

        :param forget_before: moment of Unix time; tallies of failures before it are forgotten.
        """
        with uncounted(), self.db.writing(PART):
            connection = self.db.connection
            for one in grown(self.tallies(keys)):
                connection.execute(
                    f"{CLAVE_FALLADA.insert()} ON CONFLICT (clave) "
                    "DO UPDATE SET nivel = excluded.nivel, momento = excluded.momento",
                    CLAVE_FALLADA.values(one),
                )
            connection.execute("DELETE FROM clave_fallada WHERE momento < ?", (forget_before,))
            oldest = "SELECT momento FROM clave_fallada ORDER BY momento DESC LIMIT 1 OFFSET ?"
            connection.execute(f"DELETE FROM clave_fallada WHERE momento < ({oldest})", (MOST,))

    def note_success(self, known: Sequence[str], forget: Sequence[str], moment: float) -> None:
        """Remember that *known* came in, and forget the tallies of *forget*."""
        with uncounted(), self.db.writing(PART):
            connection = self.db.connection
            for one in known:
                connection.execute(
                    f"{ENTRADA_CONOCIDA.insert()} ON CONFLICT (clave) DO UPDATE SET momento = excluded.momento",
                    ENTRADA_CONOCIDA.values(Known(one, moment)),
                )
            if forget:
                connection.execute(f"DELETE FROM clave_fallada WHERE clave IN ({_places(forget)})", forget)
            connection.execute("DELETE FROM entrada_conocida WHERE momento < ?", (moment - _REMEMBERED,))

    def forget_known(self, keys: Sequence[str]) -> None:
        """Let *keys* be those of somebody who never came in."""
        with uncounted(), self.db.writing(PART):
            self.db.connection.execute(f"DELETE FROM entrada_conocida WHERE clave IN ({_places(keys)})", keys)


def _places(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
