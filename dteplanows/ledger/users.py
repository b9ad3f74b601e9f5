"""Users: a user name that opens one company with one password, and what is done to those that are there.

Whatever a user was given, tokens of the REST service too, ends with its password and with itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dteplanows.document import clock
from dteplanows.document.catalogue import problem
from dteplanows.document.company import Ambiente
from dteplanows.document.problem import Refused
from dteplanows.ledger.companies import Companies
from dteplanows.ledger.engines.base import Database
from dteplanows.ledger.events import Events, NewEvent
from dteplanows.ledger.logins import Logins, normal
from dteplanows.ledger.passwords import hash_password, renumbered
from dteplanows.ledger.repository import Repository
from dteplanows.ledger.rows import NO_SETTINGS, Rol, User, UserSettings
from dteplanows.ledger.tables import USUARIO

_ONE = "WHERE usuario_normal = ? AND ambiente = ? AND rut = ?"

_AT_FIRST: Mapping[str, object] = {"avisos": None, "rol": "integracion", "exige_segundo_factor": False}
"""The settings of a user that nobody has given any."""


def check_length(usuario: str, clave: str, least: int) -> None:
    """See that a new password is long enough.

    :raises Refused: it has fewer than *least* characters (AUT-051).
    """
    if len(clave.strip()) < least:
        raise Refused([problem("AUT-051", value=usuario, largo=len(clave.strip()), minimo=least)])


class Users(Repository):
    """The part of the ledger that holds users. Each order is for one user of one company.

    :raises Refused: every order, when the company has no such user (AUT-030).
    """

    def __init__(self, db: Database, events: Events, companies: Companies, logins: Logins) -> None:
        super().__init__(db)
        self.events = events
        self.companies = companies
        self.logins = logins

    def save(
        self, usuario: str, clave: str, ambiente: Ambiente, rut: str, settings: UserSettings = NO_SETTINGS
    ) -> None:
        """Let *usuario* open one company with *clave*; a password that was there before is replaced.

        :raises Refused: a part is empty (AUT-010, AUT-011), there is no such company (AUT-004), or the same user name
            and password already open the other environment (AUT-012), which only the password tells apart.
        """
        usuario = usuario.strip()
        if not usuario:
            raise Refused([problem("AUT-010")])
        if not clave:
            raise Refused([problem("AUT-011", value=usuario)])
        hashed = self._hashed(usuario, clave)
        with self.db.writing():
            self.companies.must_exist(ambiente, rut)
            self.logins.must_tell_apart(usuario, clave, ambiente, settings.rol or self._rol(usuario, ambiente, rut))
            values: dict[str, object] = {"usuario": usuario, "clave": hashed, "creado": clock.now()}
            given: dict[str, object] = settings._asdict()
            values |= {name: value for name, value in given.items() if value is not None}
            key = {"usuario_normal": normal(usuario), "ambiente": ambiente, "rut": rut}
            self._note_user(usuario, ambiente, rut, given)
            target = [USUARIO.field(one) for one in key]
            self.db.run(USUARIO.model.insert(**key, **values).on_conflict(conflict_target=target, update=values))

    def _hashed(self, usuario: str, clave: str) -> str:
        """*clave* as it is stored: comparable at once with what the user has in other companies."""
        others = self.logins.keys([normal(usuario)])
        return hash_password(clave, others[0].clave if others else "")

    def _settings_of(self, usuario: str, ambiente: Ambiente, rut: str) -> dict[str, object]:
        """The settings of a user, by name; nothing for one that is not there."""
        query = f"SELECT avisos, rol, exige_segundo_factor FROM usuario {_ONE}"
        row = self.db.connection.execute(query, (normal(usuario), ambiente, rut)).fetchone()
        if not row:
            return {}
        avisos, rol, exige = row
        return {"avisos": None if avisos is None else bool(avisos), "rol": rol, "exige_segundo_factor": bool(exige)}

    def _rol(self, usuario: str, ambiente: Ambiente, rut: str) -> Rol:
        """The role of a user; that of a new one where it is not there."""
        found: Rol = (self._settings_of(usuario, ambiente, rut) or _AT_FIRST)["rol"]  # type: ignore[assignment]
        return found

    def _note_user(self, usuario: str, ambiente: Ambiente, rut: str, given: Mapping[str, object]) -> None:
        """Note that a user is made, or has another password.

        :param given: its settings; None for each that stays.
        """
        known = self._settings_of(usuario, ambiente, rut)
        antes = {name: known[name] for name in given} if known else {}
        despues = {name: (known or _AT_FIRST)[name] if value is None else value for name, value in given.items()}
        what = "creado"
        if antes:
            what, antes["clave"], despues["clave"] = "cambiado", "la anterior", "una nueva"
        if what == "creado":
            despues["usuario"] = usuario
        self.events.change(NewEvent(f"usuario {what}", usuario, ambiente, rut, antes=antes, despues=despues))

    def of(self, ambiente: Ambiente, rut: str) -> list[User]:
        """The users of a company, by name."""
        query = f"{USUARIO.select} WHERE ambiente = ? AND rut = ? ORDER BY usuario_normal"
        return [USUARIO.row(row) for row in self.db.connection.execute(query, (ambiente, rut))]

    def find(self, usuario: str, ambiente: Ambiente, rut: str) -> User:
        """One user of a company.

        :raises Refused: it has no such user.
        """
        values = (normal(usuario), ambiente, rut)
        row = self.db.connection.execute(f"{USUARIO.select} {_ONE}", values).fetchone()
        if row is None:
            raise Refused([problem("AUT-030", value=usuario, rut=rut, ambiente=ambiente)])
        return USUARIO.row(row)

    def all(self) -> list[User]:
        """All users, by name."""
        order = [USUARIO.field(one) for one in ("usuario_normal", "ambiente", "rut")]
        query = USUARIO.model.select(*(USUARIO.field(one.name) for one in USUARIO.shown)).order_by(*order)
        return [USUARIO.row(one) for one in self.db.run(query)]

    def has(self, usuario: str, ambiente: Ambiente, rut: str) -> bool:
        """Whether the company has that user, disabled ones too."""
        query = f"SELECT 1 FROM usuario {_ONE}"
        return self.db.connection.execute(query, (normal(usuario), ambiente, rut)).fetchone() is not None

    def set_password(self, usuario: str, clave: str, ambiente: Ambiente, rut: str) -> None:
        """Give the user another password; its tokens are none from now on.

        :raises Refused: also when the password is empty (AUT-011), or opens another environment too (AUT-012).
        """
        if not clave.strip():
            raise Refused([problem("AUT-011", value=usuario)])
        hashed = self._hashed(usuario, clave)
        with self.db.writing():
            self.logins.must_tell_apart(usuario, clave, ambiente, self._rol(usuario, ambiente, rut))
            told = _changed(usuario, ambiente, rut, {"clave": "la anterior"}, {"clave": "una nueva"})
            self._change("UPDATE usuario SET clave = ?", (hashed,), told)

    def set_avisos(self, usuario: str, ambiente: Ambiente, rut: str, avisos: bool | None) -> None:
        """Say whether the answers to the user carry avisos; None is the default of the environment."""
        told = self._told(usuario, ambiente, rut, "avisos", avisos)
        self._change("UPDATE usuario SET avisos = ?", (avisos,), told)

    def set_rol(self, usuario: str, ambiente: Ambiente, rut: str, rol: Rol) -> None:
        """Say what the user may do; whoever is in the portal with it may do that from the next page on."""
        told = self._told(usuario, ambiente, rut, "rol", rol)
        self._change("UPDATE usuario SET rol = ?", (rol,), told)

    def set_exige(self, usuario: str, ambiente: Ambiente, rut: str, exige: bool) -> None:
        """Say whether the user must have a second factor; without one it then opens nothing but its enrolment."""
        told = self._told(usuario, ambiente, rut, "exige_segundo_factor", exige)
        self._change("UPDATE usuario SET exige_segundo_factor = ?", (int(exige),), told)

    def end_everything(self, usuario: str, ambiente: Ambiente, rut: str) -> None:
        """Let every session of the user and every token that it was given open the company no more; its password stays.

        All of them stand on what changes with the hash of the password.
        """
        with self.db.writing():
            query = f"SELECT clave FROM usuario {_ONE}"
            (hashed,) = self.db.connection.execute(query, (normal(usuario), ambiente, rut)).fetchone() or ("",)
            name = "sesiones y tokens"
            told = _changed(usuario, ambiente, rut, {name: "los que había"}, {name: "ninguno"})
            self._change("UPDATE usuario SET clave = ?", (renumbered(hashed),), told)

    def disable(self, usuario: str, ambiente: Ambiente, rut: str) -> None:
        """Let the user open nothing until :meth:`enable`; once more changes nothing."""
        now = clock.now().isoformat(" ")
        order = "UPDATE usuario SET deshabilitado = COALESCE(deshabilitado, ?)"
        self._change(order, (now,), _changed(usuario, ambiente, rut, {"habilitado": True}, {"habilitado": False}))

    def enable(self, usuario: str, ambiente: Ambiente, rut: str) -> None:
        """Let the user open its company again, with the password that it had."""
        order = "UPDATE usuario SET deshabilitado = NULL"
        self._change(order, (), _changed(usuario, ambiente, rut, {"habilitado": False}, {"habilitado": True}))

    def delete(self, usuario: str, ambiente: Ambiente, rut: str) -> None:
        """Remove the user; what it sent keeps its name."""
        antes = {**self._settings_of(usuario, ambiente, rut), "usuario": usuario}
        self._change(
            "DELETE FROM usuario", (), NewEvent("usuario eliminado", usuario.strip(), ambiente, rut, antes=antes)
        )

    def _told(self, usuario: str, ambiente: Ambiente, rut: str, name: str, value: object) -> NewEvent:
        """The event of a setting that becomes *value*."""
        known = self._settings_of(usuario, ambiente, rut)
        return _changed(usuario, ambiente, rut, {name: known[name]} if known else {}, {name: value})

    def _change(self, order: str, values: Sequence[object], event: NewEvent) -> None:
        """Carry *order* out for one user, and note *event*, whose detail and company say which user that is."""
        usuario, ambiente, rut = event.detalle, event.ambiente, event.rut_emisor
        with self.db.writing():
            changed = self.db.connection.execute(f"{order} {_ONE}", (*values, normal(usuario), ambiente, rut)).rowcount
            if not changed:
                raise Refused([problem("AUT-030", value=usuario, rut=rut, ambiente=ambiente)])
            self.events.change(event)


def _changed(
    usuario: str, ambiente: Ambiente, rut: str, antes: Mapping[str, object], despues: Mapping[str, object]
) -> NewEvent:
    return NewEvent("usuario cambiado", usuario.strip(), ambiente, rut, antes=antes, despues=despues)
