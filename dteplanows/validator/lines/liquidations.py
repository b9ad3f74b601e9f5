"""What only a liquidación (43) says: of which documents its lines are (Formato DTE v2.5, TpoDocLiq)."""

from __future__ import annotations

from dteplanows.document.catalogue import problem
from dteplanows.document.model import Document
from dteplanows.document.reference_types import TAX_DOCUMENTS

_OTHER = "99"
"""TpoDocLiq of what is no document: advances and the like."""


def check(document: Document) -> None:
    """Each line names a tax document, on paper or electronic, by its type, or 99."""
    if "TpoDocLiq" in document.unread:
        return
    for line in document.detalles:
        kind = line.text("TpoDocLiq")
        if kind and kind != _OTHER and kind not in TAX_DOCUMENTS:
            document.problems.append(problem("DOC-114", line.place_of("TpoDocLiq"), kind))
