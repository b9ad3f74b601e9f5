"""What there is to say of a document and the CAF that stamps it, when the folio can be had."""

from __future__ import annotations

import unicodedata
from datetime import date

from dteplanows.document.catalogue import problem, shown
from dteplanows.document.company import Company
from dteplanows.document.model import Document
from dteplanows.document.problem import Problem, Refused, errors, stop
from dteplanows.folios.allocation import Taken, stamping_key
from dteplanows.ledger.store import Ledger

_YEARS = 2
_OLD_DAYS = _YEARS * 365
"""Days after which the SII remarks on a CAF that does not lapse (Timbraje electrónico, 2014)."""

_LONGEST_NAME = 40
"""Characters of the razón social that a CAF holds."""


def remarks(ledger: Ledger, company: Company, document: Document, taken: Taken, today: date) -> list[Problem]:
    """What is to be said of *document* and its CAF: another issuer's name (DOC-116, a reparo), a date before its
    authorization (FOL-071), its age (FOL-072).

    :raises Refused: a reparo is among it, and the company wants none.
    """
    # A CAF that is not made yet will have the company's own name.
    caf = stamping_key(ledger, taken.caf_id) if taken.caf_id else company
    found = _remarks(document, taken, caf.razon_social, today)
    if found and company.handling_of_reparos == "detener":
        found = list(map(stop, found))
        if errors(found):
            raise Refused(found)
    return found


def _remarks(document: Document, taken: Taken, razon_social: str, today: date) -> list[Problem]:
    found = []
    emisor = document.emisor
    name = "RznSoc" if "RznSoc" in emisor.fields else "RznSocEmisor"
    given = emisor.text(name)
    if given[:_LONGEST_NAME] != razon_social and given and _plain(given) != _plain(razon_social):
        found.append(problem("DOC-116", emisor.place_of(name), given, right=shown(razon_social)))
    id_doc, fecha = document.id_doc, taken.fecha_autorizacion
    emission = id_doc.day("FchEmis")
    if emission and emission < fecha:
        found.append(problem("FOL-071", id_doc.place_of("FchEmis"), str(emission), fecha=fecha))
    if (today - fecha).days > _OLD_DAYS:
        facts = {"tipo": document.tipo, "fecha": fecha, "limit": _YEARS}
        found.append(problem("FOL-072", id_doc.place_of("Folio"), str(taken.folio), **facts))
    return found


def _plain(name: str) -> str:
    """*name* as far as a CAF holds it, for comparing: without case, accents and the number of blanks."""
    letters = unicodedata.normalize("NFD", " ".join(name.split())[:_LONGEST_NAME].casefold())
    return "".join(one for one in letters if not unicodedata.combining(one)).rstrip()
