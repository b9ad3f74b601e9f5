"""What is done to users that are there: another password, other settings, out of use for a while or for good.

Whatever a user was given, tokens of the REST service too, ends with its password and with itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from dteplanows.document import clock
from dteplanows.document.catalogue import problem
from dteplanows.document.company import Ambiente
from dteplanows.document.problem import Refused
from dteplanows.ledger.accounts import Accounts, normal
from dteplanows.ledger.passwords import hash_password


def check_length(usuario: str, clave: str, least: int) -> None:
    """See that a new password is long enough.

    :raises Refused: it has fewer than *least* characters (AUT-051).
    """
    if len(clave.strip()) < least:
        raise Refused([problem("AUT-051", value=usuario, largo=len(clave.strip()), minimo=least)])


class Users(Accounts):
    """The part of the ledger that changes users. Each order is for one user of one company.

    :raises Refused: every order, when the company has no such user (AUT-030).
    """

    def has_user(self, usuario: str, ambiente: Ambiente, rut: str) -> bool:
        """Whether the company has that user, disabled ones too."""
        query = "SELECT 1 FROM usuario WHERE usuario_normal = ? AND ambiente = ? AND rut = ?"
        return self.connection.execute(query, (normal(usuario), ambiente, rut)).fetchone() is not None

    def set_password(self, usuario: str, clave: str, ambiente: Ambiente, rut: str) -> None:
        """Give the user another password; its tokens are none from now on.

        :raises Refused: also when the password is empty (AUT-011), or opens another environment too (AUT-012).
        """
        if not clave.strip():
            raise Refused([problem("AUT-011", value=usuario)])
        hashed = hash_password(clave)
        with self.writing():
            self._must_tell_apart(usuario, clave, ambiente)
            self._change("UPDATE usuario SET clave = ?", (hashed,), usuario, ambiente, rut)

    def set_avisos(self, usuario: str, ambiente: Ambiente, rut: str, avisos: bool | None) -> None:
        """Say whether the answers to the user carry avisos; None is the default of the environment."""
        self._change("UPDATE usuario SET avisos = ?", (avisos,), usuario, ambiente, rut)

    def disable_user(self, usuario: str, ambiente: Ambiente, rut: str) -> None:
        """Let the user open nothing until :meth:`enable_user`; once more changes nothing."""
        now = clock.now().isoformat(" ")
        order = "UPDATE usuario SET deshabilitado = COALESCE(deshabilitado, ?)"
        self._change(order, (now,), usuario, ambiente, rut)

    def enable_user(self, usuario: str, ambiente: Ambiente, rut: str) -> None:
        """Let the user open its company again, with the password that it had."""
        self._change("UPDATE usuario SET deshabilitado = NULL", (), usuario, ambiente, rut)

    def delete_user(self, usuario: str, ambiente: Ambiente, rut: str) -> None:
        """Remove the user; what it sent keeps its name."""
        self._change("DELETE FROM usuario", (), usuario, ambiente, rut)

    def _change(self, order: str, values: Sequence[object], usuario: str, ambiente: Ambiente, rut: str) -> None:
        with self.writing():
            where = "WHERE usuario_normal = ? AND ambiente = ? AND rut = ?"
            changed = self.connection.execute(f"{order} {where}", (*values, normal(usuario), ambiente, rut)).rowcount
            if not changed:
                raise Refused([problem("AUT-030", value=usuario.strip(), rut=rut, ambiente=ambiente)])
