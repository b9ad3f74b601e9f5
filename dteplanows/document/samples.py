"""The example files of ``muestras/``: each can be issued as it stands, but for the one whose name says otherwise."""

from __future__ import annotations

import re
from importlib import resources

from dteplanows.document import clock

_DATE = b"2026-01-05"
"""The day of issue in the files, in place of today."""

WRONG = "factura33-con-errores.txt"
"""The one that cannot be issued, for people to see what is said of it."""

_TYPE = re.compile(r"\D+(\d{2,3})\.")


def samples() -> dict[str, bytes]:
    """The files by name, with today as their day of issue."""
    today = clock.today().isoformat().encode()
    found = {
        one.name: one.read_bytes().replace(_DATE, today)
        for one in resources.files("dteplanows").joinpath("muestras").iterdir()
        if one.name.endswith((".txt", ".xml"))
    }
    return dict(sorted(found.items()))


def type_of(name: str) -> int:
    """The document type of the sample *name*; 0 for one that cannot be issued."""
    match = _TYPE.match(name)
    return int(match[1]) if match else 0
