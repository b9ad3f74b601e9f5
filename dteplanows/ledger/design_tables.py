"""The table of the designs that companies have chosen for what they print."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from dteplanows.ledger.table import Schema, Table

STEP = 25


class StoredDesign(NamedTuple):
    """What a company's printed documents look like."""

    ambiente: str
    rut: str
    nombre: str
    """Of a ready design; empty for one of the company's own."""
    archivo: str
    """The company's own design, as its file says it; empty for a ready one."""
    logo: bytes
    """PNG or JPEG; empty for none."""
    momento: datetime
    """When it was last changed: local moment in Chile, without zone."""


class DesignOutline(NamedTuple):
    """What a company has chosen, without the logo. Two that are alike have the same logo."""

    nombre: str
    archivo: str
    logo_bytes: int
    """Size of the logo."""
    momento: str
    """When it was last changed, as it is stored."""


DISENO = Table(
    "diseno",
    StoredDesign,
    schema=Schema(
        key=("ambiente", "rut"),
        constraints=("FOREIGN KEY (ambiente, rut) REFERENCES empresa (ambiente, rut)",),
        since=STEP,
    ),
)

DESIGN_TABLES: tuple[Table[Any], ...] = (DISENO,)
