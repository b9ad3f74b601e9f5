"""What a client needs to call the demonstration."""

from __future__ import annotations

from typing import NamedTuple


class Access(NamedTuple):
    """What a client needs to call the demo. Saved as ``demo.json``."""

    url: str
    """Address of the service."""
    wsdl: str
    usuario: str
    rut: str
    """The RUT that goes into the login."""
    clave: str
    rut_empresa: str
    simulador: str
    """Address of the SII that the demo delivers to: the simulator."""
    portal: str
    """Address of the pages for people, which the same user and password open."""

    def __repr__(self) -> str:
        return f"Access(url={self.url!r}, usuario={self.usuario!r}, clave=<oculta>)"
