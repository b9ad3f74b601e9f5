"""What the paper of a printer is good for, by the format in which the printer is sent documents."""

from __future__ import annotations

from enum import Enum

from dteplanows.document.elements import BOLETAS
from dteplanows.printing import escpos
from dteplanows.printing.roll import Roll

PDF, TEXT = "pdf", "texto"
"""What a printer may be sent besides the profiles of receipt printers."""


class Paper(Enum):
    """What a printer prints on; the value says which documents can be printed there."""

    ANY = "todos los documentos"
    MM80 = "boletas, y lo demás que trae TpoImpresion T"
    MM58 = "boletas"

    def takes(self, tipo: int, *, ticket: bool) -> bool:
        """Whether a document of that type can be printed there.

        :param ticket: it asks for a ticket itself (``TpoImpresion`` T).
        """
        return self is Paper.ANY or tipo in BOLETAS or (ticket and self is Paper.MM80)


def formats() -> list[str]:
    """What a printer may be sent."""
    return [PDF, TEXT, *escpos.profiles()]


def paper_of(formato: str) -> Paper:
    """What a printer prints on that is sent documents in that format."""
    if formato == PDF:
        return Paper.ANY
    profile = escpos.profiles().get(formato)
    return Paper.MM58 if profile and profile.roll is Roll.MM58 else Paper.MM80
