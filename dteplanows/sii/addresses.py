"""Where each environment's services are. The address of a call follows from the environment of the document, from
nothing else: whoever sends hands over the document or its envelope, and no address.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from urllib3.util import parse_url

from dteplanows.document.catalogue import problem
from dteplanows.document.company import Ambiente
from dteplanows.document.problem import Refused
from dteplanows.settings import Settings

Way = Literal["dteupload", "rest"]
"""How an envelope of boletas leaves: as facturas do, or by the service of boletas."""


class Hosts(NamedTuple):
    """The addresses of one environment, as ``https://host``."""

    name: str
    """What people call it: ``palena``, ``maullin``, ``simulador``."""
    soap: str
    """Authentication, uploads of DTEUpload and questions by SOAP."""
    boletas: str
    """Authentication and questions of the service of boletas."""
    boletas_upload: str
    """Its uploads: the SII has other servers for them."""
    way_of_boletas: Way

    @property
    def all(self) -> tuple[str, ...]:
        """Every address, each once."""
        return tuple(dict.fromkeys((self.soap, self.boletas, self.boletas_upload)))


class Addresses:
    """The addresses of an installation."""

    def __init__(self, by_environment: Mapping[Ambiente, Hosts], simulator: Hosts) -> None:
        """
        :raises Refused: an address of one environment is of the other (SII-002), or a real one is not by https
            (SII-003).
        """
        self._by_environment, self._simulator = by_environment, simulator
        self._check()

    def of(self, ambiente: Ambiente, *, of_test_authority: bool = False) -> Hosts:
        """The addresses for what belongs to *ambiente*.

        :param of_test_authority: a CAF of the test authority stamped it, so the simulator alone may have it.
        :raises ValueError: that is said of something in ``produccion``, which cannot be.
        """
        if of_test_authority:
            if ambiente != "pruebas":
                raise ValueError("the test authority stamps nothing in produccion")
            return self._simulator
        return self._by_environment[ambiente]

    def _check(self) -> None:
        real, trial = self._by_environment["produccion"], self._by_environment["pruebas"]
        ours = {_place(one) for one in real.all}
        theirs = {_place(one) for hosts in (trial, self._simulator) for one in hosts.all}
        wrong = (ours & (theirs | _CERTIFICATION)) | (theirs & _PRODUCTION)
        if wrong:
            raise Refused([problem("SII-002", value=host) for host, _ in sorted(wrong)])
        plain = {one for hosts in (real, trial) for one in hosts.all if not _is_safe(one)}
        if plain:
            raise Refused([problem("SII-003", value=one) for one in sorted(plain)])


def addresses_of(settings: Settings) -> Addresses:
    """The addresses in force.

    :raises Refused: as :class:`Addresses`.
    """
    one = settings.sii_simulador.rstrip("/")
    simulator = Hosts("simulador", one, one, one, "rest")
    certification = Hosts(
        "maullin",
        settings.sii_maullin.rstrip("/"),
        settings.sii_apicert.rstrip("/"),
        settings.sii_pangal.rstrip("/"),
        settings.sii_boletas_pruebas,
    )
    production = Hosts(
        "palena",
        settings.sii_palena.rstrip("/"),
        settings.sii_api.rstrip("/"),
        settings.sii_rahue.rstrip("/"),
        "rest",
    )
    trial = certification if settings.sii_pruebas == "maullin" else simulator
    return Addresses({"pruebas": trial, "produccion": production}, simulator)


def _place(address: str) -> tuple[str, int]:
    """Host, in small letters without a last dot, and port of an address."""
    parts = parse_url(address)
    return (parts.host or "").lower().rstrip("."), parts.port or (443 if parts.scheme == "https" else 80)


def _is_safe(address: str) -> bool:
    """Whether nobody between can read or change what is sent there."""
    return address.startswith("https://") or _place(address)[0] in ("127.0.0.1", "localhost", "[::1]")


_PRODUCTION = {(f"{one}.sii.cl", port) for one in ("palena", "api", "rahue") for port in (80, 443)}
_CERTIFICATION = {(f"{one}.sii.cl", port) for one in ("maullin", "apicert", "pangal") for port in (80, 443)}
"""The SII's own, which no setting can give to the other environment."""
