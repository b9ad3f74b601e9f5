"""What there is to say of a document and the CAF that stamps it, when the folio can be had."""

from __future__ import annotations

from datetime import date

from dteplanows.document.catalogue import problem
from dteplanows.document.model import Document
from dteplanows.document.problem import Problem
from dteplanows.folios.allocation import Taken

_YEARS = 2
_OLD_DAYS = _YEARS * 365
"""Days after which the SII remarks on a CAF that does not lapse (Timbraje electrónico, 2014)."""


def remarks(document: Document, taken: Taken, today: date) -> list[Problem]:
    """Avisos on *document*: dated before its CAF was authorized (FOL-071), stamped by an old CAF (FOL-072)."""
    found = []
    id_doc, fecha = document.id_doc, taken.fecha_autorizacion
    emission = id_doc.day("FchEmis")
    if emission and emission < fecha:
        found.append(problem("FOL-071", id_doc.place_of("FchEmis"), str(emission), fecha=fecha))
    if (today - fecha).days > _OLD_DAYS:
        facts = {"tipo": document.tipo, "fecha": fecha, "limit": _YEARS}
        found.append(problem("FOL-072", id_doc.place_of("Folio"), str(taken.folio), **facts))
    return found
