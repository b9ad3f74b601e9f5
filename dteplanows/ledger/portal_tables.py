"""The table of the sessions of people in the portal."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

from dteplanows.ledger.columns import Spec
from dteplanows.ledger.people_tables import PEOPLE_TABLES
from dteplanows.ledger.table import Index, Schema, Table

STEP = 20


class PortalSession(NamedTuple):
    """A person who came in by a browser."""

    clave: str
    """SHA-256, hexadecimal, of what the browser shows: whoever reads the table can be nobody with it."""
    usuario: str
    """The user name as it was created."""
    abre: dict[str, str]
    """By the id of each user of that name whose password was right, as text, its ``huella``."""
    comenzada: float
    """In seconds of Unix time, as the other moment."""
    vista: float
    """When a page was last asked for, to the minute."""
    ip: str
    navegador: str
    """What the browser calls itself, shortened."""
    por_confirmar: Annotated[bool, Spec(since=21)] = False
    """The password was right; the second factor has still to be shown, and nothing is open before."""


SESION_PORTAL = Table(
    "sesion_portal",
    PortalSession,
    schema=Schema(key=("clave",), indexes=(Index("sesion_portal_vista", "vista"),), since=STEP),
)

PORTAL_TABLES: tuple[Table[Any], ...] = (SESION_PORTAL, *PEOPLE_TABLES)
