"""Dates of the document against the day, the limits of the form and each other."""

from __future__ import annotations

from datetime import date

from dteplanows.document.catalogue import problem
from dteplanows.document.elements import BOLETAS
from dteplanows.document.limits import LATE_DAYS
from dteplanows.document.model import Document, Group

_FIRST_DAY = date(2003, 4, 1)
"""First day of emission of an electronic document (Formato DTE v2.5, FchEmis)."""
_FIRST_OF_BOLETA = date(2002, 8, 1)
"""The same of a boleta, and first day of every other date of a document (Formato Boletas v4.2; Formato DTE v2.5)."""


_DOMICILIARY = {33: 1, 34: 1, 39: 2, 41: 2}
"""IndServicio of periodic services at home, by document type: their tax accrues when they are due (DL 825, art. 9)."""


def check(document: Document, today: date, authorized: date | None = None) -> None:
    """FchEmis is not in the future and, better, not long past; due date and period do not run backwards.

    :param authorized: date of the resolution that authorizes the company; the SII rejects what was emitted before
        (HED-3-305). None leaves that unjudged.
    """
    id_doc, problems = document.id_doc, document.problems
    emission = id_doc.day("FchEmis")
    if emission:
        place, text = id_doc.place_of("FchEmis"), str(emission)
        if emission > today:
            problems.append(problem("DOC-030", place, text, today=today))
        elif (today - emission).days > LATE_DAYS:
            first = _FIRST_OF_BOLETA if document.tipo in BOLETAS else _FIRST_DAY
            if emission < first and not any(one.code == "DOC-025" and one.place == place for one in problems):
                problems.append(problem("DOC-083", place, text, low=first))
            problems.append(problem("DOC-031", place, text, days=(today - emission).days))
        if authorized and emission < authorized:
            problems.append(problem("DOC-092", place, text, low=authorized))
        due = id_doc.day("FchVenc")
        if not due and id_doc.amount("IndServicio") == _DOMICILIARY.get(document.tipo, -1):
            _check_due(document, id_doc)
        if due and due < emission:
            problems.append(problem("DOC-032", id_doc.place_of("FchVenc"), str(due), emission=emission))
    begin, end = id_doc.day("PeriodoDesde"), id_doc.day("PeriodoHasta")
    if begin and end and begin > end:
        problems.append(problem("DOC-033", id_doc.place_of("PeriodoHasta"), str(end), begin=begin))
    for name in ("FchVenc", "FchCancel"):
        if name in id_doc.fields:
            _check_first(document, id_doc, name)
    for reference in document.root.groups.get("Referencia", ()):
        _check_first(document, reference, "FchRef")


def _check_due(document: Document, id_doc: Group) -> None:
    if "FchVenc" not in document.unread:
        place, value = id_doc.place_of("FchVenc"), id_doc.text("IndServicio")
        document.problems.append(problem("DOC-115", place, value))


def _check_first(document: Document, group: Group, name: str) -> None:
    """The schema admits dates since 2000, the form since August of 2002."""
    day = group.day(name)
    if day and day < _FIRST_OF_BOLETA:
        document.problems.append(problem("DOC-084", group.place_of(name), str(day), name=name, low=_FIRST_OF_BOLETA))
