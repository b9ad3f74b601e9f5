"""How the simulator behaves: what is set when it starts, and what may change while it runs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Protocol


class MisunderstoodError(Exception):
    """What was asked of the simulator makes no sense; the text says why, in Spanish."""


@dataclass
class Behaviour:
    """What the control address (``/control/opciones``) can change. The names are those of its JSON."""

    demora: float = 1.0
    """Seconds from the upload to the last state."""
    verificar: bool = True
    """Whether what comes is judged; without it everything well-formed is accepted."""
    esquema: str = "subida"
    """When DTEUpload tells a fault of the schema: ``subida`` (STATUS 7) or ``revision`` (state RSC)."""
    correo: str = "normal"
    """The mail with the result: ``normal``, ``dos-veces``, ``tarde``, ``antes`` (of the last state) or ``nunca``."""
    correo_tarde: float = 60.0
    """Seconds after the last state, where the mail is late."""
    solo_registradas: bool = False
    """Whether companies that were not registered are unknown; otherwise every company may send."""
    referencias: str = "estricta"
    """``estricta``: a note of a document that was never received is refused (REF-3-750); ``libre``: it is taken."""
    semilla: str = "estricta"
    """``laxa``: of a signed seed only the signature's value is looked at. A client in wide use,
    facturacion_electronica, digests another document than it sends and signs with SHA-256; the SII seems not to mind
    (inferred)."""
    semilla_dura: float = 120.0
    """Seconds that a seed may be used."""
    token_dura: float = 3600.0
    """Seconds without use after which a token ends."""
    sesiones: int = 200
    """Tokens in force that one RUT may have."""

    def change(self, wanted: Mapping[str, Any]) -> None:
        """Take over what *wanted* names.

        :raises MisunderstoodError: an unknown name, or a value of another kind.
        """
        kinds = {one.name: type(getattr(self, one.name)) for one in fields(self)}
        for name, given in wanted.items():
            kind = kinds.get(name)
            if kind is None:
                raise MisunderstoodError(f"No existe la opción «{name}»; hay: {', '.join(sorted(kinds))}.")
            value = float(given) if kind is float and type(given) is int else given
            if type(value) is not kind or value not in _CHOICES.get(name, (value,)):
                raise MisunderstoodError(f"«{name}» no admite el valor {json.dumps(value, ensure_ascii=False)}.")
            setattr(self, name, value)

    def shown(self) -> dict[str, Any]:
        """All of them, for JSON."""
        return asdict(self)


_CHOICES: dict[str, tuple[str, ...]] = {
    "esquema": ("subida", "revision"),
    "correo": ("normal", "dos-veces", "tarde", "antes", "nunca"),
    "semilla": ("estricta", "laxa"),
    "referencias": ("estricta", "libre"),
}


class Register(Protocol):
    """What whoever starts the simulator knows of its callers, asked anew each time: it may change meanwhile."""

    def company(self, rut: str) -> Mapping[str, Any] | None:
        """The fields of :class:`~dteplanows.simulator.companies.Company` by name; None for a company not known."""

    def caf_keys(self, idk: str) -> Iterable[str]:
        """Public keys in PEM of authorities with that *idk* that sign CAFs."""


class Nobody:
    """The register of a simulator that is started alone: only what it is told itself is known."""

    def company(self, rut: str) -> None:
        """None."""

    def caf_keys(self, idk: str) -> tuple[str, ...]:
        """None."""
        return ()


@dataclass(frozen=True)
class Options:
    """What is set when the simulator starts."""

    folder: Path
    """Its own: what it remembers, the envelopes received and the mails sent."""
    host: str = "127.0.0.1"
    port: int = 8181
    """0 takes a free one."""
    produccion: bool = False
    """Whether it plays palena; otherwise maullin, where the resolution has the number 0."""
    xsd: Path | None = None
    """A folder with the SII's own schemas; without it the small one of this package judges alone."""
    caf_keys: Mapping[str, str] = field(default_factory=dict)
    """Public keys in PEM that CAFs of other authorities are signed with, by their IDK; the SII's are known."""
    smtp: str = ""
    """``host:port`` of a mail server for the results; without it they are only written to the folder."""
    behaviour: Behaviour = field(default_factory=Behaviour)
    register: Register = field(default_factory=Nobody)
    """Is asked for what the simulator was not told itself."""
