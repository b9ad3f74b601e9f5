"""The file of a refused document as a text that a person mends, and what the person made of it."""

from __future__ import annotations

from flask import Request

from dteplanows import parser
from dteplanows.document.text import decode
from dteplanows.issuing.annulling_note import as_file, read
from dteplanows.ledger.rows import StoredDocument
from dteplanows.ledger.store import Ledger

MOST = 200_000
"""Characters of a file that is shown to be mended."""


def text_of(ledger: Ledger, stored: StoredDocument) -> str:
    """The file that *stored* came in; where that is not kept, or holds others too, the document itself as XML."""
    found = ledger.files.find(stored.archivo_sha256)
    if found and found.contenido and len(found.contenido) <= MOST:
        documents = parser.parse(found.contenido, found.formato)
        if len(documents) == 1 and documents[0].tipo == stored.tipo:
            return decode(found.contenido)
    return as_file(read(stored)).decode()


def given(request: Request) -> str:
    """The mended text: a file that was chosen, else what stands on the page."""
    chosen = request.files.get("archivo")
    if chosen and chosen.filename:
        return decode(chosen.stream.read())
    return request.form.get("texto", "")
