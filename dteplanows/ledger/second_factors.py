"""Second factors: what a person shows beside the password. One of a person is the same for all its companies."""

from __future__ import annotations

from collections.abc import Sequence

from dteplanows.document import clock
from dteplanows.ledger.engines.base import Database
from dteplanows.ledger.events import Events, NewEvent
from dteplanows.ledger.people_tables import SEGUNDO_FACTOR, SecondFactor
from dteplanows.ledger.repository import Repository
from dteplanows.ledger.rows import Opened
from dteplanows.ledger.secrets import Secrets

_NAME = "segundo factor"


class SecondFactors(Repository):
    """The part of the ledger that holds them."""

    def __init__(self, db: Database, events: Events, secrets: Secrets) -> None:
        super().__init__(db)
        self.events = events
        self._secrets = secrets

    def save(self, secret: str, used: int, codes: Sequence[str], opened: Sequence[Opened]) -> None:
        """Give *opened*, the users of one person, a new second factor in the place of any that they had.

        :param secret: which the telephone has too.
        :param used: number of the half minute whose code was shown last.
        :param codes: the digests of the recovery codes.
        """
        with self.db.writing():
            sealed = self._secrets.seal(secret.encode("ascii"))
            row = SecondFactor(0, sealed, clock.now(), used, tuple(codes))
            number = self.db.insert(SEGUNDO_FACTOR.insert(), SEGUNDO_FACTOR.values(row))
            for one in opened:
                self._give(one, number)

    def find(self, number: int) -> SecondFactor | None:
        """The second factor of that id, or None."""
        row = self.db.connection.execute(f"{SEGUNDO_FACTOR.select} WHERE id = ?", (number,)).fetchone()
        return SEGUNDO_FACTOR.row(row) if row else None

    def secret(self, one: SecondFactor) -> str:
        """What the telephone has too."""
        return self._secrets.unseal(one.sellado).decode("ascii")

    def use_step(self, number: int, step: int) -> bool:
        """Accept the code of that half minute; False where it, or a later one, was accepted before."""
        with self.db.writing():
            order = "UPDATE segundo_factor SET ultimo = ? WHERE id = ? AND ultimo < ?"
            return self.db.connection.execute(order, (step, number, step)).rowcount == 1

    def use_code(self, number: int, digest: str) -> bool:
        """Accept the recovery code of *digest*; False where there is none such, or it was accepted before."""
        with self.db.writing():
            found = self.find(number)
            if found is None or digest not in found.codigos:
                return False
            self._set_codes(number, [one for one in found.codigos if one != digest])
        return True

    def set_codes(self, opened: Opened, codes: Sequence[str]) -> None:
        """Replace the recovery codes of a user's person by those of the digests *codes*."""
        with self.db.writing():
            self._set_codes(opened.segundo_factor, codes)
            self._note(opened, {"códigos de recuperación": "los anteriores"}, {"códigos de recuperación": "otros"})

    def share(self, opened: Sequence[Opened], number: int) -> None:
        """Have all of *opened*, the users of one person who has shown *number*, need it from now on."""
        lacking = [one for one in opened if one.segundo_factor != number]
        if lacking:
            with self.db.writing():
                for one in lacking:
                    self._give(one, number)

    def remove(self, opened: Sequence[Opened]) -> None:
        """Let *opened* be shown without a second factor again."""
        with self.db.writing():
            for one in opened:
                self._give(one, 0)

    def _give(self, one: Opened, number: int) -> None:
        self.db.connection.execute("UPDATE usuario SET segundo_factor = ? WHERE id = ?", (number, one.id))
        self.db.connection.execute(
            "DELETE FROM segundo_factor WHERE id = ? AND NOT EXISTS "
            "(SELECT 1 FROM usuario WHERE usuario.segundo_factor = segundo_factor.id)",
            (one.segundo_factor,),
        )
        words = {0: "no tiene"}
        before, after = words.get(one.segundo_factor, "el anterior"), words.get(number, "uno nuevo")
        self._note(one, {_NAME: before}, {_NAME: after})

    def _set_codes(self, number: int, codes: Sequence[str]) -> None:
        order = "UPDATE segundo_factor SET codigos = ? WHERE id = ?"
        self.db.connection.execute(order, (" ".join(codes), number))

    def _note(self, one: Opened, antes: dict[str, str], despues: dict[str, str]) -> None:
        company = one.company
        self.events.change(
            NewEvent("usuario cambiado", one.usuario, company.ambiente, company.rut, antes=antes, despues=despues)
        )
