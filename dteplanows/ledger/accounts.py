"""Companies, their users and their signing certificates."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, cast

from dteplanows.document import clock
from dteplanows.document.catalogue import problem
from dteplanows.document.company import AVISOS_BY_DEFAULT, Ambiente, Company
from dteplanows.document.problem import Refused
from dteplanows.ledger.events import Events
from dteplanows.ledger.models import Certificado, Empresa, Usuario
from dteplanows.ledger.passwords import Verifier, hash_password, matching, salt_of
from dteplanows.ledger.rows import Opened, StoredCertificate, User
from dteplanows.ledger.vault import Vault

_COMPANY = (
    "rut",
    "ambiente",
    "razon_social",
    "giro",
    "actecos",
    "direccion",
    "comuna",
    "ciudad",
    "sucursal",
    "codigo_sii_sucursal",
    "telefono",
    "correo",
    "tolerante",
    "reparos",
    "numero_resolucion",
    "fecha_resolucion",
    "unidad_sii",
    "patente_desconocida",
    "transporte_courier",
    "traslado_prolongado",
    "precios_con_impuestos",
    "minutos_repetido",
)
_USERS = (
    "SELECT usuario.id, usuario.usuario_normal, usuario.usuario, usuario.clave, usuario.avisos, "
    "usuario.deshabilitado IS NULL, "
    f"{', '.join('empresa.' + c for c in _COMPANY)} "
    "FROM usuario JOIN empresa ON empresa.ambiente = usuario.ambiente AND empresa.rut = usuario.rut "
    "WHERE %s ORDER BY usuario.id"
)

_CURRENT_CERTIFICATE = (
    "SELECT MAX(id) FROM certificado WHERE ambiente = ? AND rut = ? AND ? BETWEEN valid_from AND valid_until"
)


class _Key(NamedTuple):
    """One user of one company, as the login sees it."""

    id: int
    normal: str
    usuario: str
    clave: str
    avisos: bool | None
    habilitado: bool
    company: Company


class Accounts(Events):
    """The part of the ledger that knows who issues and who may call."""

    _vault: Vault

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._verifier = Verifier()

    # --- companies -------------------------------------------------------------------------------------------

    def save_company(self, company: Company) -> None:
        """Insert *company*, or change the one of that environment and RUT."""
        values = {**asdict(company), "actecos": " ".join(company.actecos)}
        target = [Empresa.ambiente, Empresa.rut]
        with self.writing():
            known = self.company(company.ambiente, company.rut)
            antes = asdict(known) if known else {}
            what, key = ("cambiada" if known else "creada"), {"ambiente": company.ambiente, "rut_emisor": company.rut}
            self.change(f"empresa {what}", company.razon_social, _plain(antes), _plain(asdict(company)), **key)
            Empresa.insert(**values).on_conflict(conflict_target=target, update=values).execute(self.database)

    def company(self, ambiente: Ambiente, rut: str) -> Company | None:
        """The company of that environment and RUT, or None."""
        found = self._companies("WHERE ambiente = ? AND rut = ?", (ambiente, rut))
        return found[0] if found else None

    def companies(self) -> list[Company]:
        """All companies, by environment and name."""
        return self._companies("ORDER BY ambiente, razon_social, rut", ())

    def _companies(self, clause: str, values: tuple[str, ...]) -> list[Company]:
        rows = self.connection.execute(f"SELECT {', '.join(_COMPANY)} FROM empresa {clause}", values)
        return [_company(*row) for row in rows]

    def _must_exist(self, ambiente: Ambiente, rut: str) -> None:
        if self.company(ambiente, rut) is None:
            raise Refused([problem("AUT-004", value=rut, ambiente=ambiente)])

    # --- users -----------------------------------------------------------------------------------------------

    def save_user(self, usuario: str, clave: str, ambiente: Ambiente, rut: str, avisos: bool | None = None) -> None:
        """Let *usuario* open one company with *clave*; a password that was there before is replaced.

        :param avisos: whether the answers to it carry avisos; None leaves the setting that it has, at first the default
            of the environment.
        :raises Refused: a part is empty (AUT-010, AUT-011), there is no such company (AUT-004), or the same user name
            and password already open the other environment (AUT-012), which only the password tells apart.
        """
        usuario = usuario.strip()
        if not usuario:
            raise Refused([problem("AUT-010")])
        if not clave:
            raise Refused([problem("AUT-011", value=usuario)])
        hashed = self._hashed(usuario, clave)
        with self.writing():
            self._must_exist(ambiente, rut)
            self._must_tell_apart(usuario, clave, ambiente)
            values: dict[str, object] = {"usuario": usuario, "clave": hashed, "creado": clock.now()}
            if avisos is not None:
                values["avisos"] = avisos
            key = {"usuario_normal": normal(usuario), "ambiente": ambiente, "rut": rut}
            self._note_user(usuario, ambiente, rut, avisos)
            target = [Usuario.usuario_normal, Usuario.ambiente, Usuario.rut]
            Usuario.insert(**key, **values).on_conflict(conflict_target=target, update=values).execute(self.database)

    def _hashed(self, usuario: str, clave: str) -> str:
        """*clave* as it is stored: comparable at once with what the user has in other companies."""
        others = self._keys([normal(usuario)])
        return hash_password(clave, others[0].clave if others else "")

    def _settings_of(self, usuario: str, ambiente: Ambiente, rut: str) -> dict[str, bool | None]:
        """The settings of a user, by name; nothing for one that is not there."""
        query = "SELECT avisos FROM usuario WHERE usuario_normal = ? AND ambiente = ? AND rut = ?"
        row = self.connection.execute(query, (normal(usuario), ambiente, rut)).fetchone()
        return {"avisos": None if row[0] is None else bool(row[0])} if row else {}

    def _note_user(self, usuario: str, ambiente: Ambiente, rut: str, avisos: bool | None) -> None:
        """Note that a user is made, or has another password."""
        antes: dict[str, object] = {**self._settings_of(usuario, ambiente, rut)}
        despues: dict[str, object] = {"avisos": avisos if avisos is not None or not antes else antes["avisos"]}
        what = "creado"
        if antes:
            what, antes["clave"], despues["clave"] = "cambiado", "la anterior", "una nueva"
        self.change(f"usuario {what}", usuario, antes, {**despues, "usuario": usuario} if what == "creado" else despues,
                    ambiente=ambiente, rut_emisor=rut)  # fmt: skip

    def users(self) -> list[User]:
        """All users, by name."""
        one = Usuario
        columns = (one.usuario, one.ambiente, one.rut, one.creado, one.avisos, one.deshabilitado)
        query = Usuario.select(*columns).order_by(Usuario.usuario_normal, Usuario.ambiente, Usuario.rut)
        return [User(*row) for row in query.tuples().execute(self.database)]

    def logins(
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
        keys = [one for one in self._keys(names) if one.habilitado]
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

    def _fitting(self, own: list[_Key], clave: str, meant: Callable[[Company], bool]) -> list[_Key]:
        """Those of one user's keys that *clave* opens."""
        salts = dict.fromkeys(salt_of(one.clave) for one in [one for one in own if meant(one.company)] or own[:1])
        right: set[str] = set()
        for salt in salts:
            hashes = [one.clave for one in own if salt_of(one.clave) == salt]
            right |= self._verifier.verify(own[0].normal, clave, *hashes)
        return [one for one in own if one.clave in right]

    def _with_one_salt(self, own: list[_Key], fitting: list[_Key], clave: str) -> list[_Key]:
        """*fitting*, hashed anew with the salt of the user's first key where they have another.

        Older versions gave each a salt of its own, and only who has the password can change that. A ledger that cannot
        be written to stays as it is.
        """
        salt = salt_of(own[0].clave)
        changed = [one for one in fitting if salt_of(one.clave) != salt]
        if not changed:
            return fitting
        hashed = hash_password(clave, own[0].clave)
        if salt_of(hashed) != salt:
            return fitting
        try:
            with self.writing():
                for one in changed:
                    # Set anew meanwhile, it is another password.
                    self.connection.execute(
                        "UPDATE usuario SET clave = ? WHERE id = ? AND clave = ?", (hashed, one.id, one.clave)
                    )
        except (sqlite3.Error, Refused):
            return fitting
        return [one._replace(clave=hashed) if one in changed else one for one in fitting]

    def user(self, user_id: int) -> Opened | None:
        """What the user of that id opens, as it is now; None when there is no such user, or it was disabled."""
        return next((_opened(one) for one in self._read("usuario.id = ?", (user_id,)) if one.habilitado), None)

    def _keys(self, names: list[str]) -> list[_Key]:
        """Read anew for every login: that is how each process sees a changed password at once."""
        return self._read(f"usuario.usuario_normal IN ({', '.join('?' * len(names))})", names)

    def _read(self, condition: str, values: Sequence[str | int]) -> list[_Key]:
        rows = self.connection.execute(_USERS % condition, values)
        return [
            _Key(number, folded, name, clave, avisos, habilitado, _company(*rest))
            for number, folded, name, clave, avisos, habilitado, *rest in rows
        ]

    def _must_tell_apart(self, usuario: str, clave: str, ambiente: str) -> None:
        others = [one for one in self._keys([normal(usuario)]) if one.company.ambiente != ambiente]
        if matching(clave, (one.clave for one in others)):
            otro = others[0].company.ambiente
            raise Refused([problem("AUT-012", value=usuario, ambiente=ambiente, otro=otro)])

    # --- certificates ----------------------------------------------------------------------------------------

    def save_certificate(
        self,
        ambiente: Ambiente,
        rut: str,
        certificate_bytes: bytes,
        rut_firmante: str,
        titular: str,
        valid_from: datetime,
        valid_until: datetime,
    ) -> int:
        """Save a signing certificate with its key, sealed; the company signs with it while it is valid. Gives its id.

        :param valid_from: naive UTC, as *valid_until*.
        :raises Refused: there is no such company (AUT-004).
        """
        with self.writing():
            self._must_exist(ambiente, rut)
            query = Certificado.insert(
                ambiente=ambiente,
                rut=rut,
                rut_firmante=rut_firmante,
                titular=titular,
                valid_from=valid_from,
                valid_until=valid_until,
                secreto=self._vault.seal(certificate_bytes),
                cargado=clock.now(),
            )
            self.event(
                "certificado cargado", titular,
                despues=_of_certificate(titular, rut_firmante, valid_from, valid_until),
                ambiente=ambiente, rut_emisor=rut,
            )  # fmt: skip
            return int(query.execute(self.database))

    def certificate_id(self, ambiente: Ambiente, rut: str, moment: datetime) -> int:
        """Which certificate the company signs with at *moment* (naive UTC), without reading it; 0 for none.

        Of those that are valid then, the one saved last: one that would replace another that is valid longer is only
        saved when a person says so (:mod:`dteplanows.accounts.certificates`).
        """
        values = (ambiente, rut, _text(moment))
        (found,) = self.connection.execute(_CURRENT_CERTIFICATE, values).fetchone()
        return int(found or 0)

    def certificate(self, certificate_id: int) -> StoredCertificate | None:
        """The certificate of that id, or None."""
        found = self._certificates(Certificado.select().where(Certificado.id == certificate_id))
        return found[0] if found else None

    def certificates(self, ambiente: Ambiente | None = None, rut: str | None = None) -> list[StoredCertificate]:
        """All certificates, or those of one company, by company and in the order in which they were saved."""
        query = Certificado.select()
        if ambiente is not None:
            query = query.where(Certificado.ambiente == ambiente)
        if rut is not None:
            query = query.where(Certificado.rut == rut)
        return self._certificates(query.order_by(Certificado.ambiente, Certificado.rut, Certificado.id))

    def remove_certificate(self, one: StoredCertificate) -> None:
        """Forget a certificate and its key; its id is never given again."""
        with self.writing():
            self.connection.execute("DELETE FROM certificado WHERE id = ?", (one.id,))
            self.event(
                "certificado quitado", one.titular,
                antes=_of_certificate(one.titular, one.rut_firmante, one.valid_from, one.valid_until),
                ambiente=one.ambiente, rut_emisor=one.rut,
            )  # fmt: skip

    def _certificates(self, query: Any) -> list[StoredCertificate]:
        return [
            StoredCertificate(
                id=one.id,
                ambiente=one.ambiente,
                rut=one.rut,
                rut_firmante=one.rut_firmante,
                titular=one.titular,
                valid_from=one.valid_from,
                valid_until=one.valid_until,
                _unseal=self._opener(bytes(one.secreto)),
            )
            for one in query.execute(self.database)
        ]

    def _opener(self, sealed: bytes) -> Callable[[], bytes]:
        return lambda: self._vault.open(sealed)


