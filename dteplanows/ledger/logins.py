"""Who may call: what a user name and a password open."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import NamedTuple

from dteplanows.document.catalogue import problem
from dteplanows.document.company import AVISOS_BY_DEFAULT, Company
from dteplanows.document.problem import Refused
from dteplanows.ledger.companies import company_of
from dteplanows.ledger.company_table import EMPRESA
from dteplanows.ledger.engines.base import Database
from dteplanows.ledger.engines.errors import of_databases
from dteplanows.ledger.passwords import Verifier, hash_password, is_current, matching, salt_of
from dteplanows.ledger.repository import Repository
from dteplanows.ledger.rows import Opened, Rol

_USERS = (
    "SELECT usuario.id, usuario.usuario_normal, usuario.usuario, usuario.clave, usuario.avisos, "
    "usuario.deshabilitado IS NULL, usuario.rol, usuario.segundo_factor, usuario.exige_segundo_factor, "
    f"{', '.join(f'empresa.{one.name}' for one in EMPRESA.shown)} "
    "FROM usuario JOIN empresa ON empresa.ambiente = usuario.ambiente AND empresa.rut = usuario.rut "
    "WHERE %s"
)
_ANY_OF = "usuario.id IN (%s)"


class Key(NamedTuple):
    """One user of one company, as the login sees it."""

    id: int
    normal: str
    usuario: str
    clave: str
    avisos: bool | None
    habilitado: bool
    rol: Rol
    segundo_factor: int
    exige_segundo_factor: bool
    company: Company


class Logins(Repository):
    """The part of the ledger that knows who may call."""

    def __init__(self, db: Database) -> None:
        super().__init__(db)
        self._verifier = Verifier()
        self._tried: set[str] = set()
        """Hashes of an older kind that were to be made anew."""

    def open(
        self, usuarios: Sequence[str], claves: Sequence[str], meant: Callable[[Company], bool] = lambda company: True
    ) -> list[Opened]:
        """The companies that one user name and one password open.

        The first pair of *usuarios* and *claves* that opens anything counts. User names are compared without the
        difference of upper and lower case. A user that does not exist costs the time of a wrong password, and one of
        many companies no more than one of a single one.

        :param meant: which companies the login is about. Others that the same password opens are told where they cost
            no comparison of their own, as they do only with hashes older than a common salt.
        """
        names = list(dict.fromkeys(normal(one) for one in usuarios))
        passwords = list(dict.fromkeys(claves))
        keys = [one for one in self.keys(names) if one.habilitado]
        if not keys:
            for clave in passwords:
                self._verifier.verify_nobody(" ".join(names), clave)
            return []
        for name in names:
            own = [one for one in keys if one.normal == name]
            for clave in passwords:
                fitting = self._fitting(own, clave, meant)
                if fitting:
                    return [_opened(one) for one in self._with_one_salt(own, fitting, clave)]
        return []

    def _fitting(self, own: list[Key], clave: str, meant: Callable[[Company], bool]) -> list[Key]:
        """Those of one user's keys that *clave* opens."""
        salts = dict.fromkeys(salt_of(one.clave) for one in [one for one in own if meant(one.company)] or own[:1])
        right: set[str] = set()
        for salt in salts:
            hashes = [one.clave for one in own if salt_of(one.clave) == salt]
            right |= self._verifier.verify(own[0].normal, clave, *hashes)
        return [one for one in own if one.clave in right]

    def _with_one_salt(self, own: list[Key], fitting: list[Key], clave: str) -> list[Key]:
        """*fitting*, hashed anew with one salt, and as new passwords are, where they are otherwise.

        Older versions gave each a salt of its own, or hashed by scrypt, and only who has the password can change that.
        A ledger that cannot be written to stays as it is.
        """
        like = next((one.clave for one in own if is_current(one.clave)), "")
        changed = [one for one in fitting if salt_of(one.clave) != salt_of(like)]
        if all(one.clave in self._tried for one in changed):
            return fitting
        # Once in each process: where nothing can be written, each call would pay for a hash.
        self._tried.update(one.clave for one in changed)
        hashed = hash_password(clave, like)
        try:
            with self.db.writing():
                for one in changed:
                    # Set anew meanwhile, it is another password.
                    self.db.connection.execute(
                        "UPDATE usuario SET clave = ? WHERE id = ? AND clave = ?", (hashed, one.id, one.clave)
                    )
        except Refused:
            return fitting
        except of_databases():
            return fitting
        return [one._replace(clave=hashed) if one in changed else one for one in fitting]

    def find(self, user_id: int) -> Opened | None:
        """What the user of that id opens, as it is now; None when there is no such user, or it was disabled."""
        return next((_opened(one) for one in self._read("usuario.id = ?", (user_id,)) if one.habilitado), None)

    def user(self, usuario: str, ambiente: str, rut: str) -> Opened | None:
        """What that user of a company opens when it may come in, disabled or not; None when there is none."""
        wanted = "usuario.usuario_normal = ? AND usuario.ambiente = ? AND usuario.rut = ?"
        return next(map(_opened, self._read(wanted, (normal(usuario), ambiente, rut))), None)

    def still_open(self, kept: Mapping[str, str]) -> list[Opened]:
        """What users that came in before open now: those that are there, may call, and have the password they had.

        :param kept: by the id of each user, as text, the ``huella`` that it came in with.
        """
        if not kept:
            return []
        keys = self._read(_ANY_OF % ", ".join("?" * len(kept)), [*map(int, kept)])
        found = [_opened(one) for one in keys if one.habilitado]
        return [one for one in found if hmac.compare_digest(kept[str(one.id)], one.huella)]

    def keys(self, names: list[str]) -> list[Key]:
        """Read anew for every login: that is how each process sees a changed password at once."""
        if not names:
            return []
        return self._read(f"usuario.usuario_normal IN ({', '.join('?' * len(names))})", names)

    def _read(self, condition: str, values: Sequence[str | int]) -> list[Key]:
        # They are few: the database would put rows of many columns in order at more cost.
        rows = sorted(self.db.connection.execute(_USERS % condition, values).fetchall(), key=itemgetter(0))
        return [
            Key(number, folded, name, clave, avisos, habilitado, rol, factor, bool(exige), company_of(*rest))
            for number, folded, name, clave, avisos, habilitado, rol, factor, exige, *rest in rows
        ]

    def must_tell_apart(self, usuario: str, clave: str, ambiente: str, rol: Rol = "integracion") -> None:
        """
        :param rol: of the user. Two that people come into the portal with may have one password: a person chooses the
            company on a page, and where a program calls with it, :class:`~dteplanows.accounts.callers.Callers` asks.
        :raises Refused: the same user name and password open another environment for programs (AUT-012).
        """
        others = [
            one for one in self.keys([normal(usuario)])
            if one.company.ambiente != ambiente and "integracion" in (one.rol, rol)
        ]  # fmt: skip
        if matching(clave, (one.clave for one in others)):
            otro = others[0].company.ambiente
            raise Refused([problem("AUT-012", value=usuario, ambiente=ambiente, otro=otro)])


def _opened(key: Key) -> Opened:
    avisos = AVISOS_BY_DEFAULT[key.company.ambiente] if key.avisos is None else bool(key.avisos)
    huella = hashlib.blake2b(key.clave.encode(), digest_size=16).hexdigest()
    factor, exige = key.segundo_factor, key.exige_segundo_factor
    return Opened(key.usuario, key.company, avisos, key.id, huella, key.rol, factor, exige)


def normal(usuario: str) -> str:
    """A user name as it is compared, without the difference of upper and lower case."""
    return usuario.strip().casefold()
