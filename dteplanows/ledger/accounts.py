"""Companies, their users and their signing certificates."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, cast

from peewee import fn

from dteplanows.document import clock
from dteplanows.document.catalogue import problem
from dteplanows.document.company import AVISOS_BY_DEFAULT, Ambiente, Company
from dteplanows.document.problem import Refused
from dteplanows.ledger.connection import Connected
from dteplanows.ledger.models import Certificado, Empresa, Usuario
from dteplanows.ledger.passwords import Verifier, hash_password, verify_password
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
    f"{', '.join('empresa.' + c for c in _COMPANY)} "
    "FROM usuario JOIN empresa ON empresa.ambiente = usuario.ambiente AND empresa.rut = usuario.rut "
    "WHERE %s ORDER BY usuario.id"
)


class _Key(NamedTuple):
    """One user of one company, as the login sees it."""

    id: int
    normal: str
    usuario: str
    clave: str
    avisos: bool | None
    company: Company


class Accounts(Connected):
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
        hashed = hash_password(clave)
        with self.writing():
            self._must_exist(ambiente, rut)
            self._must_tell_apart(usuario, clave, ambiente)
            values: dict[str, object] = {"usuario": usuario, "clave": hashed, "creado": clock.now()}
            if avisos is not None:
                values["avisos"] = avisos
            key = {"usuario_normal": _normal(usuario), "ambiente": ambiente, "rut": rut}
            target = [Usuario.usuario_normal, Usuario.ambiente, Usuario.rut]
            Usuario.insert(**key, **values).on_conflict(conflict_target=target, update=values).execute(self.database)

    def set_avisos(self, usuario: str, ambiente: Ambiente, rut: str, avisos: bool | None) -> None:
        """Say whether the answers to *usuario*, for one company, carry avisos; None is the default of the environment.

        :raises Refused: the company has no such user (AUT-030).
        """
        with self.writing():
            changed = self.connection.execute(
                "UPDATE usuario SET avisos = ? WHERE usuario_normal = ? AND ambiente = ? AND rut = ?",
                (avisos, _normal(usuario), ambiente, rut),
            ).rowcount
        if not changed:
            raise Refused([problem("AUT-030", value=usuario.strip(), rut=rut, ambiente=ambiente)])

    def users(self) -> list[User]:
        """All users, by name."""
        columns = (Usuario.usuario, Usuario.ambiente, Usuario.rut, Usuario.creado, Usuario.avisos)
        query = Usuario.select(*columns).order_by(Usuario.usuario_normal, Usuario.ambiente, Usuario.rut)
        return [User(*row) for row in query.tuples().execute(self.database)]

    def logins(self, usuarios: Sequence[str], claves: Sequence[str]) -> list[Opened]:
        """Every company that one user name and one password open.

        The first pair of *usuarios* and *claves* that opens anything counts. User names are compared without the
        difference of upper and lower case. A user that does not exist costs the time of a wrong password.
        """
        names = list(dict.fromkeys(_normal(one) for one in usuarios))
        passwords = list(dict.fromkeys(claves))
        keys = self._keys(names)
        if not keys:
            for clave in passwords:
                self._verifier.verify_nobody(" ".join(names), clave)
            return []
        for name in names:
            for clave in passwords:
                fitting = [one for one in keys if one.normal == name and self._fits(one, clave)]
                if fitting:
                    return [_opened(one) for one in fitting]
        return []

    def user(self, user_id: int) -> Opened | None:
        """What the user of that id opens, as it is now; None when there is no such user."""
        return next((_opened(one) for one in self._read("usuario.id = ?", (user_id,))), None)

    def _fits(self, key: _Key, clave: str) -> bool:
        return self._verifier.verify(key.normal, clave, key.clave)

    def _keys(self, names: list[str]) -> list[_Key]:
        """Read anew for every login: that is how each process sees a changed password at once."""
        return self._read(f"usuario.usuario_normal IN ({', '.join('?' * len(names))})", names)

    def _read(self, condition: str, values: Sequence[str | int]) -> list[_Key]:
        rows = self.connection.execute(_USERS % condition, values)
        return [
            _Key(number, normal, name, clave, avisos, _company(*rest))
            for number, normal, name, clave, avisos, *rest in rows
        ]

    def _must_tell_apart(self, usuario: str, clave: str, ambiente: str) -> None:
        for key in self._keys([_normal(usuario)]):
            other = key.company.ambiente
            if other != ambiente and verify_password(clave, key.clave):
                raise Refused([problem("AUT-012", value=usuario, ambiente=ambiente, otro=other)])

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
        """Save a signing certificate with its key, sealed; from now on the company signs with it. Gives its id.

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
            return int(query.execute(self.database))

    def certificate_id(self, ambiente: Ambiente, rut: str) -> int:
        """Which certificate the company signs with, without reading it; 0 when it has none."""
        query = "SELECT MAX(id) FROM certificado WHERE ambiente = ? AND rut = ?"
        (found,) = self.connection.execute(query, (ambiente, rut)).fetchone()
        return int(found or 0)

    def certificate(self, ambiente: Ambiente, rut: str) -> StoredCertificate | None:
        """The certificate that the company signs with: the newest saved; or None."""
        query = Certificado.select(fn.MAX(Certificado.id)).where(Certificado.ambiente == ambiente)
        found = self._certificates(query.where(Certificado.rut == rut))
        return found[0] if found else None

    def certificates(self) -> list[StoredCertificate]:
        """The certificates in use, one of each company that has any."""
        newest = Certificado.select(fn.MAX(Certificado.id)).group_by(Certificado.ambiente, Certificado.rut)
        return self._certificates(newest)

    def _certificates(self, ids: object) -> list[StoredCertificate]:
        query = Certificado.select().where(Certificado.id.in_(ids)).order_by(Certificado.ambiente, Certificado.rut)
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


def _opened(key: _Key) -> Opened:
    avisos = AVISOS_BY_DEFAULT[key.company.ambiente] if key.avisos is None else bool(key.avisos)
    huella = hashlib.blake2b(key.clave.encode(), digest_size=16).hexdigest()
    return Opened(key.usuario, key.company, avisos, key.id, huella)


def _normal(usuario: str) -> str:
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
