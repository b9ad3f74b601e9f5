"""What an agent at the customer's site and the service say to each other, as JSON over HTTP.

Each question of the agent may bring what became of the job it has, and each answer may bring the next one. A job and
the number of its try name what is spoken of, so that whatever arrives late, twice or not at all does no harm. Unknown
names are passed over: either side may be newer.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Base64Bytes, BaseModel, StringConstraints

PATH = "/impresion/agente"
"""Where the service answers agents (POST)."""

WAITING = 25.0
"""Seconds for which a question may wait for a job: routers forget connections that are silent for a minute or so."""

ALONE = 90.0
"""Seconds after which an agent that is silent has ended, or sleeps, and another one may take its place."""

Outcome = Literal["sigue", "impresa", "no impresa", "dudosa", "imposible"]
"""``sigue``: it is being printed; ``no impresa``: nothing of it, for sure; ``dudosa``: nobody knows."""

Line = Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00-\x1f]*$")]
_Name = Annotated[str, StringConstraints(max_length=200, pattern=r"^[A-Za-z0-9_-][A-Za-z0-9._-]*$")]
Identifier = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]


class Report(BaseModel):
    """What became of a job, or how it goes."""

    trabajo: int
    intento: int
    resultado: Outcome
    motivo: Line = ""
    """Why it is not printed, or what somebody has to see to; empty for nothing."""


class Question(BaseModel):
    """What an agent asks."""

    instancia: Identifier
    """Of the agent's own journal: who has another one does not know what was begun."""
    equipo: Annotated[str, StringConstraints(max_length=100)] = ""
    version: Annotated[str, StringConstraints(max_length=40)] = ""
    espera: float = 0.0
    """Seconds for which it would wait for a job."""
    quiere: bool = True
    """Whether it would take a job."""
    informe: Report | None = None


class Work(BaseModel):
    """A job, and all that is needed to print it."""

    trabajo: int
    intento: int
    pedida: datetime
    formato: Annotated[str, StringConstraints(max_length=60)]
    """As of the printer: ``pdf``, ``texto`` or a profile of receipt printers."""
    nombre: _Name
    titulo: Line
    media: Annotated[str, StringConstraints(max_length=100)]
    datos: Base64Bytes


class Answer(BaseModel):
    """What the service answers."""

    impresora: Line = ""
    vigente: bool = True
    """What was reported is the agent's still; if not, nothing more is to be printed of it."""
    trabajo: Work | None = None
    pausa: float = 0.0
    """Seconds after which to ask again."""
