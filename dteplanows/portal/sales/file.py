"""The customer's file that a document came in, exactly as it was received, as far as a page can show it."""

from __future__ import annotations

from typing import NamedTuple

from dteplanows.document.text import decode
from dteplanows.ledger.rows import StoredDocument
from dteplanows.ledger.store import Ledger
from dteplanows.portal.validation.columns import NO_TABLES, Tables, tables_of
from dteplanows.portal.validation.places import Places
from dteplanows.portal.validation.source import source_of

MOST_BYTES = 100_000
"""Of a file that a page shows; whoever needs more downloads it."""

_FORMATS = {"1": ("TXT", "txt"), "2": ("XML", "xml")}


class FileShown(NamedTuple):
    """A received file."""

    formato: str
    """``TXT`` or ``XML``."""
    ending: str
    """Of its name."""
    sha256: str
    size: int
    """Bytes."""
    lines: list[str]
    shortened: bool
    """There is more of it."""
    content: bytes
    code: str
    """``1`` for TXT, ``2`` for XML."""
    tables: Tables
    """What stands in it, beside what each column or element means; none of a file that is shortened."""


def received(ledger: Ledger, stored: StoredDocument) -> FileShown | None:
    """The file that *stored* came in; None where it is not kept any more."""
    found = ledger.files.find(stored.archivo_sha256)
    if found is None or not found.contenido:
        return None
    name, ending = _FORMATS.get(found.formato, ("TXT", "txt"))
    text = decode(found.contenido[:MOST_BYTES])
    size = len(found.contenido)
    shortened = size > MOST_BYTES
    tables = NO_TABLES
    if not shortened:
        tables = tables_of(Places(source_of(found.contenido, found.formato)), {}, [stored.tipo])
    return FileShown(
        name, ending, found.sha256, size, text.splitlines(), shortened, found.contenido, found.formato, tables
    )
