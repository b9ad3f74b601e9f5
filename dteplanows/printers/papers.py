"""What the paper of a printer is good for, by the format in which the printer is sent documents."""

from __future__ import annotations

from enum import Enum

from dteplanows.printing import escpos
from dteplanows.printing.roll import Roll, is_for_roll

PDF, TEXT = "pdf", "texto"
"""What a printer may be sent besides the profiles of receipt printers."""


class Paper(Enum):
    """What a printer prints on."""

    ANY = ("todos los documentos", None)
    MM80 = ("boletas, y lo demás que trae TpoImpresion T", Roll.MM80)
    MM58 = ("boletas", Roll.MM58)

    def __init__(self, words: str, roll: Roll | None) -> None:
        self.words = words
        """Which documents can be printed there."""
        self.roll = roll
        """None for pages."""

    def takes(self, tipo: int, *, ticket: bool) -> bool:
        """Whether a document of that type can be printed there.

        :param ticket: it asks for a ticket itself (``TpoImpresion`` T).
        """
        return self.roll is None or is_for_roll(self.roll, tipo, ticket)


def formats() -> list[str]:
    """What a printer may be sent."""
    return [PDF, TEXT, *escpos.profiles()]


def paper_of(formato: str) -> Paper:
    """What a printer prints on that is sent documents in that format."""
    if formato == PDF:
        return Paper.ANY
    profile = escpos.profiles().get(formato)
    return Paper.MM58 if profile and profile.roll is Roll.MM58 else Paper.MM80
