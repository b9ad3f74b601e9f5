"""The page that shows that a printer works, with the letters that one prints wrongly which is set up wrongly."""

from __future__ import annotations

from collections.abc import Sequence

from dteplanows.printing import paper
from dteplanows.printing.escpos import Profile, commands, encoded
from dteplanows.printing.page import Page, Text

LETTERS = "ÁÉÍÓÚÑÜ áéíóúñü ¿¡ Nº 1.234 $"

_LEFT, _TOP, _STEP, _SIZE = 72.0, 90.0, 22.0, 13.0


def pdf(lines: Sequence[str]) -> bytes:
    """On letter paper, as a PDF file."""
    page = Page(612, 792)
    for at, line in enumerate((*lines, LETTERS)):
        page.write(Text(_LEFT, _TOP + at * _STEP, line, _SIZE, bold=not at))
    return paper.write([page], lines[0], "dteplanows")


def escpos(lines: Sequence[str], profile: Profile) -> bytes:
    """For a receipt printer."""
    first, *others = ([encoded(line, profile.encoding) + b"\n" for line in (*lines, LETTERS)])
    parts = [commands.START, commands.ONE_BYTE_LETTERS, commands.page(profile.page), commands.BOLD, first]
    return b"".join((*parts, commands.NOT_BOLD, *others, commands.CUTS[profile.cut]))
