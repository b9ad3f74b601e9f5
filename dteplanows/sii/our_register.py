"""What the simulator that runs beside a service knows of the installation: its companies and its test authority.

The simulator takes plain values and looks at nothing of ours itself. They are looked up anew each time, so what changes
while it runs counts at once.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from cryptography.hazmat.primitives import serialization

from dteplanows.folios.authority import TestAuthority
from dteplanows.folios.caf import TEST_AUTHORITY
from dteplanows.ledger.store import Ledger
from dteplanows.settings import Settings

TEST_IDK = str(TEST_AUTHORITY)

_RIGHTS = ("enviar", "firmar", "consultar")
"""Whoever has a certificate with a company has them all: what the simulator knows more of is told to it."""


def authority_keys(settings: Settings) -> tuple[str, ...]:
    """The public key, in PEM, of the authority that makes this installation's own CAFs; nothing where it has none."""
    try:
        key = TestAuthority.from_pem(settings.autoridad_de_prueba.read_bytes()).public_key
    except FileNotFoundError:
        return ()
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return (key.public_bytes(serialization.Encoding.PEM, form).decode("ascii"),)


class OurRegister:
    """The register of an installation."""

    def __init__(self, settings: Settings, ledger: Ledger) -> None:
        self._settings, self._ledger = settings, ledger
        # One thread, so one connection to the database: the simulator has a thread for each caller.
        self._reader = ThreadPoolExecutor(1, "registro")

    def company(self, rut: str) -> dict[str, Any] | None:
        """Resolution and users of the company *rut* of ``pruebas``; None where it is not one of ours.

        A company without a certificate has no users, which leaves everybody free to act for it.
        """
        return self._reader.submit(self._company, rut).result()

    def caf_keys(self, idk: str) -> tuple[str, ...]:
        """The key of this installation's test authority, where it has one."""
        return authority_keys(self._settings) if idk == TEST_IDK else ()

    def close(self) -> None:
        """Look nothing up any more."""
        self._reader.shutdown()

    def _company(self, rut: str) -> dict[str, Any] | None:
        found = self._ledger.companies.find("pruebas", rut)
        if found is None:
            return None
        owners = {one.rut_firmante for one in self._ledger.certificates.of("pruebas", rut) if one.rut_firmante}
        return {
            "rut": rut,
            "fch_resol": found.fecha_resolucion.isoformat() if found.fecha_resolucion else "",
            "usuarios": {one: list(_RIGHTS) for one in sorted(owners)},
        }
