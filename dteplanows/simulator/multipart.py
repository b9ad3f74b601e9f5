"""The parts of a multipart/form-data body, as the SII's upload takes them: leniently.

The manual writes ``multipart/form-data: boundary=…`` with a colon, clients write a semicolon; both are read. The text
parts may or may not say what they are.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_BOUNDARY = re.compile(r'multipart/form-data\s*[;:]\s*boundary="?([^";]+)"?', re.IGNORECASE)
_NAME = re.compile(rb'\bname="([^"]*)"')
_FILE = re.compile(rb'\bfilename="([^"]*)"')


class Form(NamedTuple):
    """What was sent."""

    values: dict[str, bytes]
    """By the names of the parts."""
    file: str
    """The name that the file was sent with."""
    whole: bool
    """Whether the body has its end."""

    def text(self, name: str) -> str:
        """A part as text; empty where there is none."""
        return self.values.get(name, b"").decode("latin-1").strip()


def read(content_type: str, body: bytes) -> Form | None:
    """The form in *body*; None where it is none."""
    found = _BOUNDARY.search(content_type)
    if found is None:
        return None
    mark = b"--" + found[1].strip().encode("latin-1")
    values: dict[str, bytes] = {}
    file = ""
    pieces = (b"\r\n" + body).split(b"\r\n" + mark)
    for piece in pieces[1:]:
        head, separator, content = piece.partition(b"\r\n\r\n")
        name = _NAME.search(head)
        if not separator or name is None:
            continue
        values[name[1].decode("latin-1")] = content
        named = _FILE.search(head)
        if named:
            file = named[1].decode("latin-1")
    return Form(values, file, whole=pieces[-1].startswith(b"--"))