def _of_certificate(titular: str, rut_firmante: str, valid_from: datetime, valid_until: datetime) -> dict[str, str]:
    """What an event tells of a certificate."""
    return {
        "titular": titular, "rut_firmante": rut_firmante,
        "valido_desde": str(valid_from), "valido_hasta": str(valid_until),
    }  # fmt: skip


@lru_cache(maxsize=4)
def _text(moment: datetime) -> str:
    """*moment* as the tables have it. Kept: the calls of one second ask for one moment."""
    return moment.isoformat(" ", "seconds")


def _opened(key: _Key) -> Opened:
    avisos = AVISOS_BY_DEFAULT[key.company.ambiente] if key.avisos is None else bool(key.avisos)
    huella = hashlib.blake2b(key.clave.encode(), digest_size=16).hexdigest()
    return Opened(key.usuario, key.company, avisos, key.id, huella)


def _plain(facts: dict[str, object]) -> dict[str, object]:
    """*facts* of a company as an event shows them."""
    return {name: " ".join(one) if isinstance(one, tuple) else one for name, one in facts.items()}


def normal(usuario: str) -> str:
    """A user name as it is compared, without the difference of upper and lower case."""
    return usuario.strip().casefold()


@lru_cache(maxsize=256)
def _company(*row: object) -> Company:
    """The company of a row. Kept by the row's own values: another row is another company."""
    values = dict(zip(_COMPANY, row, strict=True))
    values["actecos"] = tuple(str(values["actecos"]).split())
    values["tolerante"] = bool(values["tolerante"])
    day = values["fecha_resolucion"]
    values["fecha_resolucion"] = date.fromisoformat(str(day)) if day else None
    return Company(**cast("dict[str, str]", values))  # type: ignore[arg-type]
