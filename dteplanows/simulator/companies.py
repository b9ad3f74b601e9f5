"""The SII's register of companies, their resolutions and who may do what for them.

A company that nobody registered may do everything, unless ``solo_registradas`` is set: a simulator that first wants to
be filled in is no help to a test.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from dteplanows.simulator import ruts
from dteplanows.simulator.options import Behaviour, MisunderstoodError, Register
from dteplanows.simulator.store import Store

RIGHTS = ("enviar", "firmar", "consultar")


@dataclass
class Company:
    """What was registered; an empty field is not looked at."""

    rut: str
    razon_social: str = ""
    fch_resol: str = ""
    """AAAA-MM-DD."""
    nro_resol: int | None = None
    correo: str = ""
    """Where the results are mailed to."""
    actecos: list[str] = field(default_factory=list)
    usuarios: dict[str, list[str]] = field(default_factory=dict)
    """Rights by RUT; without any, everybody has all."""

    def may(self, rut: str, right: str) -> bool:
        """Whether the person may do that for the company."""
        return not self.usuarios or right in self.usuarios.get(rut, [])

    def knows(self, rut: str) -> bool:
        """Whether the person has anything to do with the company."""
        return not self.usuarios or rut in self.usuarios


class Companies:
    """The register."""

    def __init__(self, store: Store, behaviour: Behaviour, register: Register) -> None:
        self._store = store
        self._behaviour = behaviour
        self._register = register

    def get(self, rut: str) -> Company | None:
        """The company *rut*; None where the SII does not know it."""
        data = self._store.company(rut) or self._register.company(rut)
        if data is not None:
            return Company(**data)
        return None if self._behaviour.solo_registradas else Company(rut)

    def register(self, wanted: Mapping[str, Any]) -> Company:
        """Keep a company, in place of what was known of it.

        :param wanted: the fields of :class:`Company` by name.
        :raises MisunderstoodError: a field is unknown or cannot be.
        """
        try:
            company = Company(**wanted)
        except TypeError:
            raise MisunderstoodError(
                f"Una empresa tiene los datos: {', '.join(Company.__dataclass_fields__)}."
            ) from None
        if not isinstance(company.rut, str) or not ruts.valid(company.rut):
            raise MisunderstoodError(f"El RUT «{company.rut}» de la empresa no es válido.")
        for user, rights in company.usuarios.items():
            if not ruts.valid(user) or not set(rights) <= set(RIGHTS):
                raise MisunderstoodError(
                    f"El usuario «{user}» necesita un RUT válido y permisos de: {', '.join(RIGHTS)}."
                )
        self._store.register(company.rut, asdict(company))
        return company

    def load(self, path: Path) -> None:
        """Register every company of a JSON file, a list.

        :raises MisunderstoodError: as :meth:`register`.
        """
        for one in json.loads(path.read_text("utf-8")):
            self.register(one)
