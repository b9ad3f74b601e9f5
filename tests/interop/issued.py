"""Documents out of the input files."""

from __future__ import annotations

from typing import NamedTuple

from tests.installation import Installation


class Issued(NamedTuple):
    """A document out of an input file."""

    name: str
    tipo: int
    folio: int
    xml: bytes
    caf_id: int
    installation: Installation

    def text(self) -> str:
        """The file as text."""
        return self.xml.decode("latin-1")
