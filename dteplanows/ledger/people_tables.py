"""The tables of what people come in with beside a password, and of those who guess."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from dteplanows.ledger.rows import Rol
from dteplanows.ledger.table import Index, Schema, Table

STEP = 21


class Invitation(NamedTuple):
    """A link that lets one person set the password of one user of a company, once."""

    id: int
    clave: str
    """SHA-256, hexadecimal, of what the link shows: whoever reads the table can accept nothing."""
    usuario: str
    """The user that it makes; or, where the company has it by then, gives another password."""
    ambiente: str
    rut: str
    rol: Rol
    """What a new user may do; one that is there keeps its own."""
    correo: str
    """Where it was mailed to; empty for one that was shown."""
    creada: datetime
    """Local moment in Chile, without zone, as the others."""
    vence: datetime
    terminada: datetime | None = None
    """When it was accepted or withdrawn; None as long as it may be accepted."""


class SecondFactor(NamedTuple):
    """What a person shows beside the password: the codes of a telephone (RFC 6238)."""

    id: int
    sellado: str
    """The secret that the telephone has too, sealed."""
    desde: datetime
    ultimo: int
    """The number of the half minute whose code was accepted last: none is accepted twice."""
    codigos: tuple[str, ...]
    """SHA-256, hexadecimal, of each recovery code that was not used yet."""


class Tally(NamedTuple):
    """Wrong passwords of somebody, or from somewhere."""

    clave: str
    """Digest of whose they are: what is typed as a name may be a password."""
    nivel: float
    """How many, as of *momento*."""
    momento: float
    """Of the last one, in seconds of Unix time."""


class Known(NamedTuple):
    """Somebody who came in before."""

    clave: str
    """Digest of who, with what or from where."""
    momento: float
    """In seconds of Unix time."""


INVITACION = Table(
    "invitacion",
    Invitation,
    schema=Schema(
        constraints=("UNIQUE (clave)", "FOREIGN KEY (ambiente, rut) REFERENCES empresa (ambiente, rut)"),
        indexes=(Index("invitacion_empresa", "ambiente, rut"),),
        since=STEP,
    ),
)
SEGUNDO_FACTOR = Table("segundo_factor", SecondFactor, schema=Schema(since=STEP))
CLAVE_FALLADA = Table(
    "clave_fallada",
    Tally,
    schema=Schema(key=("clave",), indexes=(Index("clave_fallada_momento", "momento"),), since=STEP),
)
ENTRADA_CONOCIDA = Table(
    "entrada_conocida",
    Known,
    schema=Schema(key=("clave",), indexes=(Index("entrada_conocida_momento", "momento"),), since=STEP),
)

PEOPLE_TABLES: tuple[Table[Any], ...] = (INVITACION, SEGUNDO_FACTOR, CLAVE_FALLADA, ENTRADA_CONOCIDA)
