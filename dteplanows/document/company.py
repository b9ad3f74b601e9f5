"""The company that issues: what the account knows of it and a customer's file may leave out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Ambiente = Literal["pruebas", "produccion"]


@dataclass(frozen=True, slots=True)
class Company:
    """Issuer of documents in one environment."""

    rut: str
    ambiente: Ambiente
    razon_social: str
    giro: str
    actecos: tuple[str, ...]
    """Economic activities registered at the SII, six digits each; one to four."""
    direccion: str
    comuna: str
    ciudad: str = ""
    sucursal: str = ""
    codigo_sii_sucursal: str = ""
    telefono: str = ""
    correo: str = ""
    tolerante: bool = False
    """A contradiction in the arithmetic is an aviso and not an error; what the lines add up to is issued."""
