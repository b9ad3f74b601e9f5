"""An envelope's documents as the SII takes them: cut out of the bytes, each a document of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator

_DTE = re.compile(rb"<DTE(?=[\s>]).*?</DTE\s*>", re.DOTALL)
_DECLARATION = re.compile(rb"\s*<\?xml[^>]*\?>")


def documents(envelope: bytes) -> Iterator[bytes]:
    """Each ``<DTE>`` of *envelope* behind the envelope's own declaration, which names the charset."""
    declaration = _DECLARATION.match(envelope)
    head = declaration.group().strip() + b"\n" if declaration else b""
    for found in _DTE.finditer(envelope):
        yield head + found.group()
