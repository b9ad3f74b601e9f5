"""The charsets of eight bits that customers' programs write."""

from __future__ import annotations

import re
from typing import NamedTuple

from dteplanows.document.phrases import phrase


class Page(NamedTuple):
    """A charset of eight bits."""

    name: str
    """What people call it."""
    table: str
    """The character of each byte."""
    typographic: bool = False
    """Its programs write typographic quotes and dashes."""


def _page(name: str, codec: str, below_a0: str = "", typographic: bool = False) -> Page:
    """:param below_a0: charset of the bytes 80 to 9F, where *codec* has controls."""
    characters = []
    for byte in range(256):
        for charset in (below_a0 if 0x80 <= byte < 0xA0 and below_a0 else codec, "latin-1"):
            try:
                characters.append(bytes([byte]).decode(charset))
            except UnicodeDecodeError:
                continue
            break
    return Page(name, "".join(characters), typographic)


WINDOWS = _page("Windows-1252", "cp1252", typographic=True)
# 858 is 850 with the euro
DOS = _page(phrase("charset.dos"), "cp858")
OLD_DOS = _page(phrase("charset.old_dos"), "cp437")
MAC = _page("Mac Roman", "mac_roman")
LATIN_9 = _page("ISO-8859-15", "iso8859-15", below_a0="cp1252", typographic=True)

PAGES = (WINDOWS, DOS, OLD_DOS, MAC)
"""Those that are recognised; the first is by far the most frequent."""

_DECLARED = {
    "ibm850": DOS, "cp850": DOS, "850": DOS, "ibm858": DOS, "cp858": DOS, "ibm00858": DOS, "ibm437": OLD_DOS,
    "cp437": OLD_DOS, "437": OLD_DOS, "macintosh": MAC, "mac": MAC, "x-mac-roman": MAC, "macroman": MAC,
    "iso-8859-15": LATIN_9, "iso8859-15": LATIN_9, "latin-9": LATIN_9, "latin9": LATIN_9,
}  # fmt: skip
"""The charsets that nobody declares by mistake; other declarations are often wrong, and the bytes decide."""
_DECLARATION = re.compile(rb"""\s*<\?xml\b[^>]*?\bencoding\s*=\s*["']([\w.:-]{1,40})["']""")


def declared(data: bytes) -> Page | None:
    """The page that the declaration of the XML *data* names, when it is one that nobody names by mistake."""
    found = _DECLARATION.match(data, 0, 1000)
    return _DECLARED.get(found[1].decode("ascii", "replace").lower()) if found else None
